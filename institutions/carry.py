"""*Unchanged*: last year's rows become this year's (decision 15).

Fields that stand on the association or on a unit need no copy. Each function answers
whether there was anything to keep.
"""

from typing import Any

from django.db.models import Max

from institutions.models import (
    AccountLine,
    Enrolment,
    Headcount,
    StaffCount,
    StaffMember,
    UnmetRequests,
    UpdateRound,
)
from institutions.sections import Key


def last_year(rows: Any, *, before: int) -> int | None:
    """The most recent earlier year for which there are rows."""
    return rows.filter(year__lt=before).aggregate(last=Max("year"))["last"]


def year_of(key: Key, round_: UpdateRound) -> int:
    """The accounts are those of the financial year that the round asks for."""
    return round_.accounts_year if key.code == "accounts" else round_.year


def rows_of(key: Key) -> list[Any]:
    """The per-year rows of a section, every year, one queryset per table."""
    if key.code == "headcounts":
        models = (Headcount, StaffCount, UnmetRequests)
        return [model.objects.filter(institution=key.unit) for model in models]
    if key.code == "accounts":
        return [
            AccountLine.objects.filter(
                association=key.association, institution=key.unit
            )
        ]
    if key.code == "children":
        return [Enrolment.objects.filter(centre=key.unit)]
    if key.code == "staff":
        return [StaffMember.objects.filter(centre=key.unit)]
    return []


def year_kept(key: Key, round_: UpdateRound) -> int | None:
    """The year whose rows *unchanged* would keep; ``None`` when there is none."""
    year = year_of(key, round_)
    years = [last_year(rows, before=year) for rows in rows_of(key)]
    return max((found for found in years if found), default=None)


def has_rows(key: Key, year: int) -> bool:
    return any(rows.filter(year=year).exists() for rows in rows_of(key))


def keep_last_year(key: Key, round_: UpdateRound) -> bool:
    """Copy the rows of the last year into this one, in the place of what is there.

    A child already enrolled this year elsewhere is left where it is.
    """
    year, source = year_of(key, round_), year_kept(key, round_)
    if source is None:
        return False
    for rows in rows_of(key):
        old = list(rows.filter(year=source))
        rows.filter(year=year).delete()
        if rows.model is Enrolment:
            old = _not_elsewhere(old, year)
        for row in old:
            row.pk, row.year = None, year
        rows.model.objects.bulk_create(old)
    return True


def _not_elsewhere(enrolments: list[Enrolment], year: int) -> list[Enrolment]:
    taken = Enrolment.objects.filter(
        year=year, child__in=[row.child_id for row in enrolments]
    ).values_list("child_id", flat=True)
    return [row for row in enrolments if row.child_id not in set(taken)]
