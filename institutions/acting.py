"""Who may enter data for an association: its people, or its delegation on behalf.

The one rule of decisions 7, 12 and 29. Whoever calls has found the association through
``visible_to``: people of an association see their own only.
"""

from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.enums import Role
from institutions.models import Association


def may_enter(actor: Any, association: Association) -> bool:
    """Its members, and the officers of its seat; nobody else of the staff. What was
    merged into another is only read."""
    if not actor.is_active or association.merged_into_id:
        return False
    return actor.is_member or is_officer_of(association, actor)


def check_entry(actor: Any, association: Association) -> None:
    """Raises ``PermissionDenied``."""
    if not may_enter(actor, association):
        raise PermissionDenied


def is_on_behalf(actor: Any) -> bool:
    """Whether what this person enters is entered for somebody else."""
    return not actor.is_member


def is_officer_of(association: Association, actor: Any) -> bool:
    """An officer of the seat's delegation, or its coordinator as deputy."""
    if not actor.is_active:
        return False
    if actor.role == Role.DELEGATE:
        return actor.delegation_id == association.delegation_id
    return (
        actor.role == Role.COORDINATOR
        and actor.region_id == association.delegation.region_id
    )
