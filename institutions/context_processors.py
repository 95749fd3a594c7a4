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
        return on_behalf(request)
    return {
        "current_association": SimpleLazyObject(association),
        "is_manager": SimpleLazyObject(lambda: current.is_manager(request)),
        "can_switch_association": SimpleLazyObject(
            lambda: len(current.memberships_of(request)) > 1
        ),
    }


def on_behalf(request):
    """For an officer who enters data: nothing is asked without the mark of it."""
    if current.ON_BEHALF_KEY not in getattr(request, "session", {}):
        return {}
    entered = SimpleLazyObject(lambda: current.entered_association(request))
    return {"current_association": entered, "is_on_behalf": True}
