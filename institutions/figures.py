"""The figures of institutions: small tables read together, in one question.

A row is marked with its table and tells its unit, its year, what it is about and a
number.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import CharField, Q, Value

from institutions.enums import FundingPurpose
from institutions.models import (
    AccountLine,
    Association,
    FunctionCount,
    FundingLine,
    Headcount,
    Institution,
    SeasonCount,
    StaffCount,
    UnmetRequests,
)
from institutions.shared_rib import SAME_RIB, held_elsewhere

HEADS, STAFF, UNMET, ACCOUNTS = "heads", "staff", "unmet", "accounts"
SEASONS, FUNDING, FUNCTIONS = "seasons", "funding", "functions"
TABLES = (HEADS, STAFF, UNMET, ACCOUNTS, SEASONS, FUNDING, FUNCTIONS, SAME_RIB)
# A student house tells of the school year covered and of the two before.
SEASONS_TOLD = 3
MEASURES = (
    "count",
    "declared_count",
    "minimum_wage_count",
    "monthly_amount",
    "yearly_amount",
)
NO_NAME = Value("", output_field=CharField())


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of people of one institution; ``group`` and ``detail`` as typed."""

    institution_id: int
    year: int
    group: str
    detail: str
    sex: str
    count: int


class AccountRow(NamedTuple):
    """A line of the accounts; of the whole association without an institution."""

    institution_id: int | None
    kind: str
    source: str
    amount: Decimal


class HouseRow(NamedTuple):
    """A figure of a student house: heads, or MAD.

    ``group``, ``detail`` and ``part``: service, group and sex of a season; purpose and
    source of a funding; function, engagement and measure of the staff.
    """

    institution_id: int
    year: int
    group: str
    detail: str
    part: str
    number: Decimal


def tables_of(
    association: Association, *, year: int, accounts_year: Any, school_year: Any
) -> list[Any]:
    """Every figure of one year; heads of the year before as well."""
    of_units = Q(institution__association=association)
    this, both = Q(year=year), Q(year__in=(year, year - 1))
    accounts = _labelled(AccountLine, ACCOUNTS, "kind", "source", NO_NAME, "amount")
    return [
        _labelled(Headcount, HEADS, "category", "level").filter(of_units, both),
        _labelled(StaffCount, STAFF, "employer", "function").filter(of_units, this),
        _labelled(UnmetRequests, UNMET, NO_NAME, NO_NAME).filter(of_units, this),
        accounts.filter(association=association, year=accounts_year),
        _seasons(of_units, school_year),
        _funding(of_units, accounts_year),
        *_functions(of_units, year),
        *held_elsewhere(association),
    ]


def read(tables: list[Any]) -> dict[str, list[Any]]:
    """By table."""
    found: dict[str, list[Any]] = {table: [] for table in TABLES}
    first, *others = tables
    rows = first.union(*others, all=True) if others else first
    for table, unit, *key, number in rows:
        found[table].append(_row(table, unit, key, number))
    return found


def _labelled(  # noqa: PLR0913 -- the columns that all figures have
    model: Any,
    table: str,
    group: Any,
    detail: Any,
    part: Any = "sex",
    number: str = "count",
    *,
    year: str = "year",
) -> Any:
    """Rows of a small table marked with its name: heads, or amounts without a sex."""
    label = Value(table, output_field=CharField())
    columns = (label, "institution", year, group, detail, part, number)
    return model.objects.order_by().values_list(*columns)


def _seasons(of_units: Q, last: Any) -> Any:
    """The school year ``last`` and those before it that are told."""
    told = Q(season__lte=last, season__gt=last - SEASONS_TOLD)
    rows = _labelled(SeasonCount, SEASONS, "stay", "group", year="season")
    return rows.filter(of_units, told)


def _funding(of_units: Q, accounts_year: Any) -> Any:
    """Works of any year; operation of one."""
    paid = ~Q(purpose=FundingPurpose.OPERATION) | Q(year=accounts_year)
    rows = _labelled(FundingLine, FUNDING, "purpose", "source", NO_NAME, "amount")
    return rows.filter(of_units, paid)


def _functions(of_units: Q, year: int) -> list[Any]:
    """One query for each measure, so that they stand in the same union."""
    rows = [
        _labelled(FunctionCount, FUNCTIONS, "function", "engagement", name, measure)
        for measure, name in (
            (measure, Value(measure, output_field=CharField())) for measure in MEASURES
        )
    ]
    return [
        found.filter(of_units, year=year, **{f"{measure}__gt": 0})
        for measure, found in zip(MEASURES, rows, strict=True)
    ]


def house_rows(institution: Institution, table: str, year: int) -> list[HouseRow]:
    """Those of one house and one table, as ``Record`` reads them; ``year`` is that of
    the section."""
    of_unit = Q(institution=institution)
    if table == SEASONS:
        queries = [_seasons(of_unit, Value(year))]
    elif table == FUNDING:
        queries = [_funding(of_unit, year)]
    else:
        queries = _functions(of_unit, year)
    return read(queries)[table]


def _row(table: str, unit: int, key: list[Any], number: Any) -> Any:
    year, group, detail, part = key
    if table == ACCOUNTS:
        return AccountRow(unit, group, detail, number)
    if table in (HEADS, STAFF, UNMET):
        return Figure(unit, year, group, detail, part, int(number))
    return HouseRow(unit, year, group, detail, part, number)
