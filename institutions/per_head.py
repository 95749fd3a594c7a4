"""What an institution spent for each beneficiary, computed from its own figures.

Asked for by the diagnosis of student houses (yearly cost per head). The expenditure of
a financial year is divided by the head-count taken in that year, which the update round
of another year may have asked for; a year that has only one of the two has no line.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Sum

from institutions.enums import AccountKind
from institutions.models import Institution, UpdateRound

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Cost:
    """Amounts are in MAD. ``counted_on``: the day of the head-count."""

    year: int
    spent: Decimal
    count: int
    counted_on: date

    @property
    def per_head(self) -> Decimal:
        return (self.spent / self.count).quantize(CENT, ROUND_HALF_UP)


def costs(institution: Institution) -> list[Cost]:
    """The latest year first: three queries."""
    spent = dict(
        institution.account_lines.filter(kind=AccountKind.EXPENDITURE)
        .order_by()
        .values_list("year")
        .annotate(Sum("amount"))
    )
    counts = dict(
        institution.headcounts.order_by().values_list("year").annotate(Sum("count"))
    )
    return [
        Cost(day.year, spent[day.year], counts[year], day)
        for year, day in UpdateRound.objects.order_by("-year").values_list(
            "year", "headcount_on"
        )
        if spent.get(day.year) and counts.get(year)
    ]
