"""The receipt or the minutes sent with a request, kept apart until the decision.

Whoever asks has no account and no association yet: the file is no document. It is
checked at once by the same rules, survives the errors of the form, and becomes a
document of the association when the request is accepted.
"""

import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from institutions import stored_files, vault
from institutions.models import Association, DocumentType, JoinRequest
from institutions.models.joining import evidence_path
from institutions.uploads import prepare_upload

FOLDER = "requests"
KEPT_WITHOUT_REQUEST = timedelta(hours=24)


@dataclass(frozen=True)
class Evidence:
    """A file that was checked and stored; ``asdict`` of it stands in the session."""

    path: str
    name: str
    mime: str
    size: int

    as_dict = asdict


def keep(upload: Any) -> Evidence:
    """Check and store; raises ``ValidationError`` with the reason."""
    checked, content = prepare_upload(upload)
    path = default_storage.save(evidence_path(None, ""), content)
    return Evidence(path, checked.clean_name, checked.mime, checked.size)


def file_in(request: JoinRequest, *, association: Association, **about: Any) -> None:
    """Makes it a document of the association: a receipt, or minutes.

    ``about``: type (a code), actor, issued_on. A file that the association keeps
    already under another type is left as it stands.
    """
    if not request.evidence:
        return
    type_ = DocumentType.objects.get(code=about.pop("code"))
    content = ContentFile(read(request), name=request.evidence_name)
    try:
        vault.store(content, association=association, type=type_, **about)
    except ValidationError as error:
        if error.code != "already_kept":
            raise


def read(request: JoinRequest) -> bytes:
    """Raises ``FileNotFoundError``."""
    with default_storage.open(str(request.evidence.name)) as content:
        return content.read()


def forget(path: str) -> None:
    """A file that another one replaced before the request was sent."""
    if os.path.dirname(path) == FOLDER:
        default_storage.delete(path)


def sweep(now: datetime | None = None) -> int:
    """Removes what was sent with requests that nobody finished; answers how many."""
    limit = (now or timezone.now()) - KEPT_WITHOUT_REQUEST
    paths = [f"{FOLDER}/{name}" for name in stored_files.names_in(FOLDER)]
    rows = JoinRequest.objects.filter(evidence__in=paths)
    known = set(rows.values_list("evidence", flat=True))
    lost = [
        path
        for path in paths
        if path not in known and default_storage.get_modified_time(path) < limit
    ]
    for path in lost:
        default_storage.delete(path)
    return len(lost)
