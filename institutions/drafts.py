"""What was typed in a section, kept until it is valid (decision 17).

``kind``, ``object_id`` and ``section`` name a section of an update or an application.
The row stays when the section is saved, empty, so that its version goes on: somebody
who began before another saved is told, even when what the other saved was valid.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from institutions.models import SectionDraft

Raw = dict[str, list[str]]


@dataclass(frozen=True)
class Draft:
    """``version`` 0: nobody has opened this section yet. ``raw`` None: all is saved."""

    version: int = 0
    raw: Raw | None = None
    saved_by: Any = None
    saved_at: datetime | None = None


NOTHING = Draft()


class StaleSection(ValidationError):
    """Somebody else saved this section since the page was opened."""

    def __init__(self, draft: Draft):
        self.draft = draft
        super().__init__(
            _(
                "%(name)s changed this section at %(hour)s while you were working on "
                "it. Nothing was overwritten: compare, then save again."
            ),
            code="stale",
            params={
                "name": draft.saved_by,
                "hour": f"{timezone.localtime(draft.saved_at):%H:%M}",
            },
        )


def read(kind: str, object_id: int, section: str) -> Draft:
    row = _rows(kind, object_id).filter(section=section).first()
    return _draft(row) if row else NOTHING


def read_all(kind: str, object_id: int) -> dict[str, Draft]:
    """Every section of the object, in one query."""
    return {row.section: _draft(row) for row in _rows(kind, object_id)}


def keep(  # noqa: PLR0913 -- the section takes three words, what is kept three more
    kind: str, object_id: int, section: str, *, actor: Any, version: int, raw: Raw
) -> Draft:
    """Keep what was typed, valid or not. Raises ``StaleSection``."""
    return _write(
        (kind, object_id, section), actor=actor, version=version, values=dumps(raw)
    )


def clear(
    kind: str, object_id: int, section: str, *, actor: Any, version: int
) -> Draft:
    """The section was saved: nothing typed is left over. Raises ``StaleSection``."""
    return _write((kind, object_id, section), actor=actor, version=version, values="")


def dumps(raw: Raw) -> str:
    return json.dumps(raw, ensure_ascii=False, sort_keys=True)


def posted(data: Any) -> Raw:
    """The values of a posted form that are worth keeping."""
    skipped = {"csrfmiddlewaretoken", "idempotency_key", "version", "autosave"}
    return {key: values for key, values in data.lists() if key not in skipped}


def as_post(raw: Raw) -> QueryDict:
    """What was kept, as a form takes it."""
    data = QueryDict(mutable=True)
    for name, values in raw.items():
        data.setlist(name, values)
    return data


def _rows(kind: str, object_id: int) -> Any:
    rows = SectionDraft.objects.filter(kind=kind, object_id=object_id)
    return rows.select_related("saved_by")


def _draft(row: SectionDraft) -> Draft:
    return Draft(
        version=row.version,
        raw=json.loads(row.values) if row.values else None,
        saved_by=row.saved_by,
        saved_at=row.saved_at,
    )


@transaction.atomic(savepoint=False)
def _write(
    key: tuple[str, int, str], *, actor: Any, version: int, values: str
) -> Draft:
    """The version that was seen goes on by one: mostly nobody else moved it."""
    kind, object_id, section = key
    rows = SectionDraft.objects.filter(kind=kind, object_id=object_id, section=section)
    now = timezone.now()
    new = {"version": version + 1, "values": values, "saved_by": actor, "saved_at": now}
    if version and rows.filter(version=version).update(**new):
        raw = json.loads(values) if values else None
        return Draft(version=version + 1, raw=raw, saved_by=actor, saved_at=now)
    is_there = bool(version) and rows.exists()
    row = None if is_there else _create(key, actor=actor, values=values)
    if row is None:
        raise StaleSection(_draft(_rows(kind, object_id).get(section=section)))
    return _draft(row)


def _create(key: tuple[str, int, str], *, actor: Any, values: str) -> Any:
    """``None`` when another request created the row at the same moment."""
    kind, object_id, section = key
    try:
        with transaction.atomic():
            return SectionDraft.objects.create(
                kind=kind,
                object_id=object_id,
                section=section,
                values=values,
                saved_by=actor,
            )
    except IntegrityError:
        return None
