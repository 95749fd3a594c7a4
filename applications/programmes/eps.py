"""The operating grant of social-care institutions: one file per institution.

Amount = Σ rate(category, service level) × eligible head-count, in MAD a year; over the
licensed capacity, eligible counts are reduced pro rata (decision 19).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Programme
from applications import amounts
from applications.models import Application, ApplicationLine, Call, EpsFigures
from applications.programmes.base import (
    BUDGET,
    DOCUMENTS,
    REQUEST,
    Line,
    Missing,
    Rules,
    Section,
    counted,
)
from applications.reading import Reading
from institutions.enums import AccountKind, Category, ServiceLevel, Sex
from institutions.figures import AccountRow, Figure
from institutions.models import Association, Institution


class EpsRules(Rules):
    programme = Programme.EPS
    prefix = "EPS"
    count_section = "beneficiaries"
    is_per_institution = True
    sections = (
        REQUEST,
        Section(
            "beneficiaries",
            _("Beneficiaries"),
            _("From your annual update. You may ask for fewer, never for more."),
        ),
        BUDGET,
        DOCUMENTS,
    )

    def eligible_units(
        self, association: Association, call: Call
    ) -> list[Institution | Association]:
        taken = Application.objects.live().filter(call=call, institution__isnull=False)
        rows = association.institutions.filter(is_active=True)
        return list(rows.exclude(pk__in=taken.values("institution")).order_by("pk"))

    def rates(self, call: Call) -> QuerySet[Any]:
        return call.eps_rates.all()

    def record_lines(self, reading: Reading) -> list[Line]:
        rates = {
            (rate.category, rate.level): rate.amount
            for rate in self.rates(reading.application.call)
        }
        found: Counter[tuple[str, str]] = Counter()
        for row in _heads(reading):
            found[row.group, row.detail] += row.count
        return [
            Line(
                category=category,
                level=level,
                update_count=found[category, level],
                rate=rates.get((category, level), amounts.ZERO),
            )
            for category in Category.values
            for level in ServiceLevel.values
            if found[category, level]
        ]

    def recalculate(
        self, application: Application, lines: list[ApplicationLine] | None = None
    ) -> None:
        lines = counted(application) if lines is None else list(lines)
        eligible = amounts.within_capacity(
            {line.key: line.declared_count for line in lines},
            _institution(application).capacity,
        )
        for line in lines:
            line.eligible_count = eligible[line.key]
            line.gross_amount = amounts.gross(line.eligible_count, line.rate_amount)
        self._close(application, lines)

    def figures_ask_for(self, reading: Reading) -> list[Missing]:
        if self.lines_differ(reading):
            return [
                Missing(
                    self.count_section,
                    _(
                        "The head-counts of the annual update have changed: check "
                        "this section and save it again."
                    ),
                )
            ]
        if not reading.application.computed_amount:
            return [
                Missing(
                    self.count_section, _("No beneficiary is counted in this file.")
                )
            ]
        return []

    def freeze(self, reading: Reading) -> dict[str, Any]:
        figures = _figures(reading)
        EpsFigures.objects.bulk_create(
            [EpsFigures(application=reading.application, **figures)],
            update_conflicts=True,
            unique_fields=["application"],
            update_fields=list(figures),
        )
        return figures


def _institution(application: Application) -> Institution:
    """Every file of this programme has one: the database says so."""
    return cast(Institution, application.institution)


def _figures(reading: Reading) -> dict[str, Any]:
    institution = _institution(reading.application)
    heads, record = _heads(reading), reading.record
    staff = [row for row in record.staff_counts if row.institution_id == institution.pk]
    accounts = [row for row in record.accounts if row.institution_id == institution.pk]
    return {
        "capacity": institution.capacity,
        "female_count": _count(heads, sex=Sex.FEMALE),
        "male_count": _count(heads, sex=Sex.MALE),
        "day_count": _count(heads, detail=ServiceLevel.DAY),
        "partial_count": _count(heads, detail=ServiceLevel.PARTIAL),
        "full_count": _count(heads, detail=ServiceLevel.FULL),
        "staff_female_count": _count(staff, sex=Sex.FEMALE),
        "staff_male_count": _count(staff, sex=Sex.MALE),
        "revenue_amount": _money(accounts, kind=AccountKind.REVENUE),
        "expenditure_amount": _money(accounts, kind=AccountKind.EXPENDITURE),
    }


def _heads(reading: Reading) -> list[Figure]:
    """Of the institution, in the year of the support."""
    key = (reading.application.institution_id, reading.application.year)
    rows = reading.record.headcounts
    return [row for row in rows if (row.institution_id, row.year) == key]


def _chosen(rows: Iterable[Any], where: Mapping[str, str]) -> list[Any]:
    return [
        row
        for row in rows
        if all(getattr(row, name) == value for name, value in where.items())
    ]


def _count(rows: Iterable[Any], **where: str) -> int:
    return sum(row.count for row in _chosen(rows, where))


def _money(rows: Iterable[AccountRow], **where: str) -> Decimal:
    return sum((row.amount for row in _chosen(rows, where)), amounts.ZERO)
