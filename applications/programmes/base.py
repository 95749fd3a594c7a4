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
from institutions.models import Association, Institution

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
    def record_lines(self, application: Application) -> list[Line]:
        """The lines as the record stands, each with its rate of the call."""

    @abstractmethod
    def recalculate(self, application: Application) -> None:
        """Rewrites eligible counts, amounts and ceilings; sets the computed amount."""

    @abstractmethod
    def freeze(self, application: Application) -> dict[str, Any]:
        """Keeps typed figures for the exports; returns what the snapshot adds."""

    @abstractmethod
    def figures_ask_for(self, application: Application) -> list[Missing]:
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
        self.take_lines(application)
        self.recalculate(application)
        documents.take_up(application)

    def take_lines(self, application: Application) -> None:
        """Copies head-counts from the record; what was declared stays, never above."""
        counted = application.lines.filter(kind=LineKind.COUNT)
        before = {line.key: line for line in counted}
        rows = self.record_lines(application)
        for rank, line in enumerate(rows, start=1):
            row = ApplicationLine(
                application=application,
                rank=rank,
                category=line.category,
                level=line.level,
                sub_programme=line.sub_programme,
                degree=line.degree,
                months=line.months,
                update_count=line.update_count,
                declared_count=line.update_count,
                rate_amount=line.rate,
            )
            known = before.pop(row.key, None)
            if known is not None:
                row.pk = known.pk
                if known.declared_count != known.update_count:
                    row.declared_count = min(known.declared_count, line.update_count)
            row.save(force_insert=known is None)
        gone = [line.pk for line in before.values()]
        application.lines.filter(pk__in=gone).delete()

    def save_section(
        self, application: Application, section: str, cleaned: Mapping[str, Any]
    ) -> None:
        """Copies a valid section to typed columns (decision 17)."""
        self._savers()[section](application, cleaned)

    def missing(self, application: Application) -> list[Missing]:
        """What is left to do before submitting, in the order of the sections."""
        found = [*self._request_asks_for(application)]
        found += self.figures_ask_for(application)
        if not application.budget_lines.filter(amount__gt=0).exists():
            found.append(Missing(BUDGET.code, _("Say how you mean to spend it.")))
        found += [
            Missing(DOCUMENTS.code, _document_sentence(wanted))
            for wanted in documents.checklist(application)
            if wanted.is_missing
        ]
        return found

    def lines_differ(self, application: Application) -> bool:
        """Whether the record changed since the lines were copied from it."""
        now = {
            (row.category, row.level, row.sub_programme, row.degree, row.months): (
                row.update_count
            )
            for row in self.record_lines(application)
        }
        then = {
            (row.category, row.level, row.sub_programme, row.degree, row.months): (
                row.update_count
            )
            for row in application.lines.filter(kind=LineKind.COUNT)
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
        self.take_lines(application)
        for line in application.lines.filter(kind=LineKind.COUNT):
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
            line.eligible_count = min(line.eligible_count, declared)
            line.save(update_fields=["declared_count", "eligible_count"])
        self.recalculate(application)

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
            counts, ["eligible_count", "rate_amount", "gross_amount"]
        )
        application.lines.filter(kind=LineKind.CEILING).delete()
        ceilings = [line for line in lines if line.kind == LineKind.CEILING]
        for rank, line in enumerate(ceilings, start=len(counts) + 1):
            line.rank = rank
        ApplicationLine.objects.bulk_create(ceilings)
        total = sum((line.amount for line in lines), amounts.ZERO)
        application.computed_amount = total
        application.save(update_fields=["computed_amount"])


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
