"""What an opinion and an extension need, and who may give them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from applications import workflow
from applications.enums import State
from applications.models import (
    CriterionScore,
    Event,
    FindingAnswer,
)
from applications.workflow import Capacity
from institutions.enums import UpdateState
from tests.applications.acting import move, person, ready
from tests.factories import (
    DelegateFactory,
)

pytestmark = pytest.mark.django_db


def test_an_opinion_needs_a_verified_update():
    application = ready(State.SUBMITTED)
    application.update.state = UpdateState.CONFIRMED
    application.update.save()
    with pytest.raises(ValidationError):
        move("recommend", application, DelegateFactory())


def test_an_opinion_needs_every_criterion():
    application = ready(State.SUBMITTED)
    CriterionScore.objects.all().delete()
    with pytest.raises(ValidationError):
        move("recommend", application, DelegateFactory())


def test_an_opinion_needs_every_finding_answered():
    application = ready(State.SUBMITTED)
    FindingAnswer.objects.all().delete()
    application.budget_lines.update(amount=1)
    with pytest.raises(ValidationError):
        move("recommend", application, DelegateFactory())
    delegate = DelegateFactory()
    for code in {f.code for f in workflow.review.findings.check(application)}:
        workflow.set_finding_aside(
            application.pk, actor=delegate, code=code, reason="تم التحقق"
        )
    assert move("recommend", application, delegate).state == State.RECOMMENDED


@pytest.mark.parametrize(
    ("amount", "is_possible"),
    [("60000.00", True), ("60000.01", False), ("-1", False), ("0.001", False)],
)
def test_the_proposed_amount_stays_under_the_computed_maximum(amount, is_possible):
    application = ready(State.SUBMITTED)
    order = {
        "actor": DelegateFactory(),
        "version": application.version,
        "opinion": "reserved",
        "reason": "مقبول",
        "proposed_amount": Decimal(amount),
    }
    if is_possible:
        workflow.recommend(application.pk, **order)
    else:
        with pytest.raises(ValidationError) as refused:
            workflow.recommend(application.pk, **order)
        assert refused.value.code == "proposed_amount"


def test_the_coordinator_stands_in_for_the_delegate_and_the_event_says_so():
    application = ready(State.SUBMITTED)
    move("recommend", application, person(Capacity.COORDINATOR, application))
    event = Event.objects.get()
    assert (event.actor_role, event.deputy_for) == ("coordinator", "delegate")


def test_a_file_under_review_elsewhere_takes_no_score():
    application = ready(State.RECOMMENDED)
    with pytest.raises(ValidationError):
        workflow.save_scores(application.pk, actor=DelegateFactory(), points={})


def test_points_stay_within_the_criterion():
    application = ready(State.SUBMITTED)
    criterion = application.call.criteria.get()
    points = {criterion.pk: criterion.max_score + 1}
    with pytest.raises(ValidationError):
        workflow.save_scores(application.pk, actor=DelegateFactory(), points=points)


def test_the_centre_extends_a_delay_once():
    application = ready(State.SUBMITTED)
    central = person(Capacity.CENTRAL, application)
    extended = move("extend", application, central)
    assert extended.due_on >= timezone.localdate() + timedelta(days=75)
    with pytest.raises(ValidationError):
        move("extend", extended, central)


def test_an_extension_needs_its_reason():
    application = ready(State.SUBMITTED)
    with pytest.raises(ValidationError) as refused:
        workflow.extend(
            application.pk,
            actor=person(Capacity.CENTRAL, application),
            version=application.version,
            days=5,
            reason="  ",
        )
    assert refused.value.code == "reason"
