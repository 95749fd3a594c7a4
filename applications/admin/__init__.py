"""The process in the staff site: lists, review, desk, calls, money."""

from applications.admin import applications, awards, calls, settings, sittings

__all__ = ["applications", "awards", "calls", "settings", "sittings"]
