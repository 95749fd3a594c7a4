"""The rows of a record: which are read, and how few questions that takes."""

import pytest

from institutions import snapshots
from institutions.models import Association
from institutions.record import Record
from tests.factories import (
    YEAR,
    AccountLineFactory,
    AssociationFactory,
    CentreFactory,
    ChildFactory,
    DocumentFactory,
    EnrolmentFactory,
    HeadcountFactory,
    InstitutionFactory,
    StaffMemberFactory,
    UpdateRoundFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def association():
    return AssociationFactory()


@pytest.mark.parametrize("is_given", [True, False])
def test_figures_and_accounts_come_in_one_question(
    association, django_assert_num_queries, is_given
):
    """The year of accounts is that of the round, given or looked up."""
    round_ = UpdateRoundFactory(accounts_year=YEAR - 3)
    unit = InstitutionFactory(association=association)
    for year in (YEAR - 1, YEAR - 2, YEAR - 3):
        AccountLineFactory(institution=unit, year=year, amount=year)
    AccountLineFactory(association=association, institution=None, year=YEAR - 3)
    HeadcountFactory(institution=unit, count=7)
    record = Record(association, year=YEAR, update_round=round_ if is_given else None)
    with django_assert_num_queries(1):
        accounts, heads = record.accounts, record.headcounts
    assert {row.institution_id for row in accounts} == {unit.pk, None}
    assert [row.amount for row in accounts if row.institution_id] == [YEAR - 3]
    assert [(row.count, type(row.count)) for row in heads] == [(7, int)]


def test_without_a_round_the_accounts_are_those_of_the_year_before(association):
    unit = InstitutionFactory(association=association)
    lines = [
        AccountLineFactory(institution=unit, year=year) for year in (YEAR - 2, YEAR - 1)
    ]
    found = Record(association, year=YEAR).accounts
    assert [row.amount for row in found] == [lines[1].amount]


@pytest.mark.parametrize("is_read_already", [True, False])
def test_documents_of_people_are_not_documents_of_units(association, is_read_already):
    unit = InstitutionFactory(association=association)
    child = ChildFactory(association=association)
    member = StaffMemberFactory(centre__association=association)
    kept = [
        DocumentFactory(association=association),
        DocumentFactory(association=association, institution=unit),
    ]
    DocumentFactory(association=association, child=child)
    DocumentFactory(association=association, staff_member=member)
    DocumentFactory(association=association, is_withdrawn=True)
    record = Record(association, year=YEAR)
    if is_read_already:
        assert len(record.documents) == 4
    assert record.unit_documents == kept


def test_rows_of_closed_centres_are_read_and_not_counted(association):
    works = CentreFactory(association=association)
    closed = CentreFactory(association=association, is_active=False)
    for centre in (works, closed):
        EnrolmentFactory(centre=centre)
        StaffMemberFactory(centre=centre)
    record = Record(association, year=YEAR)
    for rows in (record.enrolments, record.staff):
        assert {row.centre_id for row in rows} == {works.pk, closed.pk}
        counted = record.in_working_centres(rows)
        assert [row.centre_id for row in counted] == [works.pk]


def test_twins_are_those_of_the_year_in_working_centres(association):
    massar = "R130000001"
    centres = CentreFactory.create_batch(2, association=association)
    closed = CentreFactory(association=association, is_active=False)
    one, other = (
        EnrolmentFactory(centre=centre, child__massar=massar) for centre in centres
    )
    EnrolmentFactory(centre=closed, child__massar=massar)
    EnrolmentFactory(centre=centres[0], child__massar=massar, year=YEAR - 1)
    EnrolmentFactory(centre=centres[0], child__massar="")
    twins = Record(association, year=YEAR).twins
    assert twins == {one.child_id, other.child_id}


def certified(record):
    return snapshots.freeze(
        snapshots.UPDATE,
        1,
        association=record.association,
        year=record.year,
        content=snapshots.content_of(record),
    )


def changes(snapshot, association):
    record = Record(Association.objects.get(pk=association.pk), year=YEAR)
    return snapshots.changed_parts(snapshot, record, snapshots.parts_of(record))


def test_a_new_document_changes_no_part_of_the_record(association):
    EnrolmentFactory(centre__association=association)
    DocumentFactory(association=association)
    snapshot = certified(Record(association, year=YEAR))
    assert changes(snapshot, association) == []
    DocumentFactory(association=association)
    assert changes(snapshot, association) == []


def test_each_part_that_is_not_what_was_certified_is_named(association):
    unit = InstitutionFactory(association=association)
    enrolment = EnrolmentFactory(centre__association=association)
    snapshot = certified(Record(association, year=YEAR))
    for row, name, value, found in [
        (enrolment.child, "has_rsu", not enrolment.child.has_rsu, ["centres"]),
        (unit, "capacity_male", 77, ["institutions", "centres"]),
        (association, "address", "عنوان آخر", ["identity", "institutions", "centres"]),
    ]:
        setattr(row, name, value)
        row.save()
        assert changes(snapshot, association) == found


def test_a_certified_record_that_changed_back_is_what_was_certified(association):
    unit = InstitutionFactory(association=association, capacity_male=10)
    snapshot = certified(Record(association, year=YEAR))
    for capacity, found in [(11, ["institutions"]), (10, [])]:
        unit.capacity_male = capacity
        unit.save()
        assert changes(snapshot, association) == found


def test_accounts_of_another_year_are_another_record(association):
    """The years stand in what was certified; only its parts are compared."""
    round_ = UpdateRoundFactory(accounts_year=YEAR - 2)
    AccountLineFactory(association=association, institution=None, year=YEAR - 2)
    snapshot = certified(Record(association, year=YEAR))
    round_.accounts_year = YEAR - 3
    round_.save()
    assert changes(snapshot, association) == ["accounts"]
