"""What a PDF sent by an applicant may not hold (decision 44).

A request's PDF is opened by officers on their own machines: one that runs code, starts
a program or carries other files is refused. The whole object graph is read, not only
what the pages reach, within limits of size and time; what cannot be read is refused as
damaged, so that nothing hides behind a fault that another reader forgives.
"""

import logging
import re
import struct
import time
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pypdf import PasswordType, PdfReader, apply_configuration
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NullObject,
    StreamObject,
)

MAX_OBJECTS = 100_000
MAX_PAGES = 2_000
MAX_SECONDS = 10.0
TRAILING = 1024
# Cross-reference and object streams are all that is decompressed here; they are small.
LIMITS: dict[str, Any] = {
    "zlib_maximum_output_length": 8_000_000,
    "lzw_maximum_output_length": 1_000_000,
    "run_length_maximum_output_length": 8_000_000,
    "page_tree_maximum_entries": MAX_PAGES,
    "stream_decoding_work_maximum_length": 40_000_000,
}
# The beginning of a page, an archive or a program.
FOREIGN = re.compile(rb"<[A-Za-z!?]|PK\x03\x04|PK\x05\x06|MZ|\x7fELF|#!")
UNREADABLE = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
MESSAGES = {
    "damaged": _(
        "This PDF is damaged or incomplete. Open it on your computer, "
        "print it to a new PDF and send that one."
    ),
    "password": _(
        "This PDF asks for a password. Save it without a password and send it again."
    ),
    "javascript": _(
        "This PDF contains a program (JavaScript). "
        "Print it to a new PDF and send that one."
    ),
    "launch": _(
        "This PDF tries to start a program. Print it to a new PDF and send that one."
    ),
    "attachment": _(
        "This PDF carries other files inside it. Send each document on its own."
    ),
    "appended": _(
        "This PDF is followed by something else. "
        "Print it to a new PDF and send that one."
    ),
    "xfa": _(
        "This PDF is a dynamic form (XFA). Print it to a new PDF and send that one."
    ),
    "complex": _(
        "This PDF is too complex to be checked. "
        "Print it to a new PDF and send that one."
    ),
}
# In every revision of the file, including those that the last one hides.
BETRAYED_BY = (
    (re.compile(rb"/S\s*/JavaScript(?![A-Za-z])"), "javascript"),
    (re.compile(rb"/S\s*/Launch(?![A-Za-z])"), "launch"),
    (re.compile(rb"/Type\s*/EmbeddedFile(?![A-Za-z])"), "attachment"),
)
ACTIONS = {"/JavaScript": "javascript", "/Launch": "launch", "/GoToE": "attachment"}
KEYS = {
    "/JS": "javascript",
    "/JavaScript": "javascript",
    "/EF": "attachment",
    "/EmbeddedFiles": "attachment",
    "/XFA": "xfa",
}
TYPES = {"/EmbeddedFile": "attachment", "/FileAttachment": "attachment"}

# It writes a line for each oddity that it forgives.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def inspect_pdf(data: bytes) -> int:
    """The number of pages. Raises ``ValidationError`` with the reason of a refusal."""
    _check_end(data)
    _refuse_what_names_betray(data)
    try:
        with apply_configuration(**LIMITS):
            return _inspect(data)
    except LimitReachedError:
        raise refusal("complex") from None
    except UNREADABLE:
        raise refusal("damaged") from None


def refusal(code: str) -> ValidationError:
    return ValidationError(MESSAGES[code], code=code)


def _inspect(data: bytes) -> int:
    reader = PdfReader(BytesIO(data), strict=False)
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise refusal("password")
    for part in _every_object(reader):
        _refuse_active(part)
    pages = len(reader.pages)
    if pages < 1:
        raise refusal("damaged")
    return pages


def _check_end(data: bytes) -> None:
    """A PDF ends with its mark; readers forgive some bytes after it, as we do."""
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise refusal("damaged")
    rest = data[end + 5 :].strip(b"\0\r\n\t\f ")
    if len(rest) > TRAILING or FOREIGN.search(rest):
        raise refusal("appended")


def _refuse_what_names_betray(data: bytes) -> None:
    """Names of danger as they stand in the bytes, their ``#4A`` spellings undone."""
    plain = re.sub(
        rb"#([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), data
    )
    for pattern, code in BETRAYED_BY:
        if pattern.search(plain):
            raise refusal(code)


def _every_object(reader: PdfReader) -> Iterator[Any]:
    """All dictionaries of the file, reached from a page or not."""
    numbers = {(0, number) for number in reader.xref_objStm}
    for generation, offsets in reader.xref.items():
        numbers.update((generation, number) for number in offsets)
    if len(numbers) > MAX_OBJECTS:
        raise refusal("complex")
    yield from _dictionaries(reader.trailer)
    deadline = time.monotonic() + MAX_SECONDS
    for generation, number in sorted(numbers):
        if time.monotonic() > deadline:
            raise refusal("complex")
        reference = IndirectObject(number, generation, reader)
        yield from _dictionaries(reader.get_object(reference))


def _dictionaries(found: Any) -> Iterator[DictionaryObject]:
    """``found`` and what stands directly in it; references are met by their number."""
    waiting = [found]
    while waiting:
        part = waiting.pop()
        if isinstance(part, DictionaryObject):
            yield part
            waiting.extend(dict.values(part))
        elif isinstance(part, ArrayObject):
            waiting.extend(list.__iter__(part))


def _refuse_active(part: DictionaryObject) -> None:
    for key, code in KEYS.items():
        if key in part and not _is_void(part[key]):
            raise refusal(code)
    for key, codes in (("/S", ACTIONS), ("/Type", TYPES), ("/Subtype", TYPES)):
        if key in part and str(part[key]) in codes:
            raise refusal(codes[str(part[key])])
    if "/URI" in part and str(part["/URI"]).strip().lower().startswith("javascript:"):
        raise refusal("javascript")


def _is_void(value: Any) -> bool:
    """An empty tree of names, which many programs write, holds nothing."""
    if isinstance(value, NullObject) or value is None:
        return True
    if isinstance(value, StreamObject):
        return False
    if isinstance(value, DictionaryObject):
        parts = [value[key] for key in ("/Names", "/Kids") if key in value]
        return not value or (bool(parts) and not any(parts))
    return isinstance(value, ArrayObject) and not value
