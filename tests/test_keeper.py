"""A server runs for exactly as long as somebody uses it."""

import fcntl
import io
import json
import signal
import sys
import threading
from pathlib import Path

import pytest

from entraide.launcher import keeper, portal, services
from entraide.launcher.database import Place
from entraide.launcher.environment import Session
from entraide.launcher.keeper import Service
from entraide.launcher.machine import Refusal, Venv


@pytest.fixture(autouse=True)
def _own_signals():
    """The commands listen to signals; pytest goes on listening to its own."""
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {name: signal.getsignal(name) for name in names}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


@pytest.fixture
def sleeper(tmp_path) -> Service:
    """A server that runs until it is told to stop."""
    return Service(
        name="sleeper",
        argv=["/bin/sleep", "60"],
        environment={},
        locks=str(tmp_path),
        log=str(tmp_path / "sleeper.log"),
        sockets=[str(tmp_path / "folder/socket")],
    )


def test_a_keeper_goes_when_the_last_user_does(sleeper, tmp_path):
    users = services.Users(tmp_path)
    users.hold("sleeper")
    runs = threading.Event()
    kept = threading.Thread(target=keeper.keep, args=(sleeper, runs.set))
    kept.start()
    assert runs.wait(10)
    assert services.is_kept(tmp_path, "sleeper")
    assert services.is_used(tmp_path, "sleeper")

    users.release("sleeper", timeout=10)

    assert not services.is_kept(tmp_path, "sleeper")
    kept.join(10)


def test_a_server_that_cannot_start_is_not_tried_again(sleeper, tmp_path):
    failing = Service(**vars(sleeper) | {"argv": ["/bin/sh", "-c", "echo why; exit 1"]})
    users = services.Users(tmp_path)
    users.hold("sleeper")

    with pytest.raises(Refusal, match=r"(?s)why.*stopped at once"):
        users.start(failing, lambda: False, timeout=20)
    users.release("sleeper")


def test_a_server_that_dies_is_started_again(sleeper, tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "STARTED_SECONDS", 0.1)
    starts = tmp_path / "starts"
    argv = ["/bin/sh", "-c", f"echo started >> {starts}; sleep 0.5"]
    dying = Service(**vars(sleeper) | {"argv": argv})

    def has_started_twice() -> bool:
        return starts.exists() and len(starts.read_text().split()) == 2

    assert keeper.supervise(dying, has_started_twice) == 0


def test_a_server_that_dies_at_each_start_is_given_up(sleeper, tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "STARTED_SECONDS", 0.3)
    monkeypatch.setattr(keeper, "RESTARTS", 1)
    mark = tmp_path / "mark"
    argv = ["/bin/sh", "-c", f"test -e {mark} || {{ touch {mark}; sleep 0.5; }}"]
    dying = Service(**vars(sleeper) | {"argv": argv})

    assert keeper.supervise(dying, lambda: False) == 1


def test_a_keeper_reads_what_it_keeps_from_its_input(sleeper, monkeypatch):
    unused = vars(sleeper) | {"needs": ["other"]}
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(unused)))

    assert keeper.main() == 0


def test_two_keepers_never_keep_the_same_server(sleeper, tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "LOOKS_SECONDS", 0.1)
    with (tmp_path / "sleeper.keeper").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        assert keeper.keep(sleeper, lambda: False) == 1


def test_a_temporary_folder_goes_with_its_last_keeper(sleeper, tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    service = Service(
        **vars(sleeper) | {"locks": str(folder), "temporary": str(folder)}
    )
    with (folder / "other.keeper").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        keeper.remove_temporary(service)
        assert folder.exists()

    keeper.remove_temporary(service)

    assert not folder.exists()


def test_a_server_that_ignores_the_request_is_ended_after_the_grace(sleeper):
    deaf = Service(
        **vars(sleeper)
        | {"argv": ["/bin/sh", "-c", "trap '' TERM; sleep 60"], "grace": 0.5}
    )
    server = keeper.start(deaf)

    keeper.stop(server, deaf)

    assert server.returncode in (-signal.SIGKILL, -signal.SIGTERM)


def test_a_portal_that_loses_a_server_for_good_stops(tmp_path):
    place = Place(tmp_path, Venv(Path(sys.prefix)))
    place.open()

    with pytest.raises(Refusal, match="web stopped and could not be started again"):
        portal.wait(Session(place, services.Users(place.locks), {}))
