"""From the cells of a sheet to the rows of a list, or to what is wrong with them.

The rules are those of the forms on screen: their fields clean each value, their
``clean_<field>`` and ``clean`` methods are called for each row. One form serves all the
rows, for making 5,000 of them costs more than everything else together.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.utils import ErrorDict

from institutions.enums import SheetKind
from institutions.forms.people import ChildForm, StaffMemberForm
from institutions.identifiers import warn_massar
from institutions.models import Child, StaffMember
from institutions.sheets import cells, columns
from institutions.sheets.columns import Column
from institutions.sheets.parser.scan import letters
from institutions.sheets.problems import Problems
from institutions.sheets.reading import Book, SheetRefused

FORMS: dict[str, Any] = {
    SheetKind.CHILDREN: (ChildForm, Child),
    SheetKind.STAFF: (StaffMemberForm, StaffMember),
}
# The titles stand in one of the first rows; somebody may have written above them.
TITLES_WITHIN = 10
STEP = 250
AMOUNTS = {c.name for c in columns.STAFF if c.kind == columns.AMOUNT}


@dataclass
class Row:
    """``values`` lacks the identity that a row with a code leaves as it is."""

    number: int
    key: str
    values: dict[str, Any]


@dataclass
class Layout:
    """Where each column stands; ``row`` is the number of the row of titles."""

    row: int
    places: dict[Column, int]
    doubled: list[tuple[Column, int]] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)

    def cell(self, column: Column, row: int) -> str:
        return name_of(self.places[column], row)


def name_of(place: int, row: int) -> str:
    return f"{letters(place + 1)}{row}"


def layout_of(book: Book, kind: str) -> Layout:
    """Columns by their titles. Raises ``SheetRefused`` when there are none."""
    known = columns.titles(kind)
    best, number = 0, 0
    for index, row in enumerate(book.rows[:TITLES_WITHIN], start=1):
        count = sum(folded_title(cell) in known for cell in row)
        if count > best:
            best, number = count, index
    if best < 3:
        raise SheetRefused("no_header" if book.rows else "empty")
    layout = Layout(number, {})
    for place, cell in enumerate(book.rows[number - 1]):
        _place(layout, known.get(folded_title(cell)), place, cell)
    return layout


def _place(layout: Layout, column: Column | None, place: int, cell: Any) -> None:
    if column is None:
        if cell is not None:
            layout.unknown.append(place)
    elif column in layout.places:
        layout.doubled.append((column, place))
    else:
        layout.places[column] = place


def folded_title(cell: Any) -> str:
    text = cells.text_of(cell) if cell is not None else ""
    return columns.folded(text) if 0 < len(text) <= cells.LONGEST_WORD else ""


def check_layout(layout: Layout, book: Book, kind: str, problems: Problems) -> None:
    """Missing and doubled columns, merged cells: then no row is read."""
    for column in columns.columns_of(kind):
        if column not in layout.places:
            title = columns.title_of(column)
            problems.add(name_of(0, layout.row), "missing_column", title=title)
    for column, place in layout.doubled:
        title = columns.title_of(column)
        problems.add(name_of(place, layout.row), "doubled_column", title=title)
    for merged in book.merged:
        problems.add(merged.partition(":")[0], "merged", cells=merged)


class Rules:
    """The rules of one kind of row."""

    def __init__(self, kind: str) -> None:
        form_class, self.model = FORMS[kind]
        self.form = form_class()
        self.columns = columns.columns_of(kind)
        self.names = list(dict.fromkeys(c.name for c in self.columns[1:]))
        self.fields = {name: self._field(name) for name in self.names}
        self.shared = {c.name for c in self.columns if not c.is_identity}
        self.of_model = {f.name for f in self.model._meta.fields}
        self._cleaned: dict[tuple[str, Any], Any] = {}

    def _field(self, name: str) -> Any:
        if name in self.form.fields:
            return self.form.fields[name]
        return self.model._meta.get_field(name).formfield()

    def clean(
        self, values: dict[str, Any], *, is_whole: bool
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Values as the form would give them, and its errors by field.

        What concerns several fields is only asked of a row that ``is_whole``.
        """
        form = self.form
        form._errors, form.cleaned_data = ErrorDict(), {}
        errors: dict[str, Any] = {}
        for name, value in values.items():
            try:
                form.cleaned_data[name] = self.clean_one(name, value)
            except ValidationError as error:
                errors[name] = error
        self._clean_by_method(errors)
        if is_whole and not errors:
            self._clean_together(errors)
        return form.cleaned_data, errors

    def clean_one(self, name: str, value: Any) -> Any:
        """Of a few words and figures most lists are made: each is cleaned once."""
        if name not in self.shared or isinstance(value, list):
            return self._clean_field(name, value)
        key = (name, value)
        if key not in self._cleaned:
            try:
                self._cleaned[key] = self._clean_field(name, value)
            except ValidationError as error:
                self._cleaned[key] = error
        found = self._cleaned[key]
        if isinstance(found, ValidationError):
            raise found
        return found

    def _clean_field(self, name: str, value: Any) -> Any:
        """The form's rules, then what the model and its constraint add."""
        cleaned = self.fields[name].clean(value)
        if name in self.of_model and cleaned is not None:
            self.model._meta.get_field(name).run_validators(cleaned)
        if name in AMOUNTS and cleaned < 0:
            raise ValidationError(self._negative(), code="min_value")
        return cleaned

    def _negative(self) -> Any:
        """The words of the constraint, which the database keeps behind."""
        constraints = self.model._meta.constraints
        name = "staff_amounts_are_not_negative"
        found = next(rule for rule in constraints if rule.name == name)
        return found.violation_error_message

    def _clean_by_method(self, errors: dict[str, Any]) -> None:
        form = self.form
        for name in list(form.cleaned_data):
            method = getattr(form, f"clean_{name}", None)
            if method is not None:
                try:
                    form.cleaned_data[name] = method()
                except ValidationError as error:
                    errors[name] = error

    def _clean_together(self, errors: dict[str, Any]) -> None:
        form = self.form
        try:
            form.clean()
        except ValidationError as error:
            form.add_error(None, error)
        for name, found in form._errors.as_data().items():
            errors[name] = ValidationError(found)


class Checker:
    """Reads the rows under the titles, one after another."""

    def __init__(self, book: Book, kind: str) -> None:
        self.book, self.kind = book, kind
        self.layout = layout_of(book, kind)
        self.problems = Problems()
        self.doubts: list[str] = []
        self.rows: list[Row] = []
        check_layout(self.layout, book, kind, self.problems)

    @property
    def is_readable(self) -> bool:
        return not self.problems.count

    @property
    def count(self) -> int:
        return max(len(self.book.rows) - self.layout.row, 0)

    def check(self, advance: Callable[[int], None]) -> None:
        """``advance`` is told how many rows are done."""
        self.rules = Rules(self.kind)
        self.forbidden = {
            **dict.fromkeys(self.book.in_error, "in_error"),
            **dict.fromkeys(self.book.formulas, "formula"),
        }
        for done, cells_ in enumerate(self.book.rows[self.layout.row :], start=1):
            self._row(self.layout.row + done, cells_)
            if done % STEP == 0:
                advance(done)

    def _row(self, number: int, row: list[Any]) -> None:
        raw, is_empty = {}, True
        for column, place in self.layout.places.items():
            cell = row[place] if place < len(row) else None
            if isinstance(cell, str) and self.book.kind == "csv":
                cell = cells.unharmed(cell)
            raw[column] = cell
            # Spare rows may keep a « no » from the drop-down lists.
            is_empty = is_empty and (column.kind == columns.TRUTH or _blank(cell))
        if not is_empty or self._holds_forbidden(number):
            self._filled(number, raw)

    def _holds_forbidden(self, number: int) -> bool:
        """A row whose only content is a formula is not an empty row."""
        if not self.forbidden:
            return False
        places = self.layout.places.values()
        return any(name_of(place, number) in self.forbidden for place in places)

    def _filled(self, number: int, raw: dict[Column, Any]) -> None:
        before = self.problems.count
        found = self._values(number, raw)
        key = found.pop(columns.KEY_NAME, None) or ""
        if key and not found.get("name"):
            # Taken out without the names: what is empty stays as it is.
            found = {
                name: value
                for name, value in found.items()
                if value or name in self.rules.shared
            }
        # A field whose cell is wrong already is not asked for a second time.
        is_whole = self.problems.count == before
        values, errors = self.rules.clean(found, is_whole=is_whole)
        self._tell(number, errors)
        if is_whole and not errors:
            self._doubt(number, values)
            self.rows.append(Row(number, key, values))

    def _values(self, number: int, raw: dict[Column, Any]) -> dict[str, Any]:
        """By field; fields with a cell that cannot be read are left out."""
        found: dict[str, Any] = {}
        wrong = set()
        for column, cell in raw.items():
            try:
                if self.forbidden:
                    self._refuse(self.layout.cell(column, number))
                value = cells.value_of(column, cell)
            except cells.CellError as error:
                place = self.layout.cell(column, number)
                self.problems.add(place, error.code, **error.params)
                wrong.add(column.name)
                continue
            if column.part:
                found.setdefault(column.name, []).extend([column.part] * value)
            else:
                found[column.name] = value
        return {name: value for name, value in found.items() if name not in wrong}

    def _refuse(self, place: str) -> None:
        if place in self.forbidden:
            raise cells.CellError(self.forbidden[place])

    def _tell(self, number: int, errors: dict[str, ValidationError]) -> None:
        for name, error in errors.items():
            place = self._place(name, number)
            for single in error.error_list:
                code = single.code or "invalid"
                self.problems.say(place, code, lambda one=single: one.messages[0])

    def _place(self, name: str, number: int) -> str:
        if name == NON_FIELD_ERRORS:
            name = "name"
        column = next(c for c in self.layout.places if c.name == name)
        return self.layout.cell(column, number)

    def place_of(self, name: str, row: Row) -> str:
        return self._place(name, row.number)

    def _doubt(self, number: int, values: dict[str, Any]) -> None:
        massar = values.get("massar")
        if massar and warn_massar(massar):
            self.doubts.append(self._place("massar", number))


def _blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
