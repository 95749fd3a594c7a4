"""What changed in a file: since last year's, and since its previous version.

Last year is read from typed rows; two submissions of the same file from their
snapshots (decision 16). Only what changed is listed, the rest is counted.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    ExpressionWrapper,
    IntegerField,
    JSONField,
    OuterRef,
    QuerySet,
)
from django.db.models.functions import Cast, JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.enums import BudgetHead, LineKind
from applications.models import Application, EpsFigures
from applications.reading import Reading
from institutions.enums import SubProgramme
from institutions.models import Snapshot

TEXT, COUNT, AMOUNT = "text", "count", "amount"
MARKED_PERCENT = 20
SNAPSHOT_KIND = "application"

FIGURES: dict[str, tuple[Any, str]] = {
    "capacity": (_("Licensed capacity"), COUNT),
    "female_count": (_("Beneficiaries, female"), COUNT),
    "male_count": (_("Beneficiaries, male"), COUNT),
    "day_count": (_("Beneficiaries, day services"), COUNT),
    "partial_count": (_("Beneficiaries, partial services"), COUNT),
    "full_count": (_("Beneficiaries, full services"), COUNT),
    "staff_female_count": (_("Staff, female"), COUNT),
    "staff_male_count": (_("Staff, male"), COUNT),
    "revenue_amount": (_("Total revenue (MAD)"), AMOUNT),
    "expenditure_amount": (_("Total expenditure (MAD)"), AMOUNT),
}
REQUEST: dict[str, tuple[Any, str]] = {
    "subject": (_("Subject of the request"), TEXT),
    "purpose": (_("Use of the support"), TEXT),
    "contact_name": (_("Contact person"), TEXT),
    "contact_phone": (_("Contact phone"), TEXT),
    "requested_amount": (_("Requested amount (MAD)"), AMOUNT),
}


@dataclass(frozen=True, kw_only=True)
class Value:
    label: str | Promise
    value: Any
    kind: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value that is not what it was."""

    label: str | Promise
    before: Any
    after: Any
    kind: str

    @property
    def difference(self) -> Any:
        if self.kind == TEXT or self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def is_large(self) -> bool:
        """By more than a fifth: worth a look of its own (lessons, row 16)."""
        if self.difference is None:
            return False
        return abs(self.difference) * 100 > abs(self.before) * MARKED_PERCENT


@dataclass(frozen=True, kw_only=True)
class Comparison:
    before_label: Any
    after_label: Any
    changes: list[Change]
    same_count: int


def compare(before: Mapping[str, Value], after: Mapping[str, Value]) -> tuple:
    """Changes in the order of ``after``, then what is gone; and how many are equal."""
    changes, same = [], 0
    for key in [*after, *(key for key in before if key not in after)]:
        then, now = before.get(key), after.get(key)
        shown = now or then
        old, new = (side.value if side else None for side in (then, now))
        if old == new:
            same += 1
        elif shown:
            changes.append(
                Change(label=shown.label, before=old, after=new, kind=shown.kind)
            )
    return changes, same


def since_last_year(reading: Reading) -> Comparison | None:
    """``None`` where the unit had no file before."""
    application, last = reading.application, reading.last
    if last is None:
        return None
    before, after = (_typed(file, reading) for file in (last, application))
    changes, same = compare(before, after)
    return Comparison(
        before_label=last.year,
        after_label=application.year,
        changes=changes,
        same_count=same,
    )


def _typed(file: Application, reading: Reading) -> dict[str, Value]:
    """Everything comparable of one file, by key."""
    values: dict[str, Value] = {}
    for line in reading.lines_by_file[file.pk]:
        if line.kind == LineKind.COUNT:
            values[f"line.{line.key}"] = Value(
                label=line.label, value=line.declared_count, kind=COUNT
            )
    values |= _frozen(getattr(file, "eps", None))
    heads: Counter = Counter()
    for row in reading.children_by_file[file.pk]:
        heads[row.sub_programme] += row.count
    for code, count in sorted(heads.items()):
        values[f"children.{code}"] = Value(
            label=SubProgramme(code).label, value=count, kind=COUNT
        )
    values["requested"] = Value(
        label=_("Requested amount (MAD)"), value=file.requested_amount, kind=AMOUNT
    )
    for entry in reading.budget_by_file[file.pk]:
        values[f"budget.{entry.head}"] = Value(
            label=entry.get_head_display(), value=entry.amount, kind=AMOUNT
        )
    return values


def _frozen(figures: EpsFigures | None) -> dict[str, Value]:
    if figures is None:
        return {}
    return {
        name: Value(label=label, value=getattr(figures, name), kind=kind)
        for name, (label, kind) in FIGURES.items()
    }


def with_versions(rows: QuerySet) -> QuerySet:
    """Files with their last two submissions, in the same question.

    Where they were returned only; and without the record that was frozen with them,
    for it can be large.
    """
    returns = ExpressionWrapper(OuterRef("return_count"), IntegerField())
    found = Snapshot.objects.filter(
        kind=SNAPSHOT_KIND, object_id=OuterRef("pk")
    ).annotate(body=Cast("content", JSONField()), returns=returns)
    sent = JSONObject(
        at="created_at", application="body__application", figures="body__figures"
    )
    last = found.filter(returns__gt=0).order_by("-version")
    return rows.annotate(versions=ArraySubquery(last.values(sent=sent)[:2]))


def since_last_version(reading: Reading) -> Comparison | None:
    """What the association corrected; ``None`` where it was sent once only.

    The file comes from ``with_versions``.
    """
    versions: list[dict[str, Any]] = getattr(reading.application, "versions", [])
    if len(versions) < 2:
        return None
    labels = {line.key: line.label for line in reading.lines}
    documents = {
        row.document.sha256: row.document.original_name for row in reading.attachments
    }
    after, before = (_certified(version, labels, documents) for version in versions)
    changes, same = compare(before, after)
    return Comparison(
        before_label=_moment(versions[1]),
        after_label=_moment(versions[0]),
        changes=changes,
        same_count=same,
    )


def _moment(version: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(version["at"])


def _certified(
    content: dict[str, Any], labels: Mapping[str, str], documents: Mapping[str, str]
) -> dict[str, Value]:
    """What one snapshot of a file says, by key; codes of lines are said in words."""
    file, figures = content["application"] or {}, content["figures"] or {}
    values = {
        f"request.{name}": _value(label, file.get(name), kind)
        for name, (label, kind) in REQUEST.items()
    }
    for key, declared, *_rest in file.get("lines", []):
        if key:
            values[f"line.{key}"] = _value(labels.get(key, key), declared, COUNT)
    for name, (label, kind) in FIGURES.items():
        if name in figures:
            values[f"figure.{name}"] = _value(label, figures[name], kind)
    for head, amount in sorted(file.get("budget", {}).items()):
        values[f"budget.{head}"] = _value(BudgetHead(head).label, amount, AMOUNT)
    attached = file.get("documents", [])
    values["documents"] = _value(_("Documents attached"), len(attached), COUNT)
    for digest in attached:
        if digest in documents:
            values[f"document.{digest}"] = _value(
                _("Document added"), documents[digest], TEXT
            )
    return values


def _value(label: Any, value: Any, kind: str) -> Value:
    if kind == AMOUNT and value is not None:
        value = Decimal(str(value))
    return Value(label=label, value=value, kind=kind)
