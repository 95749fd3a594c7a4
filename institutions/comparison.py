"""Any two certified years of an association side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.utils.translation import get_language

from institutions import snapshots
from institutions.differences import SectionDifferences, compare
from institutions.models import Association, Snapshot

KEPT_SECONDS = 3600
ADDED, LEFT, CHANGED = "added", "left", "changed"


@dataclass(frozen=True)
class ListChanges:
    """Children of one centre, by code: who came, who left, of whom something changed.

    ``rows``: (code, what happened), in the order of the codes.
    """

    unit: int
    rows: list[tuple[str, str]] = field(default_factory=list)

    def count(self, kind: str) -> int:
        return sum(1 for _code, what in self.rows if what == kind)

    @property
    def added(self) -> int:
        return self.count(ADDED)

    @property
    def left(self) -> int:
        return self.count(LEFT)

    @property
    def changed(self) -> int:
        return self.count(CHANGED)


@dataclass(frozen=True)
class Part:
    """A section that changed; ``children``: for the list of a centre."""

    section: SectionDifferences
    children: ListChanges | None = None


@dataclass(frozen=True)
class Comparison:
    """``sections``: every section of ``after``, with what differs."""

    before: Snapshot
    after: Snapshot
    sections: list[SectionDifferences]
    children: dict[int, ListChanges]

    @property
    def changed(self) -> list[Part]:
        return changed_parts(self.sections, self.children)

    @property
    def copies(self) -> list[Snapshot]:
        return [self.before, self.after]

    @property
    def same_count(self) -> int:
        return len(self.sections) - len(self.changed)


def changed_parts(
    sections: list[SectionDifferences], children: Mapping[int, ListChanges]
) -> list[Part]:
    """A list of equal length may still be of other children."""
    found = []
    for section in sections:
        moves = children.get(section.unit) if section.code == "children" else None
        moves = moves if moves and moves.rows else None
        if section.rows or section.is_new or moves:
            found.append(Part(section, moves))
    return found


def certified_years(association: Association, user: Any) -> dict[int, Snapshot]:
    """What was last certified for each year, the latest first; contents unread."""
    rows = Snapshot.objects.visible_to(user).filter(
        association=association, kind=snapshots.UPDATE
    )
    rows = rows.defer("content").order_by("-year", "-pk")
    found: dict[int, Snapshot] = {}
    for row in rows:
        found.setdefault(row.year, row)
    return found


def of_snapshots(before: Snapshot, after: Snapshot) -> Comparison:
    return Comparison(before, after, *differences(before, after))


def differences(
    before: Snapshot, after: Snapshot
) -> tuple[list[SectionDifferences], dict[int, ListChanges]]:
    """What differs, in the language being read; kept a while, for copies never change.

    Their contents, which may be long, are read only when nothing is kept.
    """
    key = f"differences:{before.sha256}:{after.sha256}:{get_language()}"
    found = cache.get(key)
    if found is None:
        old, new = snapshots.read(before), snapshots.read(after)
        found = (compare(old, new), children_changes(old, new))
        cache.set(key, found, KEPT_SECONDS)
    return found


def children_changes(
    before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> dict[int, ListChanges]:
    """By centre of either year."""
    if before is None:
        return {}
    old, new = _children(before), _children(after)
    return {
        unit: ListChanges(unit, _moves(old.get(unit, {}), new.get(unit, {})))
        for unit in {*old, *new}
    }


def _children(content: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    return {
        unit["id"]: {child["code"]: child for child in unit["children"]}
        for unit in content.get("centres", [])
    }


def _moves(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    for code in sorted({*old, *new}):
        if code not in old:
            found.append((code, ADDED))
        elif code not in new:
            found.append((code, LEFT))
        elif old[code] != new[code]:
            found.append((code, CHANGED))
    return found
