"""The sheet that the portal hands out: protected, with drop-down lists, to fill in
anywhere. CSV as well, for who has another program.

Only titles and codes are locked. Without a password, for a lock is against slips: what
comes back is checked whatever was done to it.
"""

import csv
from collections.abc import Iterator
from copy import copy
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from institutions.sheets import cells, columns
from institutions.sheets.columns import Column
from institutions.sheets.lists import Current
from institutions.sheets.meta import Meta
from institutions.sheets.parser.limits import MAX_ROWS
from institutions.sheets.parser.opening import META

LISTS = "_lists"
# New people are written under the last row, as many as the portal reads.
LAST_ROW = MAX_ROWS + 1
NUMBER_FORMATS = {
    columns.DAY: "dd/mm/yyyy",
    columns.AMOUNT: "#,##0.00",
    columns.COUNT: "0",
    columns.TEXT: "@",
    columns.CODE: "@",
    columns.KEY: "@",
}
LIMITS = {"months": (1, 12), "experience_years": (0, 60)}
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
LOCKED, OPEN = Protection(locked=True), Protection(locked=False)
TITLE_FILL = PatternFill("solid", fgColor="FFE7EAF3")
KEY_FILL = PatternFill("solid", fgColor="FFF2F2F2")


class Filled:
    """What the template is filled with: a list, with or without its names, or none."""

    def __init__(
        self, kind: str, *, list_: Current | None, year: int, with_names: bool
    ) -> None:
        self.kind, self.list, self.year = str(kind), list_, year
        self.with_names = with_names
        self.columns = columns.columns_of(kind)

    @property
    def count(self) -> int:
        return len(self.list.entries) if self.list else 0

    def meta(self, language: str) -> Meta:
        if self.list is None:
            return Meta(self.kind, language, year=self.year)
        return Meta(
            self.kind,
            language,
            centre=self.list.centre.code,
            year=self.year,
            fingerprint=self.list.fingerprint,
            with_names=self.with_names,
            keys=tuple(self.list.entries),
        )

    def rows(self) -> Iterator[list[Any]]:
        """In the order of the columns, in the language being read."""
        for entry in self.list.entries.values() if self.list else ():
            yield [self._shown(column, entry) for column in self.columns]

    def _shown(self, column: Column, entry: Any) -> Any:
        if column.kind == columns.KEY:
            return entry.key
        if column.is_identity and not self.with_names:
            return None
        return cells.written(column, entry.values)

    def file_name(self, extension: str) -> str:
        code = self.list.centre.code if self.list else "blank"
        return f"{self.kind}-{code}-{self.year}.{extension}"


def xlsx(filled: Filled, *, language: str) -> bytes:
    with translation.override(language):
        book = Workbook()
        book.properties.creator = "Entraide Nationale"
        sheet: Any = book.active
        sheet.title = str(_("Children") if filled.kind == "children" else _("Staff"))
        sheet.sheet_view.rightToLeft = translation.get_language_bidi()
        sheet.freeze_panes = "C2"
        _paper(sheet)
        _titles(sheet, filled)
        _rows(sheet, filled)
        places = dict(enumerate(filled.columns, start=1))
        choice_lists(book, sheet, places, last=LAST_ROW)
        _protect(sheet)
        _meta(book, filled.meta(language))
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _paper(sheet: Any) -> None:
    """Printed across the page, two pages wide; titles, codes and names on each."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 2, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:B"


def _titles(sheet: Any, filled: Filled) -> None:
    sheet.row_dimensions[1].height = 48
    for place, column in enumerate(filled.columns, start=1):
        cell = sheet.cell(1, place, columns.title_of(column))
        cell.font = Font(bold=True)
        cell.fill = TITLE_FILL
        cell.protection = LOCKED
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        whole = sheet.column_dimensions[get_column_letter(place)]
        whole.width = column.width
        _dress(whole, column)


def _rows(sheet: Any, filled: Filled) -> None:
    """The first cell of a column is dressed, the others take its look: dressing each
    of a hundred thousand cells costs more than all the rest."""
    looks: dict[int, Any] = {}
    for number, row in enumerate(filled.rows(), start=2):
        for place, (column, value) in enumerate(
            zip(filled.columns, row, strict=True), start=1
        ):
            cell = sheet.cell(number, place)
            if place in looks:
                cell._style = copy(looks[place])
            else:
                _dress(cell, column)
                looks[place] = copy(cell._style)
            _fill(cell, value)


def write(cell: Cell, column: Column, value: Any) -> None:
    """One cell of a row; text is never a formula, amounts stay amounts."""
    _dress(cell, column)
    _fill(cell, value)


def _dress(cell: Any, column: Column) -> None:
    """A cell, or a whole column for the cells that are still empty."""
    is_key = column.kind == columns.KEY
    cell.number_format = NUMBER_FORMATS.get(column.kind, "General")
    cell.protection = LOCKED if is_key else OPEN
    if column.kind in (columns.KEY, columns.CODE):
        # Latin letters beside Arabic ones: neither leans on its neighbour.
        cell.alignment = Alignment(horizontal="center")
    if is_key:
        cell.fill = KEY_FILL


def _fill(cell: Cell, value: Any) -> None:
    """A day given to a cell changes its format, if it has none of a day."""
    if isinstance(value, str):
        cell.value = _escaped(value)
        cell.data_type = "s"
        if value.startswith(cells.RISKY):
            cell.quotePrefix = True
    elif value is not None:
        cell.value = value


def _escaped(text: str) -> str:
    """``_x0041_`` is a letter in this format: what looks so is said to be no code."""
    return text.replace("_x", "_x005F_x")


def choice_lists(
    book: Any, sheet: Any, places: dict[int, Column], *, last: int
) -> None:
    """Drop-down lists read a hidden sheet: a list in the rule itself may hold 255
    characters."""
    hidden = book.create_sheet(LISTS)
    hidden.sheet_state = "hidden"
    for place, column in places.items():
        rule = _rule(hidden, column)
        if rule is not None:
            letter = get_column_letter(place)
            rule.add(f"{letter}2:{letter}{last}")
            sheet.add_data_validation(rule)


def _rule(hidden: Any, column: Column) -> DataValidation | None:
    if column.kind in (columns.CHOICE, columns.TRUTH):
        return _choice_rule(hidden, column)
    if column.kind == columns.DAY:
        rule = DataValidation(
            "date", operator="between", formula1="1", formula2="73050"
        )
        return _worded(rule, _("Day/month/year, for example 15/12/2026"))
    if column.kind == columns.COUNT:
        least, most = LIMITS[column.name]
        rule = DataValidation(
            "whole", operator="between", formula1=str(least), formula2=str(most)
        )
        words = _("A whole number from %(least)s to %(most)s.")
        return _worded(rule, words % {"least": least, "most": most})
    if column.kind == columns.AMOUNT:
        rule = DataValidation("decimal", operator="greaterThanOrEqual", formula1="0")
        return _worded(rule, _("An amount in MAD, in figures."))
    return None


def _choice_rule(hidden: Any, column: Column) -> DataValidation:
    """Equal lists (yes, no) stand once."""
    choices: Any = column.choices
    words = columns.labels(choices) if choices else [str(columns.YES), str(columns.NO)]
    for place in range(1, hidden.max_column + 1):
        if hidden.cell(1, place).value == words[0]:
            break
    else:
        place = hidden.max_column + (1 if hidden.cell(1, 1).value else 0)
        for row, word in enumerate(words, start=1):
            hidden.cell(row, place, word)
    letter = get_column_letter(place)
    source = f"{quote_sheetname(LISTS)}!${letter}$1:${letter}${len(words)}"
    rule = DataValidation("list", formula1=source, allow_blank=True)
    return _worded(rule, _("Choose from the list."))


def _worded(rule: DataValidation, words: str) -> DataValidation:
    rule.allow_blank = True
    rule.showErrorMessage = True
    rule.error = words
    rule.showInputMessage = True
    rule.prompt = words
    return rule


def _protect(sheet: Any) -> None:
    """Widths may be changed, rows sorted, filtered and added."""
    sheet.protection.sheet = True
    for allowed in ("formatColumns", "formatRows", "sort", "autoFilter", "insertRows"):
        setattr(sheet.protection, allowed, False)


def _meta(book: Any, meta: Meta) -> None:
    hidden = book.create_sheet(META)
    hidden.sheet_state = "veryHidden"
    hidden.protection.sheet = True
    for row in meta.cells():
        hidden.append(row)


def csv_text(filled: Filled, *, language: str) -> str:
    """UTF-8 with its mark, semicolons; dates as they are written here."""
    target = StringIO(newline="")
    with translation.override(language):
        writer = csv.writer(target, delimiter=";")
        writer.writerow([columns.title_of(column) for column in filled.columns])
        writer.writerows([_csv_cell(value) for value in row] for row in filled.rows())
    return BYTE_ORDER_MARK + target.getvalue()


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return str(value).replace(".", ",")
    return cells.harmless(str(value))
