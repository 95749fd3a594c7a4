"""The annual update: who answers, confirms and verifies, and what is frozen."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import Outbox
from institutions import drafts, snapshots, update
from institutions.enums import Answer, AssociationStatus, MembershipRole, UpdateState
from institutions.models import (
    AnnualUpdate,
    Association,
    Enrolment,
    Headcount,
    SectionAnswer,
    Snapshot,
)
from tests import factories
from tests.factories import FES, TETOUAN, YEAR, delegation, region

pytestmark = pytest.mark.django_db


def save(begun, section, cleaned, *, actor, version=0, unit=0, raw=None):
    return update.save_section(
        begun.pk,
        section,
        unit,
        actor=actor,
        version=version,
        raw=raw or {},
        cleaned=cleaned,
    )


# Beginning.


def test_beginning_twice_gives_the_same_update(begun, association, manager):
    assert update.begin(association.pk, actor=manager, year=YEAR) == begun
    assert AnnualUpdate.objects.count() == 1


def test_an_update_cannot_begin_before_its_round_opens(association, manager):
    tomorrow = timezone.localdate() + timedelta(days=1)
    factories.UpdateRoundFactory(opens_on=tomorrow, due_on=tomorrow)
    with pytest.raises(ValidationError):
        update.begin(association.pk, actor=manager, year=YEAR)
    assert update.current_round() is None


def test_nobody_begins_for_a_foreign_association(association):
    factories.UpdateRoundFactory()
    stranger = factories.MemberFactory()
    factories.AssociationFactory(manager=stranger)
    with pytest.raises(Association.DoesNotExist):
        update.begin(association.pk, actor=stranger, year=YEAR)


@pytest.mark.parametrize(
    "officer", [factories.CentralFactory, factories.InspectorFactory]
)
def test_those_who_only_read_do_not_begin_an_update(association, officer):
    factories.UpdateRoundFactory()
    with pytest.raises(PermissionDenied):
        update.begin(association.pk, actor=officer(), year=YEAR)


# Unchanged.


def test_unchanged_copies_the_rows_of_last_year(begun, association, manager):
    home = factories.InstitutionFactory(association=association)
    factories.HeadcountFactory(institution=home, year=YEAR - 1, count=41)
    factories.StaffCountFactory(institution=home, year=YEAR - 1)
    for _click in range(2):
        update.answer_unchanged(begun.pk, "headcounts", home.pk, actor=manager)
    rows = Headcount.objects.filter(institution=home, year=YEAR)
    assert list(rows.values_list("count", flat=True)) == [41]
    assert home.staff_counts.filter(year=YEAR).count() == 1
    assert home.headcounts.filter(year=YEAR - 1).count() == 1


def test_unchanged_never_undoes_figures_of_this_year(begun, association, manager):
    home = factories.InstitutionFactory(association=association)
    factories.HeadcountFactory(institution=home, year=YEAR - 1, count=41)
    factories.HeadcountFactory(institution=home, year=YEAR, count=40)
    with pytest.raises(ValidationError):
        update.answer_unchanged(begun.pk, "headcounts", home.pk, actor=manager)
    assert home.headcounts.get(year=YEAR).count == 40
    update.answer_complete(begun.pk, "headcounts", home.pk, actor=manager)
    assert begun.answers.get().answer == Answer.CHANGED


def test_nothing_is_right_where_nothing_was_entered(begun, association, manager):
    home = factories.InstitutionFactory(association=association)
    with pytest.raises(ValidationError):
        update.answer_complete(begun.pk, "headcounts", home.pk, actor=manager)
    assert not begun.answers.exists()


def test_unchanged_copies_enrolments_and_leaves_a_child_where_it_went(
    begun, association, manager
):
    one, other = factories.CentreFactory.create_batch(2, association=association)
    stays, left = factories.EnrolmentFactory.create_batch(2, centre=one, year=YEAR - 1)
    factories.EnrolmentFactory(child=left.child, centre=other, year=YEAR)
    update.answer_unchanged(begun.pk, "children", one.pk, actor=manager)
    rows = Enrolment.objects.filter(centre=one, year=YEAR)
    assert [row.child for row in rows] == [stays.child]


def test_unchanged_is_refused_when_there_is_nothing_to_keep(
    begun, association, manager
):
    home = factories.InstitutionFactory(association=association)
    with pytest.raises(ValidationError):
        update.answer_unchanged(begun.pk, "headcounts", home.pk, actor=manager)
    assert not begun.answers.exists()


def test_an_empty_board_is_not_unchanged(begun, association, manager):
    with pytest.raises(ValidationError):
        update.answer_unchanged(begun.pk, "board", 0, actor=manager)
    factories.BoardMemberFactory(association=association)
    update.answer_unchanged(begun.pk, "board", 0, actor=manager)
    assert begun.answers.get().answer == Answer.UNCHANGED


def test_unchanged_never_undoes_a_list_begun_this_year(begun, association, manager):
    centre = factories.CentreFactory(association=association)
    factories.EnrolmentFactory(centre=centre, year=YEAR - 1)
    factories.EnrolmentFactory(centre=centre, year=YEAR)
    with pytest.raises(ValidationError):
        update.answer_unchanged(begun.pk, "children", centre.pk, actor=manager)
    assert Enrolment.objects.filter(centre=centre, year=YEAR).count() == 1


def test_an_answer_says_who_gave_it(begun, manager):
    editor = factories.MembershipFactory(
        association=begun.association, role=MembershipRole.EDITOR
    ).user
    update.answer_unchanged(begun.pk, "bank", 0, actor=editor)
    answer = SectionAnswer.objects.get()
    assert (answer.section, answer.answer) == ("bank", Answer.UNCHANGED)
    assert answer.answered_by == editor
    assert answer.answered_at.date() <= timezone.now().date()


def test_a_section_of_a_foreign_unit_does_not_exist(begun, manager):
    foreign = factories.InstitutionFactory()
    with pytest.raises(Association.DoesNotExist):
        update.answer_unchanged(begun.pk, "institution", foreign.pk, actor=manager)


# Changed, and drafts.


def test_a_valid_section_becomes_columns_and_leaves_no_draft(
    begun, association, manager
):
    draft = save(begun, "bank", {"bank_name": "بنك"}, actor=manager)
    association.refresh_from_db()
    assert association.bank_name == "بنك"
    assert (draft.version, draft.raw) == (1, None)
    assert begun.answers.get().answer == Answer.CHANGED


def test_what_is_not_valid_is_kept_and_answers_nothing(begun, manager):
    raw = {"rib": ["12"], "bank_name": ["بنك"]}
    save(begun, "bank", None, actor=manager, raw=raw)
    assert drafts.read("update", begun.pk, "bank:0").raw == raw
    assert not begun.answers.exists()


def test_a_draft_is_encrypted_in_the_database(begun, manager):
    save(begun, "board", None, actor=manager, raw={"name": ["فاطمة"]})

    with connection.cursor() as cursor:
        cursor.execute("SELECT values FROM institutions_sectiondraft")
        stored = cursor.fetchone()[0]
    assert "فاطمة" not in stored
    assert "\\u" not in stored


def test_a_stale_section_is_told_who_changed_it_and_overwrites_nothing(
    begun, association, manager
):
    other = factories.MembershipFactory(association=association).user
    save(begun, "bank", {"bank_name": "first"}, actor=other)
    with pytest.raises(drafts.StaleSection) as refusal:
        save(begun, "bank", {"bank_name": "second"}, actor=manager, version=0)
    assert other.name in refusal.value.messages[0]
    association.refresh_from_db()
    assert association.bank_name == "first"
    save(begun, "bank", {"bank_name": "second"}, actor=manager, version=1)
    association.refresh_from_db()
    assert association.bank_name == "second"


def test_an_invalid_draft_is_not_overwritten_either(begun, association, manager):
    other = factories.MembershipFactory(association=association).user
    save(begun, "bank", None, actor=other, raw={"rib": ["1"]})
    with pytest.raises(drafts.StaleSection):
        save(begun, "bank", None, actor=manager, version=0, raw={"rib": ["2"]})
    assert drafts.read("update", begun.pk, "bank:0").raw == {"rib": ["1"]}


def test_a_seat_that_moves_follows_its_commune(begun, association, manager):
    elsewhere = factories.commune(delegation(TETOUAN))
    save(begun, "identity", {"commune": elsewhere}, actor=manager)
    association.refresh_from_db()
    assert association.delegation == delegation(TETOUAN)


def test_one_president_replaces_another_in_one_save(begun, association, manager):
    old = factories.BoardMemberFactory(association=association)
    members = [
        {"id": None, "role": "president", "name": "رئيس جديد"},
        {"id": old.pk, "role": "adviser", "name": old.name},
    ]
    cleaned = {
        "members": members,
        "last_assembly_on": timezone.localdate(),
        "board_term_months": 36,
    }
    save(begun, "board", cleaned, actor=manager)
    association.refresh_from_db()
    assert association.president.name == "رئيس جديد"
    assert association.board.count() == 2


def test_a_rib_taken_by_another_association_is_refused(begun, association, manager):
    taken = factories.AssociationFactory()
    before = association.rib
    with pytest.raises(ValidationError):
        save(begun, "bank", {"rib": taken.rib}, actor=manager)
    association.refresh_from_db()
    assert association.rib == before
    assert not begun.answers.exists()


# Confirming.


def test_confirming_freezes_a_snapshot_and_tells_the_delegation(
    begun, association, manager
):
    officer = factories.DelegateFactory()
    factories.DelegateFactory(delegation=delegation(FES))
    factories.answer_everything(begun, manager)
    done = update.confirm(begun.pk, actor=manager, version=1)
    assert (done.state, done.confirmed_by) == (UpdateState.CONFIRMED, manager)
    frozen = Snapshot.objects.get()
    assert (frozen.kind, frozen.object_id, frozen.version) == ("update", begun.pk, 1)
    assert frozen.sha256 == hashlib.sha256(frozen.content.encode()).hexdigest()
    assert json.loads(frozen.content)["identity"]["name_ar"] == association.name_ar
    told = Outbox.objects.get()
    assert (told.kind, told.recipient) == ("update_confirmed", officer)


def test_a_delegation_without_officer_is_stood_in_for_by_the_coordinator(
    begun, manager
):
    deputy = factories.CoordinatorFactory()
    factories.CoordinatorFactory(region=region("03"))
    factories.answer_everything(begun, manager)
    update.confirm(begun.pk, actor=manager, version=1)
    assert Outbox.objects.get().recipient == deputy


def test_an_editor_cannot_confirm(begun, association, manager):
    editor = factories.MembershipFactory(
        association=association, role=MembershipRole.EDITOR
    ).user
    factories.answer_everything(begun, manager)
    with pytest.raises(PermissionDenied):
        update.confirm(begun.pk, actor=editor, version=1)


def test_confirming_lists_what_remains(begun, association, manager):
    factories.answer_everything(begun, manager)
    begun.answers.filter(section="bank").delete()
    save(begun, "board", None, actor=manager, raw={"name": [""]})
    with pytest.raises(update.NotComplete) as refusal:
        update.confirm(begun.pk, actor=manager, version=1)
    assert [section.code for section in refusal.value.remaining] == ["bank", "board"]
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize(
    "status", [AssociationStatus.SUSPENDED, AssociationStatus.REFUSED]
)
def test_a_suspended_or_refused_association_cannot_confirm(
    begun, association, manager, status
):
    Association.objects.filter(pk=association.pk).update(
        status=status, status_reason="x"
    )
    factories.answer_everything(begun, manager)
    with pytest.raises(ValidationError):
        update.confirm(begun.pk, actor=manager, version=1)
    begun.refresh_from_db()
    assert begun.state == UpdateState.BEGUN


def test_a_stale_page_does_not_confirm(begun, manager):
    factories.answer_everything(begun, manager)
    with pytest.raises(update.StaleUpdate):
        update.confirm(begun.pk, actor=manager, version=2)


def test_the_record_changed_after_confirming_leaves_the_snapshot_alone(
    confirmed, association, manager
):
    before = Snapshot.objects.get().content
    save(confirmed, "bank", {"bank_name": "later"}, actor=manager)
    assert Snapshot.objects.get().content == before
    assert confirmed.answers.get(section="bank").answer == Answer.UNCHANGED
    association.refresh_from_db()
    assert association.bank_name == "later"


# The snapshot.


def test_a_snapshot_names_no_child_and_no_staff(association):
    centre = factories.CentreFactory(association=association)
    enrolment = factories.EnrolmentFactory(centre=centre)
    member = factories.StaffMemberFactory(centre=centre)
    text = snapshots.canonical(snapshots.record_content(association, year=YEAR))
    assert enrolment.child.code in text
    for secret in (enrolment.child.name, enrolment.child.massar, member.name):
        assert secret not in text


def test_equal_records_give_equal_text(association):
    factories.BoardMemberFactory(association=association)
    one = snapshots.record_content(association, year=YEAR)
    other = dict(reversed(snapshots.record_content(association, year=YEAR).items()))
    assert snapshots.canonical(one) == snapshots.canonical(other)


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_record(
    begun, association, django_assert_num_queries, count
):
    for _rank in range(count):
        home = factories.InstitutionFactory(association=association)
        factories.HeadcountFactory(institution=home)
        centre = factories.CentreFactory(association=association)
        factories.EnrolmentFactory(centre=centre)
    with django_assert_num_queries(8):
        snapshots.record_content(association, year=YEAR)
    with django_assert_num_queries(4):
        update.progress(begun)
