"""From bytes to the cells of the sheet, after everything was checked."""

import io
import posixpath
import re
import zipfile
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook

from institutions.sheets.parser.gate import kind_of
from institutions.sheets.parser.limits import MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Refused
from institutions.sheets.parser.scan import Seen, scan
from institutions.sheets.parser.text import rows_of

# Sheets of ours that hold no rows begin so.
HIDDEN = "_"
META = "_meta"
RELATION = re.compile(r"\{[^}]*\}id$")


def open_sheet(content: bytes) -> dict[str, Any]:
    """The first sheet that is not ours, with our own one beside it.

    Cells: text, number, truth, ``["d", "2026-12-31"]`` for a day, ``None`` when empty.
    """
    kind = kind_of(content)
    if kind == "csv":
        rows, encoding = rows_of(content)
        return _answer(kind, [[_cell(text) for text in row] for row in rows], encoding)
    parts = scan(content, kind)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        name = next(
            (name for name in book.sheet_names if not name.startswith(HIDDEN)), None
        )
        if name is None:
            raise Refused("empty")
        answer = _answer(kind, _cells(book, name), "")
        if META in book.sheet_names:
            answer["meta"] = _cells(book, META)[:100_000]
    except CalamineError as error:
        raise Refused("damaged") from error
    seen = parts.get(_part_of(content, kind, name), Seen())
    return {**answer, **vars(seen)}


def _answer(kind: str, rows: list[list[Any]], encoding: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "rows": rows,
        "encoding": encoding,
        "meta": None,
        **vars(Seen()),
    }


def _cells(book: CalamineWorkbook, name: str) -> list[list[Any]]:
    sheet = book.get_sheet_by_name(name)
    if sheet.end is None:
        return []
    if sheet.end[0] > MAX_ROWS:
        raise Refused("too_many_rows", limit=MAX_ROWS)
    if sheet.end[1] >= MAX_COLUMNS:
        raise Refused("too_many_columns", limit=MAX_COLUMNS)
    return [
        [_cell(value) for value in row]
        for row in sheet.to_python(skip_empty_area=False)
    ]


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return value[: MAX_TEXT + 1] if value else None
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return ["d", value.isoformat()]
    return str(value)[:MAX_TEXT]


def _part_of(content: bytes, kind: str, name: str) -> str:
    """The part of an XLSX that holds the sheet of this name."""
    if kind == "ods":
        return "content.xml"
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        book = ElementTree.fromstring(package.read("xl/workbook.xml"))  # noqa: S314
        rels = "xl/_rels/workbook.xml.rels"
        links = ElementTree.fromstring(package.read(rels))  # noqa: S314
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet") and sheet.get("name") == name:
            keys = [value for key, value in sheet.items() if RELATION.search(key)]
            target = targets.get(keys[0], "") if keys else ""
            return posixpath.normpath(posixpath.join("xl", target)).lstrip("/")
    return ""
