"""The checks of a file, one function each: what they look at, what they found.

Each takes the file and its limit, and returns its evidence or nothing.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications import documents
from applications.enums import LineKind, SettlementState
from applications.models import Application, Award, Settlement
from institutions import snapshots
from institutions.enums import AccountKind
from institutions.models import AccountLine, Enrolment

ZERO = Decimal("0.00")
SHOWN_CODES = 5


@dataclass(frozen=True)
class Evidence:
    """What was found, in a sentence and in values; ``section`` mends it."""

    message: str
    values: dict[str, Any]
    section: str = "request"


def child_outside_ages(application: Application, limit: Decimal) -> Evidence | None:
    """Age on the reference date of head-counts, within the bounds of the call."""
    call, on = application.call, application.update.round.headcount_on
    outside = Q()
    if call.age_min is not None:
        outside |= Q(child__born_on__gt=_years_before(on, call.age_min))
    if call.age_max is not None:
        outside |= Q(child__born_on__lte=_years_before(on, call.age_max + 1))
    if not outside:
        return None
    rows = _enrolments(application).filter(outside)
    codes = list(rows.order_by("child__code").values_list("child__code", flat=True))
    if not codes:
        return None
    sentence = ngettext(
        "%(count)d child is outside the ages of the call (%(low)s to %(high)s years): "
        "%(codes)s.",
        "%(count)d children are outside the ages of the call (%(low)s to %(high)s "
        "years): %(codes)s.",
        len(codes),
    )
    values = {
        "count": len(codes),
        "low": call.age_min or 0,
        "high": "…" if call.age_max is None else call.age_max,
        "codes": _some(codes),
    }
    return Evidence(sentence % values, values, "children")


def previous_year_unsettled(
    application: Application, limit: Decimal
) -> Evidence | None:
    """A settlement of an earlier award of this unit is not accepted."""
    rows = _settlements(application).exclude(state=SettlementState.ACCEPTED)
    years = sorted(set(rows.values_list("year", flat=True)))
    if not years:
        return None
    values = {"years": _some(years)}
    return Evidence(
        _("The support of earlier years is not settled: %(years)s.") % values, values
    )


def unspent_surplus(application: Application, limit: Decimal) -> Evidence | None:
    """Surplus of earlier years above the limit, in MAD."""
    surplus = _settlements(application).aggregate(
        total=Sum("surplus_amount", default=ZERO)
    )["total"]
    if surplus <= limit:
        return None
    values = {"amount": _money(surplus), "limit": _money(limit)}
    return Evidence(
        _("A surplus of %(amount)s MAD of earlier years was not spent.") % values,
        values,
    )


def not_funded_last_year(application: Application, limit: Decimal) -> Evidence | None:
    """For the years that are open only to those funded the year before."""
    awards = _of_same_unit(application, Award, "application")
    if awards.filter(application__year=application.year - 1).exists():
        return None
    values = {"year": application.year - 1}
    return Evidence(_("No support was granted for %(year)s.") % values, values)


def file_over_capacity(application: Application, limit: Decimal) -> Evidence | None:
    """More beneficiaries in the file than places, ``limit`` per cent tolerated."""
    declared = _sum(application.lines.filter(kind=LineKind.COUNT), "declared_count")
    capacity = application.institution.capacity if application.institution else 0
    if declared <= capacity * (100 + limit) / 100:
        return None
    values = {"declared": declared, "capacity": capacity}
    sentence = _(
        "%(declared)s beneficiaries for %(capacity)s licensed places: only the places "
        "are counted."
    )
    return Evidence(sentence % values, values, "beneficiaries")


def revenue_differs(application: Application, limit: Decimal) -> Evidence | None:
    """Revenue of the association beside the sum of that of its institutions."""
    rows = AccountLine.objects.filter(
        association=application.association_id,
        year=application.update.round.accounts_year,
        kind=AccountKind.REVENUE,
    )
    whole = rows.filter(institution=None).aggregate(total=Sum("amount"))["total"]
    parts = rows.exclude(institution=None).aggregate(total=Sum("amount"))["total"]
    if whole is None or parts is None or parts - whole <= limit:
        return None
    values = {"whole": _money(whole), "parts": _money(parts)}
    sentence = _(
        "The institutions declare %(parts)s MAD of revenue together, the association "
        "%(whole)s MAD."
    )
    return Evidence(sentence % values, values, "budget")


def budget_differs(application: Application, limit: Decimal) -> Evidence | None:
    """The use that is described beside the amount, ``limit`` MAD tolerated."""
    described = application.budget_lines.aggregate(t=Sum("amount", default=ZERO))["t"]
    if abs(described - application.computed_amount) <= limit:
        return None
    values = {
        "described": _money(described),
        "amount": _money(application.computed_amount),
    }
    sentence = _(
        "The use of the support adds up to %(described)s MAD, the request to "
        "%(amount)s MAD."
    )
    return Evidence(sentence % values, values, "budget")


def amount_above_ceiling(application: Application, limit: Decimal) -> Evidence | None:
    """A ceiling of the call took something off."""
    taken = -_sum(application.lines.filter(kind=LineKind.CEILING), "adjustment_amount")
    if taken <= limit:
        return None
    values = {"amount": _money(taken)}
    return Evidence(
        _("The ceilings of the call take %(amount)s MAD off the request.") % values,
        values,
        "children",
    )


def document_missing(application: Application, limit: Decimal) -> Evidence | None:
    lines = documents.checklist(application)
    return _about_documents(
        [line for line in lines if line.is_missing and not line.attachments],
        gettext_lazy("Required and not attached: %(documents)s."),
    )


def document_expired(application: Application, limit: Decimal) -> Evidence | None:
    """Attached, and not valid any more today."""
    return _about_documents(
        [line for line in documents.checklist(application) if line.is_expired],
        gettext_lazy("Attached and expired: %(documents)s."),
    )


def funded_twice(application: Application, limit: Decimal) -> Evidence | None:
    """The same place asks under both programmes this year (decision 20)."""
    others = Application.objects.live().filter(year=application.year)
    if application.institution_id:
        others = others.filter(
            association__centres__institution=application.institution_id,
            institution=None,
        )
    else:
        others = others.filter(
            institution__centre__association=application.association_id
        )
    found = [str(other) for other in others.distinct().order_by("pk")[:SHOWN_CODES]]
    if not found:
        return None
    values = {"files": _some(found)}
    return Evidence(
        _("The same place asks under the other programme: %(files)s.") % values, values
    )


def record_changed(application: Application, limit: Decimal) -> Evidence | None:
    """The record is not what was confirmed (decision 8), documents apart."""
    confirmed = snapshots.latest(snapshots.UPDATE, application.update_id)
    if confirmed is None:
        return None
    before = snapshots.read(confirmed)
    content = snapshots.record_content(application.association, year=application.year)
    parts = ("identity", "bank", "board", "institutions", "centres", "accounts")
    changed = [
        part
        for part in parts
        if snapshots.canonical(content.get(part))
        != snapshots.canonical(before.get(part))
    ]
    if not changed:
        return None
    return Evidence(
        _("The record has changed since the annual update was confirmed."),
        {"parts": changed},
    )


def _enrolments(application: Application) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(
        child__association=application.association_id,
        centre__is_active=True,
        year=application.year,
    )


def _of_same_unit(application: Application, model, path: str):
    return model.objects.filter(
        **{
            f"{path}__programme": application.programme,
            f"{path}__association": application.association_id,
            f"{path}__institution": application.institution_id,
        }
    )


def _settlements(application: Application) -> QuerySet[Settlement]:
    """Of earlier awards to the same unit under the same programme."""
    rows = _of_same_unit(application, Settlement, "award__application")
    return rows.filter(year__lt=application.year)


def _about_documents(lines, sentence) -> Evidence | None:
    if not lines:
        return None
    values = {"documents": _some([str(line.type) for line in lines])}
    return Evidence(str(sentence) % values, values, "documents")


def _years_before(day: date, years: int) -> date:
    """The same day ``years`` earlier; 29 February counts as the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _sum(rows, name: str):
    return rows.aggregate(total=Sum(name, default=0))["total"]


def _some(values) -> str:
    text = [str(value) for value in values[:SHOWN_CODES]]
    return ", ".join(text) + (" …" if len(values) > SHOWN_CODES else "")


def _money(amount: Decimal) -> str:
    return number_format(amount, decimal_pos=2, force_grouping=True)
