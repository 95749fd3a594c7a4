"""The rows of an association's record for one year, each table read once.

The checks, the certified content and the figures of a file look at the same rows. A
record is made for one piece of work and handed on by hand: it does not see what is
written after it was read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from django.db.models import CharField, Value

from institutions.models import (
    AccountLine,
    Association,
    BoardMember,
    Centre,
    Document,
    Enrolment,
    Headcount,
    Institution,
    StaffCount,
    StaffMember,
    UnmetRequests,
    UpdateRound,
)

# What checks and certified content look at; those of children can be many.
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
HEADS, STAFF, UNMET = "heads", "staff", "unmet"
NO_NAME = Value("", output_field=CharField())

Placed = TypeVar("Placed", Enrolment, StaffMember)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of people of one institution; ``group`` and ``detail`` as typed."""

    institution_id: int
    year: int
    group: str
    detail: str
    sex: str
    count: int


class Record:
    """Each table is read the first time it is asked for."""

    def __init__(
        self,
        association: Association,
        *,
        year: int,
        update_round: UpdateRound | None = None,
    ):
        self.association = association
        self.year = year
        self._round = update_round

    @cached_property
    def update_round(self) -> UpdateRound | None:
        return self._round or UpdateRound.objects.filter(year=self.year).first()

    @property
    def accounts_year(self) -> int:
        return self.update_round.accounts_year if self.update_round else self.year - 1

    @cached_property
    def accounts(self) -> list[AccountLine]:
        rows = AccountLine.objects.filter(association=self.association)
        return list(rows.filter(year=self.accounts_year))

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
        return self._figures[HEADS]

    @property
    def staff_counts(self) -> list[Figure]:
        """By employer and function."""
        return self._figures[STAFF]

    @property
    def unmet(self) -> list[Figure]:
        return self._figures[UNMET]

    @cached_property
    def _figures(self) -> dict[str, list[Figure]]:
        """Three small tables of the institutions, in one question to the database."""
        years = (self.year, self.year - 1)
        rows = self._counts(Headcount, HEADS, "category", "level", years=years).union(
            self._counts(StaffCount, STAFF, "employer", "function"),
            self._counts(UnmetRequests, UNMET, NO_NAME, NO_NAME),
            all=True,
        )
        found: dict[str, list[Figure]] = {HEADS: [], STAFF: [], UNMET: []}
        for table, *values in rows:
            found[table].append(Figure(*values))
        return found

    def _counts(self, model, table: str, *names, years: tuple[int, ...] = ()):
        rows = model.objects.order_by().filter(
            institution__association=self.association, year__in=years or (self.year,)
        )
        label = Value(table, output_field=CharField())
        return rows.values_list(label, "institution", "year", *names, "sex", "count")

    @cached_property
    def centres(self) -> list[Centre]:
        """Those that work."""
        rows = Centre.objects.filter(association=self.association, is_active=True)
        return list(rows.order_by("pk"))

    @cached_property
    def enrolments(self) -> list[Enrolment]:
        """In any centre. Names of children and their cards are not even read."""
        rows = Enrolment.objects.filter(
            centre__association=self.association, year=self.year
        )
        rows = rows.select_related("child").order_by("child__code")
        return list(rows.defer("child__name", "child__massar", "child__card_number"))

    @cached_property
    def staff(self) -> list[StaffMember]:
        """Of any centre, without their names."""
        rows = StaffMember.objects.filter(
            centre__association=self.association, year=self.year
        )
        return list(rows.defer("name").order_by("pk"))

    def in_working_centres(self, rows: Iterable[Placed]) -> list[Placed]:
        """Those of ``enrolments`` or ``staff`` that a check or an amount counts."""
        working = {centre.pk for centre in self.centres}
        return [row for row in rows if row.centre_id in working]

    @cached_property
    def documents(self) -> list[Document]:
        """Those in use, people's as well, without the names of their files."""
        rows = Document.objects.current().filter(association=self.association)
        return list(rows.select_related("type").only(*DOCUMENT).order_by("pk"))
