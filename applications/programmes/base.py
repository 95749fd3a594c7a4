"""What every programme answers: sections, lines, amounts, figures to freeze.

A programme is one subclass in its own module, listed in the registry; no page asks
which one it shows.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import Programme
from applications import amounts, documents
from applications.enums import LineKind
from applications.models import Application, ApplicationLine, BudgetLine, Call
from applications.reading import Reading
from institutions.models import Association, Institution

# What a line takes from the record and the tariffs.
TAKEN = ("rank", "update_count", "declared_count", "eligible_count", "rate_amount")
REQUEST_FIELDS = ("subject", "purpose", "contact_name", "contact_phone")


@dataclass(frozen=True)
class Section:
    """One page of the form of the portal."""

    code: str
    title: str | Promise
    hint: str | Promise


@dataclass(frozen=True)
class Missing:
    """What keeps a file from being submitted, and the section that mends it."""

    section: str
    message: str | Promise


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the calculation as the record and the tariffs give it."""

    update_count: int
    rate: Decimal
    category: str = ""
    level: str = ""
    sub_programme: str = ""
    degree: str = ""
    months: int | None = None


REQUEST = Section(
    "request",
    _("Subject and contact"),
    _("What the support is for, and whom to call about this file."),
)
BUDGET = Section(
    "budget",
    _("Use of the support"),
    _("How you mean to spend it. It explains the request and adds nothing to it."),
)
DOCUMENTS = Section(
    "documents",
    _("Documents"),
    _("Those still valid from earlier years are already attached."),
)


class Rules(ABC):
    """The rules of one programme. Amounts in MAD."""

    programme: ClassVar[Programme]
    prefix: ClassVar[str]
    sections: ClassVar[tuple[Section, ...]]
    # The section whose fields are the head-counts of the lines.
    count_section: ClassVar[str]
    is_per_institution: ClassVar[bool]

    @abstractmethod
    def eligible_units(
        self, association: Association, call: Call
    ) -> list[Institution | Association]:
        """Units of the association that have no live file in the call yet."""

    @abstractmethod
    def rates(self, call: Call) -> QuerySet[Any]:
        """The tariffs of a call for this programme."""

    @abstractmethod
    def record_lines(self, reading: Reading) -> list[Line]:
        """The lines as the record stands, each with its rate of the call."""

    @abstractmethod
    def recalculate(
        self, application: Application, lines: list[ApplicationLine] | None = None
    ) -> None:
        """Rewrites eligible counts, amounts and ceilings; sets the computed amount.

        ``lines``: those of the file, where they are at hand already.
        """

    @abstractmethod
    def freeze(self, reading: Reading) -> dict[str, Any]:
        """Keeps typed figures for the exports; returns what the snapshot adds."""

    @abstractmethod
    def figures_ask_for(self, reading: Reading) -> list[Missing]:
        """What is missing from the figures of the programme."""

    def prefill(self, application: Application) -> None:
        """A new file: last year's words and budget, this year's figures."""
        last = self._last_year(application)
        if last is not None:
            for name in REQUEST_FIELDS:
                setattr(application, name, getattr(last, name))
            application.save(update_fields=REQUEST_FIELDS)
            BudgetLine.objects.bulk_create(
                BudgetLine(application=application, head=line.head, amount=line.amount)
                for line in last.budget_lines.all()
            )
        self.recalculate(application, self.take_lines(application))
        documents.take_up(application)

    def take_lines(self, application: Application) -> list[ApplicationLine]:
        """Copies head-counts from the record; what was declared stays, never above.

        Returns the lines of the file in their order; only what changed is written.
        """
        before = {line.key: line for line in counted(application)}
        taken: list[ApplicationLine] = []
        new: list[ApplicationLine] = []
        changed: list[ApplicationLine] = []
        for rank, line in enumerate(self.record_lines(Reading(application)), start=1):
            row = ApplicationLine(application=application, **_identity(line))
            known = before.pop(row.key, None)
            row = known or row
            if _take(row, line, rank=rank, is_new=known is None):
                (changed if known else new).append(row)
            taken.append(row)
        ApplicationLine.objects.bulk_create(new)
        ApplicationLine.objects.bulk_update(changed, TAKEN)
        if before:
            gone = [line.pk for line in before.values()]
            application.lines.filter(pk__in=gone).delete()
        return taken

    def save_section(
        self, application: Application, section: str, cleaned: Mapping[str, Any]
    ) -> None:
        """Copies a valid section to typed columns (decision 17)."""
        self._savers()[section](application, cleaned)

    def missing(
        self, application: Application, *, reading: Reading | None = None
    ) -> list[Missing]:
        """What is left to do before submitting, in the order of the sections.

        ``reading``: what was read of the file already.
        """
        reading = reading or Reading(application)
        found = [*self._request_asks_for(application)]
        found += self.figures_ask_for(reading)
        if not any(line.amount > 0 for line in reading.budget):
            found.append(Missing(BUDGET.code, _("Say how you mean to spend it.")))
        found += [
            Missing(DOCUMENTS.code, _document_sentence(wanted))
            for wanted in reading.checklist
            if wanted.is_missing
        ]
        return found

    def lines_differ(self, reading: Reading) -> bool:
        """Whether the record changed since the lines were copied from it."""
        now = {
            (row.category, row.level, row.sub_programme, row.degree, row.months): (
                row.update_count
            )
            for row in self.record_lines(reading)
        }
        then = {
            (row.category, row.level, row.sub_programme, row.degree, row.months): (
                row.update_count
            )
            for row in reading.counted
        }
        return now != then

    def _savers(self) -> dict[str, Callable[[Application, Mapping[str, Any]], None]]:
        return {
            REQUEST.code: self._save_request,
            self.count_section: self._save_counts,
            BUDGET.code: self._save_budget,
            DOCUMENTS.code: lambda application, cleaned: None,
        }

    def _save_request(self, application: Application, cleaned: Mapping[str, Any]):
        for name in REQUEST_FIELDS:
            setattr(application, name, str(cleaned.get(name) or ""))
        application.save(update_fields=REQUEST_FIELDS)

    def _save_budget(self, application: Application, cleaned: Mapping[str, Any]):
        application.budget_lines.all().delete()
        BudgetLine.objects.bulk_create(
            BudgetLine(application=application, head=head, amount=amount)
            for head, amount in cleaned.items()
            if amount
        )

    def _save_counts(self, application: Application, cleaned: Mapping[str, Any]):
        lines = self.take_lines(application)
        for line in lines:
            declared = cleaned.get(line.key)
            if declared is None:
                continue
            if declared > line.update_count:
                raise ValidationError(
                    _(
                        "%(label)s: %(declared)s is more than the %(count)s confirmed "
                        "in the annual update."
                    ),
                    code=line.key,
                    params={
                        "label": line.label,
                        "declared": declared,
                        "count": line.update_count,
                    },
                )
            line.declared_count = declared
        self.recalculate(application, lines)

    def _request_asks_for(self, application: Application) -> list[Missing]:
        sentences = {
            "subject": _("Give the subject of the request."),
            "purpose": _("Say what the support is for."),
            "contact_name": _("Give the name of a contact person."),
            "contact_phone": _("Give a phone number."),
        }
        return [
            Missing(REQUEST.code, sentence)
            for name, sentence in sentences.items()
            if not getattr(application, name).strip()
        ]

    def _last_year(self, application: Application) -> Application | None:
        """The last file of the same unit that was submitted."""
        return (
            Application.objects.filter(
                programme=application.programme,
                association=application.association_id,
                institution=application.institution_id,
                year__lt=application.year,
                number__isnull=False,
            )
            .order_by("-year", "-pk")
            .first()
        )

    def _close(self, application: Application, lines: list[ApplicationLine]) -> None:
        """Writes the lines; ceilings follow the counts; the sum is the maximum."""
        counts = [line for line in lines if line.kind == LineKind.COUNT]
        ApplicationLine.objects.bulk_update(
            counts, ["declared_count", "eligible_count", "gross_amount"]
        )
        application.lines.filter(kind=LineKind.CEILING).delete()
        ceilings = [line for line in lines if line.kind == LineKind.CEILING]
        for rank, line in enumerate(ceilings, start=len(counts) + 1):
            line.rank = rank
        ApplicationLine.objects.bulk_create(ceilings)
        total = sum((line.amount for line in lines), amounts.ZERO)
        application.computed_amount = total
        application.save(update_fields=["computed_amount"])


def counted(application: Application) -> list[ApplicationLine]:
    """The lines that count heads, in their order."""
    return list(application.lines.filter(kind=LineKind.COUNT).order_by("rank", "pk"))


def _identity(line: Line) -> dict[str, Any]:
    """What makes two lines the same."""
    names = ("category", "level", "sub_programme", "degree", "months")
    return {name: getattr(line, name) for name in names}


def _take(row: ApplicationLine, line: Line, *, rank: int, is_new: bool) -> bool:
    """Brings one line up to date with the record; whether that changed it."""
    before = [getattr(row, name) for name in TAKEN]
    declared = line.update_count
    if not is_new and row.declared_count != row.update_count:
        declared = min(row.declared_count, line.update_count)
    row.rank, row.update_count, row.rate_amount = rank, line.update_count, line.rate
    row.declared_count = declared
    row.eligible_count = min(row.eligible_count, declared)
    return is_new or before != [getattr(row, name) for name in TAKEN]


def _document_sentence(wanted: documents.Wanted) -> str:
    if wanted.is_expired:
        return gettext("%(document)s: the attached file has expired.") % {
            "document": wanted.type
        }
    return gettext("%(document)s: not attached yet.") % {"document": wanted.type}


def ceiling_line(
    application: Application, reason: str, amount: Decimal
) -> list[ApplicationLine]:
    """An explicit negative line, or nothing where the ceiling takes nothing off."""
    if not amount:
        return []
    return [
        ApplicationLine(
            application=application,
            kind=LineKind.CEILING,
            reason=reason,
            adjustment_amount=amount,
        )
    ]
