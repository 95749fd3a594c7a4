"""The sheet as it was sent, with what is wrong marked in its cells.

Mended there, it can be sent back: the hidden part of the template is kept.
"""

from io import BytesIO
from typing import Any

from django.utils import translation
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from institutions.sheets import cells, reading
from institutions.sheets.checking import layout_of
from institutions.sheets.columns import Column
from institutions.sheets.parser.opening import META
from institutions.sheets.reading import Book, SheetRefused
from institutions.sheets.template import choice_lists, write

MARK = PatternFill("solid", fgColor="FFF9D6D5")
OTHER = Column("", "")


def marked(content: bytes, *, kind: str, errors: list[dict[str, str]]) -> bytes:
    """Raises ``SheetRefused`` for a file that cannot be read at all."""
    book = reading.read(content)
    try:
        places = layout_of(book, kind).places
    except SheetRefused:
        places = {}
    by_place = {place + 1: column for column, place in places.items()}
    out = Workbook()
    sheet: Any = out.active
    sheet.sheet_view.rightToLeft = translation.get_language_bidi()
    for number, row in enumerate(book.rows, start=1):
        for place, raw in enumerate(row, start=1):
            write(sheet.cell(number, place), by_place.get(place, OTHER), typed(raw))
    _mark(sheet, errors)
    choice_lists(out, sheet, by_place, last=len(book.rows) + 100)
    _keep_meta(out, book)
    target = BytesIO()
    out.save(target)
    return target.getvalue()


def typed(raw: Any) -> Any:
    if isinstance(raw, list):
        return cells.day_of(raw)
    return cells.plain(raw) if isinstance(raw, str) else raw


def _mark(sheet: Any, errors: list[dict[str, str]]) -> None:
    said: dict[str, list[str]] = {}
    for error in errors:
        if error["cell"]:
            said.setdefault(error["cell"], []).append(error["message"])
    for name, messages in said.items():
        sheet[name].fill = MARK
        sheet[name].comment = Comment("\n".join(messages), "Entraide Nationale")


def _keep_meta(out: Workbook, book: Book) -> None:
    if book.meta:
        hidden: Any = out.create_sheet(META)
        hidden.sheet_state = "veryHidden"
        for row in book.meta:
            hidden.append([str(value) for value in row if value is not None])
