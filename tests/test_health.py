"""Whether the portal is alive, and whether all it needs answers."""

import time

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder
from redis.exceptions import RedisError

from entraide import health

pytestmark = pytest.mark.django_db


def ready(client) -> tuple[int, dict[str, str]]:
    response = client.get("/readyz")
    return response.status_code, response.json()


@pytest.fixture
def beating():
    cache.set(health.HEARTBEAT, time.time(), 600)


def test_alive_asks_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.usefixtures("beating")
def test_ready_when_all_answer(client):
    everything = dict.fromkeys(("database", "broker", "worker", "migrations"), "ok")
    assert ready(client) == (200, everything | {"scanner": "off"})


@pytest.mark.parametrize("age", [None, health.HEARTBEAT_MAX_AGE + 1])
def test_not_ready_without_a_fresh_heartbeat(client, age):
    if age:
        cache.set(health.HEARTBEAT, time.time() - age, 600)

    status, parts = ready(client)

    assert (status, parts["worker"], parts["database"]) == (503, "failed", "ok")


@pytest.mark.usefixtures("beating")
def test_not_ready_while_a_migration_is_missing(client):
    MigrationRecorder.Migration.objects.filter(app="accounts").delete()

    status, parts = ready(client)

    assert (status, parts["migrations"]) == (503, "failed")


@pytest.mark.usefixtures("beating")
def test_not_ready_without_the_broker(client, settings, tmp_path):
    settings.CELERY_BROKER_URL = f"redis+socket://{tmp_path}/none?virtual_host=0"

    status, parts = ready(client)

    assert (status, parts["broker"]) == (503, "failed")


def test_servers_that_fail_are_reported_not_raised(client, monkeypatch):
    def no_cache(_key):
        raise RedisError

    def no_database(*_args):
        raise DatabaseError

    monkeypatch.setattr(health.cache, "get", no_cache)
    monkeypatch.setattr(health.connection, "cursor", no_database)
    monkeypatch.setattr(health, "MigrationExecutor", no_database)

    status, parts = ready(client)

    assert status == 503
    assert parts == {
        "database": "failed",
        "broker": "ok",
        "worker": "failed",
        "migrations": "failed",
        "scanner": "off",
    }
