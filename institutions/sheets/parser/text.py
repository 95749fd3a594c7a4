"""CSV: which encoding, which separator."""

import codecs
import csv
import io
import re
from collections.abc import Iterator

from institutions.sheets.parser.limits import MAX_COLUMNS, MAX_ROWS, Refused

SEPARATORS = ";,\t"
# Letters of Arabic in Windows-1256, without those where it holds French ones.
ARABIC_RUN = re.compile(rb"[\xc1-\xdf\xe1\xe3-\xe6\xec\xed]{2}")
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(content: bytes) -> tuple[str, str]:
    """The text, and the encoding it was read in.

    Without a mark: UTF-8 when all of it is; else the encoding of Windows in Morocco,
    Arabic when letters of Arabic stand side by side, else French.
    """
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return _decode(content, encoding), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        encoding = "cp1256" if ARABIC_RUN.search(content) else "cp1252"
        return _decode(content, encoding), encoding


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("encoding") from error


def rows_of(content: bytes) -> tuple[list[list[str]], str]:
    text, encoding = decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return list(_bounded(reader)), encoding
    except csv.Error as error:
        raise Refused("damaged") from error


def _bounded(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    for count, row in enumerate(rows):
        if count > MAX_ROWS:
            raise Refused("too_many_rows", limit=MAX_ROWS)
        while row and not row[-1].strip():
            row.pop()
        if len(row) > MAX_COLUMNS:
            raise Refused("too_many_columns", limit=MAX_COLUMNS)
        yield row
