"""Where files stand: written apart, moved to their place once committed, swept.

A file is written under ``incoming/``; its row names the place where it will stand;
once the transaction is over it is moved there. Whatever stays behind in ``incoming/``
is put right by the nightly sweep, and is readable meanwhile. On a local disk and on
S3-compatible storage alike (decision 21): the latter knows no paths and no folders.
"""

import errno
import os
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from institutions.models import Document

INCOMING = "incoming"
ORPHAN_AGE = timedelta(hours=24)
FULL = {errno.ENOSPC, errno.EDQUOT}


def incoming(path: str) -> str:
    return f"{INCOMING}/{os.path.basename(path)}"


def open_file(document: Document) -> File:
    """The content, wherever the file stands. Raises ``FileNotFoundError``.

    The place is tried again last: the move may have come between.
    """
    name = str(document.file.name)
    for path in (name, incoming(name)):
        try:
            return default_storage.open(path)
        except FileNotFoundError:
            continue
    return default_storage.open(name)


def write(content: Any, path: str) -> None:
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


def forget(path: str) -> None:
    default_storage.delete(path)


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
    for name in names_in(INCOMING):
        if default_storage.get_modified_time(f"{INCOMING}/{name}") > limit:
            continue
        path = f"documents/{name}"
        if Document.objects.filter(file=path).exists():
            put_in_place(path)
        else:
            default_storage.delete(f"{INCOMING}/{name}")
        swept += 1
    return swept


def names_in(folder: str) -> list[str]:
    """A bucket has no folders: an empty one is a list of nothing there, and missing
    on a disk."""
    try:
        return default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return []


def _move(source: str, path: str) -> None:
    """On a local disk by renaming, which asks for no room; elsewhere by copying."""
    try:
        target = default_storage.path(path)
    except NotImplementedError:
        with default_storage.open(source) as content:
            write(content, path)
        return
    os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
    os.replace(default_storage.path(source), target)
