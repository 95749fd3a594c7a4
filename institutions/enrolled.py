"""Children of an association for one year, read for a page: numbers, and those of whom
a check may have something to say. One question, however many they are.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from institutions.enums import Certificate, Sex, SubProgramme
from institutions.models import Association, Child

HASHES = ("person_hash", "massar_hash", "card_hash")
OF_HEALTH = (Certificate.INCAPACITY, Certificate.DISABILITY, Certificate.MEDICAL)
COUNTED = [
    *[("by_programme", code) for code in SubProgramme.values],
    *[("by_sex", code) for code in Sex.values],
]
COLUMNS = {"by_programme": "e.sub_programme", "by_sex": "c.sex"}
COUNTS = ", ".join(
    f"count(*) FILTER (WHERE {COLUMNS[name]} = '{code}')" for name, code in COUNTED
)
IS_TWIN = " OR ".join(
    f"""(c.{name} <> '' AND EXISTS (
            SELECT FROM institutions_child o WHERE o.{name} = c.{name} AND o.id <> c.id
        ))"""
    for name in HASHES
)
# Written in SQL, for Django spent more on the question than the database on the answer.
# The key of a child that a check may name; negative for one who is also another row,
# anywhere: that is the dearest thing to know, so it is asked once.
QUESTION = f"""
SELECT e.centre_id, p.is_active,
    CASE
        WHEN {IS_TWIN} THEN -c.id
        WHEN NOT c.has_rsu
            OR c.card_expires_on < %(today)s
            OR NOT e.certificates && %(of_health)s::varchar[]
            OR (e.sub_programme = %(in_school)s
                AND NOT e.certificates @> %(school)s::varchar[])
        THEN c.id
    END AS named,
    {COUNTS},
    min(e.sub_programme), min(e.certificates), min(c.code) AS code,
    min(c.card_expires_on), bool_and(c.has_rsu)
FROM institutions_enrolment e
JOIN institutions_centre p ON p.id = e.centre_id
JOIN institutions_child c ON c.id = e.child_id
WHERE p.association_id = %(association)s AND e.year = %(year)s
GROUP BY e.centre_id, p.is_active, named
ORDER BY code
"""  # noqa: S608 -- names of columns and codes of our own lists


class NamedChild(NamedTuple):
    """What the checks look at of one child."""

    centre_id: int
    is_working: bool
    child_id: int
    sub_programme: str
    certificates: list[str]
    code: str
    card_expires_on: date | None
    has_rsu: bool


def _nobody() -> dict[str, Counter[str]]:
    return {"by_programme": Counter(), "by_sex": Counter()}


@dataclass(frozen=True)
class Enrolled:
    """``totals``: by centre, how many by sub-programme and by sex. ``twins``: children
    who are also another row."""

    totals: dict[int, dict[str, Counter[str]]] = field(
        default_factory=lambda: defaultdict(_nobody)
    )
    named: list[NamedChild] = field(default_factory=list)
    twins: set[int] = field(default_factory=set)


def read(association: Association, year: int) -> Enrolled:
    """Children of whom nothing can be said are added up in the database; the others
    come one by one, by their code."""
    found = Enrolled()
    with connection.cursor() as cursor:
        cursor.execute(QUESTION, _parameters(association, year))
        for row in cursor:
            _add(found, *row)
    return found


def _parameters(association: Association, year: int) -> dict[str, Any]:
    return {
        "association": association.pk,
        "year": year,
        "today": timezone.localdate(),
        "of_health": [str(value) for value in OF_HEALTH],
        "school": [str(Certificate.SCHOOL.value)],
        "in_school": SubProgramme.B.value,
    }


def _add(
    found: Enrolled,
    centre: int,
    is_working: bool,
    named: int | None,
    *values: Any,
) -> None:
    counts, of_child = values[: len(COUNTED)], values[len(COUNTED) :]
    totals = found.totals[centre]
    for (name, key), count in zip(COUNTED, counts, strict=True):
        if count:
            totals[name][key] += count
    if named is None:
        return
    child = abs(named)
    if named < 0 and is_working:
        found.twins.add(child)
    found.named.append(NamedChild(centre, is_working, child, *of_child))


def twin_of(child: str = "") -> Q:
    """Also another row, anywhere: by name and birth date, by Massar code or by card.

    ``child``: the path to the child from the row that is asked about.
    """
    is_twin = Q()
    for name in HASHES:
        same = Child.objects.filter(**{name: OuterRef(f"{child}{name}")})
        same = same.exclude(pk=OuterRef(f"{child}pk"))
        is_twin |= ~Q(**{f"{child}{name}": ""}) & Q(Exists(same))
    return is_twin
