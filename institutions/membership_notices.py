"""What people are told of joining, leaving and succeeding: rows of the outbox.

Most of them have no account yet, and are written to at their address.
"""

from typing import Any
from uuid import uuid4

from accounts import outbox
from institutions.models import Association, Invitation, JoinRequest, Membership
from institutions.notifications import members_of, names, officers_of

MEMBERS_PAGE = "/my/members/"


def invited(
    invitation: Invitation, *, kind: str = "member_invited", language: str = ""
) -> None:
    """The link stands in the row as it stands in the invitation, and dies with it."""
    association = invitation.association
    reader = outbox.reader_of(
        invitation.email, language=language or association.language
    )
    outbox.tell(
        [reader],
        kind,
        subject=("invitation", invitation.pk),
        context={
            **names(association),
            "role": invitation.role,
            "until_at": invitation.expires_at,
        },
        path=f"/join/invitation/{invitation.token}/",
        key=str(invitation.token),
    )


def invitation_revoked(invitation: Invitation) -> None:
    reader = outbox.reader_of(
        invitation.email, language=invitation.association.language
    )
    outbox.tell(
        [reader],
        "invitation_revoked",
        subject=("invitation", invitation.pk),
        context=names(invitation.association),
    )


def joined(membership: Membership) -> None:
    """To the managers, the new one apart."""
    managers = members_of(membership.association, managers_only=True)
    outbox.tell(
        [user for user in managers if user.pk != membership.user_id],
        "member_joined",
        subject=("membership", membership.pk),
        context={**names(membership.association), **_person(membership)},
        path=MEMBERS_PAGE,
    )


def role_changed(membership: Membership, *, actor: Any) -> None:
    if membership.user_id == actor.pk:
        return
    outbox.tell(
        [membership.user],
        "member_role_changed",
        subject=("membership", membership.pk),
        context={**names(membership.association), "role": membership.role},
        path=MEMBERS_PAGE,
        key=uuid4().hex,
    )


def ended(membership: Membership, *, actor: Any) -> None:
    if membership.user_id == actor.pk:
        return
    outbox.tell(
        [membership.user],
        "member_ended",
        subject=("membership", membership.pk),
        context=names(membership.association),
    )


def confirm_address(request: JoinRequest) -> None:
    """Again for each time it is asked: a mail may have been lost."""
    _tell_asker(
        request,
        "join_confirm",
        path=f"/join/{request.email_token}/",
        key=uuid4().hex,
    )


def staff_address(address: str, *, language: str) -> None:
    """Told by mail and not on the page, which says nothing of who has an account."""
    reader = outbox.reader_of(address, language=language)
    outbox.tell([reader], "join_staff_address", subject=("account", 0), key=uuid4().hex)


def received(request: JoinRequest) -> None:
    """To the delegation; of a succession, also to those who work there today."""
    outbox.tell(
        officers_of(request),
        "join_received",
        subject=("joinrequest", request.pk),
        context=_of_request(request),
        path=f"/admin/institutions/joinrequest/{request.pk}/change/",
    )
    if request.kind == "succession" and request.association:
        outbox.tell(
            members_of(request.association, managers_only=True),
            "succession_asked",
            subject=("joinrequest", request.pk),
            context=_of_request(request),
            path=MEMBERS_PAGE,
        )


def accepted_already_member(request: JoinRequest) -> None:
    """There is nothing to accept: the access stands."""
    _tell_asker(request, "join_accepted_member", path="/my/record/")


def refused(request: JoinRequest) -> None:
    path = f"/join/{request.email_token}/"
    _tell_asker(request, "join_refused", path=path, reason=request.reason)
    if request.kind == "succession" and request.association:
        outbox.tell(
            members_of(request.association, managers_only=True),
            "succession_refused",
            subject=("joinrequest", request.pk),
            context={**_of_request(request), "reason": request.reason},
            path=MEMBERS_PAGE,
        )


def succeeded(association: Association, former: list[Any]) -> None:
    """To those whose access ended with the former president."""
    outbox.tell(
        former,
        "succession_ended",
        subject=("association", association.pk),
        context=names(association),
        key=uuid4().hex,
    )


def merged(gone: Association, kept: Association) -> None:
    outbox.tell(
        members_of(kept),
        "association_merged",
        subject=("association", gone.pk),
        context={
            **names(kept),
            "gone_ar": gone.name_in("ar"),
            "gone_fr": gone.name_in("fr"),
        },
        path="/my/record/",
    )


def _tell_asker(
    request: JoinRequest, kind: str, *, path: str, key: str = "", **more: Any
) -> None:
    outbox.tell(
        [outbox.reader_of(request.email, language=request.language)],
        kind,
        subject=("joinrequest", request.pk),
        context={**_of_request(request), **more},
        path=path,
        key=key,
    )


def _of_request(request: JoinRequest) -> dict[str, Any]:
    """The names as typed, until there is an association."""
    named = names(request.association) if request.association else None
    typed = {
        "association_ar": request.name_ar or request.name_fr,
        "association_fr": request.name_fr or request.name_ar,
    }
    return {**(named or typed), "kind": request.kind, "person": request.contact_name}


def _person(membership: Membership) -> dict[str, str]:
    return {"person": str(membership.user), "role": membership.role}
