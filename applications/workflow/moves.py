"""The moves of a file by name: who asks, from which page, with what."""

from decimal import Decimal
from typing import Any

from applications.models import Application
from applications.workflow.core import perform
from applications.workflow.order import Order


def submit(
    pk: int, *, actor: Any, version: int, certified: bool, late_code: str = ""
) -> Application:
    """Certified by the manager: number, receipt, frozen figures, delay."""
    facts: dict[str, Any] = {"certified": certified, "late_code": late_code}
    return perform("submit", pk, order=_order(actor, version, **facts))


def withdraw(pk: int, *, actor: Any, version: int, reason: str = "") -> Application:
    return perform("withdraw", pk, order=_order(actor, version, reason))


def return_for_completion(pk: int, *, actor: Any, version: int) -> Application:
    """Sends the draft remarks; the delay stands still; only they unlock."""
    return perform("return_for_completion", pk, order=_order(actor, version))


def authorise_second_return(
    pk: int, *, actor: Any, version: int, reason: str
) -> Application:
    return perform("authorise_second_return", pk, order=_order(actor, version, reason))


def recommend(  # noqa: PLR0913 -- an opinion has its reason and its amount
    pk: int,
    *,
    actor: Any,
    version: int,
    opinion: str,
    reason: str,
    proposed_amount: Decimal,
) -> Application:
    """The opinion of the delegation, favourable or not (decision 24)."""
    facts: dict[str, Any] = {"opinion": opinion, "proposed_amount": proposed_amount}
    return perform("recommend", pk, order=_order(actor, version, reason, **facts))


def send_back(pk: int, *, actor: Any, version: int, reason: str) -> Application:
    return perform("send_back", pk, order=_order(actor, version, reason))


def approve(
    pk: int, *, actor: Any, version: int, sitting_pk: int, amount: Decimal
) -> Application:
    """Within what is left of the envelope; hidden from the association."""
    facts: dict[str, Any] = {"sitting_pk": sitting_pk, "amount": amount}
    return perform("approve", pk, order=_order(actor, version, **facts))


def refuse(
    pk: int, *, actor: Any, version: int, sitting_pk: int, reason: str
) -> Application:
    facts: dict[str, Any] = {"sitting_pk": sitting_pk}
    return perform("refuse", pk, order=_order(actor, version, reason, **facts))


def reconsider(pk: int, *, actor: Any, version: int, reason: str = "") -> Application:
    """The amount returns to the envelope; the file waits for a decision again."""
    return perform("reconsider", pk, order=_order(actor, version, reason))


def extend(pk: int, *, actor: Any, version: int, days: int, reason: str) -> Application:
    return perform("extend", pk, order=_order(actor, version, reason, days=days))


def resubmit_as_is(pk: int) -> Application:
    """By the system, the day after the last one to complete a file."""
    return perform("resubmit_as_is", pk, order=Order(actor=None, version=None))


def _order(actor: Any, version: int, reason: str = "", **facts: Any) -> Order:
    return Order(actor=actor, version=version, reason=reason.strip(), facts=facts)
