"""Student houses of the demonstration: the diagnosis of domain.md, section 3.3.

Chance of its own, so that everything else is the same as before houses told more.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from applications.demo.record import Record
from institutions.enums import (
    BuildingCondition,
    BuildingOwner,
    Engagement,
    FeeBand,
    FundingPurpose,
    FundingSource,
    HouseFunction,
    HouseKind,
    SchoolDistance,
    SchoolLevel,
    Selection,
    Sex,
    Stay,
    StayGroup,
    Tenure,
)
from institutions.models import FunctionCount, FundingLine, Institution, SeasonCount
from institutions.sections import is_house

SEASONS = 3
PRIORITIES = ("البعد عن المؤسسة التعليمية", "اليتم", "الهشاشة الاجتماعية", "الفتيات")
CRITERIA = "التمدرس وبعد مقر السكن عن المؤسسة بأكثر من 5 كيلومترات"
COMMITTEE = "الجمعية، الجماعة، المديرية الإقليمية للتربية الوطنية، ممثل عن الآباء"
STAFF = {
    HouseFunction.DIRECTOR: 5200,
    HouseFunction.FINANCE: 4100,
    HouseFunction.EDUCATOR: 3600,
    HouseFunction.HEAD_COOK: 3500,
    HouseFunction.COOK: 3200,
    HouseFunction.GUARD: 3200,
    HouseFunction.SERVICE: 3200,
}
WORKS = {
    FundingPurpose.CONSTRUCTION: {FundingSource.INDH: 70, FundingSource.COMMUNE: 30},
    FundingPurpose.EQUIPMENT: {FundingSource.INDH: 60, FundingSource.ENTRAIDE: 40},
}
OPERATION = {
    FundingSource.ENTRAIDE: 45,
    FundingSource.COMMUNE: 15,
    FundingSource.PARENTS: 18,
    FundingSource.DONORS: 12,
    FundingSource.OWN: 10,
}
HUNDRED = Decimal(100)


@dataclass
class Rows:
    """Of one year, ready to be stored."""

    seasons: list[SeasonCount] = field(default_factory=list)
    functions: list[FunctionCount] = field(default_factory=list)
    funding: list[FundingLine] = field(default_factory=list)


def describe(record: Record) -> None:
    """What each says of its building, and a house of its students."""
    for rank, home in enumerate(record.institutions):
        random = record.random("house", rank)
        is_owned = home.tenure == Tenure.OWNED
        home.building_owner = random.choice(BuildingOwner.values)
        home.has_building_convention = not is_owned
        if home.condition != BuildingCondition.GOOD:
            home.is_repairable = random.random() < 0.8
        home.has_management_committee = random.random() < 0.9
        if is_house(home.institution_class):
            _describe_house(random, home)


def _describe_house(random: Random, home: Institution) -> None:
    home.house_kind = HouseKind.BOTH if home.capacity_male else HouseKind.GIRLS
    home.school_levels = [SchoolLevel.MIDDLE, SchoolLevel.SECONDARY]
    home.school_distance = random.choice(SchoolDistance.values)
    home.boarding_distance_km = Decimal(random.randrange(10, 400)) / 10
    home.targeting_criteria = CRITERIA
    home.priorities = list(PRIORITIES[: random.randrange(2, 5)])
    home.selection = random.choice(Selection.values)
    if home.selection == Selection.COMMITTEE:
        home.committee_members = COMMITTEE
    home.monthly_fee = random.choice(FeeBand.values)


def of_year(record: Record, year: int, *, accounts_year: int, is_first: bool) -> Rows:
    """The season before ``year``, those before it as well in the first year told."""
    rows = Rows()
    for rank, home in enumerate(record.institutions):
        if not is_house(home.institution_class):
            continue
        for season in range(year - SEASONS if is_first else year - 1, year):
            _season(rows, record.random("season", rank, season), home, season)
        random = record.random("house", rank, year)
        _functions(rows, random, home, year)
        total = home.capacity * random.randrange(4200, 7200)
        _fund(rows, home, accounts_year, FundingPurpose.OPERATION, OPERATION, total)
        if is_first:
            _works(rows, random, home)
    return rows


def _season(rows: Rows, random: Random, home: Institution, season: int) -> None:
    for sex, places in (
        (Sex.FEMALE, home.capacity_female),
        (Sex.MALE, home.capacity_male),
    ):
        heads = round(places * random.uniform(0.72, 1.0))
        middle = round(heads * random.uniform(0.45, 0.65))
        groups = {
            StayGroup.ALL: heads,
            StayGroup.PRIMARY: 0,
            StayGroup.MIDDLE: middle,
            StayGroup.SECONDARY: heads - middle,
            StayGroup.ORPHANS: heads // 9,
            StayGroup.DISABILITY: heads // 30,
        }
        for stay in (Stay.HOUSING, Stay.MEALS):
            for group, count in groups.items():
                rows.seasons.append(
                    SeasonCount(
                        institution=home,
                        season=season,
                        stay=stay,
                        group=group,
                        sex=sex,
                        count=count,
                    )
                )


def _functions(rows: Rows, random: Random, home: Institution, year: int) -> None:
    for function, salary in STAFF.items():
        is_many = function in (HouseFunction.COOK, HouseFunction.EDUCATOR)
        count = max(home.capacity // 30, 1) if is_many else 1
        rows.functions.append(
            FunctionCount(
                institution=home,
                year=year,
                function=function,
                engagement=Engagement.ASSOCIATION,
                count=count,
                declared_count=count if random.random() < 0.8 else 0,
                minimum_wage_count=count,
                monthly_amount=Decimal(salary * count),
                yearly_amount=Decimal(salary * count * 12),
            )
        )


def _works(rows: Rows, random: Random, home: Institution) -> None:
    year = home.opened_on.year if home.opened_on else 2010
    for purpose, shares in WORKS.items():
        total = home.capacity * random.randrange(18_000, 32_000)
        if purpose == FundingPurpose.EQUIPMENT:
            total //= 6
        _fund(rows, home, year, purpose, shares, total)


def _fund(  # noqa: PLR0913 -- what a line of funding is made of
    rows: Rows,
    home: Institution,
    year: int,
    purpose: str,
    shares: dict[FundingSource, int],
    total: int,
) -> None:
    rows.funding += [
        FundingLine(
            institution=home,
            year=year,
            purpose=purpose,
            source=source,
            amount=Decimal(round(total * share / 10_000)) * HUNDRED,
        )
        for source, share in shares.items()
    ]
