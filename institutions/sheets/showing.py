"""The preview of a sheet: what would change, a page at a time, names on need."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from institutions.enums import SheetKind
from institutions.models import Child, SheetImport, StaffMember
from institutions.sheets import cells, columns
from institutions.sheets.lists import STAFF_KEY
from institutions.sheets.plan import ADDED, CHANGED, REMOVED, SAME, Line, Plan

PER_PAGE = 25
TABS = (
    (ADDED, _("Added")),
    (CHANGED, _("Changed")),
    (REMOVED, _("Missing from the sheet")),
    (SAME, _("As before")),
)


@dataclass
class Shown:
    """One person: ``cells`` (label, before, after); ``before`` is empty when added."""

    number: int
    key: str
    name: str
    cells: list[tuple[str, str, str]]


class Preview:
    """``chosen`` is one of the states; ``page`` begins with 1."""

    def __init__(self, sheet: SheetImport, *, chosen: str, page: str) -> None:
        self.sheet = sheet
        self.plan = Plan.loads(sheet.rows, sheet.kind)
        self.columns = columns.columns_of(sheet.kind)
        counts = {state: len(self._of(state)) for state, _label in TABS}
        first = next((state for state, _label in TABS if counts[state]), ADDED)
        self.chosen = chosen if chosen in counts else first
        self.counts = counts
        most = max(-(-counts[self.chosen] // PER_PAGE), 1)
        self.page = min(max(int(page) if page.isdecimal() else 1, 1), most)
        self.pages = most

    def _of(self, state: str) -> list[Any]:
        return self.plan.removed if state == REMOVED else self.plan.of(state)

    @property
    def tabs(self) -> list[dict[str, Any]]:
        return [
            {
                "label": label,
                "url": f"?show={state}",
                "count": self.counts[state],
                "current": state == self.chosen,
            }
            for state, label in TABS
            if self.counts[state]
        ]

    @property
    def start(self) -> int:
        return (self.page - 1) * PER_PAGE

    @property
    def first(self) -> int:
        """Ranks shown, and how many there are."""
        return min(self.start + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.start + PER_PAGE, self.total)

    @property
    def total(self) -> int:
        return self.counts[self.chosen]

    @property
    def has_cells(self) -> bool:
        return self.chosen in (ADDED, CHANGED)

    @property
    def previous_url(self) -> str:
        return f"?show={self.chosen}&page={self.page - 1}" if self.page > 1 else ""

    @property
    def next_url(self) -> str:
        is_last = self.page >= self.pages
        return "" if is_last else f"?show={self.chosen}&page={self.page + 1}"

    def rows(self, *, with_names: bool) -> list[Shown]:
        found = self._of(self.chosen)[self.start : self.start + PER_PAGE]
        if self.chosen == REMOVED:
            found = [Line(0, REMOVED, key, {}) for key in found]
        names = self._names(line.key for line in found) if with_names else {}
        return [self._shown(line, names, with_names=with_names) for line in found]

    def _names(self, keys: Iterable[str]) -> dict[str, str]:
        """By code, of the people of this page; one statement."""
        wanted = [key for key in keys if key]
        if self.sheet.kind == SheetKind.CHILDREN:
            rows = Child.objects.filter(association=self.sheet.centre.association_id)
            return dict(rows.filter(code__in=wanted).values_list("code", "name"))
        pks = [key.removeprefix(STAFF_KEY) for key in wanted]
        staff = StaffMember.objects.filter(centre=self.sheet.centre, pk__in=pks)
        return {
            f"{STAFF_KEY}{pk}": name for pk, name in staff.values_list("pk", "name")
        }

    def _shown(self, line: Line, names: dict[str, str], *, with_names: bool) -> Shown:
        name = names.get(line.key, "")
        if with_names and line.state == ADDED:
            name = line.values.get("name", name)
        shown = self._added if line.state == ADDED else self._changed
        cells_ = [
            cell
            for column in self.columns[1:]
            if column.name in line.values
            for cell in shown(line, column, with_names=with_names)
        ]
        return Shown(line.number, line.key, name, cells_)

    def _added(self, line: Line, column: Any, *, with_names: bool) -> Iterable[Any]:
        """What is there: an empty cell or a *no* says nothing; the name is apart."""
        value = line.values[column.name]
        is_said = column.part in value if column.part else bool(value)
        if column.name == "name" or not is_said:
            return
        if with_names or not column.is_identity:
            yield columns.title_of(column), "", text(column, line.values)

    def _changed(self, line: Line, column: Any, *, with_names: bool) -> Iterable[Any]:
        before, after = text(column, line.old), text(column, line.values)
        if column.is_identity and not with_names:
            before, after = "", str(_("changed"))
        if before != after:
            yield columns.title_of(column), before, after


def text(column: Any, values: dict[str, Any]) -> str:
    """As a person reads it."""
    value = cells.written(column, values)
    if value is None:
        return ""
    if column.kind == columns.DAY:
        return date_format(value, "d/m/Y")
    return str(value)
