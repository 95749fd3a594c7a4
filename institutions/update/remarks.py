"""Remarks of the delegation: field by field, kept while reading, sent together.

The association answers a remark by saving its section, or saying it right, again.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from institutions import acting, sections
from institutions.enums import UpdateState
from institutions.models import AnnualUpdate, UpdateEvent, UpdateRemark


@transaction.atomic
def save_remark(  # noqa: PLR0913 -- the place takes three words
    update_pk: int, section: str, unit: int, *, actor: Any, field: str = "", text: str
) -> UpdateRemark | None:
    """Keep a remark until the update is sent back; an empty text takes it away.

    ``field``: the key of a line of the section, empty for the section as a whole.
    Raises ``ValidationError`` unless the update waits for the delegation.
    """
    rows = AnnualUpdate.objects.visible_to(actor).select_for_update(of=("self",))
    update = rows.select_related("association__delegation", "round").get(pk=update_pk)
    if not acting.is_officer_of(update.association, actor):
        raise PermissionDenied
    if update.state != UpdateState.CONFIRMED:
        raise ValidationError(_("This update does not wait for you any more."))
    sections.find(update.association, section, unit)
    place = {"section": section, "unit": unit, "field": field}
    drafts = update.remarks.filter(event=None, **place)
    text = text.strip()
    if not text:
        drafts.delete()
        return None
    _check_length(text)
    remark = drafts.first() or UpdateRemark(update=update, **place)
    remark.text, remark.written_by = text, actor
    remark.save()
    return remark


def carry(update: AnnualUpdate, event: UpdateEvent) -> int:
    """All drafts leave with one sending back; how many."""
    return update.remarks.filter(event=None).update(event=event)


def answer(update: AnnualUpdate, key: sections.Key) -> None:
    """The section was saved, or said right again."""
    of_update(update).filter(section=key.code, unit=key.unit_id).update(
        answered_at=timezone.now()
    )


def of_update(update: AnnualUpdate) -> Any:
    """Those sent that wait for the association."""
    rows = UpdateRemark.objects.filter(update=update, answered_at=None)
    return rows.exclude(event=None)


def _check_length(text: str) -> None:
    longest = UpdateRemark._meta.get_field("text").max_length
    if len(text) > (longest or 0):
        message = _("Shorten the remark to %(count)s characters.")
        raise ValidationError({"text": message % {"count": longest}})
