"""The association a member works for in this session (product.md, section 1)."""

from typing import Any

from django.http import Http404, HttpRequest

from institutions.enums import MembershipRole
from institutions.models import Association, Membership

SESSION_KEY = "association"


def memberships_of(request: HttpRequest) -> list[Membership]:
    """The active memberships of the reader, read once per request."""
    if not hasattr(request, "_memberships"):
        user: Any = request.user
        found: list[Membership] = []
        if user.is_authenticated and user.is_member and user.is_active:
            found = list(
                Membership.objects.active()
                .filter(user=user, association__merged_into=None)
                .select_related("association__delegation")
            )
        request._memberships = found  # type: ignore[attr-defined]
    return request._memberships  # type: ignore[attr-defined]


def current_membership(request: HttpRequest) -> Membership | None:
    """That of the chosen association, else the first; ``None`` without any."""
    memberships = memberships_of(request)
    chosen = request.session.get(SESSION_KEY)
    for membership in memberships:
        if membership.association_id == chosen:
            return membership
    return memberships[0] if memberships else None


def current_association(request: HttpRequest) -> Association:
    """Raises ``Http404`` for whoever works for none: staff, and former members."""
    membership = current_membership(request)
    if membership is None:
        raise Http404
    return membership.association


def needs_choice(request: HttpRequest) -> bool:
    """Nothing says yet for which of several associations, or there is none."""
    keys = {membership.association_id for membership in memberships_of(request)}
    return len(keys) != 1 and request.session.get(SESSION_KEY) not in keys


def choose_association(request: HttpRequest, association: Association) -> None:
    request.session[SESSION_KEY] = association.pk


def is_manager(request: HttpRequest) -> bool:
    membership = current_membership(request)
    return membership is not None and membership.role == MembershipRole.MANAGER
