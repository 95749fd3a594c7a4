"""``/healthz``: the process answers. ``/readyz``: all it needs does, too.

Both answer with bare words, in English: they are read by machines (quality.md §2).
"""

import time
from collections.abc import Callable
from contextlib import closing

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from institutions import scanning

HEARTBEAT = "worker:heartbeat"
HEARTBEAT_MAX_AGE = 120
BROKER_TIMEOUT = 2


def database_answers() -> bool:
    """One round trip."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_answers() -> bool:
    """A connection to the queue, without retries."""
    broker = Connection(
        settings.CELERY_BROKER_URL,
        connect_timeout=BROKER_TIMEOUT,
        transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
    )
    with closing(broker):
        try:
            broker.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT)
        except (OperationalError, OSError):
            return False
    return True


def worker_beats() -> bool:
    """The scheduler asked and a worker answered within two minutes."""
    try:
        beat = cache.get(HEARTBEAT)
    except RedisError:
        return False
    return beat is not None and time.time() - float(beat) < HEARTBEAT_MAX_AGE


def is_migrated() -> bool:
    """No migration of the code is missing in the database."""
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def scanner() -> str:
    """Never makes the portal unready: a scan that is late stops no work."""
    if not scanning.is_configured():
        return "off"
    try:
        return "late" if scanning.overdue().exists() else "ok"
    except DatabaseError:
        return "unknown"


CHECKS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "broker": broker_answers,
    "worker": worker_beats,
    "migrations": is_migrated,
}


@never_cache
@login_not_required
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Alive: nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@login_not_required
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """503 while anything is missing, with a word for each."""
    found = {name: "ok" if check() else "failed" for name, check in CHECKS.items()}
    ready = set(found.values()) == {"ok"}
    parts = {**found, "scanner": scanner()}
    return JsonResponse(parts, status=200 if ready else 503)
