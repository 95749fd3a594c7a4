"""What the checks of the record look at, read in a constant number of queries."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from institutions.enums import Engagement
from institutions.figures import AccountRow, HouseRow
from institutions.models import Association, Centre, Document, Institution
from institutions.record import EnrolmentRow, Record, StaffRow

CHANGE_PERCENT = 20
# Those declared are among those counted.
COUNTED = {"count": 1, "declared_count": -1}


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
    accounts: list[AccountRow] = field(default_factory=list)
    funding: list[HouseRow] = field(default_factory=list)
    undeclared: dict[int, int] = field(default_factory=dict)
    has_rib_of_another: bool = False
    centres: list[Centre] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    enrolments: list[EnrolmentRow] = field(default_factory=list)
    children_counts: dict[int, int] | None = None
    twins: set[int] = field(default_factory=set)
    staff: list[StaffRow] = field(default_factory=list)


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
        accounts=record.accounts,
        funding=record.funding,
        undeclared=_undeclared(record),
        has_rib_of_another=record.has_rib_of_another,
        centres=record.centres if is_whole else [],
        documents=[row for row in record.unit_documents if _is_about(row, institution)],
        enrolments=enrolments,
        children_counts=record.children_counts if is_whole else {},
        twins=record.twins if enrolments else set(),
        staff=record.in_working_centres(record.staff) if is_whole else [],
    )


def _heads(record: Record, year: int) -> dict[int, int]:
    """By institution."""
    found: dict[int, int] = defaultdict(int)
    for row in record.headcounts:
        if row.year == year:
            found[row.institution_id] += row.count
    return dict(found)


def _undeclared(record: Record) -> dict[int, int]:
    """Staff of student houses paid by the association, by institution."""
    found: dict[int, int] = defaultdict(int)
    for row in record.functions:
        if row.detail == Engagement.ASSOCIATION and row.part in COUNTED:
            found[row.institution_id] += COUNTED[row.part] * int(row.number)
    return dict(found)


def _is_about(document: Document, institution: Institution | None) -> bool:
    """That institution only, or the association as a whole."""
    if institution is None:
        return True
    is_of_centre = document.centre_id is not None
    return not is_of_centre and document.institution_id in (None, institution.pk)
