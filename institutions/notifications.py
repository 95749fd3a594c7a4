"""What the record tells people: rows of the outbox, never mails (decision 1)."""

from typing import Any
from uuid import uuid4

from accounts import outbox
from accounts.enums import Role
from accounts.models import User
from accounts.notifications import INVITATION
from institutions.enums import MembershipRole
from institutions.models import AnnualUpdate, Association, Membership


def update_confirmed(update: AnnualUpdate) -> None:
    """To the officers of the seat's delegation."""
    _tell_update(update, "update_confirmed", officers_of(update.association))


def update_verified(update: AnnualUpdate) -> None:
    """To those who may submit."""
    _tell_update(update, "update_verified", members_of(update.association))


def update_sent_back(update: AnnualUpdate) -> None:
    _tell_update(
        update,
        "update_sent_back",
        members_of(update.association),
        reason=update.sent_back_reason,
    )


def association_status(association: Association) -> None:
    """The kind is the state: association_verified, _refused, _suspended."""
    outbox.tell(
        members_of(association),
        f"association_{association.status}",
        subject=("association", association.pk),
        context={**names(association), "reason": association.status_reason},
        path="/my/record/",
        key=str(association.version),
    )


def invited(membership: Membership, *, is_new: bool) -> None:
    """``is_new``: the mail also leads to the page where a password is chosen."""
    if is_new:
        account = ("account", membership.user_id)
        outbox.tell([membership.user], INVITATION, subject=account, key=uuid4().hex)
    outbox.tell(
        [membership.user],
        "member_joined",
        subject=("membership", membership.pk),
        context=names(membership.association),
        path="/my/record/",
        mailed=not is_new,
    )


def names(association: Association) -> dict[str, str]:
    return {
        "association_ar": association.name_in("ar"),
        "association_fr": association.name_in("fr"),
    }


def members_of(association: Association, *, managers_only: bool = False) -> list[User]:
    rows = association.memberships.active().filter(user__is_active=True)
    if managers_only:
        rows = rows.filter(role=MembershipRole.MANAGER)
    return [row.user for row in rows.select_related("user").order_by("pk")]


def officers_of(association: Association) -> list[User]:
    """The delegation's officers; the coordinators stand in where there are none
    (decision 7)."""
    officers = User.objects.active().filter(
        role=Role.DELEGATE, delegation=association.delegation_id
    )
    found = list(officers.order_by("pk"))
    if found:
        return found
    deputies = User.objects.active().filter(
        role=Role.COORDINATOR, region=association.delegation.region_id
    )
    return list(deputies.order_by("pk"))


def _tell_update(
    update: AnnualUpdate, kind: str, recipients: list[User], **more: Any
) -> None:
    is_staff = kind == "update_confirmed"
    path = f"/admin/institutions/annualupdate/{update.pk}/change/"
    outbox.tell(
        recipients,
        kind,
        subject=("annualupdate", update.pk),
        context={**names(update.association), "year": update.round.year, **more},
        path=path if is_staff else "/my/update/",
        key=str(update.version),
    )
