"""The operating grant of social-care institutions: one file per institution.

Amount = Σ rate(category, service level) × eligible head-count, in MAD a year; over the
licensed capacity, eligible counts are reduced pro rata (decision 19).
"""

from typing import Any, cast

from django.db.models import Q, QuerySet, Sum
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
from institutions.enums import AccountKind, Category, ServiceLevel, Sex
from institutions.models import AccountLine, Association, Headcount, Institution


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

    def record_lines(self, application: Application) -> list[Line]:
        rates = {
            (rate.category, rate.level): rate.amount
            for rate in self.rates(application.call)
        }
        counts = (
            Headcount.objects.filter(
                institution=application.institution_id, year=application.year
            )
            .values_list("category", "level")
            .annotate(heads=Sum("count"))
            .filter(heads__gt=0)
        )
        found = {(category, level): heads for category, level, heads in counts}
        return [
            Line(
                category=category,
                level=level,
                update_count=found[category, level],
                rate=rates.get((category, level), amounts.ZERO),
            )
            for category in Category.values
            for level in ServiceLevel.values
            if (category, level) in found
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

    def figures_ask_for(self, application: Application) -> list[Missing]:
        if self.lines_differ(application):
            return [
                Missing(
                    self.count_section,
                    _(
                        "The head-counts of the annual update have changed: check "
                        "this section and save it again."
                    ),
                )
            ]
        if not application.computed_amount:
            return [
                Missing(
                    self.count_section, _("No beneficiary is counted in this file.")
                )
            ]
        return []

    def freeze(self, application: Application) -> dict[str, Any]:
        figures = self._figures(application)
        EpsFigures.objects.bulk_create(
            [EpsFigures(application=application, **figures)],
            update_conflicts=True,
            unique_fields=["application"],
            update_fields=list(figures),
        )
        return figures

    def _figures(self, application: Application) -> dict[str, Any]:
        """One query for each table of the record."""
        institution, year = _institution(application), application.year
        heads = institution.headcounts.filter(year=year).aggregate(
            female_count=_heads(sex=Sex.FEMALE),
            male_count=_heads(sex=Sex.MALE),
            day_count=_heads(level=ServiceLevel.DAY),
            partial_count=_heads(level=ServiceLevel.PARTIAL),
            full_count=_heads(level=ServiceLevel.FULL),
        )
        staff = institution.staff_counts.filter(year=year).aggregate(
            staff_female_count=_heads(sex=Sex.FEMALE),
            staff_male_count=_heads(sex=Sex.MALE),
        )
        accounts = AccountLine.objects.filter(
            association=application.association_id,
            institution=institution,
            year=application.update.round.accounts_year,
        ).aggregate(
            revenue_amount=_money(kind=AccountKind.REVENUE),
            expenditure_amount=_money(kind=AccountKind.EXPENDITURE),
        )
        return {"capacity": institution.capacity, **heads, **staff, **accounts}


def _institution(application: Application) -> Institution:
    """Every file of this programme has one: the database says so."""
    return cast(Institution, application.institution)


def _heads(**where: str) -> Sum:
    return Sum("count", filter=Q(**where), default=0)


def _money(**where: str) -> Sum:
    return Sum("amount", filter=Q(**where), default=amounts.ZERO)
