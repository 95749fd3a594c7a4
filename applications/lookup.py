"""Finding a file by its number, an association or an institution by its name."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from accounts.portal_forms import latin_digits
from applications.models import Application
from institutions.models import Association, Institution

FULL_NUMBER = re.compile(r"[A-Z]{3}-\d{4}-\d{2}-\d{5,}")
SEQUENCE = re.compile(r"\d{1,5}")
SHOWN = 20


@dataclass
class Found:
    """What one search found, each kind to a bound."""

    files: list[Application] = field(default_factory=list)
    associations: list[Association] = field(default_factory=list)
    institutions: list[Institution] = field(default_factory=list)

    @property
    def only_file(self) -> Application | None:
        """The file whose whole number was typed: its page opens at once."""
        alone = not self.associations and not self.institutions
        return self.files[0] if alone and len(self.files) == 1 else None

    def __bool__(self) -> bool:
        return bool(self.files or self.associations or self.institutions)


def as_number(typed: str) -> str | None:
    """``eps 2026 10 00042`` as it is written, when the whole number was typed."""
    number = re.sub(r"[\s‐-―-]+", "-", latin_digits(typed).strip().upper())
    return number if FULL_NUMBER.fullmatch(number) else None


def by_number_or_name(rows, typed: str) -> Any:
    """Files whose number, association or institution is what was typed.

    The number goes through its unique index, names through the trigram index of the
    record, as subqueries: no join, so that a page of ids stays cheap.
    """
    typed = typed.strip()
    if not typed:
        return rows
    number = as_number(typed)
    if number:
        return rows.filter(number=number)
    sequence = latin_digits(typed).strip()
    if SEQUENCE.fullmatch(sequence):
        return rows.filter(number__endswith=f"-{int(sequence):05d}")
    associations = Association.objects.search(typed).order_by().values("pk")
    institutions = Institution.objects.search(typed).order_by().values("pk")
    return rows.filter(
        Q(association__in=associations) | Q(institution__in=institutions)
    )


def find(user, typed: str) -> Found:
    """Within what the user may see; nothing typed finds nothing."""
    if not typed.strip():
        return Found()
    files = Application.objects.visible_to(user).select_related(
        "association", "institution", "delegation"
    )
    if as_number(typed):
        return Found(files=list(by_number_or_name(files, typed)[:1]))
    return Found(
        files=list(by_number_or_name(files, typed).order_by("-pk")[:SHOWN]),
        associations=_named(Association.objects.current(), user, typed),
        institutions=_named(Institution.objects.all(), user, typed),
    )


def _named(rows, user, typed: str) -> list:
    found = rows.visible_to(user).search(typed).select_related("delegation")
    return list(found.order_by("pk")[:SHOWN])
