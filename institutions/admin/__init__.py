"""The record in the staff site."""

from institutions.admin import associations, documents, people, units, updates

__all__ = ["associations", "documents", "people", "units", "updates"]
