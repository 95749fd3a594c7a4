"""Saving a sheet: one transaction, a few statements whatever the number of rows."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from institutions import people
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


def apply(
    sheet_pk: int, round_: UpdateRound, *, actor: Any, removes: bool
) -> SheetImport:
    """Save what was previewed; a sheet saved already is answered as it stands.

    ``removes``: people missing from the sheet leave this year's list. Raises
    ``StaleList`` and ``ValidationError``; nothing is written then.
    """
    try:
        with transaction.atomic():
            return _apply(sheet_pk, round_, actor=actor, removes=removes)
    except IntegrityError:
        # Another centre took a child meanwhile: reading again says which row.
        raise StaleList from None


def _apply(
    sheet_pk: int, round_: UpdateRound, *, actor: Any, removes: bool
) -> SheetImport:
    rows = SheetImport.objects.visible_to(actor)
    centre = lock_centre(rows.get(pk=sheet_pk).centre_id, actor)
    sheet = rows.select_for_update(of=("self",)).get(pk=sheet_pk)
    if sheet.state == SheetState.APPLIED:
        return sheet
    if sheet.state != SheetState.READY or sheet.year != round_.year:
        raise ValidationError(_("This sheet can no longer be saved. Send it again."))
    plan = Plan.loads(sheet.rows, sheet.kind)
    list_ = _begun(centre, sheet, round_)
    if sheet.kind == SheetKind.CHILDREN:
        _save_children(plan, list_)
    else:
        _save_staff(plan, list_)
    gone = plan.removed if removes else []
    _take_off(list_, gone)
    return _close(sheet, removed_count=len(gone))


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


def _save_children(plan: Plan, list_: Current) -> None:
    met = _met_before(plan, list_)
    old: list[Child] = []
    new: list[Child] = []
    enrolments = []
    for line in plan.lines:
        entry = list_.entries.get(line.key)
        if line.state not in (ADDED, CHANGED):
            continue
        child = entry.child if entry else met.get(line.key)
        if line.key and child is None:
            raise StaleList
        (old if child else new).append(child or Child(code=new_child_code()))
        child = child or new[-1]
        enrolment = entry.row if entry else Enrolment(year=list_.year)
        _set(line, child, enrolment)
        child.association_id = list_.centre.association_id
        people.set_hashes(child)
        enrolment.child, enrolment.centre = child, list_.centre
        enrolments.append(enrolment)
    _check_new(new)
    _write(Child, old)
    Child.objects.bulk_create(new)
    for enrolment in enrolments:
        enrolment.child_id = enrolment.child.pk
    _write(Enrolment, [row for row in enrolments if row.pk])
    Enrolment.objects.bulk_create([row for row in enrolments if not row.pk])


def _set(line: Line, child: Child, enrolment: Enrolment) -> None:
    for name, value in line.values.items():
        setattr(enrolment if name in people.OF_YEAR else child, name, value)


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


def _save_staff(plan: Plan, list_: Current) -> None:
    old: list[StaffMember] = []
    new: list[StaffMember] = []
    for line in plan.lines:
        entry = list_.entries.get(line.key)
        if line.state not in (ADDED, CHANGED):
            continue
        row = entry.row if entry else StaffMember(centre=list_.centre, year=list_.year)
        for name, value in line.values.items():
            setattr(row, name, value)
        (old if entry else new).append(row)
    _write(StaffMember, old)
    StaffMember.objects.bulk_create(new)


def _write(model: type[Model], rows: list[Any]) -> None:
    """Existing rows, in one statement: an insertion that meets each of them."""
    if not rows:
        return
    fixed = {"id", "created_at"}
    names = [f.name for f in model._meta.concrete_fields if f.name not in fixed]
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=names
    )


def _take_off(list_: Current, keys: list[str]) -> None:
    """Off this year's list only: what was said of other years stays true."""
    rows = [list_.entries[key].row for key in keys if key in list_.entries]
    if rows:
        model: Any = type(rows[0])
        model.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _close(sheet: SheetImport, *, removed_count: int) -> SheetImport:
    """The rows and the file have served: no identity is kept of them."""
    forget_file(sheet)
    sheet.state, sheet.applied_at = SheetState.APPLIED, timezone.now()
    sheet.rows, sheet.removed_count = "", removed_count
    sheet.save(update_fields=["state", "applied_at", "rows", "removed_count", "file"])
    return sheet


def forget_file(sheet: SheetImport) -> None:
    """On commit: a file is never gone while its row still needs it."""
    name, storage = sheet.file.name, sheet.file.storage
    sheet.file.name = ""
    if name:
        transaction.on_commit(lambda: storage.delete(name))
