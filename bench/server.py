"""The web server under measure, and the processor time it costs.

Processor time is that of the web workers and of the database's backends, read in
/proc; a measure during which others burnt more than 30 % of a core is void.
"""

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

TICK = os.sysconf("SC_CLK_TCK")
NOISE = 0.30
TRIES = 6


@dataclass(frozen=True)
class Cost:
    """Of one request on average: milliseconds of processor and of wall clock."""

    cpu_ms: float
    wall_ms: float
    size: int
    is_noisy: bool


@contextmanager
def serving():
    """Gunicorn as in production, on a free port. Yields a ``Server``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "bench.wsgi", "--workers=2"]
    command += ["--threads=4", f"--bind=127.0.0.1:{port}", "--log-level=warning"]
    process = subprocess.Popen(command, env={**os.environ, "LOG_LEVEL": "ERROR"})
    try:
        yield Server(process.pid, port)
    finally:
        process.terminate()
        process.wait(30)


class Server:
    def __init__(self, pid: int, port: int):
        self.pid, self.port = pid, port
        for _ in range(300):
            try:
                self.get("/healthz", "")
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("The web server did not answer within 30 seconds.")

    def get(self, path: str, session: str) -> tuple[int, bytes]:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        client.request("GET", path, headers={"Cookie": f"sessionid={session}"})
        response = client.getresponse()
        body = response.read()
        client.close()
        return response.status, body

    def measure(self, path: str, session: str, *, requests: int) -> Cost:
        """The cost of one request, again while the machine is too busy elsewhere."""
        for _ in range(TRIES):
            cost = self._measure(path, session, requests)
            if not cost.is_noisy:
                break
        return cost

    def _measure(self, path: str, session: str, requests: int) -> Cost:
        ours, all_, started = self._cpu(), _machine(), time.perf_counter()
        mine = time.process_time()
        for _ in range(requests):
            status, body = self.get(path, session)
            if status != 200:
                raise RuntimeError(f"{path} answered {status}")
        wall = time.perf_counter() - started
        cpu = self._cpu() - ours
        others = _machine() - all_ - cpu - (time.process_time() - mine)
        return Cost(
            cpu_ms=cpu / requests * 1000,
            wall_ms=wall / requests * 1000,
            size=len(body),
            is_noisy=others / wall > NOISE,
        )

    def _cpu(self) -> float:
        """Seconds spent so far by the workers and the database's backends."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid()"
            )
            backends = [pid for (pid,) in cursor.fetchall()]
        return sum(_seconds(pid) for pid in [*_family(self.pid), *backends])


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


def _seconds(pid: int) -> float:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / TICK


def _machine() -> float:
    """Busy seconds of all cores: user, nice, system, interrupts."""
    words = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    busy = [int(words[i]) for i in (0, 1, 2, 5, 6)]
    return sum(busy) / TICK
