"""What every test starts from: own cache and files, the country loaded."""

import tempfile
from pathlib import Path
from uuid import uuid4

import pytest
from celery import Celery
from django.conf import settings as django_settings
from django.core.cache import caches
from django.core.management import call_command, get_commands
from django.utils import translation

from accounts import outbox
from territories.models import Commune
from tests.accounts import worker as machines

REFERENCE = ("load_territories", "load_reference")
EMPTIED_BY = ("transactional_db", "live_server", "django_db_serialized_rollback")


def load_reference_data():
    for name in REFERENCE:
        if name in get_commands():
            call_command(name, verbosity=0, stdout=_Silent())


class _Silent:
    def write(self, *_args):
        pass


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Regions, delegations and communes stand in the database before any test."""
    with django_db_blocker.unblock():
        load_reference_data()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """A test with real transactions empties every table: fill them again, unless no
    test follows; the database is then gone already."""
    answer = yield
    if nextitem is None:
        return answer
    mark = item.get_closest_marker("django_db")
    is_emptied = bool(mark and mark.kwargs.get("transaction"))
    if is_emptied or any(name in EMPTIED_BY for name in item.fixturenames):
        blocker = item.config.stash[BLOCKER]
        with blocker.unblock():
            if not Commune.objects.exists():
                load_reference_data()
    return answer


BLOCKER = pytest.StashKey()


@pytest.fixture(autouse=True, scope="session")
def _keep_blocker(request, django_db_blocker):
    request.config.stash[BLOCKER] = django_db_blocker


@pytest.fixture(autouse=True)
def _own_cache():
    """A prefix of its own empties the cache without touching the broker's keys."""
    prefix = uuid4().hex
    django_settings.CACHES["default"]["KEY_PREFIX"] = prefix
    caches["default"].key_prefix = prefix


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path_factory):
    settings.MEDIA_ROOT = str(tmp_path_factory.mktemp("media"))


@pytest.fixture(autouse=True)
def _default_language():
    with translation.override(django_settings.LANGUAGE_CODE):
        yield


@pytest.fixture(params=["ar", "fr"])
def language(request):
    """Runs the test once in each language."""
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def folder():
    """Short, for a socket; removed with all that is in it."""
    with tempfile.TemporaryDirectory(prefix="en-") as path:
        yield Path(path)


@pytest.fixture
def started():
    """Whatever a test starts here is ended with it."""
    processes = []
    yield processes
    for process in processes:
        process.kill()


@pytest.fixture
def broker(folder, started, monkeypatch, settings):
    """A broker of this test alone; this process calls its tasks through it."""
    server, url = machines.broker(folder)
    started.append(server)
    monkeypatch.setenv("CELERY_BROKER_URL", url)
    caller = Celery("caller", broker=url, set_as_current=False)
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    caller.conf.broker_transport_options = options
    monkeypatch.setattr(outbox, "current_app", caller)
    yield server, url
    caller.close()
