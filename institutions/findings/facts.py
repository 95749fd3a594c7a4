"""What the checks of the record look at, read in a constant number of queries."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils import timezone

from institutions.models import (
    Association,
    Child,
    Document,
    Enrolment,
    Institution,
    StaffMember,
)
from institutions.record import Record

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


def load_facts(record: Record, *, institution: Institution | None = None) -> Facts:
    """``institution``: only what concerns that one."""
    is_whole = institution is None
    rounds, year = record.update_round, record.year
    enrolments = record.in_working_centres(record.enrolments) if is_whole else []
    return Facts(
        association=record.association,
        year=year,
        today=timezone.localdate(),
        accounts_year=record.accounts_year,
        change_percent=rounds.headcount_change_percent if rounds else CHANGE_PERCENT,
        institutions=[
            row for row in record.institutions if is_whole or row == institution
        ],
        heads=_heads(record, year),
        heads_before=_heads(record, year - 1),
        with_accounts={line.institution_id for line in record.accounts},
        has_centres=is_whole and bool(record.centres),
        documents=[
            row for row in record.documents if _is_about(row, institution=institution)
        ],
        enrolments=enrolments,
        twins=_twins(enrolments),
        staff=record.in_working_centres(record.staff) if is_whole else [],
    )


def _heads(record: Record, year: int) -> dict[int, int]:
    """By institution."""
    found: dict[int, int] = defaultdict(int)
    for row in record.headcounts:
        if row.year == year:
            found[row.institution_id] += row.count
    return dict(found)


def _is_about(document: Document, *, institution: Institution | None) -> bool:
    """Not about people; and that institution only, or the association as a whole."""
    if document.child_id is not None or document.staff_member_id is not None:
        return False
    if institution is None:
        return True
    is_of_centre = document.centre_id is not None
    return not is_of_centre and document.institution_id in (None, institution.pk)


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
