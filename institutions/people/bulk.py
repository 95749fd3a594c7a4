"""Many rows at once: the same value given to all those chosen, or a move elsewhere.

A constant number of queries, in one transaction; only rows that differ are written, so
that the history tells what changed. What was previewed is what is done: had anything
changed meanwhile, nothing is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, Count, F, Func, Q, QuerySet, Value, When
from django.db.models.deletion import ProtectedError

from institutions.models import Centre, Child, Enrolment, StaffMember, UpdateRound
from institutions.people import stale
from institutions.people.lists import (
    CHILDREN,
    STAFF,
    begin_list,
    lock_centre,
    lock_two,
)
from institutions.people.staff import kept_for_documents, staff_problems

PLAIN_OF_CHILDREN = ("sub_programme", "months")
ARRAYS = ("services", "certificates")
PLAIN_OF_STAFF = (
    "contract",
    "has_contract",
    "contract_remark",
    "has_work_certificate",
    "has_licence",
    "is_cnss_declared",
    "is_cnss_charged",
)
MODELS: dict[str, Any] = {CHILDREN: Enrolment, STAFF: StaffMember}
# What a page shows of the rows, identities apart.
SEEN = {
    CHILDREN: ("pk", *stale.OF_YEAR, "child__has_rsu"),
    STAFF: ("pk", *(name for name in stale.OF_STAFF if name != "name")),
}

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Selection:
    """Rows of one list, and how they stood when they were shown."""

    code: str
    keys: tuple[int, ...]
    seen: str = ""

    def rows(self, centre: Centre, year: int) -> Any:
        """Those of the list only: keys of others are passed over."""
        rows = MODELS[self.code].objects.filter(centre=centre, year=year)
        return rows.filter(pk__in=self.keys)


def fingerprint_of(selection: Selection, centre: Centre, year: int) -> str:
    rows = selection.rows(centre, year).order_by("pk")
    return stale.hashed(list(rows.values_list(*SEEN[selection.code])))


def changing(
    selection: Selection, centre: Centre, year: int, values: Values
) -> dict[str, int]:
    """For each value given, how many rows it would change."""
    needed = _needed(selection.code, values)
    counts = {name: Count("pk", filter=rule) for name, rule in needed.items()}
    rows = selection.rows(centre, year)
    return rows.aggregate(**counts) if counts else {}


@transaction.atomic
def set_children(
    selection: Selection,
    centre_pk: int,
    round_: UpdateRound,
    *,
    actor: Any,
    values: Any,
) -> int:
    """Give the values to all; answers how many rows changed. Raises ``StaleRow``."""
    centre, other = _centres(centre_pk, values, actor)
    _check(selection, centre, round_.year)
    rows = selection.rows(centre, round_.year)
    needed = _needed(CHILDREN, values)
    changed = set(rows.filter(_any(needed)).values_list("pk", flat=True))
    if "has_rsu" in values:
        of_rows = rows.filter(needed.pop("has_rsu")).values("child")
        Child.objects.filter(pk__in=of_rows).update(has_rsu=values["has_rsu"])
    if needed:
        rows.filter(_any(needed)).update(**_expressions(values))
    return len(changed | _move(rows, other, round_, code=CHILDREN))


@transaction.atomic
def set_staff(
    selection: Selection,
    centre_pk: int,
    round_: UpdateRound,
    *,
    actor: Any,
    values: Any,
) -> int:
    """The same for staff."""
    centre, other = _centres(centre_pk, values, actor)
    _check(selection, centre, round_.year)
    rows = selection.rows(centre, round_.year)
    needed = _needed(STAFF, values)
    changed = set(rows.filter(_any(needed)).values_list("pk", flat=True))
    if needed:
        plain = {name: values[name] for name in needed}
        rows.filter(pk__in=changed).update(**plain)
    _refuse_charged(rows, values)
    return len(changed | _move(rows, other, round_, code=STAFF))


@transaction.atomic
def take_off(
    selection: Selection, centre_pk: int, round_: UpdateRound, *, actor: Any
) -> int:
    """Off this year's list; the children, and earlier years, stay."""
    centre = lock_centre(centre_pk, actor)
    _check(selection, centre, round_.year)
    try:
        _total, by_model = selection.rows(centre, round_.year).delete()
    except ProtectedError:
        raise kept_for_documents() from None
    return by_model.get(MODELS[selection.code]._meta.label, 0)


def _refuse_charged(rows: QuerySet, values: Values) -> None:
    """The rule of one row, for all of them."""
    if "is_cnss_charged" in values or "is_cnss_declared" in values:
        is_refused = Q(is_cnss_charged=True, is_cnss_declared=False)
        if rows.filter(is_refused).exists():
            problems = staff_problems({"is_cnss_charged": True, "has_contract": True})
            raise ValidationError(problems)


def _centres(pk: int, values: Values, actor: Any) -> tuple[Centre, Centre | None]:
    target = values.get("move_to")
    if not target or target == pk:
        return lock_centre(pk, actor), None
    return lock_two(pk, target, actor)


def _check(selection: Selection, centre: Centre, year: int) -> None:
    """Raises ``StaleRow``."""
    now = fingerprint_of(selection, centre, year)
    stale.check(now, selection.seen, _histories(selection, centre))


def _histories(selection: Selection, centre: Centre) -> list[Any]:
    histories = [_history(MODELS[selection.code]).filter(centre=centre.pk)]
    if selection.code == CHILDREN:
        of_children = {"pgh_obj__enrolments__in": selection.keys}
        histories.append(_history(Child).filter(**of_children))
    return histories


def _history(model: Any) -> Any:
    return model.history.rel.related_model.objects.all()


def _move(
    rows: QuerySet, other: Centre | None, round_: UpdateRound, *, code: str
) -> set[int]:
    """To another centre of the association, whose list begins first."""
    if other is None:
        return set()
    moved = set(rows.values_list("pk", flat=True))
    begin_list(other, round_, code=code)
    rows.model._base_manager.filter(pk__in=moved).update(centre=other)
    return moved


def _needed(code: str, values: Values) -> dict[str, Q]:
    """By field, which rows do not have the value yet."""
    if code == STAFF:
        return {name: ~Q(**{name: values[name]}) for name in _given(values, STAFF)}
    needed = {name: ~Q(**{name: values[name]}) for name in _given(values, CHILDREN)}
    if "has_rsu" in values:
        needed["has_rsu"] = ~Q(child__has_rsu=values["has_rsu"])
    for name in ARRAYS:
        add, remove = values.get(f"{name}_add"), values.get(f"{name}_remove")
        if add:
            needed[f"{name}_add"] = ~Q(**{f"{name}__contains": add})
        if remove:
            needed[f"{name}_remove"] = Q(**{f"{name}__overlap": remove})
    return needed


def _given(values: Values, code: str) -> list[str]:
    names = PLAIN_OF_STAFF if code == STAFF else PLAIN_OF_CHILDREN
    return [name for name in names if name in values]


def _any(needed: Mapping[str, Q]) -> Q:
    found = Q(pk__in=[])
    for rule in needed.values():
        found |= rule
    return found


def _expressions(values: Values) -> dict[str, Any]:
    plain: dict[str, Any] = {
        name: values[name] for name in PLAIN_OF_CHILDREN if name in values
    }
    for name in ARRAYS:
        add, remove = values.get(f"{name}_add", []), values.get(f"{name}_remove", [])
        if add or remove:
            plain[name] = _array(name, add=add, remove=remove)
    return plain


def _array(name: str, *, add: list[str], remove: list[str]) -> Any:
    """The array with some values more and some less, written by the database."""
    field = ArrayField(models.CharField(max_length=20))
    found: Any = F(name)
    for value in remove:
        found = Func(found, Value(value), function="array_remove", output_field=field)
    for value in add:
        longer = Func(found, Value(value), function="array_append", output_field=field)
        has_it = When(**{f"{name}__contains": [value]}, then=found)
        found = Case(has_it, default=longer, output_field=field)
    return found
