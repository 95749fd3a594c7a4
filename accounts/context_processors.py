"""What every page of the portal shows."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from accounts.models import Outbox

# Beyond this the reader no longer counts, and the database need not either.
MOST_SHOWN = 99


def portal(request):
    """Unread notices, counted once a page that shows them, and never beyond 99."""
    user = getattr(request, "user", None)
    context = {"is_demo": settings.PORTAL_DEMO}
    if user is not None and user.is_authenticated:
        context["unread_count"] = SimpleLazyObject(lambda: unread_count(user))
    return context


def unread_count(user):
    unread = Outbox.objects.visible_to(user).unread()
    return unread.order_by()[:MOST_SHOWN].count()
