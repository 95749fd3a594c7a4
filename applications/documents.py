"""The documents a call asks for, beside those the file holds."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from applications.models import Application, Attachment, CallDocument
from institutions import vault
from institutions.enums import DocumentLevel
from institutions.models import DocumentType

# Kept for the whole association or for one institution: what a new file can take up
# from the vault by itself, without asking whom it is about.
REUSED_LEVELS = (DocumentLevel.ASSOCIATION, DocumentLevel.INSTITUTION)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One line of the call's list of documents, for one file."""

    call_document: CallDocument
    attachments: list[Attachment]
    on: date

    @property
    def type(self) -> DocumentType:
        return self.call_document.type

    @property
    def is_expired(self) -> bool:
        """Something is attached, and nothing of it is good any more."""
        return bool(self.attachments) and not self._good

    @property
    def is_missing(self) -> bool:
        """Required, and nothing good is attached."""
        return self.call_document.is_required and not self._good

    @property
    def _good(self) -> list[Attachment]:
        return [a for a in self.attachments if a.document.is_good(self.on)]


def checklist(
    application: Application,
    *,
    on: date | None = None,
    attachments: list[Attachment] | None = None,
) -> list[Wanted]:
    """Every document the call asks for, in its order, as the file stands.

    ``attachments``: those of the file, where they are at hand already.
    """
    attached = defaultdict(list)
    if attachments is None:
        rows = application.attachments.select_related("document__type")
        attachments = list(rows.order_by("pk"))
    for attachment in attachments:
        attached[attachment.document.type_id].append(attachment)
    documents = application.call.documents.select_related("type")
    return [
        Wanted(
            call_document=row,
            attachments=attached.get(row.type_id, []),
            on=on or timezone.localdate(),
        )
        for row in documents.order_by("rank", "pk")
    ]


def take_up(application: Application) -> None:
    """Attach what the vault already holds and is still good (decision 21)."""
    wanted = application.call.documents.filter(type__level__in=REUSED_LEVELS)
    today, taken = timezone.localdate(), []
    for row in wanted.select_related("type"):
        found = vault.usable(
            application.association,
            row.type,
            institution=_institution_of(application, row.type),
            on=today,
        )
        document = found.filter(centre=None, child=None, staff_member=None).first()
        if document is not None:
            taken.append(Attachment(application=application, document=document))
    Attachment.objects.bulk_create(taken, ignore_conflicts=True)


def _institution_of(application: Application, type: DocumentType):
    return application.institution if type.level == DocumentLevel.INSTITUTION else None
