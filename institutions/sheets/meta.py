"""The hidden sheet of a template: whose it is, what stood on it, and our signature."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.signing import BadSignature, Signer

from institutions.sheets.reading import SheetRefused

VERSION = "1"
SALT = "institutions.sheets"


@dataclass(frozen=True)
class Meta:
    """``centre`` and ``year`` are empty on a blank template; ``keys`` are the codes of
    the rows it was filled with; ``fingerprint`` that of the list it was taken from."""

    kind: str
    language: str
    centre: str = ""
    year: int = 0
    fingerprint: str = ""
    with_names: bool = False
    keys: tuple[str, ...] = field(default=())

    def cells(self) -> list[list[str]]:
        """A heading per row, then one key per row, the signature last."""
        head = {
            "version": VERSION,
            "kind": self.kind,
            "language": self.language,
            "centre": self.centre,
            "year": str(self.year),
            "fingerprint": self.fingerprint,
            "with_names": "1" if self.with_names else "0",
        }
        rows = [[name, value] for name, value in head.items()]
        rows += [["key", key] for key in self.keys]
        return [*rows, ["signature", signature(rows)]]


def signature(rows: list[list[str]]) -> str:
    text = json.dumps(rows, ensure_ascii=True, separators=(",", ":"))
    return Signer(salt=SALT).signature(text)


def found_in(cells: list[list[Any]] | None) -> Meta | None:
    """``None`` when the file has no such sheet. Raises ``SheetRefused``."""
    if not cells:
        return None
    rows = [[str(value or "") for value in row[:2]] for row in cells]
    rows = [row for row in rows if len(row) == 2 and row[0]]
    head = dict(row for row in rows if row[0] != "key")
    if head.get("version", "") != VERSION:
        raise SheetRefused("other_version")
    body = [row for row in rows if row[0] != "signature"]
    text = json.dumps(body, ensure_ascii=True, separators=(",", ":"))
    try:
        Signer(salt=SALT).unsign(f"{text}:{head.get('signature', '')}")
    except BadSignature as error:
        raise SheetRefused("meta_changed") from error
    return Meta(
        kind=head["kind"],
        language=head["language"],
        centre=head["centre"],
        year=int(head["year"]),
        fingerprint=head["fingerprint"],
        with_names=head["with_names"] == "1",
        keys=tuple(row[1] for row in rows if row[0] == "key"),
    )
