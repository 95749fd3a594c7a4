"""The one way to move a file: locked row, checks, one event, what follows."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from applications.enums import State
from applications.models import Application, Event, Sitting
from applications.workflow.order import (
    Capacity,
    Manner,
    Order,
    StalePage,
    Step,
    capacity_of,
)
from applications.workflow.table import HIDDEN, TRANSITIONS, Transition, manner_of

# To its association a file looks the same in these states: a version that moved on
# would tell of a hidden decision.
ALIKE_FOR_MEMBERS = (State.RECOMMENDED, *HIDDEN)
MEMBERS = (Capacity.MANAGER, Capacity.EDITOR)


def version_for_members(application: Application) -> int:
    """What a page of the association says it was made of."""
    return 0 if application.state in ALIKE_FOR_MEMBERS else application.version


@transaction.atomic
def perform(name: str, pk: int, *, order: Order) -> Application:
    """Moves a file, or raises.

    Out of scope ``DoesNotExist``; wrong role ``PermissionDenied``; acted on a stale
    page ``StalePage``; anything else ``ValidationError``. Locks are always taken in
    the same order: sitting, file, envelope.
    """
    transition = TRANSITIONS[name]
    sitting = _locked_sitting(pk, order) if transition.in_sitting else None
    application = locked(pk, order.actor)
    capacity = capacity_of(application, order.actor)
    manner = manner_of(transition, application, capacity)
    if capacity is None or manner is None:
        raise PermissionDenied
    _check_page(application, order, capacity)
    _check_sitting(application, sitting, order)
    _check_row(transition, application, order)
    step = Step(
        application=application, order=order, capacity=capacity, sitting=sitting
    )
    if transition.guard:
        transition.guard(step)
    event = _move(transition, step, manner)
    for follow in transition.after:
        follow(step, event)
    return application


def locked(pk: int, actor: Any) -> Application:
    """The file, locked until the end of the transaction, within the actor's scope."""
    rows = Application.objects.all()
    if actor is not None:
        rows = Application.objects.visible_to(actor)
    return (
        rows.select_for_update(of=("self",), no_key=True)
        .select_related(
            "call",
            "association",
            "institution__delegation",
            "association__delegation",
            "update__round",
            "delegation",
            "region",
        )
        .get(pk=pk)
    )


def _locked_sitting(pk: int, order: Order) -> Sitting | None:
    """The sitting asked for, or the one the file stands in.

    The actor may act in any sitting of the call and region of a file in scope, which
    the guards compare; a member never learns of it.
    """
    rows = Sitting.objects.select_for_update(of=("self",), no_key=True)
    asked = order.facts.get("sitting_pk")
    if asked is not None:
        return rows.filter(pk__in=Sitting.objects.visible_to(order.actor)).get(pk=asked)
    found = Application.objects.filter(pk=pk).values_list("sitting", flat=True).first()
    return rows.get(pk=found) if found else None


def _check_page(application: Application, order: Order, capacity: Capacity) -> None:
    if order.version is None and capacity is Capacity.SYSTEM:
        return
    if capacity in MEMBERS and application.state in ALIKE_FOR_MEMBERS:
        return
    if application.version != order.version:
        raise StalePage


def _check_sitting(
    application: Application, sitting: Sitting | None, order: Order
) -> None:
    """Decided by somebody else between the lock of the sitting and that of the file."""
    if "sitting_pk" in order.facts or sitting is None:
        return
    if application.sitting_id != sitting.pk:
        raise StalePage


def _check_row(transition: Transition, application: Application, order: Order) -> None:
    for condition in transition.conditions:
        if not condition.holds(application):
            raise ValidationError(str(condition.sentence))
    if application.state not in transition.sources:
        raise ValidationError(_("This is not possible any more for this file."))
    if transition.needs_reason and not order.reason:
        raise ValidationError(_("Please give a reason."), code="reason")


def _move(transition: Transition, step: Step, manner: Manner) -> Event:
    application, before = step.application, State(step.application.state)
    if transition.effect:
        transition.effect(step)
    application.state = transition.target or before
    application.version += 1
    application.save()
    return record(transition.name, step, before=before, manner=manner)


def record(
    name: str, step: Step, *, before: State | None, manner: Manner = Manner.OWN
) -> Event:
    """The immutable line of the history, with the amounts as they stand now."""
    application, order = step.application, step.order
    return Event.objects.create(
        application=application,
        transition=name,
        from_state=before or "",
        to_state=application.state,
        actor=order.actor,
        actor_role=order.actor.role if order.actor else "",
        deputy_for=Role.DELEGATE if manner is Manner.DEPUTY else "",
        is_on_behalf=manner is Manner.ON_BEHALF,
        reason=order.reason,
        requested_amount=application.requested_amount or None,
        proposed_amount=application.proposed_amount,
        granted_amount=application.granted_amount,
    )
