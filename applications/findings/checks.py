"""The checks of a file, one function each: what they look at, what they found.

Each takes what was read of the file and its limit, and returns its evidence or nothing.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.enums import LineKind
from applications.models import Application, Call
from applications.reading import Reading
from institutions.record import EnrolmentRow

ZERO = Decimal("0.00")
SHOWN_CODES = 5


@dataclass(frozen=True)
class Evidence:
    """What was found, in a sentence and in values; ``section`` mends it."""

    message: str
    values: dict[str, Any]
    section: str = "request"


def child_outside_ages(reading: Reading, limit: Decimal) -> Evidence | None:
    """Age on the reference date of head-counts, within the bounds of the call."""
    application = reading.application
    call, on = application.call, application.update.round.headcount_on
    if call.age_min is None and call.age_max is None:
        return None
    codes = [
        row.child.code
        for row in _enrolments(reading)
        if _is_outside(row.child.born_on, call=call, on=on)
    ]
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


def previous_year_unsettled(reading: Reading, limit: Decimal) -> Evidence | None:
    """A settlement of an earlier award of this unit is not accepted."""
    years = sorted({year for file in reading.earlier for year in file.unsettled_years})
    if not years:
        return None
    values = {"years": _some(years)}
    return Evidence(
        _("The support of earlier years is not settled: %(years)s.") % values, values
    )


def unspent_surplus(reading: Reading, limit: Decimal) -> Evidence | None:
    """Surplus of earlier years above the limit, in MAD."""
    surplus = reading.surplus_amount
    if surplus <= limit:
        return None
    values = {"amount": _money(surplus), "limit": _money(limit)}
    return Evidence(
        _("A surplus of %(amount)s MAD of earlier years was not spent.") % values,
        values,
    )


def not_funded_last_year(reading: Reading, limit: Decimal) -> Evidence | None:
    """For the years that are open only to those funded the year before."""
    before = reading.application.year - 1
    if any(file.is_funded and file.year == before for file in reading.earlier):
        return None
    values = {"year": before}
    return Evidence(_("No support was granted for %(year)s.") % values, values)


def file_over_capacity(reading: Reading, limit: Decimal) -> Evidence | None:
    """More beneficiaries in the file than places, ``limit`` per cent tolerated."""
    application = reading.application
    declared = sum(line.declared_count for line in reading.counted)
    capacity = application.institution.capacity if application.institution else 0
    if declared <= capacity * (100 + limit) / 100:
        return None
    values = {"declared": declared, "capacity": capacity}
    sentence = _(
        "%(declared)s beneficiaries for %(capacity)s licensed places: only the places "
        "are counted."
    )
    return Evidence(sentence % values, values, "beneficiaries")


def budget_differs(reading: Reading, limit: Decimal) -> Evidence | None:
    """The use that is described beside the amount, ``limit`` MAD tolerated."""
    application = reading.application
    described = sum((line.amount for line in reading.budget), ZERO)
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


def amount_above_ceiling(reading: Reading, limit: Decimal) -> Evidence | None:
    """A ceiling of the call took something off."""
    taken = -sum(
        (
            line.adjustment_amount
            for line in reading.lines
            if line.kind == LineKind.CEILING
        ),
        ZERO,
    )
    if taken <= limit:
        return None
    values = {"amount": _money(taken)}
    return Evidence(
        _("The ceilings of the call take %(amount)s MAD off the request.") % values,
        values,
        "children",
    )


def document_missing(reading: Reading, limit: Decimal) -> Evidence | None:
    return _about_documents(
        [
            line
            for line in reading.checklist
            if line.is_missing and not line.attachments
        ],
        gettext_lazy("Required and not attached: %(documents)s."),
    )


def document_expired(reading: Reading, limit: Decimal) -> Evidence | None:
    """Attached, and not valid any more today."""
    return _about_documents(
        [line for line in reading.checklist if line.is_expired],
        gettext_lazy("Attached and expired: %(documents)s."),
    )


def funded_twice(reading: Reading, limit: Decimal) -> Evidence | None:
    """The same place asks under both programmes this year (decision 20)."""
    application = reading.application
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


def record_changed(reading: Reading, limit: Decimal) -> Evidence | None:
    """The record is not what was confirmed (decision 8), documents apart."""
    if not reading.record_changes:
        return None
    return Evidence(
        _("The record has changed since the annual update was confirmed."),
        {"parts": reading.record_changes},
    )


def _is_outside(born_on: date, *, call: Call, on: date) -> bool:
    is_younger = call.age_min is not None and born_on > _years_before(on, call.age_min)
    return is_younger or (
        call.age_max is not None and born_on <= _years_before(on, call.age_max + 1)
    )


def _enrolments(reading: Reading) -> list[EnrolmentRow]:
    """By the code of the child."""
    return reading.record.in_working_centres(reading.record.enrolments)


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


def _some(values) -> str:
    text = [str(value) for value in values[:SHOWN_CODES]]
    return ", ".join(text) + (" …" if len(values) > SHOWN_CODES else "")


def _money(amount: Decimal) -> str:
    return number_format(amount, decimal_pos=2, force_grouping=True)
