"""Calls from one year to the next: cloned with all their parts, checked, published."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from applications.models import (
    Call,
    CallDocument,
    Criterion,
    Envelope,
    EpsRate,
    FindingLevel,
    InstalmentShare,
    SchoolingRate,
)
from applications.programmes import get_rules
from institutions.models import UpdateRound
from territories.models import Region

PARTS: tuple[Any, ...] = (
    CallDocument,
    Criterion,
    EpsRate,
    SchoolingRate,
    FindingLevel,
    InstalmentShare,
)
WHOLE = 100


@transaction.atomic
def clone(call_pk: int, *, actor: Any, year: int, with_envelopes: bool = True) -> Call:
    """Last year's call for ``year``, unpublished, its dates moved by whole years.

    Envelopes are taken over at zero: the amounts of a year are given anew.
    """
    if actor.role != Role.CENTRAL:
        raise PermissionDenied
    last = Call.objects.visible_to(actor).get(pk=call_pk)
    call = Call.objects.get(pk=last.pk)
    call.pk, call.year, call.is_published, call.cloned_from = None, year, False, last
    call.opens_at = _shifted(last.opens_at, years=year - last.year)
    call.closes_at = _shifted(last.closes_at, years=year - last.year)
    call._state.adding = True
    call.validate_constraints()
    call.save(force_insert=True)
    for model in PARTS:
        rows = list(model._default_manager.filter(call=last).order_by("pk"))
        for row in rows:
            row.pk, row.call = None, call
        model._default_manager.bulk_create(rows)
    if with_envelopes:
        Envelope.objects.bulk_create(
            Envelope(call=call, region=row.region, amount=0)
            for row in last.envelopes.select_related("region").order_by("region")
        )
    return call


def _shifted(moment: datetime, *, years: int) -> datetime:
    """The same day and hour of another year, on the clocks of Morocco."""
    local = timezone.localtime(moment)
    try:
        moved = local.replace(year=local.year + years, tzinfo=None)
    except ValueError:  # 29 February
        moved = local.replace(year=local.year + years, day=28, tzinfo=None)
    return timezone.make_aware(moved)


@dataclass(frozen=True)
class Problem:
    """What is missing before a call is published; ``part`` names where to mend it."""

    part: str
    message: str | Promise


def problems(call: Call) -> list[Problem]:
    """The checklist of a call; empty when it may be published."""
    return [
        Problem(part, sentence)
        for part, sentence, is_missing in LIST
        if is_missing(call)
    ]


def _has_no_rate(call: Call) -> bool:
    return not get_rules(call.programme).rates(call).filter(amount__gt=0).exists()


def _lacks_an_envelope(call: Call) -> bool:
    given = call.envelopes.filter(amount__gt=0).values("region")
    return Region.objects.exclude(pk__in=given).exists()


def _shares_differ(call: Call) -> bool:
    shares = list(call.instalment_shares.values_list("percent", flat=True))
    return sum(shares) != WHOLE


LIST: tuple[tuple[str, Promise, Callable[[Call], bool]], ...] = (
    ("rates", _("No tariff is above zero."), _has_no_rate),
    (
        "documents",
        _("No document is asked for."),
        lambda call: not call.documents.exists(),
    ),
    (
        "criteria",
        _("No criterion is set for the delegations."),
        lambda call: not call.criteria.exists(),
    ),
    ("envelopes", _("A region has no envelope yet."), _lacks_an_envelope),
    ("instalments", _("The instalments do not add up to the award."), _shares_differ),
    (
        "dates",
        _("The call closes in the past."),
        lambda call: call.closes_at <= timezone.now(),
    ),
    (
        "update",
        _("No update round is set for this year."),
        lambda call: not UpdateRound.objects.filter(year=call.year).exists(),
    ),
)


@transaction.atomic
def publish(call_pk: int, *, actor: Any) -> Call:
    """Opens the call to the public from its opening date on."""
    if actor.role != Role.CENTRAL:
        raise PermissionDenied
    rows = Call.objects.visible_to(actor).select_for_update(no_key=True)
    call = rows.get(pk=call_pk)
    left = problems(call)
    if left:
        raise ValidationError([ValidationError(str(item.message)) for item in left])
    call.is_published = True
    call.save(update_fields=["is_published"])
    return call
