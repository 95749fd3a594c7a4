"""Letters as rows: what each says is frozen here, a worker makes the file of it."""

from collections.abc import Iterable

from accounts.outbox import wake
from applications.enums import LetterKind
from applications.models import Application, Attachment, Letter
from applications.pdf import content

MAKE_LETTER = "applications.tasks.make_letter"


def letter(
    application: Application,
    kind: LetterKind,
    *,
    rank: int = 1,
    attachments: list[Attachment] | None = None,
) -> Letter:
    """The row, not saved: a sitting writes all of its letters at once.

    ``attachments``: those of the file, where they are at hand already.
    """
    return Letter(
        application=application,
        kind=kind,
        rank=rank,
        language=application.association.language,
        context=content(application, kind, rank=rank, attachments=attachments),
    )


def write(letters: Iterable[Letter]) -> None:
    """Keeps the rows and has the files made once all is committed."""
    for row in Letter.objects.bulk_create(letters):
        wake(MAKE_LETTER, row.pk)
