"""The record in the staff site."""

from institutions.admin import (
    associations,
    documents,
    findings,
    joining,
    people,
    units,
    updates,
)

__all__ = [
    "associations",
    "documents",
    "findings",
    "joining",
    "people",
    "units",
    "updates",
]
