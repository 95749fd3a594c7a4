"""THE APPLICANTS: associations, their units, persons, figures and documents."""

from institutions.models.associations import Association, BoardMember, Membership
from institutions.models.documents import Document, DocumentType
from institutions.models.figures import (
    AccountLine,
    Headcount,
    StaffCount,
    UnmetRequests,
)
from institutions.models.people import Child, Enrolment, StaffMember
from institutions.models.units import Centre, Institution
from institutions.models.updates import (
    AnnualUpdate,
    SectionAnswer,
    SectionDraft,
    Snapshot,
    UpdateRound,
)

__all__ = [
    "AccountLine",
    "AnnualUpdate",
    "Association",
    "BoardMember",
    "Centre",
    "Child",
    "Document",
    "DocumentType",
    "Enrolment",
    "Headcount",
    "Institution",
    "Membership",
    "SectionAnswer",
    "SectionDraft",
    "Snapshot",
    "StaffCount",
    "StaffMember",
    "UnmetRequests",
    "UpdateRound",
]
