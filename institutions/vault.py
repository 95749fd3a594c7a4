"""The vault: documents are kept once and reused until they expire (decision 21)."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.outbox import wake
from institutions import acting, scanning, stored_files, validity, watermark
from institutions.enums import ScanState
from institutions.models import Association, Document, DocumentType
from institutions.models.documents import document_path
from institutions.uploads import prepare_upload

ABOUT = ("institution", "centre", "child", "staff_member")
SCAN = "institutions.tasks.scan_document"
PREVIEW = "institutions.tasks.make_preview"


class About(TypedDict, total=False):
    institution: Any
    centre: Any
    child: Any
    staff_member: Any
    issued_on: date | None
    expires_on: date | None


def store(
    upload: Any | Sequence[Any],
    *,
    association: Association,
    type: DocumentType,
    actor: Any,
    replaces: Document | None = None,
    **about: Unpack[About],
) -> Document:
    """Check and keep a file; the same content gives back the row already there.

    Several photographs given together become one PDF. ``replaces``: an earlier version,
    which stays readable; a type of one file replaces by itself. Raises
    ``ValidationError`` with the reason: nothing is then stored, neither a row nor a
    file.
    """
    mark = watermark.of(association) if type.is_identity else None
    checked, content = prepare_upload(upload, mark=mark)
    known = _known(association, checked.sha256)
    if known is not None:
        return _again(known, type=type, about=about)
    document = Document(
        association=association,
        type=type,
        file=document_path(None, ""),
        original_name=checked.clean_name,
        mime=checked.mime,
        size=checked.size,
        sha256=checked.sha256,
        page_count=checked.page_count,
        uploaded_by=actor,
        **about,
    )
    if "expires_on" not in about:
        document.expires_on = _end(document)
    if scanning.is_configured():
        document.scan_state = ScanState.PENDING
    document.clean_fields(exclude=["file"])
    document.validate_constraints(exclude=["sha256"])
    return _keep(document, content, replaces)


def still_valid(document_pk: int, *, actor: Any) -> Document:
    """One tap: it holds. Who said so and when are kept; the end is computed anew.

    Raises ``Document.DoesNotExist`` out of scope.
    """
    with transaction.atomic():
        document = _locked(document_pk, actor)
        if not validity.may_be_prolonged(document):
            raise ValidationError(
                _("Its rule does not let it hold longer: send the new document."),
                code="not_prolonged",
            )
        document.still_valid_at, document.still_valid_by = timezone.now(), actor
        document.expires_on = _end(document)
        names = ["still_valid_at", "still_valid_by", "expires_on"]
        document.save(update_fields=names)
    return document


def set_dates(
    document_pk: int, *, actor: Any, issued_on: date | None, expires_on: date
) -> Document:
    """The dates written on the paper. Raises ``Document.DoesNotExist`` out of scope."""
    with transaction.atomic():
        document = _locked(document_pk, actor)
        document.issued_on, document.expires_on = issued_on, expires_on
        document.validate_constraints(exclude=["sha256"])
        document.save(update_fields=["issued_on", "expires_on"])
    return document


def take_back(document_pk: int, *, actor: Any) -> Document:
    """The association no longer uses it; files that already hold it keep it.

    Raises ``Document.DoesNotExist`` out of scope.
    """
    with transaction.atomic():
        document = _locked(document_pk, actor)
        document.is_withdrawn = True
        document.save(update_fields=["is_withdrawn"])
    return document


def usable(
    association: Association, type: DocumentType, *, institution: Any = None, on: date
) -> Any:
    """Documents of this type that are good on that day, the latest first."""
    rows = Document.objects.current().filter(association=association, type=type)
    if institution is not None:
        rows = rows.filter(Q(institution=institution) | Q(institution=None))
    rows = rows.exclude(scan_state=ScanState.INFECTED)
    return rows.filter(Q(expires_on=None) | Q(expires_on__gte=on))


def may_read(document: Document, user: Any) -> bool:
    """Of those who see it: nobody a virus, only its own people what is not scanned.

    ``document`` is one that ``user`` sees (``visible_to``).
    """
    if document.scan_state == ScanState.INFECTED:
        return False
    return user.is_member or document.scan_state not in scanning.UNSCANNED


def in_place_of(document: Document) -> Any:
    """Documents in use of the same type about the same thing, the latest first."""
    about = {f"{name}_id": getattr(document, f"{name}_id") for name in ABOUT}
    rows = Document.objects.current().filter(
        association=document.association_id, type=document.type_id, **about
    )
    return rows.order_by("-uploaded_at", "-pk")


def _keep(document: Document, content: Any, replaces: Document | None) -> Document:
    """Write the file apart, then the row and what it replaces in one transaction."""
    path = str(document.file.name)
    stored_files.write(content, stored_files.incoming(path))
    try:
        with transaction.atomic():
            _make_room(document, replaces)
            document.save()
            transaction.on_commit(lambda: stored_files.put_in_place(path), robust=True)
            _wake_for(document)
    except (IntegrityError, ValidationError) as error:
        stored_files.forget(stored_files.incoming(path))
        known = _known(document.association, document.sha256)
        if known is None or isinstance(error, ValidationError):
            raise
        about: Any = {name: getattr(document, name) for name in ABOUT}
        return _again(known, type=document.type, about=about)
    return document


def _make_room(document: Document, replaces: Document | None) -> None:
    """What the new file takes the place of: the one named, the only one a type may
    have, those that no longer count.

    The row of the association is the lock: two at once never pass the limit.
    """
    owner = Association.objects.select_for_update(of=("self",), no_key=True)
    owner.get(pk=document.association_id)
    present = list(in_place_of(document).exclude(pk=document.pk))
    limit = document.type.max_files
    gone = [
        row for row in present if row == replaces or limit == 1 or not row.is_good()
    ]
    if gone:
        earlier = [row.pk for row in gone]
        Document.objects.filter(pk__in=earlier).update(is_withdrawn=True)
    if gone and document.pk is None:
        document.replaces = replaces if replaces in gone else gone[0]
    if len(present) - len(gone) >= limit:
        raise ValidationError(
            _(
                "At most %(limit)s files for “%(type)s”. "
                "Replace one of them, or take one away first."
            ),
            code="too_many_files",
            params={"limit": limit, "type": document.type},
        )


def _wake_for(document: Document) -> None:
    if document.scan_state == ScanState.PENDING:
        wake(SCAN, document.pk)
    wake(PREVIEW, document.pk)


def _locked(document_pk: int, actor: Any) -> Document:
    rows = Document.objects.visible_to(actor)
    rows = rows.select_related("type", "association__delegation")
    document = rows.select_for_update(of=("self",)).get(pk=document_pk)
    acting.check_entry(actor, document.association)
    return document


def _end(document: Document) -> date | None:
    day = validity.day_of(document)
    return validity.end_of(document.association, document.type, on=day)


def _known(association: Association, sha256: str) -> Document | None:
    return Document.objects.filter(association=association, sha256=sha256).first()


def _again(document: Document, *, type: DocumentType, about: About) -> Document:
    """The same file sent twice. One taken back comes back, under its new use."""
    if document.scan_state == ScanState.INFECTED:
        raise ValidationError(
            _("A virus was found in this very file. Send another one."),
            code="infected",
        )
    wanted = [getattr(about.get(name), "pk", None) for name in ABOUT]
    present = [getattr(document, f"{name}_id") for name in ABOUT]
    if document.is_withdrawn:
        return _take_up_again(document, type=type, about=about)
    if document.type_id != type.pk or present != wanted:
        raise ValidationError(
            _(
                "This very file is already kept as “%(type)s”. Choose the right file, "
                "or take the other one back first."
            ),
            code="already_kept",
            params={"type": document.type},
        )
    return document


def _take_up_again(document: Document, *, type: DocumentType, about: About) -> Document:
    document.type = type
    document.is_withdrawn = False
    document.replaces = None
    document.still_valid_at = document.still_valid_by = None
    document.uploaded_at = timezone.now()
    document.issued_on = about.get("issued_on")
    for name in ABOUT:
        setattr(document, name, about.get(name))
    document.expires_on = about.get("expires_on") or _end(document)
    with transaction.atomic():
        _make_room(document, None)
        document.save()
    return document
