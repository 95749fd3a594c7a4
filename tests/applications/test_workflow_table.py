"""The whole table: every move, from every state, by everybody."""

from itertools import product

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError

from applications import workflow
from applications.enums import State
from applications.models import Application, Event
from applications.workflow import Capacity
from tests.applications.acting import PEOPLE, move, person, ready, undone

pytestmark = pytest.mark.django_db
REFUSED = (PermissionDenied, ValidationError, ObjectDoesNotExist)

S, C = State, Capacity
# By hand, from product.md section 5 and decisions 7, 23, 25, 28: (move, from) →
# (to, who).
ALLOWED = {
    ("submit", S.DRAFT): (S.SUBMITTED, {C.MANAGER}),
    ("submit", S.RETURNED): (S.SUBMITTED, {C.MANAGER}),
    ("withdraw", S.DRAFT): (S.WITHDRAWN, {C.MANAGER}),
    ("withdraw", S.SUBMITTED): (S.WITHDRAWN, {C.MANAGER}),
    ("withdraw", S.RETURNED): (S.WITHDRAWN, {C.MANAGER}),
    ("withdraw", S.RECOMMENDED): (S.WITHDRAWN, {C.MANAGER}),
    ("withdraw", S.APPROVED): (S.WITHDRAWN, {C.MANAGER}),
    ("withdraw", S.REFUSED): (S.WITHDRAWN, {C.MANAGER}),
    ("return_for_completion", S.SUBMITTED): (S.RETURNED, {C.DELEGATE, C.COORDINATOR}),
    ("authorise_second_return", S.SUBMITTED): (S.SUBMITTED, {C.COORDINATOR}),
    ("resubmit_as_is", S.RETURNED): (S.SUBMITTED, {C.SYSTEM}),
    ("recommend", S.SUBMITTED): (S.RECOMMENDED, {C.DELEGATE, C.COORDINATOR}),
    ("send_back", S.RECOMMENDED): (S.SUBMITTED, {C.COORDINATOR}),
    ("approve", S.RECOMMENDED): (S.APPROVED, {C.COORDINATOR}),
    ("refuse", S.RECOMMENDED): (S.REFUSED, {C.COORDINATOR}),
    ("reconsider", S.APPROVED): (S.RECOMMENDED, {C.COORDINATOR, C.CENTRAL}),
    ("reconsider", S.REFUSED): (S.RECOMMENDED, {C.COORDINATOR, C.CENTRAL}),
    ("extend", S.SUBMITTED): (S.SUBMITTED, {C.CENTRAL}),
    ("extend", S.RETURNED): (S.RETURNED, {C.CENTRAL}),
    ("extend", S.RECOMMENDED): (S.RECOMMENDED, {C.CENTRAL}),
    ("extend", S.APPROVED): (S.APPROVED, {C.CENTRAL}),
    ("extend", S.REFUSED): (S.REFUSED, {C.CENTRAL}),
}


def outcome(name, application, actor):
    """The state after the move, or ``None`` where it was refused."""
    before = Event.objects.count()
    with undone():
        if name == "authorise_second_return":
            Application.objects.filter(pk=application.pk).update(return_count=1)
        try:
            move(name, application, actor)
        except REFUSED:
            assert Event.objects.count() == before
            return None
        last = Event.objects.order_by("pk").last()
        assert (last.transition, last.from_state) == (name, application.state)
        assert Event.objects.count() == before + 1
        return Application.objects.get(pk=application.pk).state


def outcomes(application):
    """What every move by everybody leads to; the system has one move only."""
    people = {who: person(who, application) for who in Capacity}
    return {
        (name, who): outcome(name, application, people[who])
        for name, who in product(workflow.TRANSITIONS, Capacity)
        if who in PEOPLE or name == "resubmit_as_is"
    }


@pytest.mark.parametrize("state", State)
def test_only_the_allowed_moves_are_possible(state):
    found = outcomes(ready(state))
    expected = {}
    for name, who in found:
        target, allowed = ALLOWED.get((name, state), (None, set()))
        expected[name, who] = target if who in allowed else None
    assert found == expected


@pytest.mark.parametrize("state", State)
def test_buttons_match_the_moves(state):
    application = ready(state)
    offered = {
        capacity: {
            row.name
            for row in workflow.available(application, person(capacity, application))
        }
        for capacity in PEOPLE
    }
    assert offered == {
        capacity: {
            name
            for (name, source), (_target, allowed) in ALLOWED.items()
            if source == state
            and capacity in allowed
            and name != "authorise_second_return"
        }
        for capacity in PEOPLE
    }


def test_the_system_moves_a_file_only_at_its_deadline():
    by_system = {
        name for name, row in workflow.TRANSITIONS.items() if Capacity.SYSTEM in row.by
    }
    assert by_system == {"resubmit_as_is"}


def test_a_published_file_moves_no_more():
    application = ready(State.APPROVED)
    Application.objects.filter(pk=application.pk).update(
        published_at=application.first_submitted_at
    )
    assert set(outcomes(application).values()) == {None}
    application.refresh_from_db()
    offered = [workflow.available(application, person(w, application)) for w in PEOPLE]
    assert offered == [[]] * len(PEOPLE)
