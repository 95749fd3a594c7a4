"""A figure of the record as people read it, and the lines of the yearly tables.

``kind`` says how a page shows the value: text, count, money, day or code.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

from django.utils.translation import gettext as _

from institutions.enums import (
    AccountKind,
    AccountSource,
    Category,
    Employer,
    Engagement,
    FundingPurpose,
    FundingSource,
    HouseFunction,
    ServiceLevel,
    Sex,
    Stay,
    StayGroup,
)
from institutions.models import FunctionCount
from institutions.years import school_year

TEXT, COUNT, MONEY, DAY, CODE = "text", "count", "money", "day", "code"
HUNDRED = 100


@dataclass(frozen=True)
class Line:
    """``key`` tells the same figure of two years; ``heading`` the group it stands in.

    ``share``: what part of its group it is, in %.
    """

    key: str
    label: str
    value: Any
    kind: str = TEXT
    heading: str = ""
    share: Decimal | None = None

    @property
    def full_label(self) -> str:
        """Understood without its heading."""
        if not self.heading:
            return self.label
        words = {"heading": self.heading, "label": self.label}
        return _("%(heading)s: %(label)s") % words


def in_order(piece: Mapping[str, Any], *lists: Any) -> Iterator[tuple[Any, ...]]:
    """The figures of ``piece`` in the order of the lists that their keys are made of,
    whatever the order in which they were read."""
    for parts in product(*lists):
        key = ".".join(parts)
        if key in piece:
            yield (*parts, key, piece[key])


def headcount_lines(piece: Mapping[str, Any]) -> list[Line]:
    return [
        *_beneficiaries(piece.get("headcounts", {})),
        *[
            Line(f"unmet.{key}", str(sex.label), count, COUNT, _("Requests not met"))
            for sex, key, count in in_order(piece.get("unmet", {}), Sex)
        ],
        *_staff_by_employer(piece.get("staff_counts", {})),
    ]


def _beneficiaries(piece: Mapping[str, Any]) -> Iterator[Line]:
    for category, level, sex, key, count in in_order(
        piece, Category, ServiceLevel, Sex
    ):
        label = _("%(group)s, %(sex)s") % {"group": level.label, "sex": sex.label}
        yield Line(f"head.{key}", label, count, COUNT, str(category.label))


def _staff_by_employer(piece: Mapping[str, Any]) -> Iterator[Line]:
    order = [employer.value for employer in Employer]
    for key, count in sorted(
        piece.items(), key=lambda item: (order.index(item[0].split(".")[0]), item[0])
    ):
        employer, sex = key.split(".")[0], key.split(".")[-1]
        label = _("%(group)s, %(sex)s") % {
            "group": Employer(employer).label,
            "sex": Sex(sex).label,
        }
        yield Line(f"staff.{key}", label, count, COUNT, _("Staff"))


def account_lines(piece: Mapping[str, Any]) -> list[Line]:
    found: list[Line] = []
    for kind in AccountKind:
        amounts = {
            source: Decimal(str(amount))
            for _kind, source, _key, amount in in_order(piece, [kind], AccountSource)
        }
        found += _amounts(str(kind), str(kind.label), amounts)
    return found


def _amounts(prefix: str, heading: str, amounts: Mapping[Any, Decimal]) -> list[Line]:
    """Each with its share of the total, then the total."""
    total = sum(amounts.values(), Decimal(0))
    found = [
        Line(
            f"{prefix}.{source}",
            str(source.label),
            amount,
            MONEY,
            heading,
            amount * HUNDRED / total if total else None,
        )
        for source, amount in amounts.items()
    ]
    if found:
        found.append(Line(f"total.{prefix}", _("total"), total, MONEY, heading))
    return found


def season_lines(
    piece: Mapping[str, Mapping[str, int]], *, is_brief: bool = False
) -> list[Line]:
    """The last season first; both sexes together after each service.

    ``is_brief``: nothing but these totals.
    """
    found: list[Line] = []
    for season in sorted(piece, reverse=True):
        heading = school_year(int(season))
        for stay in Stay:
            if not is_brief:
                found += _stay_lines(piece[season], season, stay)
            counts = [piece[season].get(f"{stay}.all.{sex}") for sex in Sex]
            whole = [count for count in counts if count is not None]
            if whole:
                label = _("%(group)s, total") % {"group": stay.label}
                key = f"{season}.{stay}.total"
                found.append(Line(key, label, sum(whole), COUNT, heading))
    return found


def _stay_lines(counts: Mapping[str, int], season: str, stay: Stay) -> Iterator[Line]:
    heading = school_year(int(season))
    for _stay, group, sex, key, count in in_order(counts, [stay], StayGroup, Sex):
        label = _season_label(stay, group, sex)
        yield Line(f"{season}.{key}", label, count, COUNT, heading)


def _season_label(stay: Stay, group: StayGroup, sex: Sex) -> str:
    words = {"stay": stay.label, "group": group.label, "sex": sex.label}
    if group == StayGroup.ALL:
        return _("%(stay)s, %(sex)s") % words
    return _("%(stay)s, %(group)s, %(sex)s") % words


def function_lines(piece: Mapping[str, Any], *, is_brief: bool = False) -> list[Line]:
    """By function, then the head-counts and costs of all of them."""
    found: list[Line] = []
    if not is_brief:
        for function, engagement in product(HouseFunction, Engagement):
            found += _function_rows(piece, function, engagement)
    return [*found, *_function_totals(piece)]


def _function_rows(
    piece: Mapping[str, Any], function: HouseFunction, engagement: Engagement
) -> Iterator[Line]:
    rows = in_order(piece, [function], [engagement], MEASURES)
    for _function, _engagement, measure, key, number in rows:
        yield Line(
            key,
            _measure_label(engagement, measure),
            _measured(measure, number),
            MONEY if measure in COSTS else COUNT,
            str(function.label),
        )


COSTS = ("monthly_amount", "yearly_amount")
MEASURES = ("count", "declared_count", "minimum_wage_count", *COSTS)


def _measured(measure: str, number: Any) -> Any:
    return Decimal(str(number)) if measure in COSTS else int(number)


def _measure_label(engagement: Engagement, measure: str) -> str:
    """Heads by engagement; the rest is told of those whom the association pays."""
    if measure == "count":
        return str(engagement.label)
    name = _measure_name(measure)
    if engagement == Engagement.ASSOCIATION:
        return name
    return _("%(group)s, %(measure)s") % {"group": engagement.label, "measure": name}


def _measure_name(measure: str) -> str:
    column: Any = FunctionCount._meta.get_field(measure)
    return str(column.verbose_name)


def _function_totals(piece: Mapping[str, Any]) -> Iterator[Line]:
    for measure in MEASURES:
        numbers = [
            _measured(measure, number)
            for key, number in piece.items()
            if key.endswith(f".{measure}")
        ]
        if numbers:
            kind = MONEY if measure in COSTS else COUNT
            label, heading = _measure_name(measure), _("All functions")
            yield Line(f"total.{measure}", label, sum(numbers), kind, heading)


def funding_lines(piece: Mapping[str, Any]) -> list[Line]:
    """By purpose, the years of the works first. A year is no part of the key: another
    year of works is a correction, another year of operation the next one."""
    found: list[Line] = []
    for purpose in FundingPurpose:
        years, amounts = _funding_of(piece, purpose)
        heading = str(purpose.label)
        if years and purpose != FundingPurpose.OPERATION:
            label = _("year of the works")
            found.append(Line(f"{purpose}.year", label, years, CODE, heading))
        found += _amounts(str(purpose), heading, amounts)
    return found


def _funding_of(
    piece: Mapping[str, Any], purpose: str
) -> tuple[str, dict[FundingSource, Decimal]]:
    rows = [
        (key.split("."), Decimal(str(amount)))
        for key, amount in piece.items()
        if key.split(".")[0] == purpose
    ]
    years = sorted({year for (_purpose, year, _source), _amount in rows})
    by_source = {
        source: [amount for (_purpose, _year, name), amount in rows if name == source]
        for source in FundingSource
    }
    amounts = {
        source: sum(found, Decimal(0)) for source, found in by_source.items() if found
    }
    return ", ".join(years), amounts
