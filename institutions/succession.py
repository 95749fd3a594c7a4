"""A new president: the data stay with the association, the access changes hands.

Renewal of the board is a legal event (dahir 1-58-376, art. 5): the minutes of the
assembly prove it, the delegation approves it, and from then on nobody of before comes
in, whether a member or only invited.
"""

from typing import Any

from django.utils import timezone

from institutions import membership_notices as notices
from institutions import validity
from institutions.enums import BoardRole, JoinKind, JoinState, MembershipRole
from institutions.models import Association, BoardMember, JoinRequest


def pending(association: Association) -> JoinRequest | None:
    """The request that the delegation has to decide of, if there is one."""
    rows = association.join_requests.filter(
        kind=JoinKind.SUCCESSION,
        state=JoinState.WAITING,
        email_confirmed_at__isnull=False,
    )
    return rows.order_by("pk").first()


def hand_over(association: Association, request: JoinRequest, *, actor: Any) -> None:
    """The caller holds the association and the request, and lets the new one in."""
    former = _end_access(association, but=request.email.lower())
    _new_board(association, request)
    notices.succeeded(association, former)


def _end_access(association: Association, *, but: str) -> list[Any]:
    """All memberships and all invitations of before; a member who becomes the
    president stays, as manager."""
    now = timezone.now()
    rows = association.memberships.active()
    rows.filter(user__email=but).update(role=MembershipRole.MANAGER)
    ending = rows.exclude(user__email=but)
    former = [row.user for row in ending.select_related("user").order_by("pk")]
    ending.update(ended_at=now)
    association.invitations.pending().update(revoked_at=now)
    return former


def _new_board(association: Association, request: JoinRequest) -> None:
    """The history of the row keeps who presided before.

    Papers of the board before end with it, that of the bank account among them: who
    signs there has changed, so the account is confirmed anew.
    """
    BoardMember.objects.update_or_create(
        association=association,
        role=BoardRole.PRESIDENT,
        defaults={
            "name": request.contact_name,
            "cnie": request.cnie,
            "phone": request.phone,
            "email": request.email,
        },
    )
    association.last_assembly_on = request.assembly_on
    association.board_term_months = request.board_term_months
    association.version += 1
    association.save(update_fields=["last_assembly_on", "board_term_months", "version"])
    validity.refresh(association)
