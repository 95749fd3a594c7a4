"""One cell: from what the file holds to what a form would be sent, and back."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from accounts.languages import enumerated
from accounts.portal_forms import PLAIN_NUMBER, latin_digits, plain_number
from institutions.sheets import columns
from institutions.sheets.columns import Column

DAY_FIRST = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})")
YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
# A spreadsheet program runs a text that begins so (OWASP, CSV injection).
RISKY = ("=", "+", "-", "@", "\t", "\r")
# What cannot be shown, line breaks and tabulations apart.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
LONGEST_WORD = 100
# Beyond, there are no centimes to bring back, and more digits than can be rounded.
LARGEST_SUM = 1e12


class CellError(Exception):
    """``code`` names a sentence of ``problems``."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def value_of(column: Column, raw: Any) -> Any:
    """A form's value: text, ``date``, whole or decimal figures, ``bool``, a code.

    ``None`` when the cell is empty. Raises ``CellError``.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return False if column.kind == columns.TRUTH else None
    return READERS[column.kind](column, raw)


def plain(text: str) -> str:
    """Without line breaks, doubled spaces and what cannot be shown."""
    return " ".join(CONTROL.sub("", text).split())


def text_of(raw: Any) -> str:
    """A number typed where text is meant is its figures."""
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() else repr(raw)
    if isinstance(raw, list):
        return raw[1]
    return str(raw)


def _text(_column: Column, raw: Any) -> str:
    text = text_of(raw)
    if CONTROL.search(text):
        raise CellError("control")
    return plain(text)


def _code(column: Column, raw: Any) -> str:
    return latin_digits(_text(column, raw)).strip()


def _key(column: Column, raw: Any) -> str:
    return _code(column, raw).upper().replace(" ", "")


def day_of(raw: list[str]) -> date:
    """A day as the parser tells it."""
    return date.fromisoformat(raw[1])


def _day(_column: Column, raw: Any) -> date:
    if isinstance(raw, list):
        return day_of(raw)
    if not isinstance(raw, str):
        raise CellError("day")
    text = latin_digits(raw).strip()
    if found := DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    elif found := YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    else:
        raise CellError("day")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise CellError("day") from None


def _figures(_column: Column, raw: Any) -> str:
    if isinstance(raw, bool | list):
        raise CellError("number")
    text = plain_number(text_of(raw))
    if not PLAIN_NUMBER.fullmatch(text):
        raise CellError("number")
    return text


def _amount(column: Column, raw: Any) -> Decimal:
    """A sheet computes in binary: 0.1 + 0.2 is brought back to the centime."""
    figures = Decimal(_figures(column, raw))
    if not isinstance(raw, float) or abs(raw) > LARGEST_SUM:
        return figures
    cents = figures.quantize(Decimal("0.01"))
    return cents if abs(figures - cents) < Decimal("0.00001") else figures


@lru_cache(maxsize=2_000)
def _truth(_column: Column, raw: Any) -> bool:
    found = columns.truths().get(_word(raw))
    if found is None:
        raise CellError("truth")
    return found


@lru_cache(maxsize=2_000)
def _choice(column: Column, raw: Any) -> str:
    choices: Any = column.choices
    found = columns.words(choices).get(_word(raw))
    if found is None:
        raise CellError("choice", labels=enumerated(columns.labels(choices)))
    return found


def _word(raw: Any) -> str:
    text = text_of(raw)
    return columns.folded(text) if len(text) <= LONGEST_WORD else ""


READERS: dict[str, Callable[[Column, Any], Any]] = {
    columns.KEY: _key,
    columns.TEXT: _text,
    columns.CODE: _code,
    columns.DAY: _day,
    columns.COUNT: _figures,
    columns.AMOUNT: _amount,
    columns.TRUTH: _truth,
    columns.CHOICE: _choice,
}


def written(column: Column, values: dict[str, Any]) -> Any:
    """What the sheet shows of a row, in the language being read; ``None`` if empty."""
    value = values.get(column.name)
    if column.part:
        return _yes_or_no(value=column.part in (value or ()))
    if column.kind == columns.TRUTH:
        return _yes_or_no(value=bool(value))
    if value is None or value == "":
        return None
    if column.kind == columns.CHOICE:
        choices: Any = column.choices
        return str(choices(value).label)
    return plain(value) if isinstance(value, str) else value


def _yes_or_no(*, value: bool) -> str:
    return str(columns.YES if value else columns.NO)


def harmless(text: str) -> str:
    """For CSV, which cannot say that a cell is text: an apostrophe before a formula."""
    return f"'{text}" if text.lstrip("'").startswith(RISKY) else text


def unharmed(text: str) -> str:
    """The text before ``harmless``."""
    is_marked = text.startswith("'") and text.lstrip("'").startswith(RISKY)
    return text[1:] if is_marked else text
