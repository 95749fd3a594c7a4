"""The list as it stands, read once: what a sheet is filled from and compared with."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import F, TextField
from django.db.models.functions import Cast

from accounts.encryption import folded_name
from institutions import carry, people
from institutions.enums import SheetKind
from institutions.models import Centre, Child, Enrolment, StaffMember
from institutions.sheets import columns

STAFF_KEY = "P-"


@dataclass
class Entry:
    """One person of the list. ``row``: the enrolment, or the member of the staff."""

    key: str
    row: Any
    values: dict[str, Any]

    @property
    def child(self) -> Child:
        return self.row.child


@dataclass
class Current:
    """``source`` is the year of the rows: an earlier one until the list is begun.

    ``centre`` is ``None`` for the empty list that a blank template is checked against.
    """

    centre: Any
    kind: str
    year: int
    source: int | None
    entries: dict[str, Entry]
    fingerprint: str
    # Codes of last year's rows, once they were copied into this year.
    former: dict[str, str] = field(default_factory=dict)

    @property
    def is_begun(self) -> bool:
        return self.source == self.year


def current(centre: Centre, kind: str, year: int) -> Current:
    """This year's rows, or those of the last year while this one has none."""
    rows = _rows(centre, kind)
    source = carry.Rows(rows).last(before=year + 1)
    found = _read(rows, kind, source) if source else []
    if kind == SheetKind.CHILDREN and source != year:
        found = _not_elsewhere(found, year)
    entries = {entry.key: entry for entry in (_entry(kind, row) for row in found)}
    read = Current(centre, kind, year, source, entries, _fingerprint(kind, found))
    if kind == SheetKind.STAFF and read.is_begun:
        read.former = _former(rows, year, entries)
    return read


def nobody(kind: str, year: int) -> Current:
    """The list of no centre."""
    return Current(None, kind, year, None, {}, _fingerprint(kind, []))


def _rows(centre: Centre, kind: str) -> Any:
    model: Any = Enrolment if kind == SheetKind.CHILDREN else StaffMember
    return model.objects.filter(centre=centre)


def _read(rows: Any, kind: str, year: int) -> list[Any]:
    """With the stored text of what is encrypted: it changes whenever it is written."""
    path = "child__" if kind == SheetKind.CHILDREN else ""
    names = [c.name for c in columns.columns_of(kind) if c.is_identity]
    stored = {f"stored_{name}": Cast(F(path + name), TextField()) for name in names}
    rows = rows.filter(year=year).order_by("pk").annotate(**stored)
    return list(rows.select_related("child") if path else rows)


def _not_elsewhere(rows: list[Any], year: int) -> list[Any]:
    """As when last year's list is copied: a child enrolled elsewhere stays there."""
    children = [row.child_id for row in rows]
    taken = set(
        Enrolment.objects.filter(year=year, child__in=children).values_list(
            "child_id", flat=True
        )
    )
    return [row for row in rows if row.child_id not in taken]


def _entry(kind: str, row: Any) -> Entry:
    if kind == SheetKind.STAFF:
        return Entry(f"{STAFF_KEY}{row.pk}", row, _values(kind, row, row))
    return Entry(row.child.code, row, _values(kind, row, row.child))


def _values(kind: str, row: Any, person: Any) -> dict[str, Any]:
    return {
        name: getattr(row if name in people.OF_YEAR else person, name)
        for name in names_of(kind)
    }


@lru_cache(maxsize=4)
def names_of(kind: str) -> tuple[str, ...]:
    """The fields of a row, without its code."""
    return tuple(dict.fromkeys(c.name for c in columns.columns_of(kind)[1:]))


def _fingerprint(kind: str, rows: Iterable[Any]) -> str:
    """Another one as soon as a row is added, changed or taken off."""
    mark = hashlib.sha256(kind.encode())
    identity = [c.name for c in columns.columns_of(kind) if c.is_identity]
    others = [name for name in names_of(kind) if name not in identity]
    for row in rows:
        person = row.child if kind == SheetKind.CHILDREN else row
        values = [row.pk, row.year, person.pk]
        values += [getattr(row, f"stored_{name}") for name in identity]
        values += [
            getattr(row if name in people.OF_YEAR else person, name) for name in others
        ]
        mark.update(repr(values).encode())
    return mark.hexdigest()


def _former(rows: Any, year: int, entries: dict[str, Entry]) -> dict[str, str]:
    """A sheet taken out before the list was begun bears last year's codes.

    They are followed by the name, where one person of this year bears it.
    """
    last = carry.Rows(rows).last(before=year)
    if last is None:
        return {}
    named: dict[str, list[str]] = {}
    for entry in entries.values():
        named.setdefault(folded_name(entry.row.name), []).append(entry.key)
    old = rows.filter(year=last).only("name")
    found = {
        f"{STAFF_KEY}{row.pk}": named.get(folded_name(row.name), []) for row in old
    }
    return {key: keys[0] for key, keys in found.items() if len(keys) == 1}
