"""The rates of a call as a table: one row per notion, one column per rate."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.enums import Programme
from institutions.enums import Category, Degree, ServiceLevel, SubProgramme


@dataclass(frozen=True)
class RateTable:
    """Amounts in MAD; an empty cell where the call has no rate."""

    caption: str
    first: str
    columns: list[str]
    rows: list[tuple[str, list[tuple[str, Decimal | None]]]]


def rate_table(call) -> RateTable:
    return TABLES[Programme(call.programme)](call)


def _eps(call) -> RateTable:
    rates = {(r.category, r.level): r.amount for r in call.eps_rates.all()}
    levels = [level for level in ServiceLevel if any(k[1] == level for k in rates)]
    rows = [
        (
            str(category.label),
            [(str(lv.label), rates.get((category, lv))) for lv in levels],
        )
        for category in Category
        if any(key[0] == category for key in rates)
    ]
    return RateTable(
        caption=_("Rates per beneficiary and per year (MAD)"),
        first=_("Category"),
        columns=[str(level.label) for level in levels],
        rows=rows,
    )


def _schooling(call) -> RateTable:
    rates = {(r.sub_programme, r.degree): r.amount for r in call.schooling_rates.all()}
    degrees = [
        (code, str(label))
        for code, label in [("", _("All degrees")), *Degree.choices]
        if any(key[1] == code for key in rates)
    ]
    rows = [
        (str(sub.label), [(label, rates.get((sub, code))) for code, label in degrees])
        for sub in SubProgramme
        if any(key[0] == sub for key in rates)
    ]
    return RateTable(
        caption=_("Rates per child and per month (MAD)"),
        first=_("Sub-programme"),
        columns=[label for _code, label in degrees],
        rows=rows,
    )


TABLES = {Programme.EPS: _eps, Programme.SCHOOLING: _schooling}
