"""Somebody who works in a centre in one year, typed on the screen."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from institutions.models import StaffMember, UpdateRound
from institutions.people import stale
from institutions.people.lists import STAFF, begin_list, lock_centre
from institutions.people.stale import NEW, Opened


def staff_problems(values: Mapping[str, Any]) -> dict[str, str]:
    """What does not fit together, by field, whatever the way it came in.

    Without a written contract a remark is asked (domain.md, section 2.6).
    """
    problems = {}
    if not values.get("has_contract") and not values.get("contract_remark"):
        problems["contract_remark"] = _(
            "Without a written contract, say why or what stands in its place."
        )
    if values.get("is_cnss_charged") and not values.get("is_cnss_declared"):
        problems["is_cnss_charged"] = _(
            "The CNSS cannot be charged for somebody who is not declared to it."
        )
    return problems


@transaction.atomic
def save_staff_member(
    centre_pk: int,
    round_: UpdateRound,
    *,
    actor: Any,
    values: Mapping[str, Any],
    opened: Opened = NEW,
) -> StaffMember:
    """Raises ``ValidationError``, ``StaleRow``."""
    centre = lock_centre(centre_pk, actor)
    begin_list(centre, round_, code=STAFF)
    if opened.pk:
        rows = StaffMember.objects.filter(centre=centre, year=round_.year)
        member = rows.get(pk=opened.pk)
        stale.check(stale.fingerprint(member), opened.seen, [stale.history_of(member)])
    else:
        member = StaffMember(centre=centre, year=round_.year)
    for name, value in values.items():
        setattr(member, name, value)
    problems = staff_problems({name: getattr(member, name) for name in stale.OF_STAFF})
    if problems:
        raise ValidationError(problems)
    member.full_clean(exclude=["centre"])
    member.save()
    return member


@transaction.atomic
def remove_staff_member(member_pk: int, round_: UpdateRound, *, actor: Any) -> Any:
    """Raises ``ValidationError`` while documents are kept about this person."""
    rows = StaffMember.objects.visible_to(actor).filter(year=round_.year)
    centre = lock_centre(rows.get(pk=member_pk).centre_id, actor)
    try:
        rows.get(pk=member_pk, centre=centre).delete()
    except ProtectedError:
        raise kept_for_documents() from None
    return centre


def kept_for_documents() -> ValidationError:
    return ValidationError(
        _("Documents are kept about this person: the row stays on this year’s list.")
    )
