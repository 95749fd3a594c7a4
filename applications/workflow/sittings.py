"""Sittings: *open → held → validated*, and *held → open* with a reason (25)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from applications import notifications
from applications.enums import DECIDED, SittingState
from applications.models import Call, Sitting
from applications.workflow import publication
from applications.workflow.order import Order, StalePage
from territories.models import Region


@dataclass(frozen=True, kw_only=True)
class SittingTransition:
    """One row of the table of sittings."""

    name: str
    label: str | Promise
    source: SittingState
    target: SittingState
    roles: frozenset[Role]
    needs: str = ""
    needs_reason: bool = False
    guard: Callable[[Sitting], None] | None = None
    effect: Callable[[Sitting, Order], None]
    after: Callable[[Sitting], None]


def _has_files(sitting: Sitting) -> None:
    if not sitting.applications.filter(state__in=DECIDED).exists():
        raise ValidationError(_("No file has been decided in this sitting."))


def _is_decided(sitting: Sitting) -> None:
    undecided = sitting.applications.exclude(state__in=DECIDED)
    left = list(undecided.order_by("pk").values_list("number", flat=True))
    if left:
        raise ValidationError(
            _("Not every file of this sitting is decided: %(numbers)s."),
            params={"numbers": ", ".join(map(str, left))},
        )


def _no_other_is_open(sitting: Sitting) -> None:
    others = Sitting.objects.filter(
        call=sitting.call_id, region=sitting.region_id, state=SittingState.OPEN
    )
    if others.exists():
        raise ValidationError(_("A sitting is open already."))


def _hold(sitting: Sitting, order: Order) -> None:
    sitting.held_at = timezone.now()


def _reopen(sitting: Sitting, order: Order) -> None:
    sitting.held_at = None
    sitting.reopening_reason = order.reason


SITTING_TRANSITIONS: dict[str, SittingTransition] = {
    row.name: row
    for row in [
        SittingTransition(
            name="hold",
            label=_("Close the sitting"),
            source=SittingState.OPEN,
            target=SittingState.HELD,
            roles=frozenset({Role.COORDINATOR}),
            needs="a decided file",
            guard=_has_files,
            effect=_hold,
            after=notifications.sitting_held,
        ),
        SittingTransition(
            name="reopen",
            label=_("Reopen the sitting"),
            source=SittingState.HELD,
            target=SittingState.OPEN,
            roles=frozenset({Role.COORDINATOR, Role.CENTRAL}),
            needs="no other sitting open",
            needs_reason=True,
            guard=_no_other_is_open,
            effect=_reopen,
            after=notifications.sitting_reopened,
        ),
        SittingTransition(
            name="validate",
            label=_("Validate and publish"),
            source=SittingState.HELD,
            target=SittingState.VALIDATED,
            roles=frozenset({Role.CENTRAL}),
            needs="every file of the sitting decided",
            guard=_is_decided,
            effect=publication.publish,
            after=notifications.sitting_validated,
        ),
    ]
}


def available_for_sitting(sitting: Sitting, user: Any) -> list[SittingTransition]:
    """The moves to offer on a sitting, for buttons."""
    return [
        row
        for row in SITTING_TRANSITIONS.values()
        if sitting.state == row.source and user.role in row.roles
    ]


@transaction.atomic
def open_sitting(
    call_pk: int, *, actor: Any, sits_on: date, region_pk: int | None = None
) -> Sitting:
    """The coordinator opens the next sitting of the region, one at a time."""
    if actor.role != Role.COORDINATOR:
        raise PermissionDenied
    if region_pk is not None and region_pk != actor.region_id:
        raise Region.DoesNotExist
    call = Call.objects.published().get(pk=call_pk)
    rows = Sitting.objects.filter(call=call, region=actor.region_id)
    last = rows.aggregate(last=Max("rank"))["last"] or 0
    sitting = Sitting(
        call=call,
        region_id=actor.region_id,
        rank=last + 1,
        sits_on=sits_on,
        opened_by=actor,
    )
    sitting.validate_constraints()
    try:
        with transaction.atomic():
            sitting.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError(_("A sitting is open already.")) from error
    return sitting


def hold_sitting(pk: int, *, actor: Any, version: int) -> Sitting:
    return _perform("hold", pk, order=Order(actor=actor, version=version))


def reopen_sitting(pk: int, *, actor: Any, version: int, reason: str) -> Sitting:
    order = Order(actor=actor, version=version, reason=reason.strip())
    return _perform("reopen", pk, order=order)


def validate_sitting(pk: int, *, actor: Any, version: int) -> Sitting:
    """Publishes every decision of the sitting at once (decision 25)."""
    return _perform("validate", pk, order=Order(actor=actor, version=version))


@transaction.atomic
def _perform(name: str, pk: int, *, order: Order) -> Sitting:
    move = SITTING_TRANSITIONS[name]
    sitting = (
        Sitting.objects.visible_to(order.actor)
        .select_for_update(of=("self",), no_key=True)
        .select_related("call", "region")
        .get(pk=pk)
    )
    if order.actor.role not in move.roles:
        raise PermissionDenied
    if sitting.version != order.version:
        raise StalePage
    if sitting.state != move.source:
        raise ValidationError(_("This is not possible any more for this sitting."))
    if move.needs_reason and not order.reason:
        raise ValidationError(_("Please give a reason."), code="reason")
    if move.guard:
        move.guard(sitting)
    move.effect(sitting, order)
    sitting.state = move.target
    sitting.version += 1
    sitting.save()
    move.after(sitting)
    return sitting
