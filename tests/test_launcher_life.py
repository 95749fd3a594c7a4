"""A whole life of the launcher inside one process, with the real servers."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from entraide.launcher import (
    checks,
    commands,
    database,
    environment,
    machine,
    portal,
    services,
)
from entraide.launcher.machine import Refusal, Stopped
from tests.launching import Tree

pytestmark = [pytest.mark.kill, pytest.mark.xdist_group("run")]
CLEARED = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "PORTAL_VAR")


@pytest.fixture
def tree(tmp_path, monkeypatch) -> Iterator[Tree]:
    """The launcher of this process, working on a small portal."""
    made = Tree(tmp_path.resolve())
    for module in (machine, environment, portal, commands, checks):
        monkeypatch.setattr(module, "ROOT", made.folder)
    for name in CLEARED:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORTAL_VENV", sys.prefix)
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {name: signal.getsignal(name) for name in names}
    yield made
    for name, handler in before.items():
        signal.signal(name, handler)
    shutil.rmtree(database.system_home(made.var), ignore_errors=True)


def kept(tree: Tree) -> list[str]:
    names = ("postgres", "valkey", *portal.SERVERS)
    return [name for name in names if services.is_kept(tree.var / "locks", name)]


def test_start_serves_until_it_is_stopped(tree, monkeypatch, capsys):
    seen = []

    def look(session) -> None:
        address = (session.place.var / "address").read_text()
        with urlopen(address, timeout=5) as page:
            seen.append((page.read().decode() + "/", address, len(kept(tree))))
        raise Stopped

    monkeypatch.setattr(portal, "wait", look)

    assert commands.main(["--port", "8700"]) == 0

    (served, address, servers) = seen[0]
    assert (served, servers) == (address, 5)
    assert kept(tree) == []
    assert "accounts of the demo" in capsys.readouterr().out


def test_a_server_that_is_lost_ends_the_start(tree, monkeypatch, capsys):
    monkeypatch.setattr(
        portal, "commands", lambda *_: {"web": ["/bin/false"], "worker": ["/bin/false"]}
    )

    assert commands.main([]) == 1

    assert "web stopped at once" in capsys.readouterr().err
    assert kept(tree) == []


def test_manage_and_reset(tree, monkeypatch, capsys):
    assert commands.main(["manage", "rows"]) == 0
    assert commands.main(["seed", "--scale", "2"]) == 0
    assert tree.calls() == ["rows", "seed_demo --scale 2"]
    monkeypatch.setattr("builtins.input", lambda _question: "n")
    assert commands.main(["reset"]) == 1
    monkeypatch.setattr("builtins.input", lambda _question: "y")

    assert commands.main(["reset"]) == 0

    assert not tree.var.exists()
    assert commands.main(["reset"]) == 0
    assert "There is nothing to remove" in capsys.readouterr().out


def test_tests_have_servers_of_their_own_that_leave_nothing(tree, monkeypatch, capfd):
    script = "import os; print(os.environ['DATABASE_URL'], os.environ['PORTAL_VAR'])"
    monkeypatch.setattr(
        checks, "pytest", lambda *_, **__: [sys.executable, "-c", script]
    )
    monkeypatch.setattr(machine, "browser", lambda: "/usr/bin/chromium")

    assert commands.main(["test"]) == 0

    url, var = capfd.readouterr().out.split()[-2:]
    assert url.startswith("postgres://portal@/portal?host=/tmp/entraide-")
    assert not Path(var).exists()
    assert not Path(url.partition("host=")[2].partition("&")[0]).exists()


def test_bench_and_the_tools_run_in_the_environment(tree, monkeypatch, capfd):
    (tree.folder / "bench.py").write_text("import sys; print('bench', sys.argv[1:])")
    ran = []
    monkeypatch.setattr(machine, "run", lambda argv, *_: ran.append(argv[2:4]))
    monkeypatch.setattr(checks, "check", lambda _place: 7)
    monkeypatch.setattr(checks.shutil, "which", lambda *_, **__: "/usr/bin/xgettext")

    assert commands.main(["bench", "--scale", "1"]) == 0
    assert commands.main(["check"]) == 7
    assert commands.main(["fix"]) == 0
    assert commands.main(["messages"]) == 0

    assert "bench ['--scale', '1']" in capfd.readouterr().out
    assert ran[:2] == [["ruff", "format"], ["ruff", "check"]]
    assert [words[0] for words in ran[2:]] == ["makemessages", "translations"]


def test_collecting_texts_needs_gettext(tree, monkeypatch, capsys):
    monkeypatch.setattr(checks.shutil, "which", lambda *_, **__: None)

    assert commands.main(["messages"]) == 1
    assert "apt-get install gettext" in capsys.readouterr().err


def test_a_step_that_fails_ends_the_start_with_its_name(tree):
    with pytest.raises(Refusal, match="This command failed: /bin/false"):
        machine.run(["/bin/false"])


def test_a_folder_of_another_account_is_refused(tree, monkeypatch):
    def denied(*_args) -> None:
        raise PermissionError(13, "Permission denied", str(tree.var))

    monkeypatch.setattr(database, "own_folder", denied)

    with pytest.raises(Refusal, match="belongs to another account"):
        database.Place(tree.var, environment.venv()).open()


def test_a_terminal_that_hangs_up_is_noticed(monkeypatch):
    ours, theirs = os.openpty()
    saved = os.dup(0)
    os.dup2(theirs, 0)
    try:
        terminal = portal.Terminal()
        assert not terminal.has_gone()
        os.close(ours)
        assert terminal.has_gone()
    finally:
        os.dup2(saved, 0)
        os.close(saved)
        os.close(theirs)
