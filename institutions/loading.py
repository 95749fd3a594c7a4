"""The types of documents that calls may ask for (domain.md, section 2.7)."""

import csv
from pathlib import Path
from typing import Any

from institutions.models import DocumentType

DOCUMENT_TYPES = Path(__file__).parent / "data" / "document_types.csv"


def load_document_types() -> tuple[int, int]:
    """Create or correct them by code; answers how many were created and changed.

    What the centre put out of use stays out of use, and its own types stay.
    """
    with DOCUMENT_TYPES.open(encoding="utf-8", newline="") as lines:
        rows = [_typed(row) for row in csv.DictReader(lines)]
    created = changed = 0
    present = DocumentType.objects.in_bulk(field_name="code")
    for row in rows:
        known = present.get(row["code"])
        if known is None:
            DocumentType.objects.create(**row)
            created += 1
        elif any(getattr(known, name) != value for name, value in row.items()):
            DocumentType.objects.filter(pk=known.pk).update(**row)
            changed += 1
    return created, changed


def _typed(row: dict[str, str]) -> dict[str, Any]:
    return {
        **row,
        "is_identity": row["is_identity"] == "1",
        "max_files": int(row["max_files"]),
    }
