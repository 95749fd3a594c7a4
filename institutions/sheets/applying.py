"""Saving a sheet: one transaction, a few statements for each thousand rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import jobs
from institutions import notifications, people
from institutions.codes import new_child_code
from institutions.enums import SheetKind, SheetState
from institutions.models import (
    Centre,
    Child,
    Enrolment,
    SheetImport,
    StaffMember,
    UpdateRound,
)
from institutions.people.lists import lock_centre
from institutions.sheets import lists
from institutions.sheets.lists import Current
from institutions.sheets.plan import ADDED, CHANGED, Line, Plan

PART = 1_000
Show = Callable[[int], None]


class StaleList(ValidationError):
    """The list was changed after the sheet was read: it must be read again."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The list was changed since your sheet was read. It has been read "
                "again: look at the changes, then save."
            ),
            code="stale",
        )


def apply(job: jobs.Run, round_: UpdateRound | None) -> SheetImport | None:
    """Save what was previewed, as ``saving.ask`` asked for it.

    Done already, stopped, or asked for anew: nothing is written. Raises ``StaleList``
    and ``ValidationError``; nothing is written then.
    """
    try:
        with transaction.atomic():
            return _apply(job, round_)
    except IntegrityError:
        # Another centre took a child meanwhile: reading again says which row.
        raise StaleList from None


def _apply(job: jobs.Run, round_: UpdateRound | None) -> SheetImport | None:
    owner: Any = job.owner
    rows = SheetImport.objects.visible_to(owner)
    of = rows.values_list("centre_id", flat=True).get(pk=job.object_id)
    centre = lock_centre(of, owner)
    sheet = rows.select_for_update(of=("self",)).get(pk=job.object_id)
    if sheet.state != SheetState.SAVING or sheet.job_id != job.pk:
        return None
    if round_ is None or sheet.year != round_.year:
        raise ValidationError(_("This sheet can no longer be saved. Send it again."))
    plan = Plan.loads(sheet.rows, sheet.kind)
    list_ = _begun(centre, sheet, round_)
    if sheet.kind == SheetKind.CHILDREN:
        _save_children(plan, list_, job.show)
    else:
        _save_staff(plan, list_, job.show)
    gone = plan.removed if job.params["removes"] else []
    _take_off(list_, gone)
    sheet.centre = centre
    _close(sheet, removed_count=len(gone))
    notifications.sheet_saved(sheet, owner)
    return sheet


def _begun(centre: Centre, sheet: SheetImport, round_: UpdateRound) -> Current:
    """This year's list, begun with last year's rows, under the codes of the sheet."""
    list_ = lists.current(centre, sheet.kind, round_.year)
    if list_.fingerprint != sheet.fingerprint:
        raise StaleList
    if list_.is_begun or list_.source is None:
        return list_
    people.begin_list(centre, round_, code=sheet.kind)
    begun = lists.current(centre, sheet.kind, round_.year)
    # Rows were copied in their order: the codes of the staff follow it.
    begun.entries = dict(
        zip(list_.entries, begun.entries.values(), strict=True)
        if sheet.kind == SheetKind.STAFF
        else begun.entries.items()
    )
    return begun


@dataclass
class Change:
    """One child to write: the person, the year, or both."""

    child: Child
    enrolment: Enrolment
    is_person: bool
    is_year: bool


def _save_children(plan: Plan, list_: Current, show: Show) -> None:
    met = _met_before(plan, list_)
    changes = [
        _change(line, list_, met)
        for line in plan.lines
        if line.state in (ADDED, CHANGED)
    ]
    _check_new([change.child for change in changes if not change.child.pk])
    for done, part in _parts(changes):
        _write(Child, [change.child for change in part if change.is_person])
        for change in part:
            change.enrolment.child_id = change.child.pk
        _write(Enrolment, [change.enrolment for change in part if change.is_year])
        show(done)


def _change(line: Line, list_: Current, met: dict[str, Child]) -> Change:
    """What stays as it is, is not written: encrypting it again costs most."""
    entry = list_.entries.get(line.key)
    child = entry.child if entry else met.get(line.key)
    if line.key and child is None:
        raise StaleList
    child = child or Child(code=new_child_code())
    enrolment = entry.row if entry else Enrolment(year=list_.year)
    for name, value in line.values.items():
        setattr(enrolment if name in people.OF_YEAR else child, name, value)
    child.association_id = list_.centre.association_id
    enrolment.child, enrolment.centre = child, list_.centre
    is_person = bool(line.values.keys() - people.OF_YEAR)
    if is_person:
        people.set_hashes(child)
    is_year = entry is None or bool(line.values.keys() & people.OF_YEAR)
    return Change(child, enrolment, is_person, is_year)


def _parts(rows: list[Any]) -> Iterator[tuple[int, list[Any]]]:
    """(how many are done with it, rows) a thousand at a time."""
    for start in range(0, len(rows), PART):
        part = rows[start : start + PART]
        yield start + len(part), part


def _met_before(plan: Plan, list_: Current) -> dict[str, Child]:
    """Children the association knows, who come on this list."""
    codes = {line.key for line in plan.of(ADDED) if line.key}
    if not codes:
        return {}
    of = Child.objects.filter(association=list_.centre.association_id)
    rows = of.select_for_update().filter(code__in=codes)
    return {child.code: child for child in rows}


def _check_new(children: list[Child]) -> None:
    """Somebody may have entered one of them elsewhere since the sheet was read."""
    hashes = {child.person_hash for child in children} - {""}
    if not hashes:
        return
    of = Child.objects.filter(association=children[0].association_id)
    if of.filter(person_hash__in=hashes).exists():
        raise StaleList


def _save_staff(plan: Plan, list_: Current, show: Show) -> None:
    rows: list[StaffMember] = []
    for line in plan.lines:
        if line.state not in (ADDED, CHANGED):
            continue
        entry = list_.entries.get(line.key)
        row = entry.row if entry else StaffMember(centre=list_.centre, year=list_.year)
        for name, value in line.values.items():
            setattr(row, name, value)
        rows.append(row)
    for done, part in _parts(rows):
        _write(StaffMember, part)
        show(done)


def _write(model: type[Model], rows: list[Any]) -> None:
    """Two statements: existing rows are an insertion that meets each of them."""
    fixed = {"id", "created_at"}
    names = [f.name for f in model._meta.concrete_fields if f.name not in fixed]
    old, new = [row for row in rows if row.pk], [row for row in rows if not row.pk]
    manager: Any = model._default_manager
    if old:
        manager.bulk_create(
            old, update_conflicts=True, unique_fields=["id"], update_fields=names
        )
    manager.bulk_create(new)


def _take_off(list_: Current, keys: list[str]) -> None:
    """Off this year's list only: what was said of other years stays true."""
    rows = [list_.entries[key].row for key in keys if key in list_.entries]
    if rows:
        model: Any = type(rows[0])
        model.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _close(sheet: SheetImport, *, removed_count: int) -> None:
    """The rows and the file have served: no identity is kept of them."""
    forget_file(sheet)
    sheet.state, sheet.applied_at = SheetState.APPLIED, timezone.now()
    sheet.rows, sheet.removed_count = "", removed_count
    sheet.save(update_fields=["state", "applied_at", "rows", "removed_count", "file"])


def forget_file(sheet: SheetImport) -> None:
    """On commit: a file is never gone while its row still needs it."""
    name, storage = sheet.file.name, sheet.file.storage
    sheet.file.name = ""
    if name:
        transaction.on_commit(lambda: storage.delete(name))
