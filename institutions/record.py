"""The rows of an association's record for one year, each table read once.

The checks, the certified content and the figures of a file look at the same rows. A
record is made for one piece of work and handed on by hand: it does not see what is
written after it was read.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from institutions import enrolled, figures
from institutions.figures import AccountRow, Figure, HouseRow
from institutions.models import (
    Association,
    BoardMember,
    Centre,
    Child,
    Document,
    Enrolment,
    Institution,
    StaffMember,
    UpdateRound,
)

# What checks and certified content look at.
DOCUMENT = (
    "sha256",
    "expires_on",
    "association",
    "institution",
    "centre",
    "child",
    "staff_member",
    "type__code",
    "type__name_ar",
    "type__name_fr",
)


class ChildRow(NamedTuple):
    """A child as the checks, the amounts and the certified content see it: no name."""

    code: str
    association_id: int
    born_on: date
    sex: str
    disability_type: str
    degree: str
    card_expires_on: date | None
    has_rsu: bool


class EnrolmentRow(NamedTuple):
    """An association can have thousands: columns, no model instances."""

    centre_id: int
    is_working: bool
    child_id: int
    sub_programme: str
    services: list[str]
    certificates: list[str]
    months: int
    child: ChildRow


class StaffRow(NamedTuple):
    """Somebody who works in a centre, without the name."""

    centre_id: int
    is_working: bool
    sex: str
    speciality: str
    diploma: str
    experience_years: int
    contract: str
    monthly_salary_amount: Decimal
    is_cnss_declared: bool
    is_cnss_charged: bool
    cnss_yearly_amount: Decimal
    has_work_certificate: bool
    has_licence: bool
    has_contract: bool
    contract_remark: str


OF_ENROLMENT = EnrolmentRow._fields[2:-1]
OF_CHILD = [f"child__{name}" for name in ChildRow._fields]
PLACE = ("centre", "centre__is_active")
NEVER = date.min
AT_CHILD = len(EnrolmentRow._fields) - 1

Placed = TypeVar("Placed", EnrolmentRow, StaffRow)


class Record:
    """Each table is read the first time it is asked for."""

    def __init__(
        self,
        association: Association,
        *,
        year: int,
        update_round: UpdateRound | None = None,
        is_for_checks: bool = False,
    ):
        """``is_for_checks``: of children, only how many they are and those that a check
        may have something to say of, and of them only what it looks at."""
        self.association = association
        self.year = year
        self._round = update_round
        self._is_for_checks = is_for_checks

    @cached_property
    def update_round(self) -> UpdateRound | None:
        return self._round or UpdateRound.objects.filter(year=self.year).first()

    @property
    def accounts_year(self) -> int:
        return self.update_round.accounts_year if self.update_round else self.year - 1

    @property
    def accounts(self) -> list[AccountRow]:
        """Of the year of accounts of the round."""
        return self._figures[figures.ACCOUNTS]

    @cached_property
    def board(self) -> list[BoardMember]:
        return list(self.association.board.order_by("pk"))

    @cached_property
    def institutions(self) -> list[Institution]:
        """Those that work."""
        rows = Institution.objects.filter(association=self.association, is_active=True)
        return list(rows.order_by("pk"))

    @property
    def headcounts(self) -> list[Figure]:
        """By category and service level, of the year and of the one before."""
        return self._figures[figures.HEADS]

    @property
    def staff_counts(self) -> list[Figure]:
        """By employer and function."""
        return self._figures[figures.STAFF]

    @property
    def unmet(self) -> list[Figure]:
        return self._figures[figures.UNMET]

    @property
    def seasons(self) -> list[HouseRow]:
        """Of the school year covered and of the two before."""
        return self._figures[figures.SEASONS]

    @property
    def funding(self) -> list[HouseRow]:
        """Of all works, and of operation in the year of accounts."""
        return self._figures[figures.FUNDING]

    @property
    def functions(self) -> list[HouseRow]:
        """Each measure of the staff of student houses that is not nothing."""
        return self._figures[figures.FUNCTIONS]

    @property
    def has_rib_of_another(self) -> bool:
        return bool(self._figures[figures.SAME_RIB])

    @cached_property
    def _figures(self) -> dict[str, list[Any]]:
        """Small tables, in one question to the database."""
        asked = figures.Asked(
            self.association,
            self.year,
            accounts_year=self._round.accounts_year if self._round else None,
            school_year=self._round.school_year if self._round else None,
        )
        return figures.read(asked)

    @cached_property
    def centres(self) -> list[Centre]:
        """Those that work."""
        rows = Centre.objects.filter(association=self.association, is_active=True)
        return list(rows.select_related("institution").order_by("pk"))

    @cached_property
    def _enrolled(self) -> enrolled.Enrolled:
        return enrolled.read(self.association, self.year)

    @cached_property
    def enrolments(self) -> list[EnrolmentRow]:
        """In any centre, by the code of the child."""
        if self._is_for_checks:
            return [_checked(row) for row in self._enrolled.named]
        rows = Enrolment.objects.filter(
            centre__association=self.association, year=self.year
        )
        rows = rows.order_by("child__code")
        return [
            EnrolmentRow._make([*values[:AT_CHILD], ChildRow._make(values[AT_CHILD:])])
            for values in rows.values_list(*PLACE, *OF_ENROLMENT, *OF_CHILD)
        ]

    @cached_property
    def twins(self) -> set[int]:
        """Children of working centres who are also another row, anywhere.

        By name and birth date, by Massar code or by card.
        """
        if self._is_for_checks:
            return self._enrolled.twins
        children = Child.objects.filter(
            enrolments__year=self.year,
            enrolments__centre__association=self.association,
            enrolments__centre__is_active=True,
        )
        twins = children.filter(enrolled.twin_of()).order_by()
        return set(twins.values_list("pk", flat=True))

    @cached_property
    def staff(self) -> list[StaffRow]:
        """Of any centre."""
        rows = StaffMember.objects.filter(
            centre__association=self.association, year=self.year
        )
        columns = rows.order_by("pk").values_list(*PLACE, *StaffRow._fields[2:])
        return [StaffRow._make(values) for values in columns]

    @property
    def enrolment_totals(self) -> dict[int, dict[str, Any]]:
        """By centre: how many children, by sub-programme and by sex."""
        return self._enrolled.totals

    @property
    def children_counts(self) -> dict[int, int]:
        """By centre."""
        if not self._is_for_checks:
            return Counter(row.centre_id for row in self.enrolments)
        return {
            centre: sum(totals["by_sex"].values())
            for centre, totals in self.enrolment_totals.items()
        }

    @property
    def staff_totals(self) -> dict[int, dict[str, int]]:
        """By centre, then by speciality."""
        found: dict[int, dict[str, int]] = {}
        for row in self.staff:
            of_centre = found.setdefault(row.centre_id, {})
            of_centre[row.speciality] = of_centre.get(row.speciality, 0) + 1
        return found

    def in_working_centres(self, rows: Iterable[Placed]) -> list[Placed]:
        """Those of ``enrolments`` or ``staff`` that a check or an amount counts."""
        return [row for row in rows if row.is_working]

    @cached_property
    def documents(self) -> list[Document]:
        """Those in use, people's as well, without the names of their files."""
        return list(self._documents())

    @cached_property
    def document_count(self) -> int:
        """Those in use, people's as well."""
        rows = Document.objects.current().filter(association=self.association)
        return rows.count()

    @cached_property
    def unit_documents(self) -> list[Document]:
        """Of the association and its units: those of people can be thousands."""
        if "documents" not in vars(self):
            return list(self._documents().filter(child=None, staff_member=None))
        return [
            row
            for row in self.documents
            if row.child_id is None and row.staff_member_id is None
        ]

    def _documents(self) -> Any:
        rows = Document.objects.current().filter(association=self.association)
        return rows.select_related("type").only(*DOCUMENT).order_by("pk")


def _checked(row: enrolled.NamedChild) -> EnrolmentRow:
    """The other columns stay empty: no check reads them."""
    child = ChildRow(row.code, 0, NEVER, "", "", "", row.card_expires_on, row.has_rsu)
    return EnrolmentRow(
        centre_id=row.centre_id,
        is_working=row.is_working,
        child_id=row.child_id,
        sub_programme=row.sub_programme,
        services=[],
        certificates=row.certificates,
        months=0,
        child=child,
    )
