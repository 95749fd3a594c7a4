"""Redis gone and back: pages go on meanwhile, and nothing stale returns with it."""

import time

import pytest
from django.core.cache import cache, caches
from django.urls import reverse

from accounts import cache as forgiving
from entraide.health import HEARTBEAT
from tests.factories import PASSWORD, MemberFactory

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _forget():
    yield
    for reach in forgiving.REACHES.values():
        reach.away_until = 0.0
        reach.owed.clear()


@pytest.fixture
def away(settings):
    """The cache and the broker lead nowhere."""

    def leave():
        default = {**settings.CACHES["default"], "LOCATION": NOWHERE}
        settings.CACHES = {"default": default}
        settings.CELERY_BROKER_URL = NOWHERE

    return leave


@pytest.fixture
def now(monkeypatch):
    """A clock of the cache's own, moved by hand."""
    hands = [time.monotonic()]
    monkeypatch.setattr(forgiving.time, "monotonic", lambda: hands[0])
    return hands


@pytest.mark.django_db
def test_who_is_signed_in_stays_so(client, away):
    client.force_login(MemberFactory())
    away()
    assert client.get(reverse("accounts:notices")).status_code == 200


@pytest.mark.django_db
def test_signing_in_and_out_goes_on(client, away):
    away()
    user = MemberFactory()
    page = reverse("account_login")
    assert client.get(page).status_code == 200
    answer = client.post(page, {"login": user.email, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
    assert client.session["_auth_user_id"] == str(user.pk)
    client.post(reverse("account_logout"))
    assert client.get(reverse("accounts:notices")).status_code == 302


@pytest.mark.django_db
def test_a_wrong_password_is_refused_not_broken(client, away):
    away()
    form = {"login": MemberFactory().email, "password": "wrong"}
    answer = client.post(reverse("account_login"), form)
    assert answer.status_code == 200
    assert answer.context["form"].errors


@pytest.mark.django_db
def test_the_operator_is_told(client, away):
    away()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert (response.json()["broker"], response.json()["worker"]) == ("failed",) * 2


def test_it_answers_as_an_empty_cache(away):
    away()
    assert cache.add("one", 1) is True
    assert cache.get("one", "nothing") == "nothing"
    assert cache.get_many(["one"]) == {}
    assert cache.has_key("one") is False
    assert cache.touch("one") is False
    assert cache.incr("one") == 1
    assert cache.set("one", 1) is None
    assert cache.set_many({"one": 1}) == ["one"]
    assert cache.delete("one") is False
    assert cache.delete_many(["one"]) is None


def test_there_it_is_an_ordinary_cache():
    assert cache.add("one", 1) is True
    assert cache.add("one", 2) is False
    assert cache.incr("one") == 2
    assert cache.touch("one", 60) is True
    assert cache.set_many({"two": 2}) == []
    assert cache.get_many(["one", "two"]) == {"one": 2, "two": 2}
    assert cache.delete("one") is True
    cache.delete_many(["two"])
    assert cache.get("two") is None


def test_nobody_waits_for_it_at_every_question(away, now, caplog):
    away()
    for _ in range(3):
        cache.get("one")
    assert caplog.messages == ["the cache is away: ConnectionError"]
    now[0] += forgiving.PAUSE_SECONDS
    cache.get("one")
    assert len(caplog.messages) == 2


def test_what_ended_meanwhile_does_not_come_back(now, monkeypatch):
    """The server was out of reach and kept what it held."""
    cache.set("session", "of somebody")
    cache.set("other", "kept")
    refused = forgiving.RedisError()

    def unreachable(*_args, **_kwargs):
        raise refused

    with monkeypatch.context() as broken:
        broken.setattr(caches["default"]._cache, "delete", unreachable)
        assert cache.delete("session") is False
    now[0] += forgiving.PAUSE_SECONDS
    assert cache.get("session") is None
    assert cache.get("other") == "kept"
    cache.set("session", "new")
    assert cache.get("session") == "new"


def test_the_heartbeat_does_not_stop_the_worker(away):
    away()
    cache.set(HEARTBEAT, time.time(), timeout=None)
    assert cache.get(HEARTBEAT) is None
