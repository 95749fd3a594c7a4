"""A file and the record behind it, each table read once.

Submitting looks at the same rows again and again: what is missing, what the checks
find, what is frozen, what the receipt lists. A reading is made for one piece of work
and handed on by hand: it does not see what is written after it was read.
"""

from functools import cached_property
from typing import Any

from applications import documents
from applications.enums import LineKind
from applications.models import (
    Application,
    ApplicationLine,
    Attachment,
    BudgetLine,
    Settlement,
)
from institutions import snapshots
from institutions.record import Record


class Reading:
    """Each table is read the first time it is asked for."""

    def __init__(self, application: Application):
        self.application = application

    @cached_property
    def record(self) -> Record:
        application = self.application
        return Record(
            application.association,
            year=application.year,
            update_round=application.update.round,
        )

    @cached_property
    def record_content(self) -> dict[str, Any]:
        """As a submission freezes it."""
        return snapshots.content_of(self.record)

    @cached_property
    def lines(self) -> list[ApplicationLine]:
        return list(self.application.lines.all())

    @property
    def counted(self) -> list[ApplicationLine]:
        """The lines that count heads."""
        return [line for line in self.lines if line.kind == LineKind.COUNT]

    @cached_property
    def budget(self) -> list[BudgetLine]:
        return list(self.application.budget_lines.all())

    @cached_property
    def attachments(self) -> list[Attachment]:
        rows = self.application.attachments.select_related("document__type")
        return list(rows.order_by("pk"))

    @cached_property
    def checklist(self) -> list[documents.Wanted]:
        return documents.checklist(self.application, attachments=self.attachments)

    @cached_property
    def settlements(self) -> list[Settlement]:
        """Of earlier awards to the same unit under the same programme."""
        application = self.application
        rows = Settlement.objects.filter(
            award__application__programme=application.programme,
            award__application__association=application.association_id,
            award__application__institution=application.institution_id,
            year__lt=application.year,
        )
        return list(rows.order_by("pk"))
