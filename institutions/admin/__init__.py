"""The record in the staff site."""

from institutions.admin import (
    associations,
    documents,
    figures,
    findings,
    joining,
    people,
    units,
    updates,
)

__all__ = [
    "associations",
    "documents",
    "figures",
    "findings",
    "joining",
    "people",
    "units",
    "updates",
]
