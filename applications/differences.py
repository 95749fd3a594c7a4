"""What changed in a file: since last year's, and since its previous version.

Last year is read from typed rows; two submissions of the same file from their
snapshots (decision 16). Only what changed is listed, the rest is counted.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.enums import BudgetHead, LineKind
from applications.models import (
    Application,
    ApplicationLine,
    BudgetLine,
    EpsFigures,
    SchoolingFigure,
)
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


def previous_file(application: Application) -> Application | None:
    """The last submitted file of the same unit, of an earlier year."""
    return (
        Application.objects.filter(
            programme=application.programme,
            association=application.association_id,
            institution=application.institution_id,
            year__lt=application.year,
            number__isnull=False,
        )
        .select_related("eps")
        .order_by("-year", "-pk")
        .first()
    )


@dataclass
class Contents:
    """Rows of this file and of last year's, read together."""

    lines: dict[int, list[ApplicationLine]]
    budget: dict[int, list[BudgetLine]]
    children: dict[int, list[SchoolingFigure]]


def contents(*files: Application) -> Contents:
    """Three queries, whatever the number of files."""
    keys = [file.pk for file in files]
    return Contents(
        lines=_by_file(ApplicationLine, keys),
        budget=_by_file(BudgetLine, keys),
        children=_by_file(SchoolingFigure, keys),
    )


def _by_file(model: Any, keys: list[int]) -> dict[int, list]:
    found: dict[int, list] = {key: [] for key in keys}
    for row in model._default_manager.filter(application__in=keys):
        found[row.application_id].append(row)
    return found


def since_last_year(
    application: Application, last: Application, rows: Contents
) -> Comparison:
    before, after = (_typed(file, rows) for file in (last, application))
    changes, same = compare(before, after)
    return Comparison(
        before_label=last.year,
        after_label=application.year,
        changes=changes,
        same_count=same,
    )


def _typed(file: Application, rows: Contents) -> dict[str, Value]:
    """Everything comparable of one file, by key."""
    values: dict[str, Value] = {}
    for line in rows.lines[file.pk]:
        if line.kind == LineKind.COUNT:
            values[f"line.{line.key}"] = Value(
                label=line.label, value=line.declared_count, kind=COUNT
            )
    values |= _frozen(getattr(file, "eps", None))
    heads: Counter = Counter()
    for row in rows.children[file.pk]:
        heads[row.sub_programme] += row.count
    for code, count in sorted(heads.items()):
        values[f"children.{code}"] = Value(
            label=SubProgramme(code).label, value=count, kind=COUNT
        )
    values["requested"] = Value(
        label=_("Requested amount (MAD)"), value=file.requested_amount, kind=AMOUNT
    )
    for entry in rows.budget[file.pk]:
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


def since_last_version(
    application: Application, rows: Contents, *, documents: Mapping[str, str]
) -> Comparison | None:
    """What the association corrected; ``None`` where it was sent once only.

    ``documents`` gives the name of each attached document by its SHA-256.
    """
    if not application.return_count:
        return None
    found = Snapshot.objects.filter(kind=SNAPSHOT_KIND, object_id=application.pk)
    versions = list(found.order_by("-version")[:2])
    if len(versions) < 2:
        return None
    labels = {line.key: line.label for line in rows.lines[application.pk]}
    after, before = (
        _certified(json.loads(snapshot.content), labels, documents)
        for snapshot in versions
    )
    changes, same = compare(before, after)
    return Comparison(
        before_label=versions[1].created_at,
        after_label=versions[0].created_at,
        changes=changes,
        same_count=same,
    )


def _certified(
    content: dict[str, Any], labels: Mapping[str, str], documents: Mapping[str, str]
) -> dict[str, Value]:
    """What one snapshot of a file says, by key; codes of lines are said in words."""
    file, figures = content.get("application", {}), content.get("figures") or {}
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
    for head, amount in file.get("budget", {}).items():
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
