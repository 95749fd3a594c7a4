"""A list is saved once, whatever happens to the worker and the broker meanwhile."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone

from accounts import jobs
from accounts import tasks as sweeping
from accounts.enums import JobState
from accounts.models import Job, Outbox
from institutions import tasks
from institutions.enums import SheetState
from institutions.models import Child, Enrolment
from institutions.sheets import receiving, saving
from tests import factories
from tests.accounts import worker as machines
from tests.factories import YEAR
from tests.institutions import sheet_files as make

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]

# Somebody waits for this very connection.
WAITS = (
    "SELECT count(*) FROM pg_locks WHERE NOT granted"
    " AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)


@pytest.fixture
def ready():
    """A sheet in which one child changes and another comes."""
    factories.UpdateRoundFactory()
    member = factories.MemberFactory()
    association = factories.AssociationFactory(manager=member)
    centre = factories.CentreFactory(association=association)
    factories.EnrolmentFactory(centre=centre, months=10)
    content = make.edited(make.taken_out(centre), change)
    upload = SimpleUploadedFile("l.xlsx", content)
    sheet = receiving.receive(centre, "children", YEAR, upload=upload, actor=member)
    tasks.read_sheet(str(sheet.job_id))
    sheet.refresh_from_db()
    assert sheet.state == SheetState.READY
    return sheet


def change(sheet):
    sheet[make.cell("children", "months")] = 7
    sheet[make.cell("children", "name")] = "زعفران"
    for place, code in enumerate(make.codes_of("children"), start=1):
        sheet.cell(3, place, make.CHILD.get(code))


def ask(sheet):
    with transaction.atomic():
        return saving.ask(sheet.pk, actor=sheet.created_by, removes=False)


def is_blocked():
    with connection.cursor() as cursor:
        cursor.execute(WAITS)
        return cursor.fetchone()[0] > 0


def state_of(sheet):
    sheet.refresh_from_db()
    return sheet.state


def assert_saved_once(sheet):
    assert (Child.objects.count(), Enrolment.objects.count()) == (2, 2)
    assert sorted(Enrolment.objects.values_list("months", flat=True)) == [7, 10]
    told = Outbox.objects.filter(kind="sheet_saved")
    assert [row.recipient for row in told] == [sheet.created_by]
    assert Job.objects.filter(task=saving.SAVE, state=JobState.DONE).count() == 1


def is_done():
    return Job.objects.filter(task=saving.SAVE, state=JobState.DONE).exists()


def test_a_worker_killed_while_it_saves_has_written_nothing(ready, broker, started):
    """The child is written when the worker waits for its enrolment."""
    _server, url = broker
    ask(ready)
    with transaction.atomic():
        list(Enrolment.objects.select_for_update())
        slow = machines.worker(url)
        started.append(slow)
        machines.wait_for(is_blocked)
        slow.kill()
    assert state_of(ready) == SheetState.SAVING
    assert [row.months for row in Enrolment.objects.all()] == [10]
    assert "زعفران" not in [child.name for child in Child.objects.all()]
    # The dead worker's row is taken up once its lease is over.
    Job.objects.update(touched_at=timezone.now() - jobs.LEASE)
    sweeping.sweep()
    started.append(machines.worker(url))
    machines.wait_for(is_done)
    assert state_of(ready) == SheetState.APPLIED
    assert_saved_once(ready)


def test_without_a_broker_the_saving_waits_for_the_sweep(ready, broker, started):
    server, url = broker
    server.kill()
    ask(ready)
    assert state_of(ready) == SheetState.SAVING
    assert Job.objects.get(task=saving.SAVE).state == JobState.WAITING
    socket = Path(url.removeprefix("redis+socket://"))
    socket.unlink(missing_ok=True)
    server.start()
    machines.wait_for(socket.exists)
    started.append(machines.worker(url))
    Job.objects.update(touched_at=timezone.now() - sweeping.UNHEARD_AFTER)
    # Called twice, as two sweeps may: the second finds nothing to do.
    sweeping.sweep()
    sweeping.sweep()
    machines.wait_for(is_done)
    assert state_of(ready) == SheetState.APPLIED
    assert_saved_once(ready)
