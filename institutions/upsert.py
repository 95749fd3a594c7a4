"""Rows of a section saved again: only what changed is written.

The database keeps every change of the record (``models/history.py``), so that a row
written as it was would be noise there.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import (
    CharField,
    IntegerField,
    Model,
    UniqueConstraint,
    Value,
)

Row = Mapping[str, Any]


def replace(
    model: Any, owner: Row, rows: Iterable[Row], *, among: Iterable[Any] | None = None
) -> None:
    """Make ``rows`` the rows of ``owner``, in three queries at most.

    What stands already as it should is left alone; what is not in ``rows`` is removed.
    The key of a row is the unique constraint of its table. ``among``: the rows that are
    replaced, where they are not all those of ``owner`` or were read already.
    """
    key = _key_of(model)
    standing = model.objects.filter(**owner) if among is None else among
    old = {_values(row, key): row for row in standing}
    new = {_values(row, key): row for row in (model(**owner, **row) for row in rows)}
    fields = [
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key and field.attname not in key
    ]
    gone = [old[at].pk for at in old if at not in new]
    if gone:
        model.objects.filter(pk__in=gone).delete()
    changed = [row for at, row in new.items() if _differs(row, old.get(at), fields)]
    if changed:
        model.objects.bulk_create(
            changed, update_conflicts=True, update_fields=fields, unique_fields=key
        )


def standing(owner: Row, tables: Mapping[Any, Sequence[str]]) -> dict[Any, list[Any]]:
    """The rows of ``owner`` in small tables alike, by table, in one question.

    ``tables``: for each the columns besides the owner's; the last one is a number, the
    others are words.
    """
    nothing = Value("", output_field=CharField())
    width = max(len(names) for names in tables.values())
    questions = []
    for place, (model, names) in enumerate(tables.items()):
        words = [*names[:-1], *[nothing] * (width - len(names))]
        which = Value(place, output_field=IntegerField())
        rows = model.objects.filter(**owner).order_by()
        questions.append(rows.values_list(which, "pk", *words, names[-1]))
    found: dict[Any, list[Any]] = {model: [] for model in tables}
    for place, pk, *words, number in questions[0].union(*questions[1:], all=True):
        model, names = list(tables.items())[place]
        values = zip(names, [*words[: len(names) - 1], number], strict=True)
        found[model].append(model(pk=pk, **owner, **dict(values)))
    return found


def change(row: Any, values: Row) -> list[str]:
    """Set ``values`` on ``row``, not saved; answers the names of what changed."""
    changed = [name for name, value in values.items() if _is_new(row, name, value)]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _is_new(row: Any, name: str, value: Any) -> bool:
    column = row._meta.get_field(name).attname
    return getattr(row, column) != (value.pk if isinstance(value, Model) else value)


def _key_of(model: Any) -> list[str]:
    """The columns of its unique constraint: each such table has one."""
    [constraint] = [
        constraint
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint)
    ]
    return [model._meta.get_field(name).attname for name in constraint.fields]


def _values(row: Any, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def _differs(row: Any, old: Any, fields: Sequence[str]) -> bool:
    return old is None or _values(row, fields) != _values(old, fields)
