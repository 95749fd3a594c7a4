"""*Unchanged*: last year's rows become this year's (decision 15).

Fields that stand on the association or on a unit need no copy. Each function answers
whether there was anything to keep.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from institutions.enums import FundingPurpose
from institutions.models import (
    AccountLine,
    Enrolment,
    FunctionCount,
    FundingLine,
    Headcount,
    SeasonCount,
    StaffCount,
    StaffMember,
    UnmetRequests,
    UpdateRound,
)
from institutions.sections import Key
from institutions.years import school_year, year_label

# Those of the round's financial year; seasons are school years, the rest is of the
# year of the support.
OF_ACCOUNTS = ("accounts", "funding")
SEASONS = "seasons"


@dataclass(frozen=True)
class Rows:
    """The rows of one table that a section is about, of every year.

    ``column`` names the year.
    """

    rows: Any
    column: str = "year"

    @property
    def model(self) -> Any:
        return self.rows.model

    def of(self, year: int) -> Any:
        return self.rows.filter(**{self.column: year})

    def last(self, *, before: int) -> int | None:
        """The most recent earlier year for which there are rows."""
        earlier = self.rows.filter(**{f"{self.column}__lt": before})
        return earlier.aggregate(last=Max(self.column))["last"]


def year_of(key: Key, round_: UpdateRound) -> int:
    """The year whose rows the round asks for in this section."""
    if key.code in OF_ACCOUNTS:
        return round_.accounts_year
    return round_.school_year if key.code == SEASONS else round_.year


def label_of_year(key: Key, year: int | None) -> str:
    """That year in full: a season is a school year, accounts go as the association."""
    if year is None:
        return ""
    if key.code == SEASONS:
        return school_year(year)
    if key.code in OF_ACCOUNTS:
        return year_label(year, key.association.working_year)
    return str(year)


def rows_of(key: Key) -> list[Rows]:
    """The per-year rows of a section, one for each table.

    What construction and equipment cost is said once: only operation has a new year.
    """
    of_unit = {"institution": key.unit}
    if key.code == "headcounts":
        models = (Headcount, StaffCount, UnmetRequests)
        return [Rows(model.objects.filter(**of_unit)) for model in models]
    if key.code == "accounts":
        return [Rows(_accounts(key))]
    if key.code == "funding":
        lines = FundingLine.objects.filter(**of_unit)
        return [Rows(lines.filter(purpose=FundingPurpose.OPERATION))]
    if key.code == "functions":
        return [Rows(FunctionCount.objects.filter(**of_unit))]
    if key.code == SEASONS:
        return [Rows(SeasonCount.objects.filter(**of_unit), "season")]
    if key.code == "children":
        return [Rows(Enrolment.objects.filter(centre=key.unit))]
    if key.code == "staff":
        return [Rows(StaffMember.objects.filter(centre=key.unit))]
    return []


def _accounts(key: Key) -> Any:
    return AccountLine.objects.filter(association=key.association, institution=key.unit)


def year_kept(key: Key, round_: UpdateRound) -> int | None:
    """The year whose rows *unchanged* would keep; ``None`` when there is none."""
    year = year_of(key, round_)
    years = [rows.last(before=year) for rows in rows_of(key)]
    return max((found for found in years if found), default=None)


def has_rows(key: Key, year: int) -> bool:
    return any(rows.of(year).exists() for rows in rows_of(key))


def keep_last_year(key: Key, round_: UpdateRound) -> bool:
    """Copy the rows of the last year into this one, in the place of what is there.

    A child already enrolled this year elsewhere is left where it is.
    """
    year, source = year_of(key, round_), year_kept(key, round_)
    if source is None:
        return False
    for rows in rows_of(key):
        old = list(rows.of(source))
        rows.of(year).delete()
        if rows.model is Enrolment:
            old = _not_elsewhere(old, year)
        for row in old:
            row.pk = None
            setattr(row, rows.column, year)
        rows.model.objects.bulk_create(old)
    return True


def _not_elsewhere(enrolments: list[Enrolment], year: int) -> list[Enrolment]:
    taken = Enrolment.objects.filter(
        year=year, child__in=[row.child_id for row in enrolments]
    ).values_list("child_id", flat=True)
    return [row for row in enrolments if row.child_id not in set(taken)]
