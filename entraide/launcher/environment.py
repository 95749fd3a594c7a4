"""The environment that ``manage.py`` and the servers are started with."""

import base64
import contextlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from entraide.launcher import database, services
from entraide.launcher.database import Place
from entraide.launcher.machine import ROOT, Refusal, Venv, clean_environment
from entraide.launcher.services import Users

SECRETS = "secrets.env"


def var_folder() -> Path:
    """``var/`` of the project unless PORTAL_VAR says otherwise."""
    return Path(os.environ.get("PORTAL_VAR") or ROOT / "var").resolve()


def venv() -> Venv:
    """``.venv`` of the project unless PORTAL_VENV says otherwise."""
    own = os.environ.get("PORTAL_VENV")
    return Venv(Path(own or ROOT / ".venv").resolve(), is_own=bool(own))


def new_secrets() -> dict[str, str]:
    """Keys for one installation; FIELD_KEYS is a Fernet key."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "HASH_KEY": secrets.token_urlsafe(32),
    }


def read_secrets(path: Path) -> dict[str, str]:
    """The NAME=value lines of the file."""
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def load_secrets(place: Place) -> dict[str, str]:
    """Reads the secrets, written once: without them identities are lost for good."""
    path = place.var / SECRETS
    if path.exists():
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return read_secrets(path)
    if database.has_cluster(place.var):
        raise Refusal(
            f"{path} is gone but the database is there, and what it encrypts cannot "
            "be read without it: put the file back, or begin again with ./run reset."
        )
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    text = "".join(f"{name}={value}\n" for name, value in new_secrets().items())
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    return read_secrets(path)


@dataclass
class Session:
    """What a command needs: the environment, and the servers that it uses."""

    place: Place
    users: Users
    environment: dict[str, str]
    sockets: Path = field(default_factory=Path)
    # Empty where DATABASE_URL names a server of one's own.
    programs: Path | None = None

    def psql(self, sql: str) -> str:
        """A question to the bundled database."""
        if self.programs is None:
            raise Refusal("This needs the bundled database.")
        return database.psql(self.sockets, self.programs, sql)


def portal_environment(place: Place) -> dict[str, str]:
    """Everything but the servers' addresses; secrets of one's own prevail."""
    environment = clean_environment()
    for name, value in load_secrets(place).items():
        environment.setdefault(name, value)
    return environment | {
        "PORTAL_DEMO": "1",
        "DEBUG": "0",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PORTAL_VAR": str(place.var),
        "STATIC_ROOT": str(place.var / "static"),
        "DJANGO_SETTINGS_MODULE": "entraide.settings",
        # Progress is seen, and logged, when it happens.
        "PYTHONUNBUFFERED": "1",
        "PATH": f"{place.venv.python.parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }


def start_bundled(session: Session, *, own_database: bool, own_broker: bool) -> None:
    """Starts, or joins, the bundled servers and puts their addresses in."""
    place, environment = session.place, session.environment
    names = [] if own_database else ["postgres"]
    names += [] if own_broker else ["valkey"]
    session.users.hold(*names)
    with services.exclusive(place.locks, "starting"):
        session.sockets = sockets = database.socket_folder(place)
        if not own_database:
            service, programs = database.postgres(place, sockets)
            session.programs = programs
            session.users.start(
                service, lambda: database.postgres_answers(sockets, programs)
            )
            database.ensure_database(sockets, programs)
            environment["DATABASE_URL"] = (
                f"postgres://{database.DATABASE}@/{database.DATABASE}"
                f"?host={sockets}&port=5432"
            )
        if not own_broker:
            service = database.valkey(place, sockets)
            session.users.start(service, lambda: database.valkey_answers(sockets))
            environment["REDIS_URL"] = f"unix://{sockets}/valkey.sock?db=1"
            environment["CELERY_BROKER_URL"] = (
                f"redis+socket://{sockets}/valkey.sock?virtual_host=0"
            )


@contextlib.contextmanager
def session(place: Place) -> Iterator[Session]:
    """The environment with database and broker up, for as long as it is used."""
    place.open()
    opened = Session(place, Users(place.locks), {})
    opened.environment = portal_environment(place)
    own_database = bool(os.environ.get("DATABASE_URL")) and not place.temporary
    own_broker = bool(os.environ.get("REDIS_URL")) and not place.temporary
    try:
        if not (own_database and own_broker):
            start_bundled(opened, own_database=own_database, own_broker=own_broker)
        yield opened
    finally:
        opened.users.release("valkey", "postgres")
