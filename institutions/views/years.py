"""Two certified years side by side: for the association, and for the staff site."""

from typing import Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import jobs
from institutions import comparison
from institutions.current import current_association, entry_required

PRINT = "institutions.tasks.print_years"


@entry_required
@require_safe
def years(request):
    association = current_association(request)
    context = {
        "association": association,
        **compared(association, request.user, request.GET),
    }
    return render(request, "institutions/years.html", context)


@entry_required
@require_POST
def years_print(request):
    return print_job(current_association(request), request)


def compared(association, user, asked):
    """The two years asked for, else the last two; nothing while there is one."""
    found = comparison.certified_years(association, user)
    choices = list(found)
    context: dict[str, Any] = {"choices": choices, "comparison": None, "pickers": []}
    if len(choices) < 2:
        return context
    before = chosen(asked.get("before"), choices, choices[1])
    after = chosen(asked.get("after"), choices, choices[0])
    context["comparison"] = comparison.of_snapshots(found[before], found[after])
    context["pickers"] = [
        ("before", _("From the year"), before),
        ("after", _("To the year"), after),
    ]
    return context


def chosen(text, choices, otherwise):
    year = int(text) if (text or "").isdecimal() and len(text) < 5 else otherwise
    return year if year in choices else otherwise


def print_job(association, request):
    """The PDF is made by the worker; the page of the job leads to it."""
    found = comparison.certified_years(association, request.user)
    names = ("before", "after")
    params = {name: chosen(request.POST.get(name), found, None) for name in names}
    if None in params.values():
        raise Http404
    job = jobs.request(
        PRINT,
        owner=request.user,
        subject=("association", association.pk),
        params=params,
        language=get_language(),
    )
    return redirect("accounts:job", job.pk)
