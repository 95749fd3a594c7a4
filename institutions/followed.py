"""Findings of the record kept from night to night, as a list to work through.

The checks themselves stand in ``findings``; here each is compared with what was found
before: new, still there, settled. Seen or explained by an officer, a finding stays so
until its figures change.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import jobs
from accounts.enums import JobState
from accounts.models import Job, User
from accounts.policies import may
from institutions import acting
from institutions.enums import AssociationStatus
from institutions.findings import REGISTRY, Finding, Place, check
from institutions.models import Association, DocumentType, RecordFinding, UpdateRound
from institutions.record import Record
from territories.models import Delegation

TASK = "institutions.tasks.find_findings"
ACTING = (AssociationStatus.TO_VERIFY, AssociationStatus.VERIFIED)
# What is said of a finding again in the reader's language, never kept.
NOT_KEPT = {"name", "document", "unit", "institution", "centre"}
CHANGED = ("evidence", "year", "seen_by", "seen_at", "reason")
Key = tuple[int | None, int | None, str, str]


def all_associations() -> Any:
    return Association.objects.current().filter(status__in=ACTING)


def look(association: Association, *, update_round: UpdateRound) -> int:
    """Check one association and keep what was found; how many are open."""
    record = Record(association, year=update_round.year, update_round=update_round)
    found = {_key(finding): finding for finding in check(record)}
    with transaction.atomic():
        # One check of an association at a time: the night's and one asked for.
        Association.objects.select_for_update(of=("self",)).get(pk=association.pk)
        rows = RecordFinding.objects.open().filter(association=association)
        known = {row_key(row): row for row in rows}
        _settle(row for key, row in known.items() if key not in found)
        _renew([(known[key], found[key]) for key in known.keys() & found.keys()])
        RecordFinding.objects.bulk_create(
            _row(finding) for key, finding in found.items() if key not in known
        )
    return len(found)


def _key(finding: Finding) -> Key:
    place = finding.place or Place(0, 0)
    subject = finding.evidence.get("type", "")
    return (place.institution_id, place.centre_id, finding.code, subject)


def row_key(row: RecordFinding) -> Key:
    return (row.institution_id, row.centre_id, row.code, row.subject)


def kept(finding: Finding) -> dict[str, Any]:
    return {k: v for k, v in finding.evidence.items() if k not in NOT_KEPT}


def _row(finding: Finding) -> RecordFinding:
    place = finding.place or Place(0, 0)
    return RecordFinding(
        association_id=place.association_id,
        institution_id=place.institution_id,
        centre_id=place.centre_id,
        code=finding.code,
        subject=finding.evidence.get("type", ""),
        year=place.year,
        evidence=kept(finding),
        found_on=timezone.localdate(),
    )


def _settle(rows: Iterable[RecordFinding]) -> None:
    keys = [row.pk for row in rows]
    if keys:
        today = timezone.localdate()
        RecordFinding.objects.filter(pk__in=keys).update(settled_on=today)


def _renew(pairs: list[tuple[RecordFinding, Finding]]) -> None:
    """Other figures: to be looked at again."""
    changed = []
    for row, finding in pairs:
        evidence, year = kept(finding), (finding.place or Place(0, 0)).year
        if (row.evidence, row.year) != (evidence, year):
            row.evidence, row.year = evidence, year
            row.seen_by, row.seen_at, row.reason = None, None, ""
            changed.append(row)
    RecordFinding.objects.bulk_update(changed, CHANGED)


def ask(user: User, *, language: str) -> Job:
    """Look again now, at everything that this officer sees."""
    open_ = Job.objects.filter(task=TASK, owner=user, finished_at=None).first()
    return open_ or jobs.request(TASK, owner=user, language=language)


def note_night(count: int) -> None:
    """That the whole record was looked at, for the list says when: one row."""
    now = timezone.now()
    looked = {"state": JobState.DONE, "done_count": count, "total_count": count}
    Job.objects.update_or_create(
        task=TASK,
        owner=None,
        defaults={**looked, "touched_at": now, "finished_at": now},
    )


def last_look(user: User) -> datetime | None:
    """When all that this officer sees was last looked at, at night or when asked."""
    done = Job.objects.filter(task=TASK, state=JobState.DONE, done_count__gt=0)
    mine = done.filter(Q(owner=None) | Q(owner=user))
    return mine.aggregate(at=Max("finished_at"))["at"]


def may_answer(row: RecordFinding, user: Any) -> bool:
    """The officers of the seat, or those of the delegation where the unit stands."""
    if not may(user.role, "change", RecordFinding._meta.label_lower):
        return False
    unit = row.institution or row.centre
    is_of_unit = unit is not None and user.delegation_id == unit.delegation_id
    return is_of_unit or acting.is_officer_of(row.association, user)


@transaction.atomic
def answer(row_pk: int, *, actor: User, reason: str = "") -> RecordFinding:
    """Seen; with ``reason`` also explained. Raises ``PermissionDenied``.

    Raises ``ValidationError`` for a finding that was settled meanwhile.
    """
    rows = RecordFinding.objects.visible_to(actor)
    row = rows.select_for_update(of=("self",)).get(pk=row_pk)
    if not may_answer(row, actor):
        raise PermissionDenied
    if row.settled_on:
        raise ValidationError(_("This finding is settled already."))
    row.seen_by, row.seen_at = actor, timezone.now()
    row.reason = reason.strip()
    row.save(update_fields=["seen_by", "seen_at", "reason"])
    return row


def dress(rows: Iterable[RecordFinding]) -> list[RecordFinding]:
    """Each with its sentence in the reader's language and the row to look at."""
    found: list[Any] = list(rows)
    types = {row.subject for row in found if row.subject}
    names = {
        kind.code: kind.name
        for kind in (DocumentType.objects.filter(code__in=types) if types else ())
    }
    for row in found:
        row.sentence = sentence(row, names.get(row.subject, row.subject))
        row.url = _place(row).staff_url(REGISTRY[row.code].section)
    return found


def sentence(row: RecordFinding, document: str = "") -> str:
    about = row.institution or row.centre or row.association
    values = {**row.evidence, "name": about.name, "document": document}
    return str(REGISTRY[row.code].sentence) % values


def _place(row: RecordFinding) -> Place:
    return Place(row.association_id, row.year, row.institution_id, row.centre_id)


def associations_seen_by(user: User | None) -> Any:
    """Those to look at: all at night, one's territory when asked for."""
    rows = all_associations()
    if user is None:
        return rows
    return rows.filter(
        delegation__in=Delegation.objects.within(user.scope).values("pk")
    )


@transaction.atomic
def mark_seen(rows: Any, *, actor: User) -> int:
    """Those of ``rows`` that this officer answers for; how many were marked."""
    rows = rows.select_related("association__delegation", "institution", "centre")
    chosen = [
        row.pk
        for row in rows.filter(settled_on=None, seen_at=None)
        if may_answer(row, actor)
    ]
    unseen = RecordFinding.objects.filter(pk__in=chosen, seen_at=None)
    return unseen.update(seen_by=actor, seen_at=timezone.now())
