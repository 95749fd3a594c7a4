"""Large changes of a year's figures: those that ask for a word of explanation.

The limits are those of the update round: a percentage of people, another of amounts.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, F, IntegerField, Q, Sum, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from institutions import carry
from institutions.enums import AccountKind, Stay, StayGroup
from institutions.models import (
    AccountLine,
    Enrolment,
    FunctionCount,
    FundingLine,
    Headcount,
    SeasonCount,
    StaffCount,
    StaffMember,
    UpdateRound,
)
from institutions.sections import Key

MAX_LENGTH = 500
MIN_LETTERS = 3

Totals = dict[tuple[Any, str], dict[int, Decimal]]


@dataclass(frozen=True)
class Measure:
    """What is added up of one table.

    ``group``: a column that tells totals apart, named by ``groups``; ``among``: the
    rows that count, where others are counted a second time inside them.
    """

    label: Any
    total: Any
    group: str = ""
    groups: Any = None
    among: Q = field(default_factory=Q)
    is_amount: bool = False


MEASURES: dict[Any, Measure] = {
    Headcount: Measure(gettext_lazy("beneficiaries"), Sum("count")),
    StaffCount: Measure(gettext_lazy("staff"), Sum("count")),
    AccountLine: Measure(
        "", Sum("amount"), group="kind", groups=AccountKind, is_amount=True
    ),
    SeasonCount: Measure(
        "", Sum("count"), group="stay", groups=Stay, among=Q(group=StayGroup.ALL)
    ),
    FunctionCount: Measure(gettext_lazy("staff"), Sum("count")),
    FundingLine: Measure(gettext_lazy("operation"), Sum("amount"), is_amount=True),
    Enrolment: Measure(gettext_lazy("children"), Count("pk")),
    StaffMember: Measure(gettext_lazy("staff"), Count("pk")),
}


@dataclass(frozen=True)
class Change:
    """One total that moved by more than the round lets pass unsaid."""

    label: str
    before: Any
    after: Any
    is_amount: bool

    @property
    def percent(self) -> int:
        return round((self.after - self.before) * 100 / self.before)


class NeedsExplanation(ValidationError):
    """``changes``: the totals that ask for a word."""

    def __init__(self, changes: list[Change], text: str):
        self.changes = changes
        self.text = text
        super().__init__(text, code="explanation")


def check_explained(key: Key, round_: UpdateRound, explanation: str) -> str:
    """The explanation to keep. Raises ``NeedsExplanation``."""
    text = explanation.strip()
    if len(text) > MAX_LENGTH:
        message = _("Shorten the explanation to %(count)s characters.")
        raise NeedsExplanation(large(key, round_), message % {"count": MAX_LENGTH})
    changes = large(key, round_)
    if changes and sum(letter.isalpha() for letter in text) < MIN_LETTERS:
        message = _("This changed a lot since last year: say why in a few words.")
        raise NeedsExplanation(changes, message)
    return text


def large(key: Key, round_: UpdateRound) -> list[Change]:
    """Totals of this year beyond the limits, against the last year there is."""
    year = carry.year_of(key, round_)
    found = []
    for (model, group), totals in _totals(key, year).items():
        measure = MEASURES[model]
        last = max((when for when in totals if when < year), default=None)
        before: Any = totals[last] if last else 0
        after: Any = totals.get(year, 0)
        if before and abs(after - before) * 100 > _limit(measure, round_) * before:
            label = measure.groups(group).label if group else measure.label
            found.append(Change(str(label), before, after, measure.is_amount))
    return found


def _limit(measure: Measure, round_: UpdateRound) -> int:
    if measure.is_amount:
        return round_.amount_change_percent
    return round_.headcount_change_percent


def _totals(key: Key, year: int) -> Totals:
    """By table and group, then by year: one question in all."""
    models, tables = list(MEASURES), []
    for rows in carry.rows_of(key):
        if rows.model not in MEASURES:
            continue
        measure = MEASURES[rows.model]
        group = F(measure.group) if measure.group else Value("")
        place = Value(models.index(rows.model), output_field=IntegerField())
        tables.append(
            rows.rows.filter(measure.among, **{f"{rows.column}__lte": year})
            .order_by()
            .values(table=place, of=group, when=F(rows.column))
            .annotate(total=measure.total)
            .values_list("table", "of", "when", "total")
        )
    found: Totals = defaultdict(dict)
    if not tables:
        return found
    whole = tables[0].union(*tables[1:]) if len(tables) > 1 else tables[0]
    for table, of, when, total in whole:
        found[models[table], of][when] = total
    return found
