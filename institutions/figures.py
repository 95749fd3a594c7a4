"""The figures of institutions: small tables read together, in one question.

A row is marked with its table and tells its unit, its year, what it is about and its
numbers: one, or as many as the table has measures. The question is written in SQL: put
together by Django at each page, it cost more than the answer.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from institutions.enums import FundingPurpose, JoinState
from institutions.models import Association, Institution

HEADS, STAFF, UNMET, ACCOUNTS = "heads", "staff", "unmet", "accounts"
SEASONS, FUNDING, FUNCTIONS = "seasons", "funding", "functions"
SAME_RIB = "same_rib"
# A student house tells of the school year covered and of the two before.
SEASONS_TOLD = 3
MEASURES = (
    "count",
    "declared_count",
    "minimum_wage_count",
    "monthly_amount",
    "yearly_amount",
)
# The years of the round: given, or those of the round of the year, or the year before.
YEARS = """
WITH years AS (
    SELECT COALESCE(%(accounts_year)s, max(accounts_year), %(year)s - 1) AS accounts,
        COALESCE(%(school_year)s, max(school_year), %(year)s - 1) AS school
    FROM institutions_updateround WHERE year = %(year)s
)"""


def _of_units(columns: str, table: str, condition: str, *, more: str = "") -> str:
    """Rows of a table of institutions: those of the association, or of one unit."""
    return f"""
SELECT {columns}
FROM {table} r
JOIN institutions_institution i ON i.id = r.institution_id
    AND i.association_id = %(association)s
    AND (%(unit)s IS NULL OR i.id = %(unit)s){more}
WHERE {condition}"""  # noqa: S608 -- nothing here comes from outside


TABLES = {
    HEADS: _of_units(
        "'heads', r.institution_id, r.year, r.category, r.level, r.sex,"
        " ARRAY[r.count]::numeric[]",
        "institutions_headcount",
        "r.year IN (%(year)s, %(year)s - 1)",
    ),
    STAFF: _of_units(
        "'staff', r.institution_id, r.year, r.employer, r.function, r.sex,"
        " ARRAY[r.count]::numeric[]",
        "institutions_staffcount",
        "r.year = %(year)s",
    ),
    UNMET: _of_units(
        "'unmet', r.institution_id, r.year, '', '', r.sex, ARRAY[r.count]::numeric[]",
        "institutions_unmetrequests",
        "r.year = %(year)s",
    ),
    ACCOUNTS: """
SELECT 'accounts', r.institution_id, r.year, r.kind, r.source, '',
    ARRAY[r.amount]::numeric[]
FROM institutions_accountline r, years
WHERE r.association_id = %(association)s AND r.year = years.accounts""",
    SEASONS: _of_units(
        """'seasons', r.institution_id, r.season, r.stay, r."group", r.sex,"""
        " ARRAY[r.count]::numeric[]",
        "institutions_seasoncount",
        "r.season <= years.school AND r.season > years.school - %(seasons_told)s",
        more=", years",
    ),
    FUNDING: _of_units(
        "'funding', r.institution_id, r.year, r.purpose, r.source, '',"
        " ARRAY[r.amount]::numeric[]",
        "institutions_fundingline",
        "r.purpose <> %(operation)s OR r.year = years.accounts",
        more=", years",
    ),
    FUNCTIONS: _of_units(
        "'functions', r.institution_id, r.year, r.function, r.engagement, '',"
        f" ARRAY[{', '.join(f'r.{name}' for name in MEASURES)}]::numeric[]",
        "institutions_functioncount",
        "r.year = %(year)s",
    ),
    # Who else had the RIB, or asks to join with it: a row means yes, never who.
    SAME_RIB: """
(SELECT 'same_rib', NULL::bigint, %(year)s, '', '', '', ARRAY[1]::numeric[]
FROM institutions_associationhistory r
JOIN institutions_association a ON a.id = r.pgh_obj_id
WHERE r.rib = %(rib)s AND r.pgh_obj_id <> %(association)s
    AND a.merged_into_id IS DISTINCT FROM %(association)s LIMIT 1)
UNION ALL
(SELECT 'same_rib', NULL::bigint, %(year)s, '', '', '', ARRAY[1]::numeric[]
FROM institutions_joinrequest r
WHERE r.rib = %(rib)s AND r.state = %(waiting)s
    AND r.association_id IS DISTINCT FROM %(association)s LIMIT 1)""",
}


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


@dataclass(frozen=True)
class Asked:
    """Whose figures; without the years of a round, those of the round of ``year``."""

    association: Association
    year: int
    accounts_year: int | None = None
    school_year: int | None = None
    unit: Institution | None = None


def read(asked: Asked, *wanted: str) -> dict[str, list[Any]]:
    """Every figure by table, or those of the tables ``wanted``; heads of the year
    before as well."""
    names = wanted or tuple(TABLES)
    found: dict[str, list[Any]] = {name: [] for name in names}
    if not asked.association.rib:
        names = tuple(name for name in names if name != SAME_RIB)
    statement = YEARS + "\nUNION ALL".join(TABLES[name] for name in names)
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters(asked))
        for table, unit, *key, values in cursor:
            found[table] += _rows(table, unit, key, values)
    return found


def _parameters(asked: Asked) -> dict[str, Any]:
    return {
        "association": asked.association.pk,
        "rib": asked.association.rib,
        "unit": asked.unit.pk if asked.unit else None,
        "year": asked.year,
        "accounts_year": asked.accounts_year,
        "school_year": asked.school_year,
        "seasons_told": SEASONS_TOLD,
        "operation": FundingPurpose.OPERATION.value,
        "waiting": JoinState.WAITING.value,
    }


def house_rows(institution: Institution, table: str, year: int) -> list[HouseRow]:
    """Those of one house and one table, as ``Record`` reads them; ``year`` is that of
    the section."""
    asked = Asked(
        institution.association, year, year, school_year=year, unit=institution
    )
    return read(asked, table)[table]


def _rows(table: str, unit: int, key: list[Any], values: list[Decimal]) -> list[Any]:
    """One, but for the staff of a house: one for each measure that is not nothing."""
    year, group, detail, part = key
    if table == ACCOUNTS:
        return [AccountRow(unit, group, detail, values[0])]
    if table in (HEADS, STAFF, UNMET):
        return [Figure(unit, year, group, detail, part, int(values[0]))]
    if table == FUNCTIONS:
        return [
            HouseRow(unit, year, group, detail, measure, value)
            for measure, value in zip(MEASURES, values, strict=True)
            if value
        ]
    return [HouseRow(unit, year, group, detail, part, values[0])]
