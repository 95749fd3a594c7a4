"""The update as a whole: what remains, and *confirm*."""

from itertools import groupby
from operator import attrgetter

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import member_required
from institutions import snapshots, update
from institutions.current import current_association, entry_required, is_manager
from institutions.findings import check_record
from institutions.models import Snapshot
from institutions.update.answers import is_open
from institutions.views.loading import find_update_of, load_update


@entry_required
def overview(request):
    association = current_association(request)
    round_ = update.current_round()
    found = find_update_of(request, association, round_)
    context = {"round": round_, "update": found}
    if found:
        found.association = association
        states = update.progress(found)
        context |= {
            "groups": grouped(states),
            "done": sum(state.state == "done" for state in states),
            "total": len(states),
            "steps": [state.step for state in states],
            "next": next((row for row in states if row.state != "done"), None),
            "remark_count": sum(len(state.remarks) for state in states),
            "is_open": is_open(found),
            "events": found.events.select_related("actor"),
            "frozen": frozen_copy(request, found),
        }
    return render(request, "institutions/update.html", context)


def frozen_copy(request, found):
    """Its hash and date; the content can be long and is not read here."""
    if found.confirmed_at is None:
        return None
    rows = Snapshot.objects.visible_to(request.user)
    rows = rows.filter(kind=snapshots.UPDATE, object_id=found.pk)
    return rows.defer("content").order_by("-version").first()


@entry_required
@require_POST
def begin(request):
    """Straight to the first section, for there is nothing to read in between."""
    association = current_association(request)
    round_ = update.current_round()
    if round_ is None:
        return redirect("institutions:update")
    found = update.begin(association.pk, actor=request.user, year=round_.year)
    left = update.remaining(found) if is_open(found) else []
    return redirect(left[0].url if left else "institutions:update")


@member_required
def confirm(request):
    found = load_update(request)
    if not is_manager(request):
        raise PermissionDenied
    if request.method == "POST" and certified(request):
        try:
            update.confirm(
                found.pk, actor=request.user, version=int(request.POST["version"])
            )
        except ValidationError as error:
            for text in error.messages:
                messages.error(request, text)
        else:
            messages.success(request, _("The update is confirmed."))
        return redirect("institutions:update")
    context = {
        "update": found,
        "remaining": update.remaining(found),
        "is_open": is_open(found),
        "findings": check_record(found.association, year=found.round.year),
        "is_refused": request.method == "POST",
    }
    return render(request, "institutions/update_confirm.html", context)


def certified(request):
    return (
        bool(request.POST.get("certified"))
        and request.POST.get("version", "").isdecimal()
    )


def grouped(states):
    """The sections under the name of their unit, in order."""
    return [
        (name, list(group))
        for name, group in groupby(states, key=attrgetter("unit_name"))
    ]
