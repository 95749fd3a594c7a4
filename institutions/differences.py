"""Two years of a record side by side: only what changed, section by section."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from institutions import readable
from institutions.readable import COUNT, MONEY, Line
from institutions.sections import BY_CODE

ASSOCIATION_PARTS = ("identity", "bank", "board", "accounts", "documents")
INSTITUTION_PARTS = ("institution", "headcounts", "accounts")
CENTRE_PARTS = ("centre", "children", "staff")


@dataclass(frozen=True)
class Difference:
    """One figure that is not the same: shown before, after and, if it counts, by how
    much."""

    label: str
    before: Line | None
    after: Line | None

    @property
    def difference(self) -> Any:
        if not self.before or not self.after:
            return None
        if self.after.kind not in (COUNT, MONEY):
            return None
        change = Decimal(str(self.after.value)) - Decimal(str(self.before.value))
        return int(change) if self.after.kind == COUNT else change


@dataclass(frozen=True)
class SectionDifferences:
    """``same``: how many figures of the section did not change. ``is_new``: the unit
    was not in the other year."""

    code: str
    unit: int
    unit_name: str
    rows: list[Difference]
    same: int
    is_new: bool = False

    @property
    def title(self) -> str:
        return str(BY_CODE[self.code].title)


def compare(
    before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> list[SectionDifferences]:
    """Every section of ``after``, with what differs from ``before``."""
    names = readable.Names(before or {}, after)
    old = dict(parts(before)) if before else {}
    found = []
    for key, piece in parts(after):
        code, unit, unit_name = key
        match = next((old[k] for k in old if k[:2] == (code, unit)), None)
        was = readable.lines(code, match, names)
        now = readable.lines(code, piece, names)
        rows = _rows(was, now)
        found.append(
            SectionDifferences(
                code=code,
                unit=unit,
                unit_name=unit_name,
                rows=rows,
                same=len(now) - sum(1 for row in rows if row.after),
                is_new=before is not None and match is None,
            )
        )
    return found


def _rows(was: list[Line], now: list[Line]) -> list[Difference]:
    old = {line.key: line for line in was}
    new = {line.key: line for line in now}
    rows = []
    for key in [*new, *(key for key in old if key not in new)]:
        before, after = old.get(key), new.get(key)
        if (before and before.value) != (after and after.value):
            label = (after or before).label  # type: ignore[union-attr]
            rows.append(Difference(label, before, after))
    return rows


def parts(content: Mapping[str, Any]) -> list[tuple[tuple[str, int, str], Any]]:
    """``((section, unit, name of the unit), piece)`` for the whole record."""
    found = [
        ((code, 0, ""), content[code])
        for code in ASSOCIATION_PARTS
        if content.get(code) is not None
    ]
    for unit in content.get("institutions", []):
        key = (unit["id"], unit["name_ar"])
        pieces = {"institution": unit, "headcounts": unit, "accounts": unit["accounts"]}
        found += [((code, *key), pieces[code]) for code in INSTITUTION_PARTS]
    for unit in content.get("centres", []):
        key = (unit["id"], unit["name_ar"])
        pieces = {
            "centre": unit,
            "children": unit["children"],
            "staff": unit["staff"],
        }
        found += [((code, *key), pieces[code]) for code in CENTRE_PARTS]
    return found
