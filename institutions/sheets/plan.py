"""What saving a sheet would do: people added, changed, taken off, as before."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.encryption import folded_name, keyed_hash, person_hash
from institutions.enums import SheetKind
from institutions.models import Child, Enrolment
from institutions.sheets import cells, columns
from institutions.sheets.checking import Checker, Row
from institutions.sheets.lists import Current, names_of

ADDED, CHANGED, SAME, REMOVED = "added", "changed", "same", "removed"


@dataclass
class Line:
    """One row of the sheet. ``key`` is empty for somebody the list does not know.

    ``values``: all of them when added, else those that change; ``old``: theirs before.
    """

    number: int
    state: str
    key: str
    values: dict[str, Any]
    old: dict[str, Any] = field(default_factory=dict)


@dataclass
class Plan:
    lines: list[Line]
    removed: list[str]
    warnings: list[str]

    def of(self, state: str) -> list[Line]:
        return [line for line in self.lines if line.state == state]

    def dumps(self) -> str:
        body = {
            "lines": [list(vars(line).values()) for line in self.lines],
            "removed": self.removed,
            "warnings": self.warnings,
        }
        return json.dumps(body, default=_plain, ensure_ascii=False)

    @classmethod
    def loads(cls, text: str, kind: str) -> "Plan":
        body = json.loads(text)
        lines = [Line(*line) for line in body["lines"]]
        typed = {
            c.name: TYPES[c.kind] for c in columns.columns_of(kind) if c.kind in TYPES
        }
        for line in lines:
            for values in (line.values, line.old):
                for name in values.keys() & typed.keys():
                    if values[name] is not None:
                        values[name] = typed[name](values[name])
        return cls(lines, body["removed"], body["warnings"])


TYPES: dict[str, Callable[[str], Any]] = {
    columns.DAY: date.fromisoformat,
    columns.AMOUNT: Decimal,
}


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


class Planner:
    """Compares the rows of a sheet with the list; tells who cannot be on it."""

    def __init__(self, checker: Checker, list_: Current) -> None:
        self.checker, self.list = checker, list_
        self.kind = list_.kind
        self.names = names_of(self.kind)
        self.first: dict[tuple[str, str], Row] = {}

    def make(self, *, keys: Iterable[str], warnings: list[str]) -> Plan:
        """``keys``: the codes that the template was filled with."""
        rows = self.checker.rows
        self._resolve(rows)
        lines = [self._line(row) for row in rows]
        there = {line.key for line in lines}
        kept = self.list.entries
        filled = dict.fromkeys(self.list.former.get(key, key) for key in keys)
        removed = [key for key in filled if key in kept and key not in there]
        return Plan(lines, removed, warnings)

    def _resolve(self, rows: list[Row]) -> None:
        """Which person each row is; doubles and strangers are told."""
        known = self._known(rows)
        for row in rows:
            row.key = self.list.former.get(row.key, row.key)
            if not self._is_known(row.key, known):
                self._tell("code", row, "unknown_code")
            self._doubles(row)
        self._met_again(rows)

    def _is_known(self, key: str, known: dict[str, Child]) -> bool:
        """Without a centre nothing can be said of a code."""
        if not key or self.list.centre is None:
            return True
        return key in self.list.entries or key in known

    def _known(self, rows: list[Row]) -> dict[str, Child]:
        """Children of the association by code, who are not on this list."""
        wanted = {row.key for row in rows if row.key} - self.list.entries.keys()
        if self.kind != SheetKind.CHILDREN or not wanted:
            return {}
        found = self._children().filter(code__in=wanted)
        children = {child.code: child for child in found}
        taken = self._taken(child.pk for child in children.values())
        for row in rows:
            child = children.get(row.key)
            if child is not None and child.pk in taken:
                self._tell("code", row, "on_another_list")
        return children

    def _children(self) -> Any:
        if self.list.centre is None:
            return Child.objects.none()
        of = self.list.centre.association_id
        return Child.objects.filter(association=of).only("pk", "code", "person_hash")

    def _taken(self, pks: Iterable[int]) -> set[int]:
        """Of these children, those on the list of another centre this year."""
        rows = Enrolment.objects.filter(year=self.list.year, child__in=list(pks))
        elsewhere = rows.exclude(centre=self.list.centre)
        return set(elsewhere.values_list("child_id", flat=True))

    def _tell(self, name: str, at: Row, code: str, **params: Any) -> None:
        place = self.checker.place_of(name, at)
        self.checker.problems.add(place, code, **params)

    def _doubles(self, row: Row) -> None:
        for name, mark in self._marks(row):
            other = self.first.setdefault((name, mark), row)
            if other is row:
                continue
            if name == "code":
                self._tell("code", row, "doubled_code", row=other.number)
                return
            # Two people of the list may bear one name: the list said so before.
            if not (row.key and other.key):
                self._tell(name, row, "doubled_person", row=other.number)
                return

    def _marks(self, row: Row) -> Iterable[tuple[str, str]]:
        """What no two rows may share, with the field to look at."""
        if row.key:
            yield "code", row.key
        values = row.values
        if self.kind == SheetKind.STAFF:
            if "name" in values:
                name = folded_name(values["name"])
                yield "name", f"{name} {values['sex']} {values['speciality']}"
            return
        if person := self._person(row):
            yield "name", person
        for name, kind in (("massar", "massar"), ("card_number", "card")):
            if mark := keyed_hash(kind, values.get(name) or ""):
                yield name, mark

    def _person(self, row: Row) -> str:
        values = row.values
        if "name" in values:
            return person_hash(
                values["name"], born_on=values["born_on"], sex=values["sex"]
            )
        entry = self.list.entries.get(row.key)
        return entry.child.person_hash if entry else ""

    def _met_again(self, rows: list[Row]) -> None:
        """Rows without a code: children whom the association knows keep theirs."""
        new = [row for row in rows if not row.key]
        if self.kind != SheetKind.CHILDREN or not new:
            return
        hashes = {self._person(row): row for row in new}
        hashes.pop("", None)
        found = list(self._children().filter(person_hash__in=hashes).order_by("-pk"))
        taken = self._taken(child.pk for child in found)
        claimed = {row.key for row in rows if row.key}
        for child in found:
            row = hashes[child.person_hash]
            if child.pk in taken:
                self._tell("name", row, "on_another_list")
            elif child.code not in claimed:
                row.key = child.code

    def _line(self, row: Row) -> Line:
        entry = self.list.entries.get(row.key)
        if entry is None:
            return Line(row.number, ADDED, row.key, row.values)
        values, old = {}, {}
        for name, value in row.values.items():
            before = entry.values[name]
            if self._differs(name, value, before):
                values[name], old[name] = value, before
        state = CHANGED if values else SAME
        return Line(row.number, state, row.key, values, old)

    def _differs(self, name: str, value: Any, before: Any) -> bool:
        if isinstance(value, list):
            return set(value) != set(before)
        if value == before:
            return False
        if isinstance(value, str) and isinstance(before, str):
            # A sheet shows neither line breaks nor doubled spaces.
            return self.checker.rules.clean_one(name, cells.plain(before)) != value
        return True
