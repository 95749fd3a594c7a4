"""Files ready for a move, and the people who may or may not make it."""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from applications import findings, workflow
from applications.enums import State
from applications.models import CompletionRequest, FindingAnswer
from applications.workflow import Capacity
from applications.workflow.core import perform
from applications.workflow.order import Order
from institutions.enums import MembershipRole
from tests.factories import (
    AdministratorFactory,
    ApplicationFactory,
    CentralFactory,
    CoordinatorFactory,
    DelegateFactory,
    EnvelopeFactory,
    InspectorFactory,
    MembershipFactory,
    RemarkFactory,
    open_sitting_of,
    score_everything,
)

STAFF = {
    Capacity.DELEGATE: DelegateFactory,
    Capacity.COORDINATOR: CoordinatorFactory,
    Capacity.CENTRAL: CentralFactory,
    Capacity.INSPECTOR: InspectorFactory,
    Capacity.ADMINISTRATOR: AdministratorFactory,
}
PEOPLE = [c for c in Capacity if c is not Capacity.SYSTEM]
AMOUNT = Decimal("40000.00")


def ready(state, **fields):
    """A file of which every guard is satisfied, whatever the move.

    Its sitting is open, its remarks are answered, its time to complete has run out.
    """
    application = ApplicationFactory(state=state, **fields)
    EnvelopeFactory(call=application.call, region=application.region)
    open_sitting_of(application.call, application.region)
    score_everything(application)
    answer_findings(application)
    if state == State.RETURNED:
        returned(application)
    RemarkFactory(application=application)
    return application


def returned(application, *, due_on=None):
    """One answered remark of one completion request."""
    application.return_due_on = due_on or timezone.localdate() - timedelta(days=1)
    application.save()
    request = CompletionRequest.objects.create(
        application=application,
        rank=application.return_count,
        sent_by=DelegateFactory(),
        due_on=application.return_due_on,
    )
    return RemarkFactory(
        application=application, request=request, section="documents", answer="نعم"
    )


def answer_findings(application):
    FindingAnswer.objects.bulk_create(
        FindingAnswer(
            application=application,
            code=code,
            reason="تم التحقق",
            answered_by=DelegateFactory(),
        )
        for code in {finding.code for finding in findings.check(application)}
    )


def person(capacity, application):
    """Somebody of that capacity, for this file and its territory."""
    if capacity is Capacity.SYSTEM:
        return None
    if capacity in (Capacity.MANAGER, Capacity.EDITOR):
        role = MembershipRole(capacity.value)
        return MembershipFactory(association=application.association, role=role).user
    return STAFF[capacity]()


def sitting_of(application):
    found = application.sitting or application.call.sittings.order_by("pk").last()
    return found.pk


MOVES = {
    "submit": lambda a, who: workflow.submit(a.pk, certified=True, **who),
    "withdraw": lambda a, who: workflow.withdraw(a.pk, **who),
    "return_for_completion": lambda a, who: workflow.return_for_completion(a.pk, **who),
    "authorise_second_return": lambda a, who: workflow.authorise_second_return(
        a.pk, reason="ملف معقد", **who
    ),
    "resubmit_as_is": lambda a, who: perform(
        "resubmit_as_is", a.pk, order=Order(**who)
    ),
    "recommend": lambda a, who: workflow.recommend(
        a.pk, opinion="favourable", reason="جيد", proposed_amount=AMOUNT, **who
    ),
    "send_back": lambda a, who: workflow.send_back(a.pk, reason="ناقص", **who),
    "approve": lambda a, who: workflow.approve(
        a.pk, sitting_pk=sitting_of(a), amount=AMOUNT, **who
    ),
    "refuse": lambda a, who: workflow.refuse(
        a.pk, sitting_pk=sitting_of(a), reason="خارج الأولويات", **who
    ),
    "reconsider": lambda a, who: workflow.reconsider(a.pk, reason="خطأ مادي", **who),
    "extend": lambda a, who: workflow.extend(a.pk, days=15, reason="زيارة", **who),
}


def move(name, application, actor, version=None):
    """Makes the move from a fresh page, unless another version is given."""
    shown = application.version if version is None else version
    return MOVES[name](application, {"actor": actor, "version": shown})


@contextmanager
def undone():
    """What happens inside leaves nothing behind."""
    with transaction.atomic():
        point = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(point)
