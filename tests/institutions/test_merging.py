"""Two associations that are one: all moves, nothing is lost, what collides stays."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Outbox
from applications.enums import State
from applications.models import Application
from institutions import merging
from institutions.enums import BoardRole, MembershipRole, ReceiptKind
from institutions.merge_rules import RULES
from institutions.models import Association, Snapshot
from institutions.snapshots import freeze
from tests import factories
from tests.applications.test_concurrency import Meeting, at_once
from tests.factories import FES, TETOUAN, delegation

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return factories.DelegateFactory()


@pytest.fixture
def pair():
    """``kept`` and ``gone``, empty."""
    return factories.AssociationFactory(), factories.AssociationFactory()


def furnish(association, *, year=2027):
    """At least one row of every kind that hangs on an association."""
    member = factories.MembershipFactory(association=association).user
    factories.BoardMemberFactory(association=association)
    factories.InvitationFactory(association=association)
    factories.JoinRequestFactory(access=True, association=association)
    institution = factories.InstitutionFactory(association=association)
    centre = factories.CentreFactory(association=association)
    factories.EnrolmentFactory(centre=centre)
    factories.DocumentFactory(association=association, sha256="a" * 64)
    factories.AccountLineFactory(institution=institution)
    factories.AccountLineFactory(institution=None, association=association)
    update = factories.AnnualUpdateFactory(association=association, verified=True)
    freeze("update", update.pk, association=association, year=year, content={"a": 1})
    factories.RecordFindingFactory(association=association, institution=None)
    factories.AssociationFactory(merged_into=association)
    call = factories.CallFactory()
    factories.ApplicationFactory(
        call=call, association=association, institution=institution, update=update
    )
    factories.LateCodeFactory(call=call, association=association)
    return member


def counted(*associations):
    """How many rows of each kind hang on these associations."""
    return {
        merging.label_of(relation): relation.related_model._base_manager.filter(
            **{f"{relation.field.name}__in": associations}
        ).count()
        for relation in merging.relations()
    }


def merge(pair, actor, **options):
    kept, gone = pair
    options.setdefault("versions", (kept.version, gone.version))
    merged = merging.merge(kept.pk, gone.pk, actor=actor, **options)
    for row in pair:
        row.refresh_from_db()
    return merged


def test_every_relation_to_an_association_has_a_rule():
    """A new foreign key must say what becomes of its rows in a merge."""
    assert {merging.label_of(relation) for relation in merging.relations()} == set(
        RULES
    )


def test_everything_moves_to_the_one_that_stays(pair, officer):
    _kept, gone = pair
    furnish(gone)
    before = counted(*pair)
    assert min(before.values()) >= 1, "a kind of row that this test does not try"
    merge(pair, officer)
    after = counted(*pair)
    # The row that went now hangs on the one that stays.
    after["institutions.association.merged_into"] -= 1
    assert after == before
    assert {label for label, count in counted(gone).items() if count} == {
        "institutions.snapshot.association"
    }


def test_what_both_have_stays_on_the_merged_row(pair, officer):
    kept, gone = pair
    furnish(kept)
    furnish(gone)
    before = counted(*pair)
    merge(pair, officer)
    after = counted(*pair)
    after["institutions.association.merged_into"] -= 1
    assert after == before
    assert {label for label, count in counted(gone).items() if count} == {
        "institutions.boardmember.association",
        "institutions.document.association",
        "institutions.accountline.association",
        "institutions.annualupdate.association",
        "institutions.recordfinding.association",
        "institutions.snapshot.association",
        "applications.latecode.association",
    }


def test_the_preview_says_what_the_merge_does(pair, officer):
    kept, gone = pair
    furnish(kept)
    furnish(gone)
    shown = merging.preview(kept, gone)
    foreseen = {row.label: (row.move_count, row.stay_count) for row in shown.moving}
    before_kept = counted(kept)
    merge(pair, officer)
    stayed, there = counted(gone), counted(kept)
    there["institutions.association.merged_into"] -= 1
    assert foreseen == {
        label: (there[label] - before_kept[label], stayed[label]) for label in there
    }
    frozen = {row.label for row in shown.moving if row.is_frozen}
    assert frozen == {"institutions.snapshot.association"}


def test_one_live_schooling_file_of_a_call_for_each(pair, officer):
    kept, gone = pair
    call = factories.CallFactory(schooling=True)
    live = [
        factories.ApplicationFactory(
            call=call, association=row, institution=None, state=State.DRAFT, lines=False
        )
        for row in pair
    ]
    merge(pair, officer)
    assert [row.pk for row in Application.objects.filter(association=kept)] == [
        live[0].pk
    ]
    assert Application.objects.get(association=gone) == live[1]


def test_the_members_of_both_work_for_the_one_that_stays(pair, officer):
    kept, gone = pair
    both = factories.MemberFactory()
    factories.MembershipFactory(association=kept, user=both)
    factories.MembershipFactory(association=gone, user=both, role="editor")
    other = factories.MembershipFactory(association=gone).user
    merge(pair, officer)
    active = kept.memberships.active().order_by("pk").values_list("user", "role")
    assert sorted(active) == sorted(
        [(both.pk, MembershipRole.MANAGER), (other.pk, MembershipRole.MANAGER)]
    )
    assert not gone.memberships.active().exists()
    told = Outbox.objects.filter(kind="association_merged")
    assert set(told.values_list("recipient", flat=True)) == {both.pk, other.pk}


def test_what_stayed_is_read_by_the_members_and_officers_of_the_other(pair, officer):
    kept, gone = pair
    member = factories.MembershipFactory(association=kept).user
    update = factories.AnnualUpdateFactory(association=gone)
    frozen = freeze("update", update.pk, association=gone, year=2027, content={"a": 1})
    assert not Snapshot.objects.visible_to(member).exists()
    merge(pair, officer)
    assert list(Snapshot.objects.visible_to(member)) == [frozen]
    assert list(Snapshot.objects.visible_to(officer)) == [frozen]


def test_across_delegations_the_desk_of_the_seat_reads_what_stayed():
    near = factories.AssociationFactory()
    far = factories.AssociationFactory(delegation=delegation(TETOUAN))
    snapshot = freeze("update", 1, association=far, year=2027, content={"a": 1})
    merge((near, far), factories.CoordinatorFactory())
    delegate = factories.DelegateFactory()
    assert list(Snapshot.objects.visible_to(delegate)) == [snapshot]


def test_each_value_is_chosen(pair, officer):
    kept, gone = pair
    Association.objects.filter(pk=gone.pk).update(
        ice="001512345000012", receipt_kind=ReceiptKind.PROVISIONAL
    )
    gone.refresh_from_db()
    was = (kept.name_ar, gone.receipt_number, gone.rib)
    values = {"receipt_number": "gone", "ice": "gone", "bank_name": "gone"}
    merge(pair, officer, values=values)
    assert (kept.name_ar, kept.receipt_number, kept.rib) == was
    assert (kept.ice, kept.receipt_kind) == ("001512345000012", "provisional")
    assert (kept.version, gone.version) == (2, 2)


def test_the_suggestion_is_the_value_that_says_more(pair):
    kept, gone = pair
    kept.acronym, gone.acronym = "", "ABC"
    kept.ice, gone.ice = "", ""
    choices = {row.group: row.suggested for row in merging.preview(kept, gone).choices}
    assert choices["acronym"] == "gone"
    assert choices["name_ar"] == "kept"
    assert "ice" not in choices


def test_a_merged_association_cannot_act_and_is_in_no_list(pair, officer):
    kept, gone = pair
    merge(pair, officer)
    assert (gone.merged_into, gone.can_act) == (kept, False)
    assert list(Association.objects.current()) == [kept]
    with pytest.raises(Association.DoesNotExist):
        merge((kept, gone), officer)


def test_those_merged_before_follow(pair, officer):
    kept, gone = pair
    first = factories.AssociationFactory(merged_into=gone)
    merge(pair, officer)
    first.refresh_from_db()
    assert first.merged_into == kept


def test_one_president_and_nobody_twice_on_the_board(pair, officer):
    kept, gone = pair
    for row in pair:
        factories.BoardMemberFactory(association=row, name=f"رئيس {row.pk}")
        for name in ("أمين المال", f"كاتب {row.pk}"):
            factories.BoardMemberFactory(
                association=row, role=BoardRole.TREASURER, name=name
            )
    merge(pair, officer)
    assert sorted(kept.board.values_list("name", flat=True)) == sorted(
        [f"رئيس {kept.pk}", "أمين المال", f"كاتب {kept.pk}", f"كاتب {gone.pk}"]
    )
    assert gone.board.count() == 2


def test_who_may_merge(pair):
    far = factories.AssociationFactory(delegation=delegation(FES))
    kept, _gone = pair
    for actor in (
        factories.DelegateFactory(delegation=delegation(FES)),
        factories.MembershipFactory(association=kept).user,
        factories.AdministratorFactory(),
    ):
        with pytest.raises(Association.DoesNotExist):
            merge(pair, actor)
    with pytest.raises(Association.DoesNotExist):
        merge((kept, far), factories.CoordinatorFactory())
    with pytest.raises(PermissionDenied):
        merge(pair, factories.InspectorFactory())
    with pytest.raises(Association.DoesNotExist):
        merge((kept, kept), factories.CentralFactory())
    merge((kept, far), factories.CentralFactory())


def test_a_delegate_does_not_merge_one_seen_by_its_units_only():
    mine = factories.AssociationFactory()
    other = factories.AssociationFactory(delegation=delegation(TETOUAN))
    factories.InstitutionFactory(association=other, delegation=delegation())
    with pytest.raises(PermissionDenied):
        merge((mine, other), factories.DelegateFactory())


def test_a_preview_too_old_is_said(pair, officer):
    with pytest.raises(merging.StaleMerge):
        merge(pair, officer, versions=(1, 7))
    assert Association.objects.current().count() == 2


def test_a_value_that_the_database_refuses_undoes_everything(pair, officer):
    _kept, gone = pair
    factories.AssociationFactory(ice="001512345000012")
    Association.objects.filter(pk=gone.pk).update(ice="", name_ar="")
    gone.refresh_from_db()
    factories.InstitutionFactory(association=gone)
    with pytest.raises(ValidationError):
        merge(pair, officer, values={"name_ar": "gone"})
    assert gone.institutions.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_the_same_two_the_other_way_round(monkeypatch):
    """Neither waits for the other for ever, and one row stays."""
    one, other = factories.DelegateFactory.create_batch(2)
    first, second = factories.AssociationFactory.create_batch(2)
    meeting = Meeting()
    monkeypatch.setattr(merging, "_close", meeting.before(merging._close))
    raised = at_once(
        lambda: merging.merge(first.pk, second.pk, actor=one, versions=(1, 1)),
        lambda: merging.merge(second.pk, first.pk, actor=other, versions=(1, 1)),
    )
    losers = [error for error in raised if error is not None]
    assert [type(error) for error in losers] == [Association.DoesNotExist]
    assert Association.objects.current().count() == 1


def test_a_merge_costs_the_same_for_many_rows(officer):
    """Rows are moved by kind, never one by one."""
    few, many = [], []
    for counts, number in ((few, 1), (many, 5)):
        kept, gone = factories.AssociationFactory.create_batch(2)
        factories.CentreFactory.create_batch(number, association=gone)
        factories.ChildFactory.create_batch(number, association=gone)
        with CaptureQueriesContext(connection) as captured:
            merge((kept, gone), officer)
        counts.append(len(captured))
    assert few == many
