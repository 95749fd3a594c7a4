"""Associations entering the portal, and what the delegation decides of them."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Role
from institutions import notifications
from institutions.enums import AssociationStatus
from institutions.models import Association, JoinRequest

NEXT = {
    AssociationStatus.TO_VERIFY: {
        AssociationStatus.VERIFIED,
        AssociationStatus.REFUSED,
    },
    AssociationStatus.REFUSED: {AssociationStatus.VERIFIED},
    AssociationStatus.VERIFIED: {AssociationStatus.SUSPENDED},
    AssociationStatus.SUSPENDED: {AssociationStatus.VERIFIED},
}


@transaction.atomic
def set_status(
    association_pk: int, status: str, *, actor: Any, reason: str = ""
) -> Association:
    """Verify, refuse or suspend (product.md, section 4); the members are told.

    Raises ``ValidationError`` without a reason where one is due, or when the state
    does not lead there; ``PermissionDenied`` for other than the seat's officers.
    """
    rows = Association.objects.current().visible_to(actor).select_related("delegation")
    association = rows.select_for_update(of=("self",)).get(pk=association_pk)
    if not may_decide(association, actor):
        raise PermissionDenied
    if status not in NEXT[AssociationStatus(association.status)]:
        raise ValidationError(
            _("%(association)s is “%(status)s”: this is not possible."),
            params={
                "association": association,
                "status": association.get_status_display(),
            },
        )
    if status != AssociationStatus.VERIFIED and not reason.strip():
        raise ValidationError({"reason": _("Please give the reason.")})
    association.status = status
    association.status_reason = (
        "" if status == AssociationStatus.VERIFIED else reason.strip()
    )
    association.version += 1
    association.save(update_fields=["status", "status_reason", "version"])
    notifications.association_status(association)
    return association


def may_decide(association: Association | JoinRequest, actor: Any) -> bool:
    """The officers of the seat, the coordinator as deputy, the centre."""
    if not actor.is_active:
        return False
    if actor.role == Role.DELEGATE:
        return actor.delegation_id == association.delegation_id
    if actor.role == Role.COORDINATOR:
        return actor.region_id == association.delegation.region_id
    return actor.role == Role.CENTRAL
