"""Keeps one server running for exactly as long as somebody uses it.

Everyone who uses a server holds a shared lock on its ``.users`` file. The kernel drops
that lock however the user's process ends, SIGKILL and a closed terminal included, and
the keeper, which stands outside the terminal, then stops its server and goes. A keeper
holds the locks of the servers that its own server needs until it has ended, so that the
database is the last to stop. Should the keeper itself be killed, the kernel tells its
server (PR_SET_PDEATHSIG).

Run as a script, on its own, with the server's description as JSON on standard input.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.2
LOOKS_SECONDS = 2
# A server that ends sooner than this has not started.
STARTED_SECONDS = 5
RESTARTS = 3


@dataclass(frozen=True)
class Service:
    """One server: how it is started and stopped."""

    name: str
    argv: list[str]
    environment: dict[str, str]
    locks: str
    log: str
    cwd: str = "/"
    stop_signal: int = signal.SIGTERM
    grace: float = 10
    # User and group that the server runs as, where it refuses to be root.
    account: list[int] | None = None
    needs: list[str] = field(default_factory=list)
    # Socket files that a killed server leaves behind; their folder goes when empty.
    sockets: list[str] = field(default_factory=list)
    # A folder that is removed by the last keeper to leave it.
    temporary: str = ""


def open_lock(folder: str | Path, name: str) -> IO[str]:
    """The lock file, opened so that no child inherits it."""
    return (Path(folder) / name).open("a")


def try_exclusive(lock: IO[str]) -> bool:
    """Whether nobody else holds the lock; if so, we do."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def claim(lock: IO[str]) -> bool:
    """Takes the lock unless it is really held: whoever looks holds it for a moment."""
    end = time.monotonic() + LOOKS_SECONDS
    while not try_exclusive(lock):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def die_with_parent(signum: int) -> Callable[[], None]:
    """For ``preexec_fn``: the kernel sends ``signum`` to the child when we die."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signum)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def start(service: Service) -> subprocess.Popen[bytes]:
    """Starts the server in a process group of its own, its output in its log."""
    account = service.account
    with Path(service.log).open("ab") as log:
        return subprocess.Popen(
            service.argv,
            env=service.environment,
            cwd=service.cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            user=account[0] if account else None,
            group=account[1] if account else None,
            extra_groups=[] if account else None,
            preexec_fn=die_with_parent(service.stop_signal),
        )


def kill_group(server: subprocess.Popen[bytes]) -> None:
    """Ends what a server left in its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(server.pid, signal.SIGKILL)


def stop(server: subprocess.Popen[bytes], service: Service) -> None:
    """Asks the server to stop, and ends its whole group after the grace."""
    with contextlib.suppress(ProcessLookupError):
        server.send_signal(service.stop_signal)
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(service.grace)
    kill_group(server)
    server.wait()


def supervise(service: Service, is_over: Callable[[], bool]) -> int:
    """Runs the server until ``is_over``; starts it again when it dies by itself."""
    failures = -1
    while True:
        server = start(service)
        began = time.monotonic()
        while server.poll() is None:
            if is_over():
                stop(server, service)
                return 0
            time.sleep(POLL_SECONDS)
        kill_group(server)
        if is_over():
            return 0
        if failures < 0 and time.monotonic() - began < STARTED_SECONDS:
            return 1
        failures = 0 if time.monotonic() - began > STARTED_SECONDS else failures + 1
        if failures > RESTARTS:
            return 1
        time.sleep(1)


def remove_sockets(service: Service) -> None:
    """The socket files, and their folder once the last server has left it."""
    for name in service.sockets:
        path = Path(name)
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()


def remove_temporary(service: Service) -> None:
    """The whole temporary folder, when no other keeper still works in it."""
    with contextlib.ExitStack() as held:
        for path in Path(service.locks).glob("*.keeper"):
            lock = held.enter_context(path.open("a"))
            if path.stem != service.name and not try_exclusive(lock):
                return
        shutil.rmtree(service.temporary, ignore_errors=True)


@contextlib.contextmanager
def needed(service: Service) -> Iterator[None]:
    """Holds the servers that this one needs, so that they outlive it."""
    with contextlib.ExitStack() as held:
        for name in service.needs:
            lock = held.enter_context(open_lock(service.locks, f"{name}.users"))
            fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def keep(service: Service, is_told_to_stop: Callable[[], bool]) -> int:
    """Keeps the server while it has users; 1 when it cannot be kept running."""
    # Ours is let go before the users': whoever gets the users' lock finds no keeper.
    with (
        open_lock(service.locks, f"{service.name}.users") as users,
        open_lock(service.locks, f"{service.name}.keeper") as mine,
        needed(service),
    ):
        if not claim(mine):
            return 1
        try:
            return supervise(service, lambda: is_told_to_stop() or try_exclusive(users))
        finally:
            remove_sockets(service)
            if service.temporary:
                remove_temporary(service)


def main() -> int:
    """The keeper's life, from the description on standard input."""
    service = Service(**json.load(sys.stdin))
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda signum, _frame: told.append(signum))
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    return keep(service, lambda: bool(told))


if __name__ == "__main__":
    sys.exit(main())
