"""The envelope of a region: what is granted, proposed and left, in MAD."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from applications.enums import State
from applications.models import Application, Envelope

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class EnvelopeState:
    """``amount`` is ``None`` where the centre gave the region no envelope yet."""

    amount: Decimal | None
    granted: Decimal
    granted_count: int
    proposed: Decimal
    proposed_count: int

    @property
    def left(self) -> Decimal:
        return (self.amount or ZERO) - self.granted


def state(call, region) -> EnvelopeState:
    """The envelope of ``region`` for ``call`` as it stands now (objects or keys)."""
    call_pk, region_pk = getattr(call, "pk", call), getattr(region, "pk", region)
    amount = (
        Envelope.objects.filter(call=call_pk, region=region_pk)
        .values_list("amount", flat=True)
        .first()
    )
    return _state(amount, call_pk=call_pk, region_pk=region_pk)


def lock(call_pk: int, region_pk: int) -> EnvelopeState:
    """The same, the envelope locked until the end of the transaction.

    Whoever awards takes this lock last, after the sitting and the file, so that two
    approvals are counted one after the other.
    """
    envelope = (
        Envelope.objects.select_for_update(of=("self",), no_key=True)
        .filter(call=call_pk, region=region_pk)
        .first()
    )
    if envelope is None:
        raise ValidationError(
            _("The central services have given this region no envelope for this call."),
            code="envelope",
        )
    return _state(envelope.amount, call_pk=call_pk, region_pk=region_pk)


def _state(amount: Decimal | None, *, call_pk: int, region_pk: int) -> EnvelopeState:
    approved, waiting = Q(state=State.APPROVED), Q(state=State.RECOMMENDED)
    sums = Application.objects.filter(
        call=call_pk, region=region_pk, state__in=[State.APPROVED, State.RECOMMENDED]
    ).aggregate(
        granted=Sum("granted_amount", filter=approved, default=ZERO),
        granted_count=Count("pk", filter=approved),
        proposed=Sum("proposed_amount", filter=waiting, default=ZERO),
        proposed_count=Count("pk", filter=waiting),
    )
    return EnvelopeState(amount=amount, **sums)
