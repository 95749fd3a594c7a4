"""Who may do which step in which state; what is written of each; large changes."""

from contextlib import contextmanager

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from institutions import changes, snapshots, update
from institutions.enums import MembershipRole, Stay, StayGroup, UpdateState
from institutions.models import AnnualUpdate, UpdateEvent
from tests import factories
from tests.factories import FES, YEAR, delegation

pytestmark = pytest.mark.django_db
GONE = AnnualUpdate.DoesNotExist
DONE, NO, WRONG = "done", PermissionDenied, ValidationError
WHO = (
    "manager", "editor", "delegate", "coordinator", "central", "inspector",
    "administrator", "member elsewhere", "delegate elsewhere",
)  # fmt: skip
# Step × state: what each of WHO meets, in that order.
READERS = (NO, NO, GONE, GONE, GONE)
OPEN = (DONE, DONE, DONE, DONE, *READERS)
CLOSED = (WRONG, WRONG, WRONG, WRONG, *READERS)
OURS = (DONE, NO, NO, NO, *READERS)
OURS_CLOSED = (WRONG, NO, NO, NO, *READERS)
THEIRS = (NO, NO, DONE, DONE, *READERS)
THEIRS_CLOSED = (NO, NO, WRONG, WRONG, *READERS)
TABLE = {
    ("answer", "begun"): OPEN,
    ("answer", "confirmed"): CLOSED,
    ("answer", "sent_back"): OPEN,
    ("answer", "verified"): CLOSED,
    ("confirm", "begun"): OURS,
    ("confirm", "confirmed"): OURS_CLOSED,
    ("confirm", "sent_back"): OURS,
    ("confirm", "verified"): OURS_CLOSED,
    ("verify", "begun"): THEIRS_CLOSED,
    ("verify", "confirmed"): THEIRS,
    ("verify", "sent_back"): THEIRS_CLOSED,
    ("verify", "verified"): THEIRS_CLOSED,
    ("send_back", "begun"): THEIRS_CLOSED,
    ("send_back", "confirmed"): THEIRS,
    ("send_back", "sent_back"): THEIRS_CLOSED,
    ("send_back", "verified"): THEIRS_CLOSED,
    ("remark", "begun"): THEIRS_CLOSED,
    ("remark", "confirmed"): THEIRS,
    ("remark", "sent_back"): THEIRS_CLOSED,
    ("remark", "verified"): THEIRS_CLOSED,
}


def person(who, association):
    if who in ("manager", "editor"):
        return factories.MembershipFactory(
            association=association, role=MembershipRole(who)
        ).user
    far = delegation(FES)
    make = {
        "delegate": lambda: factories.DelegateFactory(
            delegation=association.delegation
        ),
        "coordinator": lambda: factories.CoordinatorFactory(
            region=association.delegation.region
        ),
        "central": factories.CentralFactory,
        "inspector": factories.InspectorFactory,
        "administrator": factories.AdministratorFactory,
        "member elsewhere": lambda: factories.MembershipFactory().user,
        "delegate elsewhere": lambda: factories.DelegateFactory(delegation=far),
    }
    return make[who]()


STEPS = {
    "answer": lambda pk, actor: update.answer_unchanged(pk, "bank", 0, actor=actor),
    "confirm": lambda pk, actor: update.confirm(pk, actor=actor, version=1),
    "verify": lambda pk, actor: update.verify(pk, actor=actor, version=1),
    "send_back": lambda pk, actor: update.send_back(
        pk, actor=actor, version=1, reason="RIB"
    ),
    "remark": lambda pk, actor: update.save_remark(
        pk, "bank", 0, actor=actor, text="RIB"
    ),
}


@pytest.fixture
def association():
    return factories.AssociationFactory()


def in_state(association, state):
    traits = {
        "begun": {},
        "confirmed": {"confirmed": True},
        "verified": {"verified": True},
        "sent_back": {"state": UpdateState.SENT_BACK, "sent_back_reason": "RIB"},
    }
    found = factories.AnnualUpdateFactory(association=association, **traits[state])
    factories.answer_everything(found, factories.MemberFactory())
    return found


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def outcome(step, found, actor):
    """``DONE``, or what was raised."""
    with undone():
        try:
            STEPS[step](found.pk, actor)
        except update.StaleUpdate:
            return WRONG
        except (GONE, NO, WRONG) as error:
            return type(error)
        return DONE


@pytest.mark.parametrize(("step", "state"), TABLE)
def test_each_step_is_for_those_and_then_only(association, step, state):
    found = in_state(association, state)
    met = [outcome(step, found, person(who, association)) for who in WHO]
    assert dict(zip(WHO, met, strict=True)) == dict(
        zip(WHO, TABLE[step, state], strict=True)
    )


# The steps that are written down.


@pytest.fixture
def manager(association):
    return factories.MembershipFactory(association=association).user


@pytest.fixture
def officer():
    return factories.DelegateFactory()


def test_each_step_is_written_with_its_actor(begun, manager, officer):
    update.begin(begun.association_id, actor=manager, year=YEAR)
    factories.answer_everything(begun, manager)
    update.confirm(begun.pk, actor=manager, version=1)
    update.send_back(begun.pk, actor=officer, version=2, reason="RIB")
    update.confirm(begun.pk, actor=manager, version=3)
    update.verify(begun.pk, actor=officer, version=4)
    rows = UpdateEvent.objects.order_by("pk")
    assert list(rows.values_list("step", "actor", "reason")) == [
        ("begun", manager.pk, ""),
        ("confirmed", manager.pk, ""),
        ("sent_back", officer.pk, "RIB"),
        ("confirmed", manager.pk, ""),
        ("verified", officer.pk, ""),
    ]


def test_a_step_is_never_changed(begun):
    with pytest.raises(DatabaseError), transaction.atomic():
        UpdateEvent.objects.update(reason="other")


# Large changes: 20 % of head-counts, 30 % of amounts, either way.


@pytest.fixture
def home(association):
    return factories.InstitutionFactory(association=association)


def complete(begun, section, unit, manager, explanation=""):
    update.answer_complete(
        begun.pk, section, unit.pk, actor=manager, explanation=explanation
    )


@pytest.mark.parametrize("now", [80, 120])
def test_at_the_limit_no_word_is_asked(begun, manager, home, now):
    factories.HeadcountFactory(institution=home, year=YEAR - 1, count=100)
    factories.HeadcountFactory(institution=home, year=YEAR, count=now)
    complete(begun, "headcounts", home, manager)
    assert begun.answers.get().explanation == ""


@pytest.mark.parametrize("now", [79, 121])
def test_beyond_the_limit_a_word_is_asked_and_kept(begun, manager, home, now):
    factories.HeadcountFactory(institution=home, year=YEAR - 1, count=100)
    factories.HeadcountFactory(institution=home, year=YEAR, count=now)
    for typed in ("", " … ", "x" * 501):
        with pytest.raises(changes.NeedsExplanation) as refusal:
            complete(begun, "headcounts", home, manager, typed)
        (change,) = refusal.value.changes
        assert (change.before, change.after) == (100, now)
        assert not begun.answers.exists()
    complete(begun, "headcounts", home, manager, "جناح جديد")
    assert begun.answers.get().explanation == "جناح جديد"


@pytest.mark.parametrize(("amount", "is_large"), [(130_000, False), (130_001, True)])
def test_amounts_have_a_limit_of_their_own(begun, manager, home, amount, is_large):
    for year, value in ((YEAR - 2, 100_000), (YEAR - 1, amount)):
        factories.AccountLineFactory(institution=home, year=year, amount=value)
    begun.round.accounts_year = YEAR - 1
    begun.round.save()
    if is_large:
        with pytest.raises(changes.NeedsExplanation):
            complete(begun, "accounts", home, manager)
    else:
        complete(begun, "accounts", home, manager)


def test_children_who_left_ask_for_a_word(begun, manager, association):
    centre = factories.CentreFactory(association=association)
    factories.EnrolmentFactory.create_batch(4, centre=centre, year=YEAR - 1)
    factories.EnrolmentFactory.create_batch(3, centre=centre, year=YEAR)
    with pytest.raises(changes.NeedsExplanation) as refusal:
        complete(begun, "children", centre, manager)
    assert [change.percent for change in refusal.value.changes] == [-25]


def seasons(home, **counts):
    """All beneficiaries by season: ``housing=(before, now)``, orphans among them."""
    for stay, of_seasons in counts.items():
        for season, count in zip((YEAR - 2, YEAR - 1), of_seasons, strict=True):
            for group in (StayGroup.ALL, StayGroup.ORPHANS):
                factories.SeasonCountFactory(
                    institution=home, season=season, stay=stay, group=group, count=count
                )


@pytest.mark.parametrize("now", [80, 120])
def test_a_season_at_the_limit_asks_no_word(begun, manager, home, now):
    """The season of three years ago is told and compared with none."""
    factories.SeasonCountFactory(institution=home, season=YEAR - 3, count=1)
    seasons(home, housing=(100, now))
    complete(begun, "seasons", home, manager)
    assert begun.answers.get().explanation == ""


def test_each_service_of_a_season_is_compared_with_the_season_before(
    begun, manager, home
):
    """Together they did not change: boarders left, and as many eat there."""
    seasons(home, housing=(100, 79), meals=(100, 121), grant=(50, 50))
    with pytest.raises(changes.NeedsExplanation) as refusal:
        complete(begun, "seasons", home, manager)
    found = [(c.label, c.before, c.after) for c in refusal.value.changes]
    assert sorted(found) == sorted(
        [(str(Stay.HOUSING.label), 100, 79), (str(Stay.MEALS.label), 100, 121)]
    )


def test_a_first_year_has_nothing_to_explain(begun, manager, home):
    factories.HeadcountFactory(institution=home, year=YEAR, count=90)
    complete(begun, "headcounts", home, manager)
    assert begun.answers.get().section == "headcounts"


# The snapshot of an update without change.


def test_an_unchanged_year_freezes_the_same_content_but_its_year(
    begun, manager, home, officer
):
    factories.HeadcountFactory(institution=home, year=YEAR - 1)
    before = snapshots.record_content(begun.association, year=YEAR - 1)
    factories.answer_everything(begun, manager)
    begun.answers.filter(section="headcounts").delete()
    update.answer_unchanged(begun.pk, "headcounts", home.pk, actor=manager)
    update.confirm(begun.pk, actor=manager, version=1)
    after = snapshots.read(snapshots.latest(snapshots.UPDATE, begun.pk))
    own = {"year", "accounts_year", "answers"}
    kept = {name: value for name, value in before.items() if name not in own}
    assert snapshots.canonical(kept) == snapshots.canonical(
        {name: value for name, value in after.items() if name not in own}
    )
