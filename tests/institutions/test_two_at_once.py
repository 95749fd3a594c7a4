"""Two people of one association, on two real connections: exactly one wins."""

import pytest

from institutions import update, writing
from institutions.drafts import StaleSection
from institutions.enums import UpdateState
from institutions.models import Association, Snapshot
from institutions.update import life
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
