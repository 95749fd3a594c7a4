"""The process in the staff site: lists, review, desk, calls, money."""

from applications.admin import applications, sittings

__all__ = ["applications", "sittings"]
