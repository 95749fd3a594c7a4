"""Until when a document is good, by the rule of its type, and that rule in words.

Until it changes; until the term of the board ends; until the end of the school or of
the financial year, as the association works; until the date written on the document.
"""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from institutions.enums import Validity, WorkingYear
from institutions.models import Association, Document, DocumentType

SOON_DAYS = 60
# After so long, a document that holds until it changes is asked about again.
ASK_AGAIN = timedelta(days=180)
# The last day of the year that an association works by.
LAST_DAYS = {WorkingYear.SCHOOL: (8, 31), WorkingYear.FINANCIAL: (12, 31)}


def end_of(association: Association, type: DocumentType, *, on: date) -> date | None:
    """The last good day of a document of ``on``; None where no day is known.

    Only the paper says the end of a type with a fixed date.
    """
    if type.validity == Validity.BOARD_TERM:
        return _end_of_board(association, on)
    if type.validity == Validity.YEAR:
        return _end_of_year(association, on)
    return None


def rule(association: Association, type: DocumentType) -> str:
    """The rule in words, with the day it gives for a document sent today."""
    day = end_of(association, type, on=timezone.localdate())
    if type.validity == Validity.UNTIL_CHANGED:
        return _("Good until it changes.")
    if type.validity == Validity.FIXED_DATE:
        return _("Good until the date written on it.")
    if type.validity == Validity.BOARD_TERM and day is None:
        return _(
            "Good until the term of the board ends; the record does not say when yet."
        )
    sentence: dict[str, str] = {
        Validity.BOARD_TERM: _("Good until the term of the board ends, on %(on)s."),
        WorkingYear.SCHOOL: _("Good until the end of the school year, on %(on)s."),
        WorkingYear.FINANCIAL: _(
            "Good until the end of the financial year, on %(on)s."
        ),
    }
    key = type.validity if type.validity == Validity.BOARD_TERM else None
    text = sentence.get(key or association.working_year, _("Good for one year."))
    return text % {"on": date_format(day, "d/m/Y")} if day else text


def may_be_prolonged(document: Document) -> bool:
    """Whether "still valid" can be said of it, in one tap.

    A new year asks for a new document, and the date on a paper is not ours to move.
    A board's paper holds under the next board only where somebody says so.
    """
    if document.type.validity == Validity.UNTIL_CHANGED:
        last = document.still_valid_at or document.uploaded_at
        return timezone.now() - last > ASK_AGAIN
    if document.type.validity != Validity.BOARD_TERM or not document.expires_on:
        return False
    end = document.association.board_ends_on
    return end is not None and end > max(document.expires_on, timezone.localdate())


def refresh(association: Association) -> int:
    """Bring the ends to what the record now says of the board; answers how many moved.

    Called by whoever writes the board's dates, and for all by the daily task.
    """
    kept = Document.objects.current().filter(association=association)
    moved = []
    for document in kept.filter(type__validity=Validity.BOARD_TERM):
        end = _end_of_board(association, day_of(document))
        if end and document.issued_on:
            end = max(end, document.issued_on)
        if end != document.expires_on:
            document.expires_on = end
            moved.append(document)
    Document.objects.bulk_update(moved, ["expires_on"])
    return len(moved)


def day_of(document: Document) -> date:
    """The day it speaks of: when it was last said valid, issued, or sent."""
    if document.still_valid_at:
        return timezone.localdate(document.still_valid_at)
    return document.issued_on or timezone.localdate(document.uploaded_at)


def _end_of_board(association: Association, on: date) -> date | None:
    """A paper older than the last assembly is of the board before: it ended there."""
    started = association.last_assembly_on
    if started and on < started:
        return started
    return association.board_ends_on


def _end_of_year(association: Association, on: date) -> date:
    last = LAST_DAYS.get(WorkingYear(association.working_year))
    if last is None:
        return on + timedelta(days=365)
    end = date(on.year, *last)
    return end if end >= on else date(on.year + 1, *last)
