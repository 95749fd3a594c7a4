"""A real portal for a real browser: own database, web server, worker and scheduler.

One for all browser tests of a run. Set PORTAL_PICTURES to a folder to keep a picture of
every page that a test looks at.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg
import pytest
from playwright.sync_api import sync_playwright

from tests.browser.person import Person

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """All in one group: they share one server, whatever the number of processes.

    First, for pytest-xdist reads the groups in its own turn.
    """
    for item in items:
        if Path(item.fspath).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@dataclass
class Portal:
    """A running portal. ``cast`` holds the e-mails and keys that the stage prepared."""

    url: str
    environment: dict
    cast: dict = field(default_factory=dict)

    def manage(self, *words):
        return run(self.environment, sys.executable, "manage.py", *words)


def run(environment, *words):
    done = subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:] or done.stdout[-3000:]
    return done.stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def own_database(name):
    """An empty database beside that of the tests; its address."""
    url = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(url.geturl(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name}")
    return urlunsplit(url._replace(path=f"/{name}"))


def numbered(address, name, number):
    """The same broker, another of its sixteen shelves."""
    return re.sub(rf"{name}=\d+", f"{name}={number}", address)


def surroundings(folder, port):
    """Its own database, files, cache keys and queue."""
    var = folder / "var"
    var.mkdir()
    environment = os.environ | {
        "DATABASE_URL": own_database(f"browser_{os.getpid()}"),
        "DJANGO_SETTINGS_MODULE": "entraide.settings",
        "PORTAL_DEMO": "1",
        "PORTAL_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "PORTAL_VAR": str(var),
        "MEDIA_ROOT": str(var / "media"),
        "STATIC_ROOT": str(var / "static"),
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(ROOT),
        "REDIS_URL": numbered(os.environ["REDIS_URL"], "db", 14),
        "CELERY_BROKER_URL": numbered(
            os.environ["CELERY_BROKER_URL"], "virtual_host", 15
        ),
    }
    environment.pop("PYTEST_CURRENT_TEST", None)
    return environment


def wait_for(url, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urlopen(url) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"{url} did not answer within {seconds} s")


@pytest.fixture(scope="session")
def portal(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("portal"), free_port()
    environment = surroundings(folder, port)
    portal = Portal(f"http://127.0.0.1:{port}", environment)
    portal.manage("migrate", "-v0")
    portal.manage("load_territories")
    portal.manage("load_reference")
    portal.manage("collectstatic", "--noinput", "-v0")
    portal.cast = json.loads(
        run(environment, sys.executable, "-m", "tests.browser.stage").splitlines()[-1]
    )
    log = (folder / "log.txt").open("w")
    web = [sys.executable, "-m", "gunicorn", "entraide.wsgi", "--workers=1"]
    web += ["--threads=8", f"--bind=127.0.0.1:{port}", "--timeout=120"]
    queue = [sys.executable, "-m", "celery", "-A", "entraide", "worker", "-B", "-c1"]
    queue += ["-l", "WARNING", "-s", str(folder / "beat"), "--without-gossip"]
    processes = [
        subprocess.Popen(
            words, cwd=ROOT, env=environment, stdout=log, stderr=log, process_group=0
        )
        for words in (web, queue)
    ]
    wait_for(f"{portal.url}/healthz")
    yield portal
    for process in processes:
        os.killpg(process.pid, signal.SIGTERM)
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    log.close()


@pytest.fixture(scope="session")
def chromium():
    """Launched once. The event loop that Playwright keeps is not ours to mind."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, portal):
    """``visit("ar", PHONE)``: somebody at a screen of their own."""
    contexts = []

    def somebody(language, viewport, *, scripts=True):
        context = chromium.new_context(
            viewport=viewport,
            locale=language,
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Person(context.new_page(), portal, language, scripts=scripts)

    yield somebody
    for context in contexts:
        context.close()
