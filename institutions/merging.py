"""Two associations that are one: everything moves to the row that stays.

Nothing is lost: what cannot move, because the other has its like or because it is
frozen, stays on the merged row, which its members and officers go on reading.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pghistory.models
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from institutions import membership_notices as notices
from institutions.merge_rules import RULES, Rule
from institutions.models import Association
from institutions.registry import may_decide

# Fields that are chosen together: half of one account with half of another is none.
GROUPS: tuple[tuple[str, ...], ...] = (
    ("name_ar",),
    ("name_fr",),
    ("acronym",),
    ("receipt_number", "receipt_kind", "receipt_on"),
    ("is_public_utility",),
    ("ice",),
    ("tax_id",),
    ("cnss_number",),
    ("bank_name", "rib"),
    ("commune", "address"),
    ("phone",),
    ("email",),
    ("working_year",),
    ("language",),
    ("last_assembly_on", "board_term_months"),
)
KEPT, GONE = "kept", "gone"


class StaleMerge(ValidationError):
    """One of the two changed since the preview was read."""


@dataclass(frozen=True)
class Moving:
    """What the preview says of one kind of row: head-counts of rows."""

    label: str
    name: Any
    move_count: int
    stay_count: int
    is_frozen: bool


@dataclass(frozen=True)
class Choice:
    """Two values of one group of fields; ``suggested`` is that which says more."""

    group: str
    fields: tuple[str, ...]
    kept: tuple[Any, ...]
    gone: tuple[Any, ...]
    suggested: str


@dataclass(frozen=True)
class Preview:
    kept: Association
    gone: Association
    moving: list[Moving]
    choices: list[Choice]


def relations() -> list[Any]:
    """Foreign keys to an association. Its history says what it was: it never moves."""
    fields: Iterable[Any] = Association._meta.get_fields(include_hidden=True)
    return [
        field
        for field in fields
        if field.auto_created
        and not field.concrete
        and not issubclass(field.related_model, pghistory.models.Event)
    ]


def label_of(relation: Any) -> str:
    return f"{relation.related_model._meta.label_lower}.{relation.field.name}"


def pair(kept_pk: int, gone_pk: int, *, actor: Any) -> tuple[Association, Association]:
    """Both seen, both current and both decided of by the actor.

    Raises ``Association.DoesNotExist`` or ``PermissionDenied``.
    """
    return _checked(Association.objects.all(), kept_pk, gone_pk, actor)


def _checked(rows: Any, kept_pk: int, gone_pk: int, actor: Any) -> Any:
    found = rows.current().visible_to(actor).select_related("delegation", "commune")
    by_pk = {row.pk: row for row in found.filter(pk__in=[kept_pk, gone_pk])}
    if kept_pk == gone_pk or len(by_pk) != 2:
        raise Association.DoesNotExist
    kept, gone = by_pk[kept_pk], by_pk[gone_pk]
    if not (may_decide(kept, actor) and may_decide(gone, actor)):
        raise PermissionDenied
    return kept, gone


def preview(kept: Association, gone: Association) -> Preview:
    """Counts are those of this moment; ``merge`` counts again under its locks."""
    moving = [_moving(relation, kept, gone) for relation in relations()]
    return Preview(
        kept=kept,
        gone=gone,
        moving=[row for row in moving if row.move_count or row.stay_count],
        choices=_choices(kept, gone),
    )


def _moving(relation: Any, kept: Association, gone: Association) -> Moving:
    rows, staying = _split(relation, kept, gone)
    total, stay = rows.count(), staying.count()
    return Moving(
        label=label_of(relation),
        name=relation.related_model._meta.verbose_name_plural,
        move_count=total - stay,
        stay_count=stay,
        is_frozen=not RULES[label_of(relation)].moves,
    )


def _split(relation: Any, kept: Association, gone: Association) -> tuple[Any, Any]:
    """Rows of the one that goes, and those among them that stay with it."""
    rule: Rule = RULES[label_of(relation)]
    rows = relation.related_model._base_manager.filter(**{relation.field.name: gone})
    if not rule.moves:
        return rows, rows
    if rule.collides is None:
        return rows, rows.none()
    return rows, rows.filter(pk__in=list(rule.collides(rows, kept)))


def _choices(kept: Association, gone: Association) -> list[Choice]:
    found = []
    for fields in GROUPS:
        here = tuple(getattr(kept, name) for name in fields)
        there = tuple(getattr(gone, name) for name in fields)
        if here != there:
            suggested = KEPT if any(here) else GONE
            found.append(Choice(fields[0], fields, here, there, suggested))
    return found


@transaction.atomic
def merge(
    kept_pk: int,
    gone_pk: int,
    *,
    actor: Any,
    versions: tuple[int, int],
    values: Mapping[str, str] | None = None,
) -> Association:
    """Everything of ``gone`` moves to ``kept``; both rows locked, the lower key first.

    ``versions``: of both as the preview showed them. ``values``: which side's value of
    a group of fields stays, ``kept`` where nothing is said.
    """
    rows = Association.objects.select_for_update(of=("self",)).order_by("pk")
    kept, gone = _checked(rows, kept_pk, gone_pk, actor)
    if (kept.version, gone.version) != tuple(versions):
        raise StaleMerge(
            _("One of the two associations changed meanwhile. Read the page again.")
        )
    settled = [_move(relation, kept, gone) for relation in relations()]
    taken = [
        name
        for fields in GROUPS
        if (values or {}).get(fields[0]) == GONE
        for name in fields
    ]
    if "commune" in taken:
        taken.append("delegation")
    incoming = {name: getattr(gone, name) for name in taken}
    _close(gone, kept)
    _take_over(kept, incoming)
    # The desk of the seat that stays goes on reading what could not move.
    Association.objects.filter(pk=gone.pk).update(delegation=kept.delegation)
    for finish in settled:
        finish()
    notices.merged(gone, kept)
    return kept


def _move(relation: Any, kept: Association, gone: Association) -> Any:
    """Moves the rows of one relation; the rest of its rule is done at the end."""
    rule: Rule = RULES[label_of(relation)]
    rows, staying = _split(relation, kept, gone)
    manager = relation.related_model._base_manager
    stay_keys = list(staying.values_list("pk", flat=True)) if rule.collides else []
    move_keys: list[Any] = []
    if rule.moves:
        moving = rows.exclude(pk__in=stay_keys).order_by("pk")
        move_keys = list(moving.values_list("pk", flat=True))
        manager.filter(pk__in=move_keys).update(**{relation.field.name: kept})

    def finish() -> None:
        if rule.settle and stay_keys:
            rule.settle(manager.filter(pk__in=stay_keys), kept)
        if rule.follow and move_keys:
            rule.follow(manager.filter(pk__in=move_keys), kept)

    return finish


def _close(gone: Association, kept: Association) -> None:
    """First, so that its numbers are free for the one that stays."""
    gone.merged_into = kept
    gone.version += 1
    gone.save(update_fields=["merged_into", "version"])


def _take_over(kept: Association, incoming: dict[str, Any]) -> None:
    for name, value in incoming.items():
        setattr(kept, name, value)
    kept.version += 1
    kept.full_clean(exclude=["bank_name"])
    kept.save(update_fields=[*incoming, "version"])
