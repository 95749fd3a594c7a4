"""The rows of a list as a page asks for them: chosen, found, ordered, counted.

Identities are encrypted and cannot be searched. A number is found by its keyed hash; a
whole name too, for the hash of each birth date and sex of the list can be made from
what was typed. Staff have no such hash: their names are opened only when asked.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.encryption import folded_name, keyed_hash, person_hash
from institutions.enums import Certificate, Speciality, SubProgramme
from institutions.models import Centre, Enrolment, StaffMember

PAGE_SIZE = 40
FOUND_AT_MOST = 40
SHORTEST_CODE = 3
OF_HEALTH = [Certificate.INCAPACITY, Certificate.DISABILITY, Certificate.MEDICAL]
# As the check of the record has it: none of health, or none of school in a school.
LACKS_CERTIFICATE = ~Q(certificates__overlap=OF_HEALTH) | (
    Q(sub_programme=SubProgramme.B) & ~Q(certificates__contains=[Certificate.SCHOOL])
)
LACKS_RSU = Q(child__has_rsu=False)
NOT_DECLARED = Q(is_cnss_declared=False)
NO_CONTRACT = Q(has_contract=False)
NO_PAPERS = Q(diploma="") | Q(has_work_certificate=False)
MISSING, NO_RSU, NEW, LEFT = "missing", "no_rsu", "new", "left"
CHILD_SORTS = {
    "code": "child__code",
    "born_on": "child__born_on",
    "sex": "child__sex",
    "disability_type": "child__disability_type",
    "degree": "child__degree",
    "sub_programme": "sub_programme",
    "months": "months",
}
STAFF_SORTS = {
    "speciality": "speciality",
    "sex": "sex",
    "diploma": "diploma",
    "experience_years": "experience_years",
    "contract": "contract",
    "monthly_salary_amount": "monthly_salary_amount",
    "is_cnss_declared": "is_cnss_declared",
}
CHILD_CHOICES = {
    "sub_programme": "sub_programme",
    "disability_type": "child__disability_type",
    "degree": "child__degree",
}
STAFF_CHOICES = {"speciality": "speciality", "contract": "contract"}

Chosen = Mapping[str, Any]


def children(centre: Centre, year: int, *, user: Any, chosen: Chosen) -> Any:
    """Enrolments of the year; of the year before for those who left since."""
    rows = Enrolment.objects.visible_to(user).filter(centre=centre)
    rows = _chosen(rows, chosen, CHILD_CHOICES)
    show = chosen.get("show")
    if show == LEFT:
        return rows.filter(~_enrolled(centre, year), year=year - 1)
    rows = rows.filter(year=year)
    if show == NEW:
        return rows.filter(~_enrolled(centre, year - 1))
    marks = {MISSING: LACKS_CERTIFICATE, NO_RSU: LACKS_RSU}
    return rows.filter(marks[show]) if show in marks else rows


def staff(centre: Centre, year: int, *, user: Any, chosen: Chosen) -> Any:
    rows = StaffMember.objects.visible_to(user).filter(centre=centre, year=year)
    rows = _chosen(rows, chosen, STAFF_CHOICES)
    marks = {
        "undeclared": NOT_DECLARED,
        "no_contract": NO_CONTRACT,
        "no_papers": NO_PAPERS,
    }
    show = chosen.get("show")
    return rows.filter(marks[show]) if show in marks else rows


def ordered(rows: QuerySet, sort: str, sorts: Mapping[str, str]) -> QuerySet:
    """By a column, ``-`` before it for the other way; the key makes it certain."""
    name = sorts.get(sort.removeprefix("-"), next(iter(sorts.values())))
    return rows.order_by(f"{'-' if sort.startswith('-') else ''}{name}", "pk")


def page_of(rows: QuerySet, number: int) -> tuple[list[int], bool]:
    """The keys of one page, and whether another follows."""
    start = (number - 1) * PAGE_SIZE
    keys = list(rows.values_list("pk", flat=True)[start : start + PAGE_SIZE + 1])
    return keys[:PAGE_SIZE], len(keys) > PAGE_SIZE


def in_order(rows: QuerySet, keys: list[int]) -> list[Any]:
    """The rows of ``keys``, as the page has them."""
    found = rows.in_bulk(keys)
    return [found[key] for key in keys if key in found]


def count_children(centre: Centre, year: int) -> dict[str, int]:
    """Of the whole list, in one question."""
    rows = Enrolment.objects.filter(centre=centre, year=year)
    return rows.aggregate(
        total=Count("pk"),
        **{value: Count("pk", filter=Q(sub_programme=value)) for value in SubProgramme},
        missing=Count("pk", filter=LACKS_CERTIFICATE),
        no_rsu=Count("pk", filter=LACKS_RSU),
    )


def count_staff(centre: Centre, year: int) -> dict[str, int]:
    rows = StaffMember.objects.filter(centre=centre, year=year)
    return rows.aggregate(
        total=Count("pk"),
        undeclared=Count("pk", filter=NOT_DECLARED),
        no_contract=Count("pk", filter=NO_CONTRACT),
        no_papers=Count("pk", filter=NO_PAPERS),
    )


def find_children(rows: QuerySet, typed: str) -> list[int]:
    """By part of the code, by Massar code or card, by the whole name."""
    code = "".join(typed.split()).upper()
    found = Q(child__massar_hash=keyed_hash("massar", typed))
    found |= Q(child__card_hash=keyed_hash("card", typed))
    if len(code) >= SHORTEST_CODE and code.isascii():
        found |= Q(child__code__contains=code)
    births = rows.order_by().values_list("child__born_on", "child__sex").distinct()
    hashes = {person_hash(typed, born_on=born, sex=sex) for born, sex in births}
    found |= Q(child__person_hash__in=hashes)
    found &= ~Q(child__person_hash="")
    return _first(rows.filter(found))


def find_staff(rows: QuerySet, typed: str) -> list[int]:
    """By speciality or diploma."""
    words = folded_name(typed)
    like = [value for value, label in Speciality.choices if words in folded(label)]
    found = Q(speciality__in=like) | Q(diploma__icontains=typed.strip())
    return _first(rows.filter(found)) if words else []


def find_named_staff(rows: QuerySet, typed: str) -> list[int]:
    """By the words of a name. Every name of ``rows`` is opened: it is to be logged."""
    words = set(folded_name(typed).split())
    names = rows.values_list("pk", "name")
    found = [pk for pk, name in names if words and words <= set(_words(name))]
    return found[:FOUND_AT_MOST]


def folded(label: Any) -> str:
    return folded_name(str(label))


def _words(name: str) -> list[str]:
    return folded_name(name).split()


def _first(rows: QuerySet) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:FOUND_AT_MOST])


def _chosen(rows: QuerySet, chosen: Chosen, paths: Mapping[str, str]) -> Any:
    for name, path in paths.items():
        if chosen.get(name):
            rows = rows.filter(**{path: chosen[name]})
    only = chosen.get("only")
    return rows.filter(pk__in=only) if only else rows


def _enrolled(centre: Centre, year: int) -> Exists:
    """Whether the child of the row is on a list of the association that year."""
    rows = Enrolment.objects.filter(
        child=OuterRef("child"), year=year, centre__association=centre.association_id
    )
    return Exists(rows)
