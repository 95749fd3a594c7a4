"""``./run`` itself: prepares the database, then keeps web, worker and beat running."""

import contextlib
import hashlib
import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from entraide.launcher import environment, machine, services
from entraide.launcher.database import Place
from entraide.launcher.environment import Session
from entraide.launcher.keeper import Service, open_lock, try_exclusive
from entraide.launcher.machine import ROOT, Refusal, Stopped, say

HOST = "127.0.0.1"
PORT = 8000
PORTS_TRIED = 100
SERVERS = ("web", "worker", "beat")
ROOMS = (
    *("territories", "accounts", "institutions", "applications", "reports"),
    *("entraide", "locale", "requirements.txt"),
)
# What tells whether the database is the one that was prepared: its migrations, its
# territories, and whether anybody can sign in.
STATE = """
SELECT md5(string_agg(app || name, ',' ORDER BY app, name))
    || (SELECT count(*) FROM territories_commune)
    || EXISTS (SELECT FROM accounts_user)
    || (SELECT system_identifier FROM pg_control_system())
FROM django_migrations
"""


def files(names: Iterable[str]) -> Iterator[Path]:
    """All files of some rooms, in a fixed order, without what Python compiled."""
    for name in names:
        path = ROOT / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (f for f in found if f.is_file() and f.suffix != ".pyc")


def fingerprint(names: Iterable[str]) -> str:
    """Changes when a file is added, removed or written."""
    digest = hashlib.sha256()
    for path in files(names):
        status = path.stat()
        line = f"{path.relative_to(ROOT)} {status.st_size} {status.st_mtime_ns}\n"
        digest.update(line.encode())
    return digest.hexdigest()


def database_state(session: Session) -> str:
    """Empty when the database was never prepared or is not ours to ask."""
    with contextlib.suppress(Refusal):
        return session.psql(STATE)
    return ""


def manage(session: Session, *words: str) -> list[str]:
    """The command line of one of Django's commands."""
    return [str(session.place.venv.python), str(ROOT / "manage.py"), *words]


def prepare(session: Session) -> None:
    """Does only what has changed since the last start."""
    place = session.place
    note = place.var / "prepared.json"
    done: dict[str, str] = {}
    with contextlib.suppress(OSError, ValueError):
        done = json.loads(note.read_text())
    static = fingerprint(("static", "requirements.txt"))
    if done.get("static") != static or not (place.var / "static").exists():
        say("Collecting the static files …")
        words = ("collectstatic", "--no-input", "--clear", "--verbosity=0")
        machine.run(manage(session, *words), session.environment)
        done["static"] = static
        note.write_text(json.dumps(done, indent=1))
    code, state = fingerprint(ROOMS), database_state(session)
    changed = done.get("code") != code or done.get("database") != state
    if changed or not state or (place.var / "seeding").exists():
        say("Preparing the database …")
        machine.run(manage(session, "prepare", "--demo"), session.environment)
        write_accounts(session)
    done |= {"code": code, "database": database_state(session)}
    note.write_text(json.dumps(done, indent=1))


def write_accounts(session: Session) -> None:
    """Keeps the list of demo accounts, so that the next start need not ask."""
    printed = subprocess.run(
        manage(session, "demo_accounts"),
        env=session.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if printed.returncode:
        raise Refusal(printed.stderr)
    (session.place.var / "demo-accounts.txt").write_text(printed.stdout)


def free_port(wanted: int) -> int:
    """The port asked for, or the next free one."""
    for port in range(wanted, wanted + PORTS_TRIED):
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError, OverflowError):
                candidate.bind((HOST, port))
                return port
    raise Refusal(f"No free port between {wanted} and {wanted + PORTS_TRIED}.")


def answers(port: int) -> bool:
    """Whether the portal serves on this port."""
    line = http.client.HTTPConnection(HOST, port, timeout=5)
    ignored = (OSError, http.client.HTTPException)
    with contextlib.closing(line), contextlib.suppress(*ignored):
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    return False


def commands(place: Place, port: int) -> dict[str, list[str]]:
    """The command line of each server."""
    python = str(place.venv.python)
    schedule = services.own_folder(place.var / "beat") / "schedule"
    gunicorn = [python, "-m", "gunicorn", "entraide.wsgi:application"]
    gunicorn += [f"--bind={HOST}:{port}", "--worker-class=gthread", "--workers=2"]
    gunicorn += ["--threads=4", "--timeout=60", "--graceful-timeout=5"]
    gunicorn += ["--preload", "--no-control-socket"]
    celery = [python, "-m", "celery", "--app=entraide"]
    worker = ["worker", "--concurrency=2", "--loglevel=INFO"]
    beat = ["beat", f"--schedule={schedule}", "--pidfile=", "--loglevel=INFO"]
    return {
        "web": gunicorn,
        "worker": [*celery, *worker, "--without-gossip", "--without-mingle"],
        "beat": celery + beat,
    }


def start_servers(session: Session, port: int) -> None:
    """The page first; worker and scheduler need not be waited for."""
    place = session.place
    env = session.environment | {"PORTAL_URL": f"http://{HOST}:{port}"}
    needs = list(session.users.held)
    session.users.hold(*SERVERS)
    described = [
        Service(
            name=name,
            argv=argv,
            environment=env,
            locks=str(place.locks),
            log=str(place.logs / f"{name}.log"),
            cwd=str(ROOT),
            stop_signal=signal.SIGTERM,
            needs=needs,
        )
        for name, argv in commands(place, port).items()
    ]
    web, *others = described
    session.users.start(web, lambda: answers(port))
    for service in others:
        session.users.keep(service)


class Terminal:
    """Notices that the terminal we were started from has gone."""

    def __init__(self) -> None:
        hangs_up = signal.getsignal(signal.SIGHUP) != signal.SIG_IGN
        self.poll = select.poll() if hangs_up and sys.stdin and is_tty() else None
        if self.poll:
            self.poll.register(0, 0)

    def has_gone(self) -> bool:
        """Never true for a start without a terminal or under nohup."""
        return bool(self.poll and self.poll.poll(0))


def is_tty() -> bool:
    """Whether standard input is a terminal."""
    with contextlib.suppress(OSError):
        return os.isatty(0)
    return False


def wait(session: Session) -> None:
    """Until told to stop, or a server cannot be kept running."""
    terminal = Terminal()
    while not terminal.has_gone():
        for name in SERVERS:
            if not services.is_kept(session.place.locks, name):
                log = session.place.logs / f"{name}.log"
                raise Refusal(f"{name} stopped and could not be started again: {log}")
        time.sleep(0.5)


@contextlib.contextmanager
def only_one(place: Place, port: int | None) -> Iterator[None]:
    """One portal per folder: a second start says where the first one is."""
    place.open()
    note = place.var / "address"
    with open_lock(place.locks, "portal") as lock:
        if not try_exclusive(lock):
            address = note.read_text() if note.exists() else ""
            raise AlreadyRunning(address, port)
        note.unlink(missing_ok=True)
        try:
            yield
        finally:
            note.unlink(missing_ok=True)


class AlreadyRunning(Refusal):
    """Nothing to do, unless another port was asked for."""

    def __init__(self, address: str, port: int | None) -> None:
        where = f"at {address}" if address else "and is still starting"
        super().__init__(f"The portal of this folder already runs {where}.")
        self.status = 1 if port and not address.endswith(f":{port}/") else 0


def start(place: Place, port: int | None) -> None:
    """The whole life of ``./run``."""
    with only_one(place, port), environment.session(place) as session:
        prepare(session)
        chosen = free_port(port or PORT)
        if port and chosen != port:
            say(f"Port {port} is taken.")
        try:
            start_servers(session, chosen)
            address = f"http://{HOST}:{chosen}/"
            (place.var / "address").write_text(address)
            accounts = place.var / "demo-accounts.txt"
            if accounts.exists():
                say(accounts.read_text().rstrip())
            say(f"\nThe portal is at {address}  (Ctrl-C stops it; logs: {place.logs})")
            with contextlib.suppress(Stopped):
                wait(session)
        finally:
            say("Stopping …")
            session.users.release(*SERVERS)
