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

from django.db.models import CharField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from institutions.enums import FundingPurpose
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
    SeasonCount,
    StaffCount,
    StaffMember,
    UnmetRequests,
    UpdateRound,
)
from institutions.shared_rib import SAME_RIB, held_elsewhere

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
SEASONS, FUNDING, FUNCTIONS = "seasons", "funding", "functions"
TABLES = (HEADS, STAFF, UNMET, ACCOUNTS, SEASONS, FUNDING, FUNCTIONS, SAME_RIB)
# A student house tells of the school year covered and of the two before.
SEASONS_TOLD = 3
MEASURES = (
    "count",
    "declared_count",
    "minimum_wage_count",
    "monthly_amount",
    "yearly_amount",
)
NO_NAME = Value("", output_field=CharField())
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


class HouseRow(NamedTuple):
    """A figure of a student house: heads, or MAD.

    ``group``, ``detail`` and ``part``: service, group and sex of a season; purpose and
    source of a funding; function, engagement and measure of the staff.
    """

    institution_id: int
    year: int
    group: str
    detail: str
    part: str
    number: Decimal


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
    def seasons(self) -> list[HouseRow]:
        """Of the school year covered and of the two before."""
        return self._figures[SEASONS]

    @property
    def funding(self) -> list[HouseRow]:
        """Of all works, and of operation in the year of accounts."""
        return self._figures[FUNDING]

    @property
    def functions(self) -> list[HouseRow]:
        """Each measure of the staff of student houses that is not nothing."""
        return self._figures[FUNCTIONS]

    @property
    def has_rib_of_another(self) -> bool:
        return bool(self._figures[SAME_RIB])

    @cached_property
    def _figures(self) -> dict[str, list[Any]]:
        """Small tables, in one question to the database."""
        found: dict[str, list[Any]] = {table: [] for table in TABLES}
        heads, *others = self._tables()
        for table, unit, *key, number in heads.union(*others, all=True):
            found[table].append(_row(table, unit, key, number))
        return found

    def _tables(self) -> list[Any]:
        of_units = Q(institution__association=self.association)
        this, both = Q(year=self.year), Q(year__in=(self.year, self.year - 1))
        accounts = self._of_round("accounts_year")
        season = self._of_round("school_year")
        return [
            _labelled(Headcount, HEADS, "category", "level").filter(of_units, both),
            _labelled(StaffCount, STAFF, "employer", "function").filter(of_units, this),
            _labelled(UnmetRequests, UNMET, NO_NAME, NO_NAME).filter(of_units, this),
            _labelled(
                AccountLine, ACCOUNTS, "kind", "source", NO_NAME, "amount"
            ).filter(association=self.association, year=accounts),
            _seasons(of_units, season),
            _funding(of_units, accounts),
            *_functions(of_units, self.year),
            *held_elsewhere(self.association),
        ]

    def _of_round(self, name: str) -> Any:
        """A year of the round: known already, or found in the same question."""
        if self._round:
            return Value(getattr(self._round, name))
        rounds = UpdateRound.objects.filter(year=self.year)
        found = Subquery(rounds.values(name)[:1])
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


def _labelled(  # noqa: PLR0913 -- the columns that all figures have
    model: Any,
    table: str,
    group: Any,
    detail: Any,
    part: Any = "sex",
    number: str = "count",
    *,
    year: str = "year",
) -> Any:
    """Rows of a small table marked with its name: heads, or amounts without a sex."""
    label = Value(table, output_field=CharField())
    columns = (label, "institution", year, group, detail, part, number)
    return model.objects.order_by().values_list(*columns)


def _seasons(of_units: Q, last: Any) -> Any:
    """The school year ``last`` and those before it that are told."""
    told = Q(season__lte=last, season__gt=last - SEASONS_TOLD)
    rows = _labelled(SeasonCount, SEASONS, "stay", "group", year="season")
    return rows.filter(of_units, told)


def _funding(of_units: Q, accounts_year: Any) -> Any:
    """Works of any year; operation of one."""
    paid = ~Q(purpose=FundingPurpose.OPERATION) | Q(year=accounts_year)
    rows = _labelled(FundingLine, FUNDING, "purpose", "source", NO_NAME, "amount")
    return rows.filter(of_units, paid)


def _functions(of_units: Q, year: int) -> list[Any]:
    """One query for each measure, so that they stand in the same union."""
    rows = [
        _labelled(FunctionCount, FUNCTIONS, "function", "engagement", name, measure)
        for measure in MEASURES
        for name in [Value(measure, output_field=CharField())]
    ]
    return [
        found.filter(of_units, year=year, **{f"{measure}__gt": 0})
        for measure, found in zip(MEASURES, rows, strict=True)
    ]


def house_rows(institution: Institution, table: str, year: int) -> list[HouseRow]:
    """Those of one house and one table; ``year`` is that of the section."""
    of_unit = Q(institution=institution)
    if table == SEASONS:
        queries = [_seasons(of_unit, Value(year))]
    elif table == FUNDING:
        queries = [_funding(of_unit, year)]
    else:
        queries = _functions(of_unit, year)
    first, *others = queries
    return [
        _row(label, unit, key, number)
        for label, unit, *key, number in (
            first.union(*others, all=True) if others else first
        )
    ]


def _row(table: str, unit: int, key: list[Any], number: Any) -> Any:
    year, group, detail, part = key
    if table == ACCOUNTS:
        return AccountRow(unit, group, detail, number)
    if table in (HEADS, STAFF, UNMET):
        return Figure(unit, year, group, detail, part, int(number))
    return HouseRow(unit, year, group, detail, part, number)
