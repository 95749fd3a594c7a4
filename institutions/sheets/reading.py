"""What a file says, read by an expendable process.

A file that makes the process fall or last too long only loses that process.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from institutions.sheets.parser.limits import MAX_BYTES, SECONDS

# Without the portal's environment: no secret is within reach of a hostile file.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
COMMAND = (sys.executable, "-m", "institutions.sheets.parser")
# On the clock, for a busy machine: the processor has the shorter limit.
WAIT = SECONDS * 3


class SheetRefused(Exception):
    """The whole file is refused; ``code`` names the sentence, see ``problems``."""

    def __init__(self, code: str, *, cell: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code, self.cell, self.params = code, cell, params


@dataclass
class Book:
    """The cells of the sheet; the first row of ``rows`` is row 1 of the sheet."""

    kind: str
    rows: list[list[Any]]
    encoding: str = ""
    meta: list[list[Any]] | None = None
    formulas: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    in_error: list[str] = field(default_factory=list)


def read(content: bytes) -> Book:
    """Raises ``SheetRefused``."""
    if len(content) > MAX_BYTES:
        raise SheetRefused("too_big", megabytes=MAX_BYTES // 1024 // 1024)
    try:
        done = subprocess.run(  # noqa: S603 -- our own module, nothing of the file
            COMMAND,
            input=content,
            capture_output=True,
            cwd=settings.BASE_DIR,
            env=ENVIRONMENT,
            timeout=WAIT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SheetRefused("too_heavy") from error
    if done.returncode != 0:
        raise SheetRefused("too_heavy" if done.returncode < 0 else "damaged")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise SheetRefused(answer["refused"], **answer["params"])
    return Book(**answer)
