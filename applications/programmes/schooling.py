"""Schooling of children with disabilities: one file per association, all its centres.

Amount = Σ rate(sub-programme, degree) × months × children, in MAD; then the ceiling
per child and the ceiling per association, each an explicit negative line (decision 19).
"""

from collections import Counter
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Programme
from applications import amounts
from applications.models import (
    Application,
    ApplicationLine,
    Call,
    SchoolingFigure,
)
from applications.programmes.base import (
    BUDGET,
    DOCUMENTS,
    REQUEST,
    Line,
    Missing,
    Rules,
    Section,
    ceiling_line,
    counted,
)
from institutions.enums import Degree, SubProgramme
from institutions.models import Association, Enrolment, Institution

ALL_DEGREES = ""


class SchoolingRules(Rules):
    programme = Programme.SCHOOLING
    prefix = "SCO"
    count_section = "children"
    is_per_institution = False
    sections = (
        REQUEST,
        Section(
            "children",
            _("Children"),
            _("From your annual update. You may ask for fewer, never for more."),
        ),
        BUDGET,
        DOCUMENTS,
    )

    def eligible_units(
        self, association: Association, call: Call
    ) -> list[Institution | Association]:
        """The association itself, once it runs a centre."""
        if not association.centres.filter(is_active=True).exists():
            return []
        taken = Application.objects.live().filter(call=call, association=association)
        return [] if taken.exists() else [association]

    def rates(self, call: Call) -> QuerySet[Any]:
        return call.schooling_rates.all()

    def record_lines(self, application: Application) -> list[Line]:
        rates = {
            (rate.sub_programme, rate.degree): rate.amount
            for rate in self.rates(application.call)
        }
        counts: Counter[tuple[str, str, int]] = Counter()
        rows = self._enrolments(application).values_list(
            "sub_programme", "child__degree", "months"
        )
        for sub_programme, degree, months in rows:
            by_degree = degree if (sub_programme, degree) in rates else ALL_DEGREES
            supported = min(months, application.call.max_months)
            counts[sub_programme, by_degree, supported] += 1
        return [
            Line(
                sub_programme=sub_programme,
                degree=degree,
                months=months,
                update_count=counts[sub_programme, degree, months],
                rate=rates.get((sub_programme, degree), amounts.ZERO),
            )
            for sub_programme, degree, months in sorted(counts, key=_rank)
        ]

    def recalculate(
        self, application: Application, lines: list[ApplicationLine] | None = None
    ) -> None:
        call = application.call
        lines = counted(application) if lines is None else list(lines)
        above_child = amounts.ZERO
        for line in lines:
            line.eligible_count = line.declared_count
            line.gross_amount = amounts.gross(
                line.eligible_count, line.rate_amount, months=line.months
            )
            above_child += amounts.above_child_ceiling(
                line.eligible_count,
                line.rate_amount,
                months=line.months or 0,
                ceiling=call.child_ceiling_amount,
            )
        total = sum((line.gross_amount for line in lines), amounts.ZERO) + above_child
        above = amounts.above_ceiling(total, call.association_ceiling_amount)
        lines += ceiling_line(application, "child", above_child)
        lines += ceiling_line(application, "association", above)
        self._close(application, lines)

    def figures_ask_for(self, application: Application) -> list[Missing]:
        if self.lines_differ(application):
            return [
                Missing(
                    self.count_section,
                    _(
                        "The children of the annual update have changed: check this "
                        "section and save it again."
                    ),
                )
            ]
        if not application.computed_amount:
            return [Missing(self.count_section, _("No child is counted in this file."))]
        return []

    def freeze(self, application: Application) -> dict[str, Any]:
        """Children by key and head-count; not one of them by name."""
        keys = (
            "centre",
            "sub_programme",
            "child__sex",
            "child__disability_type",
            "child__degree",
        )
        rows = (
            self._enrolments(application)
            .order_by(*keys)
            .values_list(*keys)
            .annotate(heads=Count("pk"))
        )
        application.schooling.all().delete()
        SchoolingFigure.objects.bulk_create(
            SchoolingFigure(
                application=application,
                centre_id=centre,
                sub_programme=sub_programme,
                sex=sex,
                disability_type=disability_type,
                degree=degree,
                count=heads,
            )
            for centre, sub_programme, sex, disability_type, degree, heads in rows
        )
        return {"children": [list(row) for row in rows]}

    def _enrolments(self, application: Application):
        return Enrolment.objects.filter(
            child__association=application.association_id,
            centre__association=application.association_id,
            centre__is_active=True,
            year=application.year,
        )


def _rank(key: tuple[str, str, int]) -> tuple[int, int, int]:
    """A before B before C, mild before profound, the longest stay first."""
    sub_programme, degree, months = key
    degrees = [ALL_DEGREES, *Degree.values]
    subs = SubProgramme.values
    return subs.index(sub_programme), degrees.index(degree), -months
