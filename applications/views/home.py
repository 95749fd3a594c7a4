"""Home of an association: the one thing that matters most, then the rest."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.views.decorators.http import require_safe

from applications.views import agenda
from institutions.current import current_association


@require_safe
def home(request):
    if not request.user.is_member:
        raise PermissionDenied
    association = current_association(request)
    found = agenda.all_tasks(request.user, association)
    waiting = sorted(
        (task for task in found if task.is_waiting), key=lambda task: task.due_day
    )
    quiet = [task for task in found if not task.is_waiting]
    context = {
        "first": waiting[0] if waiting else None,
        "others": waiting[1:],
        "quiet": quiet,
        **({} if waiting else agenda.what_comes_next(found)),
    }
    return render(request, "applications/home.html", context)
