"""Who may open a page: members, or officers of given roles; the others get 403.

Whether an *object* may be seen is ``visible_to``'s answer, not theirs.
"""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.enums import Role

View = Callable[..., HttpResponse]


def member_required(view: View) -> View:
    """For pages of the portal's associations."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        user = request.user
        if not (user.is_authenticated and user.is_active and user.is_member):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def staff_required(*roles: Role) -> Callable[[View], View]:
    """For pages of officers; without roles, of any officer."""

    def decorator(view: View) -> View:
        @wraps(view)
        def guarded(
            request: HttpRequest, *args: object, **kwargs: object
        ) -> HttpResponse:
            user = request.user
            if not (user.is_authenticated and user.is_active and user.is_staff):
                raise PermissionDenied
            if roles and user.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorator
