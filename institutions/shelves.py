"""The vault as it is shown: for each type asked for, what is kept and until when."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from institutions.enums import DocumentLevel, Validity
from institutions.models import Association, Document, DocumentType

SOON_DAYS = 60


@dataclass
class Slot:
    """One type on one shelf, with the documents kept, the latest first."""

    type: DocumentType
    unit: int
    documents: list[Document] = field(default_factory=list)
    error: str = ""
    icon: str = ""

    @property
    def id(self) -> str:
        return slot(self.type.code, self.unit)

    @property
    def document(self) -> Document | None:
        return self.documents[0] if self.documents else None

    @property
    def upload_url(self) -> str:
        return reverse("institutions:document_upload", args=[self.type.code, self.unit])

    @property
    def needs_date(self) -> bool:
        return self.type.validity == Validity.FIXED_DATE

    @property
    def label(self) -> str:
        """Its state in words; nothing for what was never sent."""
        if self.document is None:
            return ""
        if self.document.is_expired():
            return _("expired")
        return _("expires soon") if self.is_soon else _("valid")

    @property
    def is_soon(self) -> bool:
        day = self.document.expires_on if self.document else None
        return day is not None and (day - timezone.localdate()).days <= SOON_DAYS

    @property
    def tone(self) -> str:
        if self.document is None:
            return ""
        if self.document.is_expired():
            return "stop"
        return "wait" if self.is_soon else "done"


@dataclass
class Shelf:
    """``name`` empty: the association itself."""

    name: str
    slots: list[Slot]


def slot(code: str, unit: int) -> str:
    return f"doc-{code}-{unit}"


def of(
    association: Association, user: Any, *, refused: dict[str, str] | None = None
) -> list[Shelf]:
    """Association, institutions, centres: four queries whatever is kept.

    ``refused``: by slot, why the file just sent was not taken.
    """
    types = list(DocumentType.objects.filter(is_active=True).order_by("pk"))
    kept = list(
        Document.objects.visible_to(user)
        .current()
        .filter(association=association, child=None, staff_member=None)
        .order_by("-uploaded_at", "-pk")
    )
    shelves = [_shelf("", DocumentLevel.ASSOCIATION, types, kept, unit=None)]
    for level in (DocumentLevel.INSTITUTION, DocumentLevel.CENTRE):
        shelves += [
            _shelf(unit.name, level, types, kept, unit=unit)
            for unit in _units(association, level)
        ]
    for shelf in shelves:
        for place in shelf.slots:
            place.error = (refused or {}).get(place.id, "")
    return shelves


def about(
    association: Association, document_type: DocumentType, unit: int
) -> dict[str, Any]:
    """What a document of this type is about. Raises ``DoesNotExist``."""
    level = DocumentLevel(document_type.level)
    if level == DocumentLevel.ASSOCIATION and unit == 0:
        return {}
    if level in (DocumentLevel.INSTITUTION, DocumentLevel.CENTRE):
        found = _units(association, level).filter(pk=unit).first()
        if found is not None:
            return {level.value: found}
    raise Association.DoesNotExist


def _units(association: Association, level: DocumentLevel) -> Any:
    rows = getattr(association, f"{level.value}s")
    return rows.filter(is_active=True).order_by("pk")


def _shelf(
    name: str, level: DocumentLevel, types: list, kept: list, *, unit: Any
) -> Shelf:
    pk = unit.pk if unit else 0
    return Shelf(
        name,
        [
            Slot(
                type=document_type,
                unit=pk,
                documents=[
                    document
                    for document in kept
                    if document.type_id == document_type.pk
                    and (document.institution_id or document.centre_id or 0) == pk
                    and (unit is None or _is_about(document, level, pk))
                ],
            )
            for document_type in types
            if document_type.level == level
        ],
    )


def _is_about(document: Document, level: DocumentLevel, pk: int) -> bool:
    return getattr(document, f"{level.value}_id") == pk
