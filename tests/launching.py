"""A small portal that the real launcher starts: what Django does is stood in for."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import psutil

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("run", "entraide/embedded.py", "requirements.txt", "requirements-dev.txt")
MANAGE = """
import os, pathlib, sys, time
import psycopg
words = sys.argv[1:]
with open(pathlib.Path(os.environ["PORTAL_VAR"]) / "calls", "a") as calls:
    calls.write(" ".join(words) + chr(10))
if words[0] == "collectstatic":
    pathlib.Path(os.environ["STATIC_ROOT"]).mkdir(exist_ok=True)
elif words[0] == "demo_accounts":
    print("accounts of the demo")
elif words[0] == "sleep":
    print("sleeping", flush=True)
    time.sleep(60)
else:
    address = os.environ["DATABASE_URL"].replace("postgres://", "postgresql://")
    with psycopg.connect(address) as connection:
        for table in ("django_migrations", "territories_commune", "accounts_user"):
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS {table}"
                " (app text DEFAULT 'a', name text DEFAULT 'b')"
            )
            connection.execute(f"INSERT INTO {table} DEFAULT VALUES")
        rows = connection.execute("SELECT count(*) FROM accounts_user").fetchone()
        print("rows", *rows, flush=True)
"""
WSGI = """
import os
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [os.environ["PORTAL_URL"].encode()]
"""
CELERY = """
import os
from celery import Celery
os.environ.pop("DJANGO_SETTINGS_MODULE")
app = Celery("entraide", broker=os.environ["CELERY_BROKER_URL"])
"""


class Tree:
    """A copy of the launcher around the small portal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.var = folder / "var"
        self.launched: list[subprocess.Popen[str]] = []
        package = folder / "entraide"
        shutil.copytree(ROOT / "entraide/launcher", package / "launcher")
        for name in COPIED:
            shutil.copy(ROOT / name, folder / name)
        (folder / "static").mkdir()
        (folder / "manage.py").write_text(MANAGE)
        (package / "__init__.py").write_text("import celery\n")
        (package / "wsgi.py").write_text(WSGI)
        (package / "celery.py").write_text(CELERY)

    def environment(self) -> dict[str, str]:
        kept = ("PATH", "HOME", "TMPDIR")
        own = {name: os.environ[name] for name in kept if name in os.environ}
        return own | {"PORTAL_VENV": sys.prefix, "PYTHON": sys.executable}

    def popen(self, *words: str, **options: object) -> subprocess.Popen[str]:
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        process = subprocess.Popen(  # type: ignore[call-overload]
            [str(self.folder / "run"), *words],
            env=self.environment(),
            text=True,
            **(streams | {"stdin": subprocess.DEVNULL} | options),
        )
        self.launched.append(process)
        return process  # type: ignore[no-any-return]

    def close(self) -> None:
        """Ends what a test left running, and its pipe."""
        while self.launched:
            process = self.launched.pop()
            process.terminate()
            process.wait(60)
            if process.stdout:
                process.stdout.close()

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        process = self.popen(*words)
        output, _ = process.communicate(timeout=60)
        return subprocess.CompletedProcess(words, process.returncode, output)

    def workers_so_far(self) -> int:
        """How often a worker has said that it is ready."""
        log = self.var / "log/worker.log"
        return log.read_text().count(" ready.\n") if log.exists() else 0

    def calls(self) -> list[str]:
        return (self.var / "calls").read_text().splitlines()


def wait_for(happened: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


class Started:
    """A running ``./run`` and all the processes that it started."""

    def __init__(self, tree: Tree, *words: str, **options: object) -> None:
        self.tree = tree
        self.workers = tree.workers_so_far()
        note = tree.var / "address"
        note.unlink(missing_ok=True)
        self.launcher = tree.popen(*words, **options)
        wait_for(lambda: self.has_started(note) or self.launcher.poll() is not None)
        assert self.launcher.poll() is None, self.launcher.communicate()[0]
        self.address = note.read_text()
        self.processes = self.children()

    def has_started(self, note: Path) -> bool:
        return note.exists() and note.read_text() != ""

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.launcher.pid).children(recursive=True)

    def with_worker(self) -> "Started":
        """Waits until all that will ever run does."""
        wait_for(lambda: self.tree.workers_so_far() > self.workers)
        self.processes = self.children()
        return self

    def page(self) -> str:
        with urlopen(self.address, timeout=5) as response:
            content: bytes = response.read()
            return content.decode()

    def names(self) -> str:
        return " ".join(" ".join(process.cmdline()) for process in self.processes)

    def alive(self) -> list[psutil.Process]:
        return [
            process
            for process in self.processes
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        ]

    def stop(self) -> str:
        if self.launcher.poll() is None:
            self.launcher.send_signal(signal.SIGTERM)
        output, _ = self.launcher.communicate(timeout=60)
        wait_for(lambda: not self.alive())
        return output or ""
