"""The vault: documents are kept once and reused until they expire (decision 21).

A file is written under ``incoming/``; its row names the place where it will stand;
once the transaction is over it is moved there. Whatever stays behind in ``incoming/``
is put right by the nightly sweep, and is readable meanwhile.
"""

import errno
import os
from datetime import date, datetime, timedelta
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from institutions import acting
from institutions.enums import Validity
from institutions.models import Association, Document, DocumentType
from institutions.models.documents import document_path
from institutions.uploads import prepare_upload

INCOMING = "incoming"
ORPHAN_AGE = timedelta(hours=24)
FULL = {errno.ENOSPC, errno.EDQUOT}
ABOUT = ("institution", "centre", "child", "staff_member")


class About(TypedDict, total=False):
    institution: Any
    centre: Any
    child: Any
    staff_member: Any
    issued_on: date | None
    expires_on: date | None


def store(
    upload: Any,
    *,
    association: Association,
    type: DocumentType,
    actor: Any,
    **about: Unpack[About],
) -> Document:
    """Check and keep a file; the same content gives back the row already there.

    Raises ``ValidationError`` with the reason: nothing is then stored, neither a row
    nor a file.
    """
    checked, content = prepare_upload(upload)
    known = _known(association, checked.sha256)
    if known is not None:
        return _again(known, type=type, about=about)
    about.setdefault("expires_on", end_of_validity(association, type))
    path = document_path(None, "")
    document = Document(
        association=association,
        type=type,
        file=path,
        original_name=checked.clean_name,
        mime=checked.mime,
        size=checked.size,
        sha256=checked.sha256,
        page_count=checked.page_count,
        uploaded_by=actor,
        **about,
    )
    document.clean_fields(exclude=["file"])
    document.validate_constraints(exclude=["sha256"])
    _write(content, incoming(path))
    try:
        with transaction.atomic():
            document.save()
            transaction.on_commit(lambda: put_in_place(path), robust=True)
    except IntegrityError:
        default_storage.delete(incoming(path))
        known = _known(association, checked.sha256)
        if known is None:
            raise
        return _again(known, type=type, about=about)
    return document


def take_back(document_pk: int, *, actor: Any) -> Document:
    """The association no longer uses it; files that already hold it keep it.

    Raises ``Document.DoesNotExist`` out of scope.
    """
    with transaction.atomic():
        rows = Document.objects.visible_to(actor)
        rows = rows.select_related("association__delegation")
        document = rows.select_for_update(of=("self",)).get(pk=document_pk)
        acting.check_entry(actor, document.association)
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
    return rows.filter(Q(expires_on=None) | Q(expires_on__gte=on))


def open_file(document: Document) -> File:
    """The content, wherever the file stands. Raises ``FileNotFoundError``."""
    name = str(document.file.name)
    if default_storage.exists(name):
        return default_storage.open(name)
    return default_storage.open(incoming(name))


def end_of_validity(association: Association, type: DocumentType) -> date | None:
    """The last good day, by the rule of the type, when it can be computed."""
    if type.validity == Validity.BOARD_TERM:
        return association.board_ends_on
    if type.validity == Validity.YEAR:
        return timezone.localdate() + timedelta(days=365)
    return None


def incoming(path: str) -> str:
    return f"{INCOMING}/{os.path.basename(path)}"


def put_in_place(path: str) -> None:
    """Move a file from ``incoming/`` to its place; harmless when it stands there."""
    source = incoming(path)
    if not default_storage.exists(source):
        return
    if not default_storage.exists(path):
        _move(source, path)
    default_storage.delete(source)


def sweep(now: datetime | None = None) -> int:
    """Finish the moves that a stop interrupted, remove what belongs to no document.

    Only files older than a day: younger ones may belong to a running transaction.
    """
    limit = (now or timezone.now()) - ORPHAN_AGE
    swept = 0
    if not default_storage.exists(INCOMING):
        return swept
    for name in default_storage.listdir(INCOMING)[1]:
        if default_storage.get_modified_time(f"{INCOMING}/{name}") > limit:
            continue
        path = f"documents/{name}"
        if Document.objects.filter(file=path).exists():
            put_in_place(path)
        else:
            default_storage.delete(f"{INCOMING}/{name}")
        swept += 1
    return swept


def _move(source: str, path: str) -> None:
    """On a local disk by renaming, which asks for no room; elsewhere by copying."""
    try:
        target = default_storage.path(path)
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
        os.replace(default_storage.path(source), target)
    except NotImplementedError:
        with default_storage.open(source) as content:
            _write(content, path)


def _known(association: Association, sha256: str) -> Document | None:
    return Document.objects.filter(association=association, sha256=sha256).first()


def _again(document: Document, *, type: DocumentType, about: About) -> Document:
    """The same file sent twice. One taken back comes back, under its new use."""
    wanted = [getattr(about.get(name), "pk", None) for name in ABOUT]
    present = [getattr(document, f"{name}_id") for name in ABOUT]
    if document.is_withdrawn:
        document.type = type
        document.is_withdrawn = False
        document.uploaded_at = timezone.now()
        document.expires_on = about.get("expires_on") or end_of_validity(
            document.association, type
        )
        for name in ABOUT:
            setattr(document, name, about.get(name))
        document.save()
    elif document.type_id != type.pk or present != wanted:
        raise ValidationError(
            _(
                "This very file is already kept as “%(type)s”. Choose the right file, "
                "or take the other one back first."
            ),
            code="already_kept",
            params={"type": document.type},
        )
    return document


def _write(content: Any, path: str) -> None:
    """Write all or nothing; a full disk is said in plain words."""
    try:
        default_storage.save(path, File(content))
    except OSError as error:
        default_storage.delete(path)
        if error.errno in FULL:
            raise ValidationError(
                _(
                    "The portal has no room left for files at the moment. Nothing was "
                    "stored; please try again later."
                ),
                code="full",
            ) from error
        raise
