"""Pages of no single room: the way home, and the form that came too late."""

from django.shortcuts import redirect, render


def home(request):
    return redirect("admin:index" if request.user.is_staff else "institutions:home")


def session_expired(request, reason=""):
    return render(request, "csrf_expired.html", status=403)
