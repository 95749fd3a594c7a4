"""What the checks of the record look at, read in a constant number of queries."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, Sum
from django.utils import timezone

from institutions.models import (
    AccountLine,
    Association,
    Child,
    Document,
    Enrolment,
    Headcount,
    Institution,
    StaffMember,
    UpdateRound,
)

CHANGE_PERCENT = 20
HASHES = ("person_hash", "massar_hash", "card_hash")


@dataclass(frozen=True)
class Facts:
    """What the checks look at. Counts are heads; the year is that of the support."""

    association: Association
    year: int
    today: date
    accounts_year: int
    change_percent: int = CHANGE_PERCENT
    institutions: list[Institution] = field(default_factory=list)
    heads: dict[int, int] = field(default_factory=dict)
    heads_before: dict[int, int] = field(default_factory=dict)
    with_accounts: set[int | None] = field(default_factory=set)
    has_centres: bool = False
    documents: list[Document] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    twins: set[int] = field(default_factory=set)
    staff: list[StaffMember] = field(default_factory=list)


def load_facts(
    association: Association, *, year: int, institution: Institution | None = None
) -> Facts:
    round_ = UpdateRound.objects.filter(year=year).first()
    rows = Institution.objects.filter(association=association, is_active=True)
    if institution is not None:
        rows = rows.filter(pk=institution.pk)
    enrolments = [] if institution else _enrolments(association, year)
    accounts_year = round_.accounts_year if round_ else year - 1
    heads = _heads(association, year, year - 1)
    return Facts(
        association=association,
        year=year,
        today=timezone.localdate(),
        accounts_year=accounts_year,
        change_percent=(round_.headcount_change_percent if round_ else CHANGE_PERCENT),
        institutions=list(rows.order_by("pk")),
        heads=heads[year],
        heads_before=heads[year - 1],
        with_accounts=set(
            AccountLine.objects.filter(association=association, year=accounts_year)
            .values_list("institution_id", flat=True)
            .distinct()
        ),
        has_centres=institution is None
        and association.centres.filter(is_active=True).exists(),
        documents=_documents(association, institution),
        enrolments=enrolments,
        twins=_twins(enrolments),
        staff=[]
        if institution
        else list(
            StaffMember.objects.filter(
                centre__association=association, centre__is_active=True, year=year
            ).defer("name")
        ),
    )


def _heads(association: Association, *years: int) -> dict[int, dict[int, int]]:
    """By year, then by institution."""
    rows = Headcount.objects.filter(
        institution__association=association, year__in=years
    )
    totals = rows.order_by().values("year", "institution").annotate(total=Sum("count"))
    found: dict[int, dict[int, int]] = {year: {} for year in years}
    for row in totals:
        found[row["year"]][row["institution"]] = row["total"]
    return found


def _documents(
    association: Association, institution: Institution | None
) -> list[Document]:
    rows = Document.objects.current().filter(
        association=association, child=None, staff_member=None
    )
    if institution is not None:
        rows = rows.filter(
            Q(institution=None) | Q(institution=institution), centre=None
        )
    return list(rows.select_related("type").order_by("pk"))


def _enrolments(association: Association, year: int) -> list[Enrolment]:
    rows = Enrolment.objects.filter(
        centre__association=association, centre__is_active=True, year=year
    )
    rows = rows.select_related("child").order_by("child__code")
    return list(rows.defer("child__name", "child__massar", "child__card_number"))


def _twins(enrolments: list[Enrolment]) -> set[int]:
    """Children whose name, Massar code or card is that of another row, anywhere."""
    same = Q()
    for name in HASHES:
        values = {getattr(row.child, name) for row in enrolments} - {""}
        if values:
            same |= Q(**{f"{name}__in": values})
    if not same:
        return set()
    holders: dict[tuple[str, str], set[int]] = defaultdict(set)
    for pk, *hashes in Child.objects.filter(same).values_list("pk", *HASHES):
        for name, value in zip(HASHES, hashes, strict=True):
            holders[name, value].add(pk)
    return {
        row.child_id
        for row in enrolments
        for name in HASHES
        if (value := getattr(row.child, name)) and len(holders[name, value]) > 1
    }
