"""What the record asks of an association, from the first day to the verification."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from institutions import agenda, update
from institutions.models import Association
from tests import factories
from tests.factories import YEAR

pytestmark = pytest.mark.django_db


def tones(association, manager):
    return [
        (task.tone, task.is_waiting)
        for task in agenda.record_tasks(association, manager)
    ]


def test_nothing_is_asked_before_the_first_round(association, manager):
    assert agenda.record_tasks(association, manager) == []


def test_the_update_is_asked_until_it_is_verified(association, manager):
    officer = factories.DelegateFactory()
    round_ = factories.UpdateRoundFactory()
    (task,) = agenda.record_tasks(association, manager)
    assert (task.tone, task.is_waiting, task.due_on) == ("wait", True, round_.due_on)
    begun = update.begin(association.pk, actor=manager, year=YEAR)
    assert tones(association, manager) == [("wait", True)]
    factories.answer_everything(begun, manager)
    update.confirm(begun.pk, actor=manager, version=1)
    assert tones(association, manager) == [("now", False)]
    update.send_back(begun.pk, actor=officer, version=2, reason="RIB")
    (task,) = agenda.record_tasks(association, manager)
    assert (task.tone, task.is_waiting, task.why) == ("stop", True, "RIB")
    update.confirm(begun.pk, actor=manager, version=3)
    update.verify(begun.pk, actor=officer, version=4)
    assert tones(association, manager) == [("done", False)]


@pytest.mark.parametrize(
    ("days", "found"), [(60, ["wait"]), (61, []), (0, ["wait"]), (-1, ["stop"])]
)
def test_the_end_of_the_board_is_told_sixty_days_before(manager, days, found):
    last = timezone.localdate() + datetime.timedelta(days=days)
    association = factories.AssociationFactory(
        manager=manager, last_assembly_on=last.replace(year=last.year - 4)
    )
    assert [tone for tone, _waiting in tones(association, manager)] == found


@pytest.mark.parametrize("status", ["refused", "suspended"])
def test_a_refused_or_suspended_association_reads_why(association, manager, status):
    Association.objects.update(status=status, status_reason="سبب")
    association.refresh_from_db()
    (task,) = agenda.record_tasks(association, manager)
    assert (task.tone, task.why) == ("stop", "سبب")


def test_a_succession_that_waits_is_told_on_the_home():
    asked = factories.JoinRequestFactory(succession=True)
    association = asked.association
    user = factories.MembershipFactory(association=association).user
    tasks = agenda.record_tasks(association, user)
    told = [task for task in tasks if asked.contact_name in task.why]
    assert [(task.is_waiting, task.url) for task in told] == [
        (False, reverse("institutions:members"))
    ]
    asked.delete()
    assert asked.contact_name not in str(agenda.record_tasks(association, user))
