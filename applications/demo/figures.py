"""What changes every year: head-counts, staff and accounts of an institution."""

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from applications.demo.record import CATEGORIES, FEMALE_ONLY, Record
from institutions.enums import (
    AccountKind,
    AccountSource,
    Employer,
    InstitutionClass,
    ServiceLevel,
    Sex,
)
from institutions.models import (
    AccountLine,
    Headcount,
    Institution,
    StaffCount,
    UnmetRequests,
)

F, M = Sex.FEMALE, Sex.MALE
REVENUE = {
    AccountSource.ENTRAIDE: 42,
    AccountSource.LOCAL: 14,
    AccountSource.INDH: 10,
    AccountSource.DONORS: 16,
    AccountSource.FAMILIES: 10,
    AccountSource.OWN: 8,
}
EXPENDITURE = {
    AccountSource.STAFF: 44,
    AccountSource.MEALS: 34,
    AccountSource.MANAGEMENT: 14,
    AccountSource.OTHER: 8,
}
# MAD a year for one beneficiary, all expenses together.
COST = (4200, 7800)
HUNDRED = Decimal(100)


@dataclass
class Figures:
    """Rows of one year, ready to be stored."""

    headcounts: list[Headcount] = field(default_factory=list)
    staff: list[StaffCount] = field(default_factory=list)
    unmet: list[UnmetRequests] = field(default_factory=list)
    accounts: list[AccountLine] = field(default_factory=list)

    @property
    def rows(self) -> list[list]:
        return [self.headcounts, self.staff, self.unmet, self.accounts]


def of_year(record: Record, year: int, *, accounts_year: int) -> Figures:
    """The year's figures of all institutions, and the accounts of the whole."""
    figures = Figures()
    for rank, institution in enumerate(record.institutions):
        random = record.random("figures", rank, year)
        heads = _headcounts(figures, random, record, institution, year=year)
        _staff(figures, random, institution, heads=heads, year=year)
        if record.index % 25 != 12:
            total = heads * random.randrange(*COST)
            figures.accounts += _accounts(
                random, record, accounts_year, total=total, institution=institution
            )
    if record.runs_schooling:
        random = record.random("accounts", year)
        # The whole is never less than its parts.
        parts = sum(int(line.amount) for line in figures.accounts) // 2
        total = len(record.centres) * random.randrange(180_000, 420_000)
        total += parts * 5 // 4
        figures.accounts += _accounts(random, record, accounts_year, total=total)
    return figures


def _occupancy(record: Record, institution: Institution) -> float:
    """Most are nearly full, one association in twelve has too many (domain.md 3.4)."""
    random = record.random("occupancy", institution.authorisation_number)
    is_over = record.index % 12 == 5 or random.random() < 0.04
    return random.uniform(1.08, 1.4) if is_over else random.uniform(0.66, 0.99)


def _headcounts(
    figures: Figures,
    random: Random,
    record: Record,
    institution: Institution,
    *,
    year: int,
) -> int:
    """Day, partial and full service; a little more or less than the year before."""
    heads = round(
        institution.capacity
        * _occupancy(record, institution)
        * random.uniform(0.94, 1.0)
    )
    kind = institution.institution_class
    is_boarding = kind in (InstitutionClass.STUDENTS, InstitutionClass.ELDERLY)
    full = heads if is_boarding else round(heads * random.uniform(0.4, 0.7))
    partial = (heads - full) // 2
    shares = {
        ServiceLevel.DAY: heads - full - partial,
        ServiceLevel.PARTIAL: partial,
        ServiceLevel.FULL: full,
    }
    for level, count in shares.items():
        for sex, part in _by_sex(random, kind, count).items():
            if part:
                figures.headcounts.append(
                    Headcount(
                        institution=institution,
                        year=year,
                        category=CATEGORIES[kind],
                        level=level,
                        sex=sex,
                        count=part,
                    )
                )
    figures.unmet += [
        UnmetRequests(
            institution=institution, year=year, sex=sex, count=random.randrange(9)
        )
        for sex in (F, M)
    ]
    return heads


def _by_sex(random: Random, kind: str, count: int) -> dict[str, int]:
    female = count if kind in FEMALE_ONLY else round(count * random.uniform(0.5, 0.72))
    return {F: female, M: count - female}


def _staff(
    figures: Figures, random: Random, institution: Institution, *, heads: int, year: int
) -> None:
    own = max(heads // 14, 2)
    counts = {
        (Employer.ASSOCIATION, F): (own + 1) // 2,
        (Employer.ASSOCIATION, M): own // 2,
        (Employer.ENTRAIDE, random.choice((F, M))): random.randrange(0, 3),
        (Employer.PROMOTION, F): random.randrange(0, 3),
        (Employer.LOCAL, M): random.randrange(0, 2),
    }
    figures.staff += [
        StaffCount(
            institution=institution, year=year, employer=employer, sex=sex, count=count
        )
        for (employer, sex), count in counts.items()
        if count
    ]


def _accounts(
    random: Random,
    record: Record,
    year: int,
    *,
    total: int,
    institution: Institution | None = None,
) -> list[AccountLine]:
    """Revenue is a little above or below expenditure; hundreds of MAD."""
    amounts = [
        (AccountKind.REVENUE, REVENUE, total * random.uniform(0.95, 1.06)),
        (AccountKind.EXPENDITURE, EXPENDITURE, total),
    ]
    return [
        AccountLine(
            association=record.association,
            institution=institution,
            year=year,
            kind=kind,
            source=source,
            amount=_hundreds(whole * share / 100 * random.uniform(0.85, 1.15)),
        )
        for kind, shares, whole in amounts
        for source, share in shares.items()
    ]


def _hundreds(amount: float) -> Decimal:
    return Decimal(round(amount / 100)) * HUNDRED
