"""The record in the staff site."""

from institutions.admin import associations, documents, findings, people, units, updates

__all__ = ["associations", "documents", "findings", "people", "units", "updates"]
