"""What somebody asks for, and in which capacity (decisions 5, 7 and 29)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from applications.models import Application, Sitting
from applications.reading import Reading
from institutions.enums import MembershipRole
from institutions.models import Membership


class Capacity(StrEnum):
    """Who acts: staff by role, members by what they may do for their association."""

    MANAGER = "manager"
    EDITOR = "editor"
    DELEGATE = "delegate"
    COORDINATOR = "coordinator"
    CENTRAL = "central"
    INSPECTOR = "inspector"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


class Manner(StrEnum):
    """As one's own task, as a deputy (decision 7), or on behalf (decision 29)."""

    OWN = "own"
    DEPUTY = "deputy"
    ON_BEHALF = "on_behalf"


class StalePage(ValidationError):
    """Somebody else acted since the page was opened: nothing was overwritten."""

    def __init__(self):
        super().__init__(
            _(
                "This file has changed since you opened the page. Nothing was "
                "overwritten: read it again, then decide."
            ),
            code="stale",
        )


@dataclass(frozen=True, kw_only=True)
class Order:
    """``version`` is that of the page acted on; ``None`` for the system only."""

    actor: Any
    version: int | None
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A locked file, what is asked of it, and in which capacity.

    ``sitting`` is locked too, for the moves that belong to one.
    """

    application: Application
    order: Order
    capacity: Capacity
    sitting: Sitting | None = None

    @cached_property
    def reading(self) -> Reading:
        """What the guard, the effect and the letter look at, read once."""
        return Reading(self.application)


def capacity_of(application: Application, actor: Any) -> Capacity | None:
    """``None`` for a member of another association."""
    if actor is None:
        return Capacity.SYSTEM
    if actor.role != Role.MEMBER:
        return Capacity(actor.role)
    return member_capacity(application.association_id, actor)


def member_capacity(association_pk: int, actor: Any) -> Capacity | None:
    role = (
        Membership.objects.active()
        .filter(association=association_pk, user=actor)
        .values_list("role", flat=True)
        .first()
    )
    if role is None:
        return None
    is_manager = role == MembershipRole.MANAGER
    return Capacity.MANAGER if is_manager else Capacity.EDITOR
