"""The vault as it is shown: for each type asked for, what is kept and until when.

A shelf is one thing that documents are about: the association, one of its institutions
or centres, a child, a staff member.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.encryption import EncryptedTextField
from institutions import validity
from institutions.enums import DocumentLevel, ScanState, Validity
from institutions.models import (
    Association,
    Child,
    Document,
    DocumentType,
    StaffMember,
)

UNITS = (DocumentLevel.INSTITUTION, DocumentLevel.CENTRE)
PEOPLE = (DocumentLevel.CHILD, DocumentLevel.STAFF)
# The column of a document that says what it is about.
COLUMNS = {
    DocumentLevel.INSTITUTION: "institution",
    DocumentLevel.CENTRE: "centre",
    DocumentLevel.CHILD: "child",
    DocumentLevel.STAFF: "staff_member",
}


@dataclass
class Slot:
    """One type on one shelf, with the documents kept, the latest first."""

    type: DocumentType
    unit: int
    association: Association
    documents: list[Document] = field(default_factory=list)
    earlier: list[Document] = field(default_factory=list)
    error: str = ""
    icon: str = ""

    @property
    def id(self) -> str:
        return slot(self.type.code, self.unit)

    @property
    def document(self) -> Document | None:
        return self.documents[0] if self.documents else None

    @property
    def good(self) -> list[Document]:
        """Those that count today."""
        return [row for row in self.documents if row.is_good()]

    @property
    def upload_url(self) -> str:
        return reverse("institutions:document_upload", args=[self.type.code, self.unit])

    @property
    def rule(self) -> str:
        return validity.rule(self.association, self.type)

    @property
    def has_room(self) -> bool:
        """One file more, or the one there gives way to the new one."""
        return self.type.max_files == 1 or len(self.good) < self.type.max_files

    @property
    def replaces(self) -> bool:
        return self.type.max_files == 1 and bool(self.documents)

    @property
    def needs_date(self) -> bool:
        return self.type.validity == Validity.FIXED_DATE

    @property
    def is_infected(self) -> bool:
        return any(row.scan_state == ScanState.INFECTED for row in self.documents)

    @property
    def is_undated(self) -> bool:
        return self.needs_date and any(row.expires_on is None for row in self.good)

    @property
    def is_soon(self) -> bool:
        return bool(self.good) and all(is_soon(row) for row in self.good)

    @property
    def label(self) -> str:
        """Its state in words; nothing for what was never sent."""
        if self.document is None:
            return ""
        if self.is_infected:
            return _("a virus was found")
        if not self.good:
            return _("expired")
        if self.is_undated:
            return _("its date is missing")
        return _("expires soon") if self.is_soon else _("valid")

    @property
    def tone(self) -> str:
        if self.document is None:
            return ""
        if self.is_infected or not self.good:
            return "stop"
        return "wait" if self.is_undated or self.is_soon else "done"


@dataclass
class Line:
    """A person on a page of the list, with what is kept about them."""

    name: str
    url: str
    kept: int
    urgent: int


@dataclass
class Shelf:
    """``name`` empty: the association itself."""

    name: str
    slots: list[Slot]
    level: str = DocumentLevel.ASSOCIATION
    unit: int = 0

    @property
    def kept(self) -> int:
        """Types of which something good is kept."""
        return sum(bool(place.good) for place in self.slots)

    @property
    def urgent(self) -> int:
        """Types where something has ended, ends soon or waits for a date."""
        return sum(place.tone in ("stop", "wait") for place in self.slots)

    @property
    def earlier(self) -> list[Document]:
        """Versions replaced and files taken away, the latest first."""
        rows = [row for place in self.slots for row in place.earlier]
        return sorted(rows, key=lambda row: row.uploaded_at, reverse=True)

    @property
    def url(self) -> str:
        return reverse("institutions:documents_of", args=[self.level, self.unit])


def slot(code: str, unit: int) -> str:
    return f"doc-{code}-{unit}"


def is_soon(document: Document) -> bool:
    day = document.expires_on
    left = (day - timezone.localdate()).days if day else None
    return left is not None and 0 <= left <= validity.SOON_DAYS


def limits() -> dict[str, Any]:
    """What may be chosen, said before choosing; what ``_shelf.html`` needs besides."""
    sentence = _(
        "PDF, JPEG or PNG, %(size)s MB at most for each file. Several photographs of "
        "one document chosen together, %(photos)s at most, become one PDF."
    )
    size = settings.UPLOAD_MAX_BYTES
    shown = {"size": size // 1024**2, "photos": settings.UPLOAD_MAX_PHOTOS}
    return {"limits": sentence % shown, "max_bytes": size}


def of(
    association: Association, user: Any, *, refused: dict[str, str] | None = None
) -> list[Shelf]:
    """Association, institutions, centres: four queries whatever is kept.

    ``refused``: by slot, why the file just sent was not taken.
    """
    types = _types(DocumentLevel.ASSOCIATION, *UNITS)
    kept = _kept(association, user).filter(child=None, staff_member=None)
    kept = kept.filter(is_withdrawn=False)
    by_place: dict[tuple, list[Document]] = {}
    for row in kept:
        place = (row.type_id, row.institution_id, row.centre_id)
        by_place.setdefault(place, []).append(row)
    shelves = [_shelf(association, types, by_place, DocumentLevel.ASSOCIATION)]
    for level in UNITS:
        shelves += [
            _shelf(association, types, by_place, level, unit)
            for unit in units(association, level)
        ]
    for shelf in shelves:
        _tell(shelf, refused)
    return shelves


def filled(association: Association, user: Any) -> list[Shelf]:
    """The same shelves with nothing but what is kept on them, to be read: one query,
    and one more for each kind of unit that has something."""
    kept = Document.objects.about_units().visible_to(user).current()
    kept = kept.filter(association=association, type__is_active=True)
    kept = kept.select_related("type").order_by("type", "-uploaded_at", "-pk")
    by_place: dict[tuple, list[Document]] = {}
    for row in kept:
        place = (row.type_id, row.institution_id, row.centre_id)
        by_place.setdefault(place, []).append(row)
    types = list(
        {found[0].type_id: found[0].type for found in by_place.values()}.values()
    )
    shelves = [_shelf(association, types, by_place, DocumentLevel.ASSOCIATION)]
    for level, at in ((DocumentLevel.INSTITUTION, 1), (DocumentLevel.CENTRE, 2)):
        keys = {place[at] for place in by_place if place[at]}
        rows = units(association, level).filter(pk__in=keys) if keys else ()
        shelves += [_shelf(association, types, by_place, level, row) for row in rows]
    return shelves


def one(
    association: Association,
    user: Any,
    level: DocumentLevel,
    thing: Any = None,
    *,
    refused: dict[str, str] | None = None,
) -> Shelf:
    """What is kept about one thing, with what was before it: two queries."""
    about = dict.fromkeys(COLUMNS.values())
    if thing is not None:
        about[COLUMNS[level]] = thing
    pk = thing.pk if thing else 0
    places = {
        row.pk: Slot(type=row, unit=pk, association=association)
        for row in _types(level)
    }
    for document in _kept(association, user).filter(**about):
        place = places.get(document.type_id)
        if place is not None:
            pile = place.earlier if document.is_withdrawn else place.documents
            pile.append(_with_owner(document, place))
    slots = list(places.values())
    shelf = Shelf(name_of(level, thing), slots, level=level.value, unit=pk)
    return _tell(shelf, refused)


def of_person(
    user: Any, *, child: Child | None = None, staff_member: StaffMember | None = None
) -> Shelf:
    """The shelf of a person, for a page of theirs (``institutions/_shelf.html``)."""
    if child is not None:
        return one(child.association, user, DocumentLevel.CHILD, child)
    if staff_member is None:
        raise ValueError("a child or a staff member")
    owner = staff_member.centre.association
    return one(owner, user, DocumentLevel.STAFF, staff_member)


def thing_of(association: Association, level: DocumentLevel, pk: int) -> Any:
    """What stands on a shelf; None for the association. Raises ``DoesNotExist``."""
    if level == DocumentLevel.ASSOCIATION:
        found = None if pk == 0 else False
    elif level in UNITS:
        found = units(association, level).filter(pk=pk).first()
    else:
        found = people(association, level).filter(pk=pk).first()
    if found is False or (found is None and level != DocumentLevel.ASSOCIATION):
        raise Association.DoesNotExist
    return found


def about(level: DocumentLevel, thing: Any) -> dict[str, Any]:
    """What a new document of this level is about, for ``vault.store``."""
    return {} if thing is None else {COLUMNS[level]: thing}


def name_of(level: DocumentLevel, thing: Any) -> str:
    """A child by its code, a staff member by what they do: no name on a list."""
    if thing is None:
        return ""
    if level == DocumentLevel.CHILD:
        return thing.code
    if level == DocumentLevel.STAFF:
        return f"{thing.get_speciality_display()} {thing.year} – {thing.pk}"
    return thing.name


def units(association: Association, level: DocumentLevel) -> QuerySet:
    rows = getattr(association, f"{level.value}s")
    return rows.filter(is_active=True).order_by("pk")


def people(association: Association, level: DocumentLevel) -> QuerySet:
    """Those of the last year for which there is a list first."""
    if level == DocumentLevel.CHILD:
        rows = association.children.select_related("association")
        return rows.defer(*identities(Child)).order_by("pk")
    members = StaffMember.objects.filter(centre__association=association)
    members = members.select_related("centre").defer(*identities(StaffMember))
    return members.order_by("-year", "pk")


def identities(model: Any) -> list[str]:
    """Encrypted columns, which no list here shows: read only where one is asked for."""
    fields = model._meta.concrete_fields
    return [field.name for field in fields if isinstance(field, EncryptedTextField)]


def lines_of_people(level: str, rows: Any, user: Any) -> list[Line]:
    """Those of one page: one query for the documents of all."""
    rows = list(rows)
    column = COLUMNS[DocumentLevel(level)]
    soon = timezone.localdate() + timedelta(days=validity.SOON_DAYS)
    of_them = {f"{column}__in": rows, "type__is_active": True}
    counted = (
        Document.objects.visible_to(user)
        .current()
        .filter(**of_them)
        .order_by()
        .values_list(column)
        .annotate(kept=Count("pk"), urgent=Count("pk", Q(expires_on__lte=soon)))
    )
    found = {pk: (kept, urgent) for pk, kept, urgent in counted}
    return [
        Line(
            name_of(DocumentLevel(level), row),
            reverse("institutions:documents_of", args=[level, row.pk]),
            *found.get(row.pk, (0, 0)),
        )
        for row in rows
    ]


def _types(*levels: DocumentLevel) -> list[DocumentType]:
    rows = DocumentType.objects.filter(is_active=True, level__in=levels)
    return list(rows.order_by("pk"))


def _kept(association: Association, user: Any) -> QuerySet:
    rows = Document.objects.visible_to(user).filter(association=association)
    return rows.order_by("-uploaded_at", "-pk")


def _shelf(
    association: Association,
    types: list[DocumentType],
    by_place: dict[tuple, list[Document]],
    level: DocumentLevel,
    unit: Any = None,
) -> Shelf:
    pk = unit.pk if unit else 0
    where = (
        pk if level == DocumentLevel.INSTITUTION else None,
        pk if level == DocumentLevel.CENTRE else None,
    )
    slots = [
        Slot(type=row, unit=pk, association=association)
        for row in types
        if row.level == level
    ]
    for place in slots:
        kept = by_place.get((place.type.pk, *where), [])
        place.documents = [_with_owner(document, place) for document in kept]
    return Shelf(name_of(level, unit), slots, level=level.value, unit=pk)


def _tell(shelf: Shelf, refused: dict[str, str] | None) -> Shelf:
    for place in shelf.slots:
        place.error = (refused or {}).get(place.id, "")
        _set_aside_what_ended(place)
    return shelf


def _set_aside_what_ended(place: Slot) -> None:
    """Where something counts today, what has ended is among the earlier versions."""
    if place.good:
        ended = [row for row in place.documents if row.is_expired()]
        place.earlier = [*place.earlier, *ended]
        place.documents = [row for row in place.documents if row not in ended]


def _with_owner(document: Document, place: Slot) -> Document:
    """The rows at hand, so that no sentence about a document asks for them again."""
    document.type, document.association = place.type, place.association
    shown: Any = document
    shown.may_be_prolonged = validity.may_be_prolonged(document)
    return document
