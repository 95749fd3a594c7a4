"""The association that the page is about, for every page of the portal."""

from django.utils.functional import SimpleLazyObject

from institutions import current


def portal(request):
    """Lazy: a page that shows none of it asks the database nothing."""

    def association():
        membership = current.current_membership(request)
        return membership.association if membership else None

    if getattr(request, "user", None) is None or request.user.is_anonymous:
        return {}
    if request.user.is_staff:
        return {}
    return {
        "current_association": SimpleLazyObject(association),
        "is_manager": SimpleLazyObject(lambda: current.is_manager(request)),
        "can_switch_association": SimpleLazyObject(
            lambda: len(current.memberships_of(request)) > 1
        ),
    }
