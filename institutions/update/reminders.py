"""Reminders to associations whose update is not confirmed: once a day each."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Role
from institutions import followup, notifications
from institutions.followup import Wanted

SENDERS = (Role.DELEGATE, Role.COORDINATOR, Role.CENTRAL)


def may_remind(actor: Any) -> bool:
    return actor.is_active and actor.role in SENDERS


@transaction.atomic
def remind(wanted: Wanted, *, actor: Any, expected: int) -> int:
    """Tell the people of each association; how many associations.

    ``expected`` is the number that was read and typed: another number means that the
    list moved meanwhile. Raises ``ValidationError``.
    """
    if not may_remind(actor):
        raise PermissionDenied
    if wanted.state not in followup.REMINDED:
        raise ValidationError(_("Choose whom to remind."))
    rows = list(followup.to_remind(actor, wanted).order_by("pk"))
    if len(rows) != expected:
        message = _("The number to type is %(count)s: nothing was sent.")
        raise ValidationError(message % {"count": len(rows)}, code="expected")
    notifications.remind(rows, wanted.round, state=wanted.state)
    return len(rows)
