"""Two years of a record side by side: only what changed, section by section."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from institutions import readable
from institutions.columns import (
    BUILDING,
    DISTANCES,
    INSTITUTION,
    OF_HOUSE,
    TARGETING,
)
from institutions.readable import COUNT, MONEY, Line
from institutions.sections import BY_CODE, is_house
from institutions.years import school_year

ASSOCIATION_PARTS = ("identity", "bank", "board", "accounts", "documents")


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

    @property
    def is_left_empty(self) -> bool:
        """All that was said in the other year, and nothing in this one."""
        return bool(self.rows) and all(row.after is None for row in self.rows)


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
        compared = match
        if code == "seasons":
            compared = _same_seasons(match or {}, piece)
        was = readable.lines(code, compared, names)
        now = readable.lines(code, piece, names)
        rows = _rows(was, now)
        if code == "seasons":
            rows = _with_both_seasons(rows, match, piece)
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
        if _value(before) != _value(after):
            label = (after or before).full_label  # type: ignore[union-attr]
            rows.append(Difference(label, before, after))
    return rows


def _with_both_seasons(
    rows: list[Difference], before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> list[Difference]:
    """The figures of two different seasons say so: 2024/2025 → 2025/2026."""
    if not before or not after or max(before) == max(after):
        return rows
    last, now = school_year(int(max(before))), school_year(int(max(after)))
    words = {"before": last, "after": now}
    both = _("%(after)s, against %(before)s") % words
    return [
        replace(row, label=row.label.replace(now, both, 1))
        if row.before and row.label.startswith(now)
        else row
        for row in rows
    ]


def _value(line: Line | None) -> Any:
    """A field that was not asked for in the other year is like one left empty."""
    return line.value if line else ""


def _same_seasons(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    """What ``before`` said of the seasons of ``after``.

    The last season of each is compared with the other's, so that a new school year
    shows what grew and not that it is new; the season that is told no longer is left
    out.
    """
    if not before or not after:
        return dict(before)
    return {
        **{season: before[season] for season in after if season in before},
        max(after): before[max(before)],
    }


def parts(content: Mapping[str, Any]) -> list[tuple[tuple[str, int, str], Any]]:
    """``((section, unit, name of the unit), piece)`` for the whole record."""
    found = [
        ((code, 0, ""), content[code])
        for code in ASSOCIATION_PARTS
        if content.get(code) is not None
        and (code != "accounts" or _as_a_whole(content))
    ]
    for unit in content.get("institutions", []):
        key = (unit["id"], _name(unit))
        found += [((code, *key), piece) for code, piece in _institution_parts(unit)]
    for unit in content.get("centres", []):
        key = (unit["id"], _name(unit))
        found += [((code, *key), piece) for code, piece in _centre_parts(unit)]
    return found


def _name(unit: Mapping[str, Any]) -> str:
    """As it was called when the copy was frozen, in the language being read."""
    name = unit.get("name_fr") if get_language() == "fr" else ""
    return name or unit["name_ar"]


def _as_a_whole(content: Mapping[str, Any]) -> bool:
    """Accounts of the association are asked for where it has a centre."""
    return bool(content["accounts"] or content.get("centres"))


def _institution_parts(unit: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """In the order of the sections; those of student houses only where it is one."""
    of_house = is_house(unit["institution_class"])
    pieces = [
        ("institution", _only(unit, [*INSTITUTION, *OF_HOUSE])),
        ("building", _only(unit, [*BUILDING, *DISTANCES])),
        ("targeting", _only(unit, TARGETING)),
        ("headcounts", unit),
        ("seasons", unit.get("seasons", {})),
        ("functions", unit.get("functions", {})),
        ("accounts", unit["accounts"]),
        ("funding", unit.get("funding", {})),
    ]
    return [
        (code, piece)
        for code, piece in pieces
        if of_house or code not in ("targeting", "seasons", "functions", "funding")
    ]


def _centre_parts(unit: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """A page that shows no list of persons hands a centre over without them."""
    lists = ("children", "staff")
    return [
        ("centre", unit),
        *[(code, unit[code]) for code in lists if code in unit],
    ]


def _only(unit: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: unit[name] for name in names if name in unit}
