"""The rows of an association's record for one year, each table read once.

The checks, the certified content and the figures of a file look at the same rows. A
record is made for one piece of work and handed on by hand: it does not see what is
written after it was read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from institutions.enums import Engagement, FundingPurpose, JoinState
from institutions.models import (
    AccountLine,
    Association,
    BoardMember,
    Centre,
    Child,
    Document,
    Enrolment,
    FunctionCount,
    FundingLine,
    Headcount,
    Institution,
    JoinRequest,
    StaffCount,
    StaffMember,
    UnmetRequests,
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
HEADS, STAFF, UNMET, ACCOUNTS = "heads", "staff", "unmet", "accounts"
FUNDING, UNDECLARED, SAME_RIB = "funding", "undeclared", "same_rib"
OF_AMOUNTS = (ACCOUNTS, FUNDING)
NO_NAME = Value("", output_field=CharField())
AMOUNT = (NO_NAME, "amount")
NO_UNIT = Value(None, output_field=BigIntegerField())
ONE = Value(1, output_field=IntegerField())
NOT_DECLARED = F("count") - F("declared_count")
HASHES = ("person_hash", "massar_hash", "card_hash")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of people of one institution; ``group`` and ``detail`` as typed."""

    institution_id: int
    year: int
    group: str
    detail: str
    sex: str
    count: int


class AccountRow(NamedTuple):
    """A line of the accounts; of the whole association without an institution."""

    institution_id: int | None
    kind: str
    source: str
    amount: Decimal


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


OF_ENROLMENT = EnrolmentRow._fields[2:-1]
OF_CHILD = [f"child__{name}" for name in ChildRow._fields]
PLACE = ("centre", "centre__is_active")
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

    @property
    def accounts(self) -> list[AccountRow]:
        """Of the year of accounts of the round."""
        return self._figures[ACCOUNTS]

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

    @property
    def funding(self) -> list[AccountRow]:
        """What student houses live on, by source, in the year of accounts."""
        return self._figures[FUNDING]

    @property
    def undeclared(self) -> list[Figure]:
        """Staff of student houses paid by the association, not declared to the CNSS."""
        return self._figures[UNDECLARED]

    @property
    def has_rib_of_another(self) -> bool:
        return bool(self._figures[SAME_RIB])

    @cached_property
    def _figures(self) -> dict[str, list[Any]]:
        """Small tables, in one question to the database."""
        found: dict[str, list[Any]] = {
            name: []
            for name in (HEADS, STAFF, UNMET, ACCOUNTS, FUNDING, UNDECLARED, SAME_RIB)
        }
        first, *others = self._tables()
        for table, unit, year, group, detail, sex, number in first.union(
            *others, all=True
        ):
            row: AccountRow | Figure
            if table in OF_AMOUNTS:
                row = AccountRow(unit, group, detail, number)
            else:
                row = Figure(unit, year, group, detail, sex, int(number))
            found[table].append(row)
        return found

    def _tables(self) -> list[Any]:
        of_units = Q(institution__association=self.association)
        this, both = Q(year=self.year), Q(year__in=(self.year, self.year - 1))
        of_whole = Q(association=self.association, year=self._year_of_accounts)
        of_life = Q(year=self._year_of_accounts, purpose=FundingPurpose.OPERATION)
        paid = Q(engagement=Engagement.ASSOCIATION, count__gt=F("declared_count"))
        undeclared = _labelled(
            FunctionCount, UNDECLARED, "function", NO_NAME, (NO_NAME, NOT_DECLARED)
        )
        return [
            _labelled(Headcount, HEADS, "category", "level").filter(of_units, both),
            _labelled(StaffCount, STAFF, "employer", "function").filter(of_units, this),
            _labelled(UnmetRequests, UNMET, NO_NAME, NO_NAME).filter(of_units, this),
            _labelled(AccountLine, ACCOUNTS, "kind", "source", AMOUNT).filter(of_whole),
            _labelled(FundingLine, FUNDING, "purpose", "source", AMOUNT).filter(
                of_units, of_life
            ),
            undeclared.filter(of_units, this, paid),
            *self._same_rib(),
        ]

    def _same_rib(self) -> list[Any]:
        """Who else had this RIB, or asks to join with it: never which association."""
        rib = self.association.rib
        if not rib:
            return []
        label = Value(SAME_RIB, output_field=CharField())
        history = Association.history.rel.related_model  # type: ignore[attr-defined]
        elsewhere = history.objects.filter(rib=rib).exclude(
            Q(pgh_obj=self.association) | Q(pgh_obj__merged_into=self.association)
        )
        asking = JoinRequest.objects.filter(rib=rib, state=JoinState.WAITING).exclude(
            association=self.association
        )
        return [
            rows.order_by().values_list(
                label, NO_UNIT, ONE, NO_NAME, NO_NAME, NO_NAME, ONE
            )
            for rows in (elsewhere, asking)
        ]

    @property
    def _year_of_accounts(self) -> Any:
        """Known already, or found in the same question."""
        if self._round:
            return self._round.accounts_year
        rounds = UpdateRound.objects.filter(year=self.year)
        found = Subquery(rounds.values("accounts_year")[:1])
        return Coalesce(found, Value(self.year - 1))

    @cached_property
    def centres(self) -> list[Centre]:
        """Those that work."""
        rows = Centre.objects.filter(association=self.association, is_active=True)
        return list(rows.select_related("institution").order_by("pk"))

    @cached_property
    def enrolments(self) -> list[EnrolmentRow]:
        """In any centre, by the code of the child."""
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
        children = Child.objects.filter(
            enrolments__year=self.year,
            enrolments__centre__association=self.association,
            enrolments__centre__is_active=True,
        )
        is_twin = Q()
        for name in HASHES:
            same = Child.objects.filter(**{name: OuterRef(name)})
            same = same.exclude(pk=OuterRef("pk"))
            is_twin |= ~Q(**{name: ""}) & Q(Exists(same))
        return set(children.filter(is_twin).order_by().values_list("pk", flat=True))

    @cached_property
    def staff(self) -> list[StaffRow]:
        """Of any centre."""
        rows = StaffMember.objects.filter(
            centre__association=self.association, year=self.year
        )
        columns = rows.order_by("pk").values_list(*PLACE, *StaffRow._fields[2:])
        return [StaffRow._make(values) for values in columns]

    def in_working_centres(self, rows: Iterable[Placed]) -> list[Placed]:
        """Those of ``enrolments`` or ``staff`` that a check or an amount counts."""
        return [row for row in rows if row.is_working]

    @cached_property
    def documents(self) -> list[Document]:
        """Those in use, people's as well, without the names of their files."""
        return list(self._documents())

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


def _labelled(
    model: Any,
    table: str,
    group: Any,
    detail: Any,
    last: tuple[Any, Any] = ("sex", "count"),
) -> Any:
    """Rows of a small table marked with its name; ``last``: a sex and a number."""
    label = Value(table, output_field=CharField())
    columns = ("institution", "year", group, detail, *last)
    return model.objects.order_by().values_list(label, *columns)
