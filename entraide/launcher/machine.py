"""What this machine must have, and the Python environment of the project.

Where something is missing, root on Debian or Ubuntu gets it installed; anybody else
gets one sentence that names the line to type, and exit status 3.
"""

import contextlib
import ctypes
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from entraide.launcher.keeper import die_with_parent

ROOT = Path(__file__).resolve().parent.parent.parent
# WeasyPrint loads these by name; the package that brings each, on Debian.
LIBRARIES = {
    "libgobject-2.0.so.0": "libpango-1.0-0",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libharfbuzz.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libfontconfig.so.1": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NEW_ENOUGH = "import sys; sys.exit(sys.version_info < (3, 11))"
APT = "apt-get install --no-install-recommends"


class Refusal(Exception):
    """The command cannot go on; its text says why and what to do."""

    status = 1


class MissingSystemPackage(Refusal):
    """Something only an administrator can install."""

    status = 3


class Stopped(BaseException):
    """Somebody asked us to stop: Ctrl-C, SIGTERM, or a terminal that closed."""


def say(*words: str) -> None:
    """Prints at once; a terminal that has gone is no reason to fail."""
    with contextlib.suppress(OSError, ValueError):
        print(*words, flush=True)


def can_load(library: str) -> bool:
    """Whether the loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_venv() -> bool:
    """Debian keeps ``ensurepip`` in a package of its own."""
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def browser() -> str:
    """The path of Chromium, empty when there is none."""
    found = os.environ.get("PORTAL_CHROMIUM", "")
    return found or next(filter(None, map(shutil.which, BROWSERS)), "")


def venv_package() -> str:
    """``python3-venv`` goes with Debian's own python3, not with another version."""
    own = Path("/usr/bin/python3").resolve().name
    version = f"python3.{sys.version_info.minor}"
    return "python3-venv" if own == version else f"{version}-venv"


def missing_packages(*, with_browser: bool, needs_venv: bool) -> list[str]:
    """The Debian packages that would bring what is not there, in a fixed order."""
    wanted = [] if not needs_venv or has_venv() else [venv_package()]
    if sys.platform.startswith("linux"):
        wanted += [package for name, package in LIBRARIES.items() if not can_load(name)]
    if with_browser and not browser():
        wanted.append("chromium")
    return list(dict.fromkeys(wanted))


def may_use_apt() -> bool:
    """Root on Debian or Ubuntu, unless told not to."""
    return (
        os.geteuid() == 0
        and shutil.which("apt-get") is not None
        and os.environ.get("PORTAL_NO_APT", "") != "1"
    )


def install_with_apt(packages: list[str]) -> bool:
    """Updates the lists, installs, and says whether both went well."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    options = ["-q", "-y", "-o", "DPkg::Lock::Timeout=120"]
    for action in (["update"], ["install", "--no-install-recommends", *packages]):
        done = subprocess.run(
            ["apt-get", *options, *action],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            # Ctrl-C must not stop dpkg half-way.
            start_new_session=True,
            check=False,
        )
        if done.returncode:
            return False
    return True


def require(*, with_browser: bool, needs_venv: bool) -> None:
    """Raises MissingSystemPackage unless all is there or could be installed."""

    def missing() -> list[str]:
        return missing_packages(with_browser=with_browser, needs_venv=needs_venv)

    packages = missing()
    if packages and may_use_apt():
        say(f"Installing system packages: {APT} {' '.join(packages)}")
        install_with_apt(packages)
        importlib.invalidate_caches()
        packages = missing()
    if packages:
        names = " ".join(packages)
        raise MissingSystemPackage(
            f"System packages are missing ({names}) and could not be installed from "
            f'here: ask an administrator for "sudo apt-get update && sudo {APT} '
            f'{names}", then start again.'
        )


class Venv:
    """The project's Python environment, stamped with what was installed in it.

    One of the user's own (PORTAL_VENV) is used as it is: nothing is installed in it.
    """

    def __init__(self, folder: Path, *, is_own: bool = False) -> None:
        self.folder = folder
        self.is_own = is_own
        self.python = folder / "bin" / "python"
        self.stamp = folder / "installed.json"
        self.unfinished = folder / "unfinished"

    def site_packages(self) -> Path:
        """Where packages were installed."""
        return next(self.folder.glob("lib/python3*/site-packages"))

    def is_usable(self) -> bool:
        """Made here, not left half-way, and its Python still runs."""
        with contextlib.suppress(OSError):
            was_made_here = self.read().get("folder") == str(self.folder)
            if not self.is_own and (self.unfinished.exists() or not was_made_here):
                return False
            argv = [str(self.python), "-c", NEW_ENOUGH]
            done = subprocess.run(argv, check=False, capture_output=True)
            return done.returncode == 0
        return False

    def read(self) -> dict[str, str]:
        """The stamp; empty when there is none."""
        with contextlib.suppress(OSError, ValueError):
            stamp: dict[str, str] = json.loads(self.stamp.read_text())
            return stamp
        return {}

    def ensure(self, *names: str) -> None:
        """Makes the environment and installs the requirement files that changed."""
        digests = {
            name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
            for name in names
        }
        usable = self.is_usable()
        if self.is_own:
            if not usable:
                raise Refusal(f"PORTAL_VENV: no Python 3.11 works in {self.folder}.")
            return
        stamp = self.read() if usable else {}
        if stamp and all(stamp.get(name) == digest for name, digest in digests.items()):
            return
        with self.being_changed():
            if not stamp:
                self.create()
            self.install(list(names))
        stamp |= digests | {"folder": str(self.folder)}
        self.stamp.write_text(json.dumps(stamp, indent=1))

    @contextlib.contextmanager
    def being_changed(self) -> Iterator[None]:
        """Leaves a mark behind when interrupted: the next start begins afresh."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.unfinished.touch()
        yield
        self.unfinished.unlink(missing_ok=True)

    def create(self) -> None:
        """A new environment in place of whatever is there."""
        say(f"Creating the Python environment in {self.folder} …")
        run([sys.executable, "-m", "venv", "--clear", str(self.folder)])
        self.unfinished.touch()

    def install(self, names: list[str]) -> None:
        """pip, as the user's own configuration directs it."""
        say(f"Installing {' and '.join(names)} (this takes a minute or two) …")
        files = [word for name in names for word in ("-r", str(ROOT / name))]
        options = ["--no-input", "-qq", "--disable-pip-version-check"]
        run([str(self.python), "-m", "pip", "install", *options, *files])


def clean_environment() -> dict[str, str]:
    """Ours, without what would lead another Python astray."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONPATH", "PYTHONHOME", "DJANGO_SETTINGS_MODULE"}
    }


def run(argv: list[str], environment: dict[str, str] | None = None) -> None:
    """Runs a step that must succeed and does not outlive us."""
    done = subprocess.run(
        argv,
        env=environment or clean_environment(),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        check=False,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    if done.returncode:
        raise Refusal(f"This command failed: {' '.join(argv)}")
