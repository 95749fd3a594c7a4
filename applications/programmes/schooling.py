"""Schooling of children with disabilities: one file per association, all its centres.

Amount = Σ rate(sub-programme, degree) × months × children, in MAD; then the ceiling
per child and the ceiling per association, each an explicit negative line (decision 19).
"""

from collections import Counter
from typing import Any

from django.db.models import QuerySet
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
from applications.reading import Reading
from institutions.enums import Degree, SubProgramme
from institutions.models import Association, Institution
from institutions.record import EnrolmentRow

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

    def record_lines(self, reading: Reading) -> list[Line]:
        call = reading.application.call
        rates = {
            (rate.sub_programme, rate.degree): rate.amount for rate in self.rates(call)
        }
        counts: Counter[tuple[str, str, int]] = Counter()
        for row in _enrolments(reading):
            degree, months = row.child.degree, min(row.months, call.max_months)
            has_own_rate = (row.sub_programme, degree) in rates
            by_degree = degree if has_own_rate else ALL_DEGREES
            counts[row.sub_programme, by_degree, months] += 1
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

    def figures_ask_for(self, reading: Reading) -> list[Missing]:
        if self.lines_differ(reading):
            return [
                Missing(
                    self.count_section,
                    _(
                        "The children of the annual update have changed: check this "
                        "section and save it again."
                    ),
                )
            ]
        if not reading.application.computed_amount:
            return [Missing(self.count_section, _("No child is counted in this file."))]
        return []

    def freeze(self, reading: Reading) -> dict[str, Any]:
        """Children by key and head-count; not one of them by name."""
        application = reading.application
        heads = sorted(Counter(_figure(row) for row in _enrolments(reading)).items())
        if application.first_submitted_at != application.submitted_at:
            application.schooling.all().delete()
        SchoolingFigure.objects.bulk_create(
            SchoolingFigure(
                application=application,
                centre_id=centre,
                sub_programme=sub_programme,
                sex=sex,
                disability_type=disability_type,
                degree=degree,
                count=count,
            )
            for (centre, sub_programme, sex, disability_type, degree), count in heads
        )
        return {"children": [[*key, count] for key, count in heads]}


def _enrolments(reading: Reading) -> list[EnrolmentRow]:
    """Of the association's own children, in its centres that work."""
    rows = reading.record.in_working_centres(reading.record.enrolments)
    own = reading.application.association_id
    return [row for row in rows if row.child.association_id == own]


def _figure(row: EnrolmentRow) -> tuple[int, str, str, str, str]:
    child = row.child
    return (
        row.centre_id,
        row.sub_programme,
        child.sex,
        child.disability_type,
        child.degree,
    )


def _rank(key: tuple[str, str, int]) -> tuple[int, int, int]:
    """A before B before C, mild before profound, the longest stay first."""
    sub_programme, degree, months = key
    degrees = [ALL_DEGREES, *Degree.values]
    subs = SubProgramme.values
    return subs.index(sub_programme), degrees.index(degree), -months
