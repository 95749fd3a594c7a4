"""The record as it stands, and the choice of an association."""

from django.http import Http404
from django.shortcuts import redirect, render

from accounts.decorators import member_required
from institutions import readable, sections, snapshots, update
from institutions.current import (
    choose_association,
    current_association,
    entry_required,
    memberships_of,
)
from institutions.differences import parts
from institutions.findings import check_record
from institutions.views.loading import find_update_of


@member_required
def choose(request):
    """For people who work for several associations."""
    memberships = memberships_of(request)
    if request.method == "POST":
        chosen = request.POST.get("association", "")
        for membership in memberships:
            if str(membership.association_id) == chosen:
                choose_association(request, membership.association)
                return redirect("home")
        raise Http404
    return render(request, "institutions/choose.html", {"memberships": memberships})


@entry_required
def record(request):
    """Everything the portal knows of the association, section by section."""
    association = current_association(request)
    round_ = update.current_round()
    year = round_.year if round_ else association.created_at.year
    content = snapshots.record_content(association, year=year)
    names = readable.Names(content)
    found = [
        {
            "title": sections.BY_CODE[code].title,
            "code": code,
            "unit": unit,
            "unit_name": unit_name,
            "lines": [
                line for line in readable.lines(code, piece, names) if line.value != ""
            ],
        }
        for (code, unit, unit_name), piece in parts(content)
    ]
    context = {
        "association": association,
        "sections": found,
        "update": find_update_of(request, association, round_),
        "round": round_,
        "findings": check_record(association, year=year),
    }
    return render(request, "institutions/record.html", context)
