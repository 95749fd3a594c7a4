"""The XML of a sheet, read as a stream before anything keeps it in memory.

Finds where cells really stand, whatever the sheet declares, and what calamine does not
tell: formulas, merged cells, cells in error. A document type is refused, for it can
name entities that grow without end.
"""

import io
import re
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

from institutions.sheets.parser.limits import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TOLD,
    Refused,
)

REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
CHUNK = 256 * 1024
DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass
class Seen:
    """Cells by their name (``C7``), as many as may be told of."""

    formulas: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    in_error: list[str] = field(default_factory=list)

    def add(self, cells: list[str], name: str) -> None:
        if len(cells) < MAX_TOLD:
            cells.append(name)


def letters(column: int) -> str:
    """1 → A, 27 → AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def number(name: str) -> int:
    total = 0
    for letter in name:
        total = total * 26 + ord(letter) - 64
    return total


def check_place(row: int, column: int) -> None:
    if row > MAX_ROWS + 1:
        raise Refused("too_many_rows", limit=MAX_ROWS)
    if column > MAX_COLUMNS:
        raise Refused("too_many_columns", limit=MAX_COLUMNS)


def scan(content: bytes, kind: str) -> dict[str, Seen]:
    """What stands in each part that holds a sheet, by the name of the part."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        found = {}
        for member in package.infolist():
            if not member.filename.lower().endswith((".xml", ".rels")):
                continue
            seen = Seen()
            _read(package, member, _handler(member.filename, kind, seen))
            found[member.filename] = seen
        return found


def _handler(name: str, kind: str, seen: Seen):
    if kind == "ods":
        return OdsCells(seen) if name == "content.xml" else None
    return XlsxCells(seen) if name.startswith("xl/worksheets/") else None


def _read(package, member, cells) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.EntityDeclHandler = _no_doctype
    if cells is not None:
        parser.StartElementHandler = cells.start
        parser.EndElementHandler = cells.end
        parser.CharacterDataHandler = cells.text
    try:
        with package.open(member) as stream:
            while chunk := stream.read(CHUNK):
                if cells is None and DTD.search(chunk):
                    _no_doctype()
                parser.Parse(chunk, False)  # noqa: FBT003 -- expat takes it by place
            parser.Parse(b"", True)  # noqa: FBT003 -- the same
    except (expat.ExpatError, zipfile.BadZipFile, EOFError, OSError) as error:
        raise Refused("damaged") from error


def _no_doctype(*_declared: object) -> None:
    raise Refused("entities")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class XlsxCells:
    """Rows and cells say where they stand, or follow the one before."""

    def __init__(self, seen: Seen) -> None:
        self.seen, self.row, self.column = seen, 0, 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "c":
            self._cell(attributes)
        elif name == "row":
            self.row = _whole(attributes.get("r"), self.row + 1)
            self.column = 0
        elif name == "f":
            self.seen.add(self.seen.formulas, f"{letters(self.column)}{self.row}")
        elif name == "mergeCell":
            self.seen.add(self.seen.merged, attributes.get("ref", "")[:20])

    def _cell(self, attributes: dict[str, str]) -> None:
        place = REFERENCE.fullmatch(attributes.get("r", ""))
        if place:
            self.column, self.row = number(place[1]), int(place[2])
        elif "r" in attributes:
            raise Refused("damaged")
        else:
            self.column += 1
        if attributes.get("t") == "e":
            self.seen.add(self.seen.in_error, f"{letters(self.column)}{self.row}")
        check_place(self.row, self.column)

    def end(self, tag: str) -> None:
        pass

    def text(self, _data: str) -> None:
        pass


class OdsCells:
    """Cells and rows repeat; only what holds something counts as standing there."""

    def __init__(self, seen: Seen) -> None:
        self.first, self.seen, self.row, self.column = seen, Seen(), 0, 0
        self.rows_next, self.cells_next = 1, 1
        self.is_found = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "table":
            self._table(attributes)
        elif name == "table-row":
            self.row += self.rows_next
            self.rows_next = _repeated(attributes, "rows")
            self.column, self.cells_next = 0, 1
        elif name in ("table-cell", "covered-table-cell"):
            self._cell(attributes)
        elif name == "p":
            self._holds()

    def _table(self, attributes: dict[str, str]) -> None:
        """What is told is of the first table that is not ours; all are measured."""
        self.row, self.column, self.rows_next = 0, 0, 1
        names = {_local(name): value for name, value in attributes.items()}
        is_ours = names.get("name", "").startswith("_")
        self.seen = Seen() if is_ours or self.is_found else self.first
        self.is_found = self.is_found or not is_ours

    def _cell(self, attributes: dict[str, str]) -> None:
        self.column += self.cells_next
        self.cells_next = _repeated(attributes, "columns")
        names = {_local(name): value for name, value in attributes.items()}
        place = f"{letters(min(self.column, 16384))}{self.row}"
        if "formula" in names:
            self.seen.add(self.seen.formulas, place)
        spans = (names.get(f"number-{what}-spanned", "1") for what in SPANS)
        if any(_whole(span, 1) > 1 for span in spans):
            self.seen.add(self.seen.merged, place)
        if "value-type" in names:
            self._holds()

    def _holds(self) -> None:
        """The last of the repeats must stand within the limits too."""
        check_place(self.row + self.rows_next - 1, self.column + self.cells_next - 1)

    def end(self, tag: str) -> None:
        pass

    def text(self, _data: str) -> None:
        pass


SPANS = ("columns", "rows")


def _repeated(attributes: dict[str, str], what: str) -> int:
    for name, value in attributes.items():
        if _local(name) == f"number-{what}-repeated":
            return _whole(value, 1)
    return 1


def _whole(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Refused("damaged")
    return int(text)
