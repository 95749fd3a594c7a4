"""The commands of ``./run``."""

import contextlib
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from entraide.launcher import checks, database, environment, machine, portal, services
from entraide.launcher.database import Place
from entraide.launcher.keeper import die_with_parent
from entraide.launcher.machine import ROOT, Refusal, Stopped, say

HELP = """\
./run [--port N]      start the portal on 127.0.0.1 (port 8000, or the next free one)
./run test [--fast]   all tests; --fast leaves out the browser; other words go to pytest
./run check           format, lint, types, layers, migrations, translations, settings
./run fix             format the code and mend what the linters can
./run manage …        a command of manage.py, database and broker started if needed
./run seed [--scale]  fill the demonstration, if it is empty
./run bench           the benchmark
./run messages        collect and compile the translations
./run reset [--yes]   remove the database, files and keys of this folder (var/)
./run --help          this list

DATABASE_URL and REDIS_URL make it use servers of your own."""


def stop(_signum: int, _frame: FrameType | None) -> None:
    """Unwinds what we are doing; a second signal changes nothing."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    raise Stopped


def listen() -> None:
    """Signals stop us in order; a hang-up that nohup ignores stays ignored."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if name == signal.SIGINT or signal.getsignal(name) != signal.SIG_IGN:
            signal.signal(name, stop)


def foreground(argv: list[str], variables: dict[str, str]) -> int:
    """Lends the terminal to a program: Ctrl-C is its own, the rest is passed on."""
    process = subprocess.Popen(
        argv, env=variables, cwd=ROOT, preexec_fn=die_with_parent(signal.SIGTERM)
    )

    def pass_on(_signum: int, _frame: FrameType | None) -> None:
        process.terminate()

    signal.signal(signal.SIGINT, lambda _signum, _frame: None)
    for name in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(name) != signal.SIG_IGN:
            signal.signal(name, pass_on)
    try:
        status = process.wait()
    finally:
        listen()
    return status if status >= 0 else 128 - status


def ready(*requirements: str, with_browser: bool = False) -> Place:
    """The machine and the Python environment, with the requirement files given."""
    place = Place(environment.var_folder(), environment.venv())
    place.open()
    with services.exclusive(place.locks, "installing"):
        usable = place.venv.is_usable()
        machine.require(with_browser=with_browser, needs_venv=not usable)
        place.venv.ensure("requirements.txt", *requirements)
    return place


@contextlib.contextmanager
def temporary_place(place: Place) -> Iterator[Place]:
    """A folder that is gone afterwards, with servers of its own."""
    folder = Path(tempfile.mkdtemp(prefix="entraide-test-"))
    try:
        yield Place(folder.resolve(), place.venv, temporary=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(database.system_home(folder.resolve()), ignore_errors=True)


def run_start(words: list[str]) -> int:
    """``./run`` and ``./run --port N``."""
    port = None
    if words:
        name, _, value = words[0].partition("=")
        value = value or "".join(words[1:2])
        if name != "--port" or not value.isdecimal() or len(words) > 2:
            raise Refusal(f"Unknown: {' '.join(words)}. See ./run --help.")
        port = int(value)
        if not 0 < port < 65536:
            raise Refusal(f"There is no port {port}.")
    portal.start(ready(), port)
    return 0


def run_manage(words: list[str]) -> int:
    """``./run manage …``"""
    with environment.session(ready()) as session:
        return foreground(portal.manage(session, *words), session.environment)


def run_seed(words: list[str]) -> int:
    """``./run seed``"""
    return run_manage(["seed_demo", *words])


def run_bench(words: list[str]) -> int:
    """``./run bench``"""
    with environment.session(ready()) as session:
        python = str(session.place.venv.python)
        return foreground([python, "-m", "bench", *words], session.environment)


def run_test(words: list[str]) -> int:
    """``./run test``: servers of its own, so that it can run beside ``./run``."""
    fast = "--fast" in words
    rest = [word for word in words if word != "--fast"]
    place = ready("requirements-dev.txt", with_browser=not fast)
    with temporary_place(place) as own, environment.session(own) as session:
        variables = session.environment | checks.test_variables(place)
        return foreground(checks.pytest(place, rest, fast=fast), variables)


def run_check(_words: list[str]) -> int:
    """``./run check``"""
    return checks.check(ready("requirements-dev.txt"))


def run_fix(_words: list[str]) -> int:
    """``./run fix``"""
    return checks.fix(ready("requirements-dev.txt"))


def run_messages(_words: list[str]) -> int:
    """``./run messages``"""
    return checks.messages(ready("requirements-dev.txt"))


def run_reset(words: list[str]) -> int:
    """``./run reset``: everything that this folder's portal has stored."""
    var = environment.var_folder()
    locks = var / "locks"
    if not locks.exists():
        say(f"There is nothing to remove in {var}.")
        return 0
    if any(map(services.is_locked, locks.iterdir())):
        raise Refusal("The portal of this folder is running: stop it first.")
    if "--yes" not in words and not confirms(var):
        raise Refusal("Nothing was removed.")
    note = var / "sockets"
    if note.exists() and Path(note.read_text()).name.startswith("entraide-"):
        shutil.rmtree(note.read_text(), ignore_errors=True)
    for folder in (database.system_home(var), var):
        shutil.rmtree(folder, ignore_errors=True)
    say("Removed.")
    return 0


def confirms(var: Path) -> bool:
    """Asks; without anybody to ask, the answer is no."""
    with contextlib.suppress(EOFError):
        question = f"Remove the database, the files and the keys in {var}? [y/N] "
        return input(question).strip().lower() in {"y", "yes", "o", "oui"}
    return False


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "test": run_test,
    "check": run_check,
    "fix": run_fix,
    "manage": run_manage,
    "seed": run_seed,
    "bench": run_bench,
    "messages": run_messages,
    "reset": run_reset,
}


def main(arguments: list[str]) -> int:
    """Runs one command; Refusals become one sentence and an exit status."""
    listen()
    first, *rest = arguments or [""]
    if first in {"--help", "-h", "help"}:
        say(HELP)
        return 0
    try:
        if first in COMMANDS:
            return COMMANDS[first](rest)
        return run_start(arguments)
    except Refusal as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return refusal.status
    except Stopped:
        return 130
