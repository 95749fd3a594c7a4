"""Sent, read, previewed, saved: once, whole, or not at all."""

import datetime
import threading
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.encryption import person_hash
from accounts.enums import JobState
from accounts.models import Job, Outbox
from institutions import people, tasks
from institutions.enums import SheetState
from institutions.models import Child, Enrolment, SheetImport, StaffMember
from institutions.sheets import receiving, saving
from tests import factories
from tests.applications.test_concurrency import at_once
from tests.factories import YEAR
from tests.institutions import sheet_files as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return factories.MemberFactory()


@pytest.fixture
def centre(member):
    association = factories.AssociationFactory(manager=member)
    return factories.CentreFactory(association=association)


@pytest.fixture
def round_():
    return factories.UpdateRoundFactory()


def send(centre, content, actor, kind="children"):
    """What the page does, then what the worker does."""
    upload = SimpleUploadedFile("../../liste.xlsx", content)
    sheet = receiving.receive(centre, kind, YEAR, upload=upload, actor=actor)
    tasks.read_sheet(str(sheet.job_id))
    sheet.refresh_from_db()
    return sheet


def save(sheet, actor, *, removes=False):
    """The same for what was looked at."""
    sheet = saving.ask(sheet.pk, actor=actor, removes=removes)
    tasks.save_sheet(str(sheet.job_id))
    sheet.refresh_from_db()
    return sheet


def counts(sheet):
    return (
        sheet.added_count,
        sheet.changed_count,
        sheet.removed_count,
        sheet.same_count,
    )


def three(centre):
    return factories.EnrolmentFactory.create_batch(3, centre=centre)


def changed(content):
    """The first child changes, the second leaves, the third stays, one comes."""

    def change(sheet):
        sheet[make.cell("children", "months")] = 7
        sheet[make.cell("children", "name")] = "اسم جديد"
        new = make.CHILD
        for place, code in enumerate(make.codes_of("children"), start=1):
            sheet.cell(5, place, new.get(code))
        sheet.delete_rows(3)

    return make.edited(content, change)


def test_what_will_change_is_counted_before_anything_is_written(centre, member, round_):
    three(centre)
    sheet = send(centre, changed(make.taken_out(centre)), member)
    assert (sheet.state, counts(sheet)) == (SheetState.READY, (1, 1, 1, 1))
    assert sheet.file_name == "liste.xlsx"
    assert Enrolment.objects.count() == 3
    assert set(Enrolment.objects.values_list("months", flat=True)) == {10}


def test_saving_adds_changes_and_takes_off(centre, member, round_):
    first, second, third = three(centre)
    sheet = send(centre, changed(make.taken_out(centre)), member)
    save(sheet, member, removes=True)
    first.refresh_from_db()
    first.child.refresh_from_db()
    assert (first.months, first.child.name) == (7, "اسم جديد")
    assert first.child.person_hash == person_hash(
        "اسم جديد", born_on=first.child.born_on, sex=first.child.sex
    )
    assert not Enrolment.objects.filter(pk=second.pk).exists()
    assert Child.objects.filter(pk=second.child_id).exists()
    new = Enrolment.objects.exclude(pk__in=[first.pk, third.pk]).get()
    assert (new.child.name, new.child.association) == (
        make.CHILD["name"],
        centre.association,
    )
    assert (new.services, new.certificates) == (["speech"], ["school"])


def test_nobody_is_taken_off_unasked(centre, member, round_):
    three(centre)
    sheet = send(centre, changed(make.taken_out(centre)), member)
    sheet = save(sheet, member)
    assert Enrolment.objects.count() == 4
    assert counts(sheet) == (1, 1, 0, 1)


def test_nothing_is_kept_of_a_saved_sheet(
    centre, member, round_, django_capture_on_commit_callbacks
):
    three(centre)
    sheet = send(centre, changed(make.taken_out(centre)), member)
    path = sheet.file.name
    assert default_storage.exists(path)
    with django_capture_on_commit_callbacks(execute=True):
        save(sheet, member, removes=True)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.rows, sheet.file.name) == (SheetState.APPLIED, "", "")
    assert not default_storage.exists(path)


def test_the_file_at_rest_says_nothing(centre, member, round_):
    sheet = send(centre, make.csv(), member)
    with sheet.file.open() as stored:
        content = stored.read()
    assert make.CHILD["name"].encode() not in content
    assert content.startswith(b"gAAAA")


def test_a_second_click_saves_nothing_twice(centre, member, round_):
    sheet = send(centre, make.sheet(), member)
    first = saving.ask(sheet.pk, actor=member, removes=False)
    second = saving.ask(sheet.pk, actor=member, removes=False)
    assert first.job_id == second.job_id
    for _ in range(2):
        tasks.save_sheet(str(first.job_id))
    assert Enrolment.objects.count() == 1
    with pytest.raises(ValidationError):
        saving.ask(sheet.pk, actor=member, removes=False)


def test_a_list_changed_meanwhile_is_read_again(centre, member, round_):
    row = three(centre)[0]
    sheet = send(centre, changed(make.taken_out(centre)), member)
    Enrolment.objects.filter(pk=row.pk).update(months=3)
    sheet = save(sheet, member, removes=True)
    assert (sheet.state, sheet.job.params) == (SheetState.READING, {"after": "stale"})
    assert Outbox.objects.values_list("kind", "recipient").get() == (
        "sheet_is_stale",
        member.pk,
    )
    assert set(Enrolment.objects.values_list("months", flat=True)) == {3, 10}
    tasks.read_sheet(str(sheet.job_id))
    save(sheet, member, removes=True)
    row.refresh_from_db()
    assert row.months == 7


def test_last_years_list_is_begun_by_saving(centre, member, round_):
    old = factories.EnrolmentFactory(centre=centre, year=YEAR - 1, months=9)
    sheet = send(centre, make.taken_out(centre), member)
    assert counts(sheet) == (0, 0, 0, 1)
    save(sheet, member)
    new = Enrolment.objects.get(year=YEAR)
    assert (new.child, new.months) == (old.child, 9)


def test_staff_of_last_year_change_in_this_one(centre, member, round_):
    old = factories.StaffMemberFactory.create_batch(2, centre=centre, year=YEAR - 1)
    salary = make.cell("staff", "monthly_salary_amount", 3)
    content = make.edited(
        make.taken_out(centre, "staff"),
        lambda sheet: sheet.__setitem__(salary, 4000.25),
    )
    sheet = send(centre, content, member, "staff")
    assert counts(sheet) == (0, 1, 0, 1)
    save(sheet, member)
    new = StaffMember.objects.filter(year=YEAR).order_by("pk")
    assert [row.name for row in new] == [row.name for row in old]
    assert [row.monthly_salary_amount for row in new] == [0, Decimal("4000.25")]
    old[1].refresh_from_db()
    assert old[1].monthly_salary_amount == 0


def test_a_sheet_taken_out_before_the_list_was_begun(centre, member, round_):
    """The codes of the staff were last year's: they are followed by the name."""
    factories.StaffMemberFactory.create_batch(2, centre=centre, year=YEAR - 1)
    content = make.taken_out(centre, "staff")
    people.open_list(centre.pk, round_, code="staff", actor=member)
    sheet = send(centre, content, member, "staff")
    assert (sheet.state, counts(sheet)) == (SheetState.READY, (0, 0, 0, 2))


def test_a_child_of_another_year_keeps_its_code(centre, member, round_):
    child = factories.ChildFactory(
        association=centre.association,
        name=make.CHILD["name"],
        born_on=datetime.date(2016, 5, 12),
        sex="f",
    )
    sheet = send(centre, make.sheet(), member)
    save(sheet, member)
    assert Enrolment.objects.get().child == child
    assert Child.objects.count() == 1


def test_a_sheet_with_errors_is_never_saved(centre, member, round_):
    sheet = send(centre, make.sheet(sex="?"), member)
    assert (sheet.state, sheet.error_count, sheet.rows) == (SheetState.REFUSED, 1, "")
    with pytest.raises(ValidationError):
        saving.ask(sheet.pk, actor=member, removes=False)
    assert not Child.objects.exists()


def test_a_sheet_given_up_stops_its_job_and_leaves_nothing(
    centre, member, round_, django_capture_on_commit_callbacks
):
    upload = SimpleUploadedFile("l.xlsx", make.sheet())
    sheet = receiving.receive(centre, "children", YEAR, upload=upload, actor=member)
    path = sheet.file.name
    with django_capture_on_commit_callbacks(execute=True):
        receiving.give_up(sheet.pk, actor=member)
    assert Job.objects.get().state == JobState.CANCELLED
    assert not default_storage.exists(path)
    tasks.read_sheet(str(sheet.job_id))
    sheet.refresh_from_db()
    assert (sheet.state, sheet.rows) == (SheetState.CANCELLED, "")


def test_sheets_that_nobody_saved_are_forgotten_after_a_week(centre, member, round_):
    old, recent = (send(centre, make.csv(), member) for _ in range(2))
    SheetImport.objects.filter(pk=old.pk).update(
        created_at=timezone.now() - receiving.KEPT_FOR - datetime.timedelta(hours=1)
    )
    assert tasks.sweep_sheets() == 1
    old.refresh_from_db()
    recent.refresh_from_db()
    assert (old.state, old.rows, old.file.name) == (SheetState.CANCELLED, "", "")
    assert recent.state == SheetState.READY


def test_an_officer_of_another_delegation_saves_nothing(centre, member, round_):
    sheet = send(centre, make.csv(), member)
    far = factories.DelegateFactory(delegation=factories.delegation(factories.FES))
    with pytest.raises(SheetImport.DoesNotExist):
        saving.ask(sheet.pk, actor=far, removes=False)
    inspector = factories.InspectorFactory()
    with pytest.raises(PermissionDenied):
        saving.ask(sheet.pk, actor=inspector, removes=False)


def queries_of(centre, member, round_, rows):
    content = make.csv("children", *rows)
    sheet = send(centre, content, member)
    sheet = saving.ask(sheet.pk, actor=member, removes=False)
    with CaptureQueriesContext(connection) as queries:
        tasks.save_sheet(str(sheet.job_id))
    return len(queries)


def test_saving_asks_the_same_of_the_database_for_many_rows(centre, member, round_):
    def rows(start, count):
        return [
            {"name": f"تلميذ {start + n}", "massar": f"R{start + n:09d}"}
            for n in range(count)
        ]

    factories.EnrolmentFactory(centre=centre)
    few = queries_of(centre, member, round_, rows(0, 3))
    many = queries_of(centre, member, round_, rows(100, 60))
    assert few == many
    assert many <= 24
    assert Enrolment.objects.count() == 64


def test_reading_asks_the_same_of_the_database_for_many_rows(centre, member, round_):
    def queries(count):
        Enrolment.objects.filter(centre=centre).delete()
        factories.EnrolmentFactory.create_batch(count, centre=centre)
        content = make.taken_out(centre)
        upload = SimpleUploadedFile("l.xlsx", content)
        sheet = receiving.receive(centre, "children", YEAR, upload=upload, actor=member)
        with CaptureQueriesContext(connection) as found:
            tasks.read_sheet(str(sheet.job_id))
        return len(found)

    few, many = queries(2), queries(30)
    assert few == many
    assert many <= 20


@pytest.mark.django_db(transaction=True)
def test_two_who_save_two_sheets_of_one_list(centre, member, round_):
    """Exactly one wins; the other is told to look again."""
    factories.EnrolmentFactory(centre=centre)
    content = make.taken_out(centre)
    months = make.cell("children", "months")
    sheets = [
        send(
            centre,
            make.edited(content, lambda sheet, n=n: sheet.__setitem__(months, n)),
            member,
        )
        for n in (3, 4)
    ]
    barrier = threading.Barrier(2, timeout=20)

    def saves(sheet):
        asked = saving.ask(sheet.pk, actor=member, removes=False)

        def act():
            barrier.wait()
            tasks.save_sheet(str(asked.job_id))

        return act

    assert at_once(*[saves(sheet) for sheet in sheets]) == [None, None]
    for sheet in sheets:
        sheet.refresh_from_db()
    states = [sheet.state for sheet in sheets]
    assert sorted(states) == [SheetState.APPLIED, SheetState.READING]
    winner = [3, 4][states.index(SheetState.APPLIED)]
    assert Enrolment.objects.get().months == winner
