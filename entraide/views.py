"""Pages of no single room: the way home, and the form that came too late."""

from urllib.parse import urlsplit

from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from institutions.current import needs_choice

# What a page that sends the same form again never carries.
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "autosave"})


def home(request):
    if request.user.is_staff:
        return redirect("admin:index")
    if needs_choice(request):
        return redirect("institutions:choose")
    return redirect("applications:home")


@never_cache
def session_expired(request, reason=""):
    """A form whose token is no longer right: signed out and in again, or another tab.

    Nothing of it was recorded. What was typed is offered for sending again with a fresh
    token, but only when the form came from our own pages: from elsewhere this page
    would be the second half of a forged request.
    """
    typed = typed_values(request) if came_from_us(request) else None
    return render(request, "csrf_expired.html", context_of(request, typed), status=403)


@never_cache
def signed_out_post(request):
    """A form sent after the session ended: sign in beside it, then send it again.

    The token is checked before the session, so that the form is known to be ours.
    """
    if wants_json(request):
        return JsonResponse({"error": "signed_out"}, status=401)
    context = context_of(request, typed_values(request))
    return render(request, "signed_out.html", context, status=401)


def context_of(request, typed):
    return {
        "typed": typed,
        "action": request.get_full_path(),
        "has_files": bool(request.FILES),
    }


def typed_values(request):
    """Names and values to send again; ``None`` when a password would be missing."""
    if any("password" in name for name in request.POST):
        return None
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in NOT_KEPT
        for value in values
    ]


def came_from_us(request):
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(source).netloc == request.get_host()


def wants_json(request):
    return "application/json" in request.headers.get("Accept", "")
