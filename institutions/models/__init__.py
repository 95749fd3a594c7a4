"""THE APPLICANTS: associations, their units, persons, figures and documents."""

from institutions.models import history
from institutions.models.associations import Association, BoardMember, Membership
from institutions.models.diagnosis import FunctionCount, FundingLine, SeasonCount
from institutions.models.documents import Document, DocumentType
from institutions.models.figures import (
    AccountLine,
    Headcount,
    StaffCount,
    UnmetRequests,
)
from institutions.models.findings import RecordFinding
from institutions.models.joining import Invitation, JoinRequest
from institutions.models.people import Child, Enrolment, StaffMember
from institutions.models.sheets import SheetImport
from institutions.models.units import Centre, Institution
from institutions.models.updates import (
    AnnualUpdate,
    SectionAnswer,
    SectionDraft,
    Snapshot,
    UpdateEvent,
    UpdateRemark,
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
    "FunctionCount",
    "FundingLine",
    "Headcount",
    "Institution",
    "Invitation",
    "JoinRequest",
    "Membership",
    "RecordFinding",
    "SeasonCount",
    "SectionAnswer",
    "SectionDraft",
    "SheetImport",
    "Snapshot",
    "StaffCount",
    "StaffMember",
    "UnmetRequests",
    "UpdateEvent",
    "UpdateRemark",
    "UpdateRound",
    "history",
]
