"""The association a member works for in this session (product.md, section 1).

An officer may enter data for an association of the seat's delegation: chosen in the
staff site, kept in the session, ended by a button (decision 29).
"""

from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from accounts.decorators import View
from institutions import acting
from institutions.enums import MembershipRole
from institutions.models import Association, Membership

SESSION_KEY = "association"
ON_BEHALF_KEY = "on_behalf"


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
    found = membership.association if membership else entered_association(request)
    if found is None:
        raise Http404
    return found


def entered_association(request: HttpRequest) -> Association | None:
    """The one that an officer enters data for, read once per request."""
    if not hasattr(request, "_entered"):
        request._entered = _entered(request)  # type: ignore[attr-defined]
    return request._entered  # type: ignore[attr-defined]


def _entered(request: HttpRequest) -> Association | None:
    user: Any = request.user
    chosen = request.session.get(ON_BEHALF_KEY)
    if chosen is None or not user.is_authenticated or user.is_member:
        return None
    rows = Association.objects.current().visible_to(user).select_related("delegation")
    found = rows.filter(pk=chosen).first()
    return found if found and acting.may_enter(user, found) else None


def enter_for(request: HttpRequest, association: Association) -> None:
    """Raises ``PermissionDenied`` for other than the officers of the seat."""
    acting.check_entry(request.user, association)
    request.session[ON_BEHALF_KEY] = association.pk


def stop_entering(request: HttpRequest) -> None:
    request.session.pop(ON_BEHALF_KEY, None)


def entry_required(view: View) -> View:
    """For pages where the record is read and entered: the association's people, or
    an officer who entered it on its behalf. The others get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        user: Any = request.user
        if not (user.is_authenticated and user.is_active):
            raise PermissionDenied
        if not user.is_member and entered_association(request) is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def needs_choice(request: HttpRequest) -> bool:
    """Nothing says yet for which of several associations, or there is none."""
    keys = {membership.association_id for membership in memberships_of(request)}
    return len(keys) != 1 and request.session.get(SESSION_KEY) not in keys


def choose_association(request: HttpRequest, association: Association) -> None:
    request.session[SESSION_KEY] = association.pk


def is_manager(request: HttpRequest) -> bool:
    membership = current_membership(request)
    return membership is not None and membership.role == MembershipRole.MANAGER
