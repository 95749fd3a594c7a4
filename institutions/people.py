"""Children and staff of a centre in one year, row by row on the screen.

A child keeps its code; removing it from a year's list takes away that year's
enrolment only, for what was said of other years stays true.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.encryption import keyed_hash, person_hash
from institutions import acting, carry, sections
from institutions.codes import new_child_code
from institutions.models import Centre, Child, Enrolment, StaffMember, UpdateRound

ENROLMENT_FIELDS = ("sub_programme", "services", "certificates", "months")


@transaction.atomic
def save_child(
    centre_pk: int, round_: UpdateRound, *, actor: Any, values: Mapping[str, Any], pk=0
) -> Enrolment:
    """Add a child to this year's list, or change one that is on it.

    Raises ``ValidationError`` when the child is on the list of another centre.
    """
    centre = _centre(centre_pk, actor)
    begin_list(centre, round_, code="children")
    enrolment = _enrolment(centre, round_, pk) if pk else Enrolment(year=round_.year)
    child = enrolment.child if pk else Child(code=new_child_code())
    for name, value in values.items():
        setattr(enrolment if name in ENROLMENT_FIELDS else child, name, value)
    child.association = centre.association
    set_hashes(child)
    if not pk:
        child = _known(child) or child
    child.full_clean(exclude=["association"])
    child.save()
    enrolment.child, enrolment.centre = child, centre
    enrolment.clean_fields(exclude=["child", "centre"])
    try:
        with transaction.atomic():
            enrolment.save()
    except IntegrityError:
        raise ValidationError(
            _("This child is on the list of one of your centres already this year.")
        ) from None
    return enrolment


@transaction.atomic
def remove_child(enrolment_pk: int, round_: UpdateRound, *, actor: Any) -> Centre:
    """Take a child off this year's list."""
    rows = Enrolment.objects.visible_to(actor).filter(year=round_.year)
    enrolment = rows.select_related("centre").get(pk=enrolment_pk)
    centre = _centre(enrolment.centre_id, actor)
    enrolment.delete()
    return centre


@transaction.atomic
def save_staff_member(
    centre_pk: int, round_: UpdateRound, *, actor: Any, values: Mapping[str, Any], pk=0
) -> StaffMember:
    centre = _centre(centre_pk, actor)
    begin_list(centre, round_, code="staff")
    rows = StaffMember.objects.filter(centre=centre, year=round_.year)
    member = rows.get(pk=pk) if pk else StaffMember(centre=centre, year=round_.year)
    for name, value in values.items():
        setattr(member, name, value)
    member.full_clean(exclude=["centre"])
    member.save()
    return member


@transaction.atomic
def remove_staff_member(member_pk: int, round_: UpdateRound, *, actor: Any) -> Centre:
    rows = StaffMember.objects.visible_to(actor).filter(year=round_.year)
    member = rows.get(pk=member_pk)
    centre = _centre(member.centre_id, actor)
    member.delete()
    return centre


@transaction.atomic
def open_list(centre_pk: int, round_: UpdateRound, *, code: str, actor: Any) -> Centre:
    """*Change* a list: it begins with the rows of last year."""
    centre = _centre(centre_pk, actor)
    begin_list(centre, round_, code=code)
    return centre


def begin_list(centre: Centre, round_: UpdateRound, *, code: str) -> None:
    """Copy last year's rows once, while this year has none."""
    key = sections.Key(sections.BY_CODE[code], centre.association, centre)
    if not carry.has_rows(key, round_.year):
        carry.keep_last_year(key, round_)


def set_hashes(child: Child) -> None:
    """By which the same child is found again without being read (decision 22)."""
    child.person_hash = person_hash(child.name, born_on=child.born_on, sex=child.sex)
    child.massar_hash = keyed_hash("massar", child.massar)
    child.card_hash = keyed_hash("card", child.card_number)


def _known(child: Child) -> Child | None:
    """The association knows this person from another year: the code stays.

    What was typed this year prevails.
    """
    rows = Child.objects.filter(
        association=child.association, person_hash=child.person_hash
    ).exclude(person_hash="")
    known = rows.select_for_update().first()
    if known is not None:
        child.pk, child.code, child.created_at = known.pk, known.code, known.created_at
        child._state.adding = False
        return child
    return None


def _enrolment(centre: Centre, round_: UpdateRound, pk: int) -> Enrolment:
    rows = Enrolment.objects.filter(centre=centre, year=round_.year)
    return rows.select_related("child").get(pk=pk)


def _centre(pk: int, actor: Any) -> Centre:
    """The centre, locked: one person at a time changes its lists."""
    rows = Centre.objects.visible_to(actor).filter(is_active=True)
    rows = rows.select_for_update(of=("self",))
    centre = rows.select_related("association__delegation").get(pk=pk)
    acting.check_entry(actor, centre.association)
    return centre
