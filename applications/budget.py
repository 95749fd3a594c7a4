"""The envelope of a region: what is granted, proposed and left, in MAD."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, Count, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from applications.enums import State
from applications.models import Application, Envelope

ZERO = Decimal("0.00")
# No state: the envelope itself, among the sums by state.
GIVEN = Value("", output_field=CharField())


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
    envelope = Envelope.objects.filter(call=call_pk, region=region_pk).order_by()
    sums = _sums(call_pk, region_pk)
    rows = envelope.values_list(GIVEN, "amount", Value(1)).union(sums, all=True)
    found = {name: (amount, count) for name, amount, count in rows}
    amount, _one = found.pop("", (None, 0))
    return _state(amount, found)


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
    found = {name: (amount, count) for name, amount, count in _sums(call_pk, region_pk)}
    return _state(envelope.amount, found)


def _sums(call_pk: int, region_pk: int) -> Any:
    """By state: the amounts of the files, and how many there are."""
    approved = When(state=State.APPROVED, then="granted_amount")
    rows = Application.objects.filter(
        call=call_pk, region=region_pk, state__in=[State.APPROVED, State.RECOMMENDED]
    )
    return (
        rows.order_by()
        .values_list("state")
        .annotate(
            amount=Sum(Case(approved, default="proposed_amount")), count=Count("pk")
        )
    )


def _state(
    amount: Decimal | None, found: Mapping[str, tuple[Decimal, int]]
) -> EnvelopeState:
    granted, granted_count = found.get(State.APPROVED, (ZERO, 0))
    proposed, proposed_count = found.get(State.RECOMMENDED, (ZERO, 0))
    return EnvelopeState(
        amount=amount,
        granted=granted,
        granted_count=granted_count,
        proposed=proposed,
        proposed_count=proposed_count,
    )
