"""A child on the list of a year, typed on the screen.

The same child is met again by the hashes of its name, Massar code and card (decision
22), among the children of its own association only: of the others nothing is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from accounts.encryption import keyed_hash, person_hash
from institutions.codes import new_child_code
from institutions.models import Centre, Child, Enrolment, UpdateRound
from institutions.people import stale
from institutions.people.lists import CHILDREN, begin_list, lock_centre
from institutions.people.stale import NEW, Opened

ENROLMENT_FIELDS = ("sub_programme", "services", "certificates", "months")
IDENTITY = ("name", "massar", "card_number")
# The field of the form where each hash is typed.
HASHES = {
    "massar_hash": "massar",
    "card_hash": "card_number",
    "person_hash": "name",
}
# The answers to "is it the same child": asked only when numbers agree and names do not.
SAME, ANOTHER = "same", "another"


@dataclass(frozen=True)
class SavedChild:
    """``known_from``: the last year in which the association had this child already."""

    enrolment: Enrolment
    known_from: int | None = None


class DoubtfulChild(ValidationError):
    """A number of a child of another year, under another name: only people can say."""

    def __init__(self, field: str, code: str):
        number = {
            "massar": _("This Massar code is that of %(code)s, which you had before."),
            "card_number": _("This card is that of %(code)s, which you had before."),
        }
        super().__init__(number[field], code="doubtful", params={"code": code})


@transaction.atomic
def save_child(
    centre_pk: int,
    round_: UpdateRound,
    *,
    actor: Any,
    values: Mapping[str, Any],
    opened: Opened = NEW,
) -> SavedChild:
    """Add a child to this year's list, or change one that is on it.

    Raises ``ValidationError`` at the field by which the child is on one of the lists
    already, ``DoubtfulChild`` when only a number is known, ``StaleRow``.
    """
    centre = lock_centre(centre_pk, actor)
    is_begun = begin_list(centre, round_, code=CHILDREN)
    enrolment = _opened(centre, round_, opened) if opened.pk else _new(centre, round_)
    child = enrolment.child
    met = _met(child, _set(enrolment, values))
    listed = _listed(met, round_.year)
    if listed is not None:
        if not (is_begun and _is_the_one(listed, enrolment)):
            raise _already(child, listed)
        # The list has just begun with last year's rows, this child among them.
        enrolment.pk, enrolment._state.adding = listed.pk, False
    known_from = None
    if not opened.pk:
        known = _known(child, met, same=values.get("same_child", ""))
        known_from = _take_the_place(child, known, before=round_.year)
    _write(enrolment)
    return SavedChild(enrolment, known_from)


@transaction.atomic
def remove_child(enrolment_pk: int, round_: UpdateRound, *, actor: Any) -> Centre:
    """Take a child off this year's list; answers its centre."""
    rows = Enrolment.objects.visible_to(actor).filter(year=round_.year)
    centre = lock_centre(rows.get(pk=enrolment_pk).centre_id, actor)
    rows.get(pk=enrolment_pk, centre=centre).delete()
    return centre


def set_hashes(child: Child) -> None:
    """By which the same child is found again without being read (decision 22)."""
    child.person_hash = person_hash(child.name, born_on=child.born_on, sex=child.sex)
    child.massar_hash = keyed_hash("massar", child.massar)
    child.card_hash = keyed_hash("card", child.card_number)


def _new(centre: Centre, round_: UpdateRound) -> Enrolment:
    child = Child(code=new_child_code(), association=centre.association)
    return Enrolment(year=round_.year, centre=centre, child=child)


def _opened(centre: Centre, round_: UpdateRound, opened: Opened) -> Enrolment:
    """The row under its form, if nobody changed it since."""
    rows = Enrolment.objects.filter(centre=centre, year=round_.year)
    enrolment = rows.select_related("child").get(pk=opened.pk)
    histories = [stale.history_of(row) for row in (enrolment, enrolment.child)]
    stale.check(stale.fingerprint(enrolment), opened.seen, histories)
    return enrolment


def _set(enrolment: Enrolment, values: Mapping[str, Any]) -> set[str]:
    """Put the values on the child and its year; answers which hashes changed."""
    child = enrolment.child
    before = {name: getattr(child, name) for name in HASHES}
    for name, value in values.items():
        if name in ENROLMENT_FIELDS:
            setattr(enrolment, name, value)
        elif name in stale.OF_CHILD:
            setattr(child, name, value)
    set_hashes(child)
    return {name for name in HASHES if getattr(child, name) != before[name]}


def _met(child: Child, hashes: set[str]) -> list[Child]:
    """Other children of the association with an equal hash, the oldest first."""
    equal = Q()
    for name in hashes:
        value = getattr(child, name)
        if value:
            equal |= Q(**{name: value})
    if not equal:
        return []
    rows = Child.objects.filter(equal, association=child.association_id)
    return list(rows.exclude(pk=child.pk).select_for_update().defer(*IDENTITY))


def _listed(met: list[Child], year: int) -> Enrolment | None:
    """The row of this year, in any centre, of one of those met."""
    if not met:
        return None
    rows = Enrolment.objects.filter(child__in=met, year=year)
    names = [f"child__{name}" for name in IDENTITY]
    return rows.select_related("centre", "child").defer(*names).first()


def _already(child: Child, listed: Enrolment) -> ValidationError:
    """At the field that says so, the number before the name."""
    texts = {
        "massar": _("This Massar code is already that of %(code)s, in %(centre)s."),
        "card_number": _("This card is already that of %(code)s, in %(centre)s."),
        "name": _("This child is on your list already: %(code)s, in %(centre)s."),
    }
    by_name = child.person_hash == listed.child.person_hash and child.person_hash
    field = "name" if by_name else _field_met(child, listed.child)
    params = {"code": listed.child.code, "centre": listed.centre.name}
    return ValidationError({field: ValidationError(texts[field], params=params)})


def _field_met(child: Child, other: Child) -> str:
    """The number that two children have in common."""
    is_massar = child.massar_hash and child.massar_hash == other.massar_hash
    return "massar" if is_massar else "card_number"


def _known(child: Child, met: list[Child], *, same: str) -> Child | None:
    """The child of another year that this is. Raises ``DoubtfulChild``."""
    persons = [row for row in met if row.person_hash == child.person_hash]
    if persons or not met:
        return persons[0] if persons else None
    if same not in (SAME, ANOTHER):
        raise DoubtfulChild(_field_met(child, met[0]), met[0].code)
    return met[0] if same == SAME else None


def _is_the_one(listed: Enrolment, typed: Enrolment) -> bool:
    """The same person, in the same centre."""
    is_here = listed.centre_id == typed.centre_id and not typed.pk
    return is_here and listed.child.person_hash == typed.child.person_hash


def _take_the_place(child: Child, known: Child | None, *, before: int) -> int | None:
    """The code stays and what was typed prevails; answers the last year it was had."""
    if known is None:
        return None
    child.pk, child.code, child.created_at = known.pk, known.code, known.created_at
    child._state.adding = False
    years = Enrolment.objects.filter(child=known, year__lt=before)
    return years.aggregate(last=Max("year"))["last"]


def _write(enrolment: Enrolment) -> None:
    child = enrolment.child
    child.full_clean(exclude=["association"], validate_unique=False)
    child.save()
    enrolment.child = child
    enrolment.clean_fields(exclude=["child", "centre"])
    try:
        with transaction.atomic():
            enrolment.save()
    except IntegrityError:
        raise ValidationError(
            _("This child is on the list of one of your centres already this year.")
        ) from None
