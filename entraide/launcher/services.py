"""The user's side of the kept servers: hold them, start them, wait for them."""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO

from entraide.launcher import keeper
from entraide.launcher.keeper import Service, open_lock, try_exclusive
from entraide.launcher.machine import Refusal

LOG_LINES_SHOWN = 12
LOG_MAX_BYTES = 5_000_000


def own_folder(path: Path, mode: int = 0o700) -> Path:
    """A folder of ours with exactly this mode, made if it is not there."""
    path.mkdir(parents=True, exist_ok=True)
    if path.stat().st_mode & 0o777 != mode:
        path.chmod(mode)
    return path


def is_kept(locks: Path, name: str) -> bool:
    """Whether a keeper runs this server now."""
    return is_locked(locks / f"{name}.keeper")


def is_used(locks: Path, name: str) -> bool:
    """Whether anybody still holds this server; its stopping keeper does not count."""
    path = locks / f"{name}.users"
    if not is_locked(path):
        return False
    with path.open() as lock, contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return True
    return False


def is_locked(path: Path) -> bool:
    """Whether anybody holds this lock file."""
    try:
        with path.open() as lock:
            return not try_exclusive(lock)
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def exclusive(locks: Path, name: str) -> Iterator[None]:
    """One at a time: preparing, installing, starting."""
    with open_lock(locks, name) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Users:
    """The locks by which this process uses servers, and the keepers it started."""

    def __init__(self, locks: Path) -> None:
        self.locks = own_folder(locks)
        self.held: dict[str, IO[str]] = {}
        self.keepers: dict[str, subprocess.Popen[bytes]] = {}

    def hold(self, *names: str) -> None:
        """Waits for a stopping keeper to be gone, so that none is met half-way."""
        for name in names:
            lock = open_lock(self.locks, f"{name}.users")
            fcntl.flock(lock, fcntl.LOCK_SH)
            self.held[name] = lock

    def release(self, *names: str, timeout: float = 60) -> None:
        """Lets go, and waits until those that nobody else uses have stopped."""
        mine = [name for name in names if name in self.held]
        for name in mine:
            self.held.pop(name).close()
        end = time.monotonic() + timeout
        for name in mine:
            while (
                is_kept(self.locks, name)
                and not is_used(self.locks, name)
                and time.monotonic() < end
            ):
                time.sleep(0.05)
            if name in self.keepers and not is_kept(self.locks, name):
                self.keepers.pop(name).wait()

    def keep(self, service: Service) -> None:
        """Starts a keeper for the server unless there is one."""
        if is_kept(self.locks, service.name):
            return
        log = Path(service.log)
        if log.exists() and log.stat().st_size > LOG_MAX_BYTES:
            log.replace(log.with_suffix(".old.log"))
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", keeper.__file__, service.name],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
            )
        assert process.stdin is not None  # noqa: S101 -- opened with PIPE above
        process.stdin.write(json.dumps(asdict(service)).encode())
        process.stdin.close()
        self.keepers[service.name] = process
        while process.poll() is None and not is_kept(self.locks, service.name):
            time.sleep(0.02)

    def start(
        self, service: Service, is_ready: Callable[[], bool], timeout: float = 60
    ) -> None:
        """Sees to it that the server runs and answers; Refusal when it does not."""
        log = Path(service.log)
        since = log.stat().st_size if log.exists() else 0
        self.keep(service)
        end = time.monotonic() + timeout
        while not is_ready():
            gone = not is_kept(self.locks, service.name)
            if gone or time.monotonic() > end:
                what = "stopped at once" if gone else f"is silent for {timeout:.0f} s"
                said = last_lines(log, since)
                raise Refusal(f"{said}\n{service.name} {what}: see {log}")
            time.sleep(0.05)


def last_lines(log: Path, since: int) -> str:
    """The end of what a server wrote, for whoever must find out why it failed."""
    with log.open("rb") as lines:
        lines.seek(min(since, log.stat().st_size))
        text = lines.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-LOG_LINES_SHOWN:])
