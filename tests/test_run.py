"""``./run`` as people use it: real processes, around a small portal."""

import os
import pty
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from entraide.launcher import database
from tests.launching import ROOT, Started, Tree, wait_for

# One process of pytest-xdist, which then needs one checkout only.
pytestmark = pytest.mark.xdist_group("run")
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="about what root does")


def remove(tree: Tree) -> None:
    tree.close()
    shutil.rmtree(database.system_home(tree.var), ignore_errors=True)
    shutil.rmtree(tree.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Iterator[Tree]:
    """One for all, as one checkout is used again and again."""
    made = Tree(tmp_path_factory.mktemp("portal").resolve())
    yield made
    remove(made)


@pytest.fixture
def tree(checkout) -> Iterator[Tree]:
    yield checkout
    checkout.close()


@pytest.fixture
def new_tree(tmp_path) -> Iterator[Tree]:
    made = Tree(tmp_path.resolve())
    yield made
    remove(made)


def run_stub(path: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "run", "--help"],
        env={"PATH": path} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_python_one_sentence_and_status_3(tmp_path):
    done = run_stub(str(tmp_path))

    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "sudo apt-get install python3 python3-venv" in done.stderr


def test_a_python_that_is_too_old_or_broken_is_passed_over(tmp_path):
    for name in ("python3.13", "python3.12"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 127\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "python3").symlink_to(os.path.realpath("/proc/self/exe"))

    done = run_stub(str(tmp_path))

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("./run [--port N]")


def test_python_of_ones_choice_comes_first(tmp_path):
    chosen = tmp_path / "chosen"
    chosen.write_text('#!/bin/sh\n[ "$1" = -c ] || echo "chosen $2"\n')
    chosen.chmod(0o755)

    done = run_stub(os.environ["PATH"], PYTHON=str(chosen))

    assert done.stdout == f"chosen {ROOT / 'entraide/embedded.py'}\n"


def test_unknown_words_are_refused(tree):
    done = tree.run("strat")

    assert (done.returncode, "./run --help" in done.stdout) == (1, True)


@pytest.mark.kill
def test_a_later_start_does_only_what_has_changed(tree):
    first = Started(tree)
    assert first.page() == first.address.rstrip("/")
    assert "accounts of the demo" in first.stop()
    calls, secrets = len(tree.calls()), (tree.var / "secrets.env").read_text()

    assert "accounts of the demo" in Started(tree).stop()
    assert tree.calls()[calls:] == []
    (tree.folder / "entraide/new.py").touch()
    Started(tree).stop()

    assert tree.calls()[calls:] == ["prepare --demo", "demo_accounts"]
    assert (tree.var / "secrets.env").read_text() == secrets


@pytest.mark.kill
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(tree, signum):
    started = Started(tree).with_worker()
    for name in ("gunicorn", "worker", "beat", "postgres", "valkey"):
        assert name in started.names()

    started.launcher.send_signal(signum)

    assert started.launcher.wait(30) == 0
    assert started.alive() == []
    assert not (tree.var / "address").exists()


@pytest.mark.kill
def test_nothing_outlives_a_killed_launcher(tree):
    started = Started(tree).with_worker()

    started.launcher.kill()

    wait_for(lambda: not started.alive())


@pytest.mark.kill
def test_nothing_outlives_killed_keepers(tree):
    started = Started(tree).with_worker()

    for process in [p for p in started.processes if "keeper" in " ".join(p.cmdline())]:
        process.kill()

    wait_for(lambda: not started.alive())
    assert started.launcher.wait(30) == 1


@pytest.mark.kill
def test_nothing_outlives_the_terminal(tree):
    ours, theirs = pty.openpty()
    started = Started(tree, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)

    os.close(ours)

    wait_for(lambda: not started.alive())
    started.launcher.wait(30)


@pytest.mark.kill
def test_a_killed_server_is_started_again(tree):
    started = Started(tree)
    masters = [p for p in started.processes if "gunicorn" in " ".join(p.cmdline())]
    wait_for(lambda: masters[0].create_time() < time.time() - 6)

    masters[0].kill()

    wait_for(lambda: not _answers(started))
    wait_for(lambda: _answers(started))
    started.stop()


def _answers(started: Started) -> bool:
    try:
        return bool(started.page())
    except OSError:
        return False


@pytest.mark.kill
def test_a_second_start_says_where_the_first_one_is(tree):
    started = Started(tree)

    again, elsewhere = tree.run(), tree.run("--port", "1")

    sentence = f"The portal of this folder already runs at {started.address}.\n"
    assert (again.returncode, again.stdout) == (0, sentence)
    assert (elsewhere.returncode, elsewhere.stdout) == (1, sentence)
    started.stop()


@pytest.mark.kill
def test_manage_joins_the_servers_that_run_and_leaves_them_running(tree):
    started = Started(tree)

    first, second = tree.run("manage", "rows"), tree.run("manage", "rows")

    counts = [int(done.stdout.split()[1]) for done in (first, second)]
    assert counts[1] == counts[0] + 1
    assert _answers(started)
    started.stop()


@pytest.mark.kill
def test_manage_keeps_its_database_when_the_portal_stops(tree):
    manage = tree.popen("manage", "sleep")
    assert manage.stdout is not None
    assert manage.stdout.readline() == "sleeping\n"
    Started(tree).launcher.send_signal(signal.SIGTERM)

    wait_for(lambda: not (tree.var / "address").exists())
    rows = tree.run("manage", "rows")

    assert rows.returncode == 0, rows.stdout
    manage.terminate()
    manage.communicate(timeout=30)
    assert manage.returncode == 128 + signal.SIGTERM


@pytest.mark.kill
def test_reset_waits_for_a_stop_and_for_a_yes(new_tree):
    started = Started(new_tree)
    assert new_tree.run("reset", "--yes").returncode == 1
    started.stop()
    assert new_tree.run("reset").returncode == 1
    assert (new_tree.var / "secrets.env").exists()

    done = new_tree.run("reset", "--yes")

    assert (done.returncode, done.stdout) == (0, "Removed.\n")
    assert not new_tree.var.exists()
    assert not database.system_home(new_tree.var).exists()


@pytest.mark.kill
def test_a_busy_port_gives_way_to_the_next(tree):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        started = Started(tree, "--port", str(port))

    assert started.address != f"http://127.0.0.1:{port}/"
    assert f"Port {port} is taken." in started.stop()


@pytest.mark.kill
def test_interrupted_demo_data_is_continued(tree):
    Started(tree).stop()
    calls = len(tree.calls())
    (tree.var / "seeding").touch()

    Started(tree).stop()

    (tree.var / "seeding").unlink()
    assert tree.calls()[calls:] == ["prepare --demo", "demo_accounts"]


def modes(folder: Path) -> dict[Path, int]:
    return {path: stat.S_IMODE(path.stat().st_mode) for path in folder.parents}


@pytest.mark.kill
@AS_ROOT
def test_a_clone_that_only_root_can_enter_works_and_stays_closed(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "clone").mkdir()
    tree = Tree((closed / "clone").resolve())
    before = modes(tree.var)

    assert tree.run("manage", "rows").stdout == "rows 1\n"

    assert modes(tree.var) == before
    assert (database.system_home(tree.var) / "postgres/data/PG_VERSION").exists()
    assert not (tree.var / "postgres").exists()
    remove(tree)


@pytest.mark.kill
@AS_ROOT
def test_a_clone_that_everybody_can_enter_keeps_its_database_inside():
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)
        (folder / ("long-" * 24)).mkdir()
        tree = Tree(folder / ("long-" * 24))
        before = modes(tree.var)

        assert tree.run("manage", "rows").stdout == "rows 1\n"

        assert modes(tree.var) == before
        assert (tree.var / "postgres/data/PG_VERSION").exists()
        assert not database.system_home(tree.var).exists()
        tree.close()


@pytest.mark.kill
def test_secrets_are_readable_by_their_owner_only(tree):
    assert tree.run("manage", "rows").returncode == 0
    (tree.var / "secrets.env").chmod(0o644)

    assert tree.run("manage", "rows").returncode == 0

    assert stat.S_IMODE((tree.var / "secrets.env").stat().st_mode) == 0o600


@pytest.mark.kill
def test_lost_secrets_stop_the_start_before_new_ones_hide_the_loss(new_tree):
    assert new_tree.run("manage", "rows").returncode == 0
    (new_tree.var / "secrets.env").unlink()

    done = new_tree.run()

    assert done.returncode == 1
    assert "secrets.env is gone" in done.stdout
    assert not (new_tree.var / "secrets.env").exists()
