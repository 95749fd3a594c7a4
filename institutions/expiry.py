"""Sixty and thirty days before a document ends, those who keep it are told.

One mail for an association, whatever ends; each document once for each threshold. What
was told stands in the notices themselves, so that a run stopped half-way, or run
twice, tells nothing twice and forgets nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from accounts.enums import Language
from accounts.models import Outbox
from institutions import notifications, validity
from institutions.enums import Validity
from institutions.models import Association, Document

THRESHOLDS = (30, 60)
KIND = "documents_expiring"
# Lines of a mail; the page shows the rest.
LINES = 20
ABOUT = ("type", "institution", "centre")


def mind(today: date | None = None) -> int:
    """The daily round: ends brought up to date, managers told; counts those told."""
    today = today or timezone.localdate()
    of_boards = Document.objects.current().filter(type__validity=Validity.BOARD_TERM)
    owners = of_boards.order_by().values("association")
    for association in Association.objects.filter(pk__in=owners).iterator():
        validity.refresh(association)
    ending = _ending(today).order_by().values("association").distinct()
    told = 0
    for pk in Association.objects.current().filter(pk__in=ending).values_list("pk"):
        told += tell(pk[0], today=today)
    return told


def tell(association_pk: int, *, today: date) -> bool:
    """Whether there was something new to say to this association's managers."""
    with transaction.atomic():
        rows = Association.objects.select_for_update(of=("self",), no_key=True)
        association = rows.get(pk=association_pk)
        told = _told(association)
        ending = _ending(today).filter(association=association)
        new = {
            _mark(document, today): document
            for document in ending.select_related(*ABOUT).order_by("expires_on", "pk")
            if _mark(document, today) not in told
        }
        if not new:
            return False
        key = sha256(" ".join(sorted(new)).encode()).hexdigest()
        context = {"told": sorted(new), "count": len(new), **_lines(new.values())}
        notifications.documents_expiring(association, context=context, key=key)
    return True


def _ending(today: date) -> Any:
    """In use, good today, not for longer than the widest threshold."""
    last = today + timedelta(days=max(THRESHOLDS))
    kept = Document.objects.current().filter(expires_on__range=(today, last))
    return kept.filter(type__is_active=True)


def _mark(document: Document, today: date) -> str:
    """A document, its end, and how near it is: what is told once."""
    left = (document.expires_on - today).days if document.expires_on else 0
    threshold = next(days for days in THRESHOLDS if left <= days)
    return f"{document.pk}:{document.expires_on}:{threshold}"


def _told(association: Association) -> set[str]:
    notices = Outbox.objects.filter(
        kind=KIND, object_kind="association", object_id=association.pk
    )
    told = notices.order_by().values_list("context__told", flat=True).distinct()
    return {mark for marks in told for mark in marks or []}


def _lines(documents: Iterable[Document]) -> dict[str, list[list[str]]]:
    """In both languages: document, unit, day. Papers of persons count by type only."""
    shown: list[tuple[Document, int]] = []
    of_people: dict[int, list[Document]] = defaultdict(list)
    for document in documents:
        if document.child_id or document.staff_member_id:
            of_people[document.type_id].append(document)
        else:
            shown.append((document, 1))
    shown += [(group[0], len(group)) for group in of_people.values()]
    return {
        f"lines_{language}": [_line(row, count, language) for row, count in shown][
            :LINES
        ]
        for language in Language.values
    }


def _line(document: Document, count: int, language: str) -> list[str]:
    unit = document.institution or document.centre
    name = document.type.name_in(language)
    return [
        f"{name} × {count}" if count > 1 else name,
        unit.name_in(language) if unit else "",
        date_format(document.expires_on, "d/m/Y") if document.expires_on else "",
    ]
