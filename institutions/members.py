"""Who works for an association: invited by e-mail, never without a manager.

Managers decide among themselves (product.md, section 1); the officers of the seat may
do the same in their place. A link is good for fourteen days and once.
"""

import uuid
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from institutions import membership_notices as notices
from institutions.enums import MembershipRole
from institutions.models import Association, Invitation, Membership
from institutions.registry import may_decide

GOOD_FOR = timedelta(days=14)
STAFF_ADDRESS = gettext_lazy(
    "This address belongs to an officer of the portal, who cannot work for an "
    "association. Give another address of the person."
)


class NotUsable(ValidationError):
    """The link of an invitation that leads nowhere any more."""


def may_manage(association: Association, actor: Any) -> bool:
    """A manager of this association, or the officers who decide of it."""
    if not actor.is_active:
        return False
    if actor.is_member:
        rows = association.memberships.active().filter(user=actor)
        return rows.filter(role=MembershipRole.MANAGER).exists()
    return may_decide(association, actor)


@transaction.atomic
def invite(association_pk: int, *, actor: Any, email: str, role: str) -> Invitation:
    """Raises ``ValidationError`` on ``email``: staff, a member, invited already."""
    association = _locked(association_pk, actor)
    return invite_into(association, actor=actor, email=email, role=role)


def invite_into(
    association: Association, *, actor: Any, email: str, role: str, **told: Any
) -> Invitation:
    """The caller holds the association and has checked who acts.

    ``told``: ``kind`` of the mail and ``language`` of an address without account.
    """
    address = email.strip().lower()
    _refuse_staff_and_members(association, address)
    pending = association.invitations.pending().filter(email__iexact=address).first()
    if pending is not None:
        if pending.expires_at > timezone.now():
            raise ValidationError({"email": _("This person is invited already.")})
        _revoke(pending)
    invitation = Invitation.objects.create(
        association=association,
        email=address,
        role=role,
        invited_by=actor,
        expires_at=timezone.now() + GOOD_FOR,
    )
    notices.invited(invitation, **told)
    return invitation


def _refuse_staff_and_members(association: Association, address: str) -> None:
    user = User.objects.filter(email=address).first()
    if user is None:
        return
    if not user.is_member:
        raise ValidationError({"email": STAFF_ADDRESS})
    if association.memberships.active().filter(user=user).exists():
        raise ValidationError(
            {"email": _("This person already works for the association.")}
        )


@transaction.atomic
def resend(invitation_pk: int, *, actor: Any) -> Invitation:
    """A new link, good again for fourteen days; the one sent before is dead."""
    invitation = _locked_invitation(invitation_pk, actor)
    invitation.token = uuid.uuid4()
    invitation.expires_at = timezone.now() + GOOD_FOR
    invitation.save(update_fields=["token", "expires_at"])
    notices.invited(invitation)
    return invitation


@transaction.atomic
def revoke(invitation_pk: int, *, actor: Any) -> Invitation:
    invitation = _locked_invitation(invitation_pk, actor)
    _revoke(invitation)
    notices.invitation_revoked(invitation)
    return invitation


def _revoke(invitation: Invitation) -> None:
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])


def usable(token: uuid.UUID) -> Invitation:
    """Raises ``Invitation.DoesNotExist``, or ``NotUsable`` with what to do."""
    rows = Invitation.objects.select_related("association")
    invitation = rows.get(token=token)
    _check_usable(invitation)
    return invitation


def has_account(invitation: Invitation) -> bool:
    """Whether the person invited signs in, or opens an account first."""
    return User.objects.filter(email=invitation.email.lower()).exists()


def _check_usable(invitation: Invitation) -> None:
    if invitation.accepted_at is not None:
        raise NotUsable(_("This invitation has been used. Sign in with your e-mail."))
    if invitation.revoked_at is not None or invitation.association.merged_into_id:
        raise NotUsable(_("This invitation was withdrawn. Ask the association."))
    if invitation.expires_at <= timezone.now():
        raise NotUsable(
            _("This invitation has expired. Ask the association to send another.")
        )


@transaction.atomic
def accept(token: uuid.UUID, *, user: User) -> Membership:
    """The account of the address invited, and no other, becomes a member."""
    invitation = _locked_by_token(token)
    if user.email != invitation.email.lower():
        raise PermissionDenied
    if not user.is_active or not user.is_member:
        raise NotUsable(_("This account cannot work for an association."))
    return _join(invitation, user)


@transaction.atomic
def accept_as_new(
    token: uuid.UUID, *, name: str, password: str, language: str
) -> Membership:
    """Opens the account of the address invited, then makes it a member."""
    invitation = _locked_by_token(token)
    if has_account(invitation):
        raise NotUsable(_("An account with this e-mail exists. Sign in first."))
    user = User.objects.create_user(
        invitation.email, password, name=name, language=language
    )
    return _join(invitation, user)


def _locked_by_token(token: uuid.UUID) -> Invitation:
    rows = Invitation.objects.select_related("association")
    invitation = rows.select_for_update(of=("self",)).get(token=token)
    _check_usable(invitation)
    return invitation


def _join(invitation: Invitation, user: User) -> Membership:
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    membership, _created = Membership.objects.get_or_create(
        association=invitation.association,
        user=user,
        ended_at=None,
        defaults={"role": invitation.role},
    )
    notices.joined(membership)
    return membership


@transaction.atomic
def change_role(membership_pk: int, *, actor: Any, role: str) -> Membership:
    membership = _locked_membership(membership_pk, actor)
    if role not in MembershipRole.values:
        raise ValidationError({"role": _("Choose a role.")})
    if role == membership.role:
        return membership
    _refuse_without_manager(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    notices.role_changed(membership, actor=actor)
    return membership


@transaction.atomic
def end(membership_pk: int, *, actor: Any) -> Membership:
    """The person no longer works for the association; the account stays."""
    membership = _locked_membership(membership_pk, actor)
    _refuse_without_manager(membership)
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    notices.ended(membership, actor=actor)
    return membership


def _refuse_without_manager(membership: Membership) -> None:
    """The association is locked: two managers cannot both leave at once."""
    if membership.role != MembershipRole.MANAGER:
        return
    others = membership.association.memberships.active().exclude(pk=membership.pk)
    if not others.filter(role=MembershipRole.MANAGER).exists():
        raise ValidationError(
            _(
                "An association keeps at least one account manager. Give this role to "
                "somebody else first."
            )
        )


def _locked(association_pk: int, actor: Any) -> Association:
    """Raises ``Association.DoesNotExist`` out of scope."""
    rows = Association.objects.current().visible_to(actor).select_related("delegation")
    association = rows.select_for_update(of=("self",)).get(pk=association_pk)
    if not may_manage(association, actor):
        raise PermissionDenied
    return association


def _locked_membership(membership_pk: int, actor: Any) -> Membership:
    rows = Membership.objects.visible_to(actor).active()
    found = rows.get(pk=membership_pk)
    association = _locked(found.association_id, actor)
    # Read again under the lock: the other manager may have ended it meanwhile.
    membership = rows.select_related("user").get(pk=membership_pk)
    membership.association = association
    return membership


def _locked_invitation(invitation_pk: int, actor: Any) -> Invitation:
    rows = Invitation.objects.visible_to(actor)
    association = _locked(rows.get(pk=invitation_pk).association_id, actor)
    invitation = rows.select_for_update(of=("self",)).get(pk=invitation_pk)
    invitation.association = association
    if invitation.accepted_at or invitation.revoked_at:
        raise ValidationError(_("This invitation was used or withdrawn meanwhile."))
    return invitation
