"""A year's list as a whole: locked while it changes, begun with last year's rows."""

from typing import Any

from django.db import transaction

from institutions import acting, carry, sections
from institutions.models import Centre, UpdateRound

CHILDREN, STAFF = "children", "staff"


@transaction.atomic
def open_list(centre_pk: int, round_: UpdateRound, *, code: str, actor: Any) -> Centre:
    """*Change* a list: it begins with the rows of last year."""
    centre = lock_centre(centre_pk, actor)
    begin_list(centre, round_, code=code)
    return centre


def begin_list(centre: Centre, round_: UpdateRound, *, code: str) -> bool:
    """Copy last year's rows once, while this year has none; whether any was copied."""
    key = sections.Key(sections.BY_CODE[code], centre.association, centre)
    if carry.has_rows(key, round_.year):
        return False
    return carry.keep_last_year(key, round_)


def lock_centre(pk: int, actor: Any) -> Centre:
    """One person at a time changes the lists of a centre."""
    rows = Centre.objects.visible_to(actor).filter(is_active=True)
    rows = rows.select_for_update(of=("self",))
    centre = rows.select_related("association__delegation").get(pk=pk)
    acting.check_entry(actor, centre.association)
    return centre


def lock_two(one: int, other: int, actor: Any) -> tuple[Centre, Centre]:
    """In the order of their keys, so that two who move rows never wait for each other.

    Raises ``DoesNotExist`` when the second belongs to another association.
    """
    found = {pk: lock_centre(pk, actor) for pk in sorted({one, other})}
    if found[one].association_id != found[other].association_id:
        raise Centre.DoesNotExist
    return found[one], found[other]
