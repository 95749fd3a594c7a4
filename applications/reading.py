"""A file and the record behind it, each table read once.

Submitting and reviewing look at the same rows again and again: what is missing, what
the checks find, what changed since last year, what is frozen. A reading is made for one
piece of work and handed on by hand: it does not see what is written after it was read.
"""

from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    DecimalField,
    Exists,
    OuterRef,
    Subquery,
    Sum,
)

from applications import documents
from applications.enums import LineKind, SettlementState
from applications.models import (
    Application,
    ApplicationLine,
    Attachment,
    Award,
    BudgetLine,
    SchoolingFigure,
    Settlement,
)
from institutions import snapshots
from institutions.record import Record


class Reading:
    """Each table is read the first time it is asked for.

    ``is_compared``: the rows of last year's file are read together with its own.
    """

    def __init__(self, application: Application, *, is_compared: bool = False):
        self.application = application
        self._is_compared = is_compared

    # The record

    @cached_property
    def record(self) -> Record:
        application = self.application
        return Record(
            application.association,
            year=application.year,
            update_round=application.update.round,
        )

    @cached_property
    def record_parts(self) -> dict[str, Any]:
        """As a submission freezes it, documents apart."""
        return snapshots.parts_of(self.record)

    @cached_property
    def record_content(self) -> dict[str, Any]:
        """As a submission freezes it."""
        return snapshots.content_of(self.record, parts=self.record_parts)

    # What the file holds

    @property
    def lines(self) -> list[ApplicationLine]:
        return self.lines_by_file[self.application.pk]

    @property
    def counted(self) -> list[ApplicationLine]:
        """The lines that count heads."""
        return [line for line in self.lines if line.kind == LineKind.COUNT]

    @property
    def budget(self) -> list[BudgetLine]:
        return self.budget_by_file[self.application.pk]

    @cached_property
    def lines_by_file(self) -> dict[int, list[ApplicationLine]]:
        return self._by_file(ApplicationLine, "rank", "pk")

    @cached_property
    def budget_by_file(self) -> dict[int, list[BudgetLine]]:
        return self._by_file(BudgetLine, "pk")

    @cached_property
    def children_by_file(self) -> dict[int, list[SchoolingFigure]]:
        """Frozen figures; the file of an institution counts no children."""
        if self.application.institution_id:
            return {file.pk: [] for file in self._files}
        return self._by_file(SchoolingFigure, "pk")

    @property
    def _files(self) -> list[Application]:
        is_alone = not self._is_compared or self.last is None
        return [self.application] if is_alone else [self.application, self.last]

    def _by_file(self, model: Any, *order: str) -> dict[int, list[Any]]:
        files = {file.pk: file for file in self._files}
        found: dict[int, list[Any]] = {pk: [] for pk in files}
        for row in model.objects.filter(application__in=files).order_by(*order):
            row.application = files[row.application_id]
            found[row.application_id].append(row)
        return found

    @cached_property
    def attachments(self) -> list[Attachment]:
        rows = self.application.attachments.select_related("document__type")
        return list(rows.order_by("pk"))

    @cached_property
    def checklist(self) -> list[documents.Wanted]:
        return documents.checklist(self.application, attachments=self.attachments)

    # Earlier years of the same unit, under the same programme

    @cached_property
    def earlier(self) -> list[Any]:
        """Submitted files, the last one first.

        Each says whether it ``is_funded``, and of its settlements of earlier years
        which ``unsettled_years`` are not accepted and how much ``surplus_amount`` is
        left.
        """
        file = self.application
        settled = Settlement.objects.filter(
            award__application=OuterRef("pk"), year__lt=file.year
        ).order_by()
        surplus = settled.values("award__application").annotate(
            total=Sum("surplus_amount")
        )
        rows = Application.objects.filter(
            programme=file.programme,
            association=file.association_id,
            institution=file.institution_id,
            year__lt=file.year,
            number__isnull=False,
        ).annotate(
            is_funded=Exists(Award.objects.filter(application=OuterRef("pk"))),
            unsettled_years=ArraySubquery(
                settled.exclude(state=SettlementState.ACCEPTED).values("year")
            ),
            surplus_amount=Subquery(
                surplus.values("total"), output_field=DecimalField()
            ),
        )
        return list(rows.select_related("eps").order_by("-year", "-pk"))

    @property
    def last(self) -> Any:
        """Last year's file, or that of the last year there was one."""
        return self.earlier[0] if self.earlier else None

    @property
    def surplus_amount(self) -> Decimal:
        """Of earlier years, in MAD."""
        zero = Decimal("0.00")
        return sum((file.surplus_amount or zero for file in self.earlier), zero)

    # What was certified

    @cached_property
    def record_changes(self) -> list[str]:
        """Parts of the record that are not what the annual update confirmed (8)."""
        confirmed = snapshots.latest(snapshots.UPDATE, self.application.update_id)
        if confirmed is None:
            return []
        return snapshots.changed_parts(confirmed, self.record, self.record_parts)
