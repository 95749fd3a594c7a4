"""Two people at one update, on two real connections: exactly one wins."""

import pytest

from accounts.models import Outbox
from institutions import followup, notifications, update, writing
from institutions.drafts import StaleSection
from institutions.enums import UpdateState
from institutions.models import Association, Snapshot
from institutions.update import life, reminders
from tests import factories
from tests.applications.test_concurrency import Meeting, at_once
from tests.factories import YEAR

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    return factories.MemberFactory.create_batch(2)


@pytest.fixture
def begun(people):
    one, other = people
    association = factories.AssociationFactory(manager=one)
    factories.MembershipFactory(association=association, user=other)
    factories.UpdateRoundFactory()
    return update.begin(association.pk, actor=one, year=YEAR)


def saving(begun, name, *, actor):
    def act():
        update.save_section(
            begun.pk,
            "bank",
            0,
            actor=actor,
            version=0,
            raw={},
            cleaned={"bank_name": name},
        )

    return act


def test_two_who_save_one_section(begun, people, monkeypatch):
    """Both would write, if the update were not locked before the version is read."""
    meeting = Meeting()
    monkeypatch.setattr(writing, "write", meeting.before(writing.write))
    one, other = people
    raised = at_once(
        saving(begun, "one", actor=one), saving(begun, "other", actor=other)
    )
    losers = [error for error in raised if error is not None]
    assert [type(error) for error in losers] == [StaleSection]
    winner = ["one", "other"][raised.index(None)]
    assert Association.objects.get().bank_name == winner


def test_two_who_confirm(begun, people, monkeypatch):
    factories.answer_everything(begun, people[0])
    meeting = Meeting()
    monkeypatch.setattr(life, "remaining", meeting.before(life.remaining))

    def confirming(actor):
        return lambda: update.confirm(begun.pk, actor=actor, version=1)

    raised = at_once(*[confirming(person) for person in people])
    losers = [error for error in raised if error is not None]
    assert [type(error) for error in losers] == [update.StaleUpdate]
    assert Snapshot.objects.count() == 1
    begun.refresh_from_db()
    assert begun.state == UpdateState.CONFIRMED


def test_two_who_begin(people):
    one, other = people
    association = factories.AssociationFactory(manager=one)
    factories.MembershipFactory(association=association, user=other)
    factories.UpdateRoundFactory()

    def beginning(actor):
        return lambda: update.begin(association.pk, actor=actor, year=YEAR)

    assert at_once(*[beginning(person) for person in people]) == [None, None]
    assert association.updates.count() == 1


def test_an_officer_verifies_while_another_sends_back(begun, people, monkeypatch):
    """Both would act on what they read, if the update were not locked before."""
    factories.answer_everything(begun, people[0])
    update.confirm(begun.pk, actor=people[0], version=1)
    meeting = Meeting()
    monkeypatch.setattr(life, "may_verify", meeting.before(life.may_verify))
    one, other = factories.DelegateFactory.create_batch(2)
    raised = at_once(
        lambda: update.verify(begun.pk, actor=one, version=2),
        lambda: update.send_back(begun.pk, actor=other, version=2, reason="RIB"),
    )
    (loser,) = [error for error in raised if error is not None]
    begun.refresh_from_db()
    assert loser.messages == update.StaleUpdate(begun).messages
    won = [UpdateState.VERIFIED, UpdateState.SENT_BACK][raised.index(None)]
    assert (begun.state, begun.version) == (won, 3)
    steps = begun.events.values_list("step", flat=True).order_by("pk")
    assert list(steps) == ["begun", "confirmed", won]


def test_two_officers_who_remind_remind_once(people, monkeypatch):
    """Both read the list before either writes: the notice of a day is one."""
    rows = [factories.AssociationFactory(manager=person) for person in people]
    wanted = followup.Wanted(factories.UpdateRoundFactory(), state=followup.NOT_BEGUN)
    meeting = Meeting()
    monkeypatch.setattr(
        reminders.notifications, "remind", meeting.before(notifications.remind)
    )
    officers = factories.DelegateFactory.create_batch(2)
    raised = at_once(
        *[
            lambda actor=actor: update.remind(wanted, actor=actor, expected=2)
            for actor in officers
        ]
    )
    assert raised == [None, None]
    told = Outbox.objects.filter(kind="update_reminder").order_by("object_id")
    assert list(told.values_list("object_id", flat=True)) == [row.pk for row in rows]
