"""The record as it stands, and the choice of an association."""

from itertools import groupby

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.decorators import member_required
from institutions import readable, sections, snapshots, update
from institutions.current import (
    choose_association,
    current_association,
    entry_required,
    memberships_of,
)
from institutions.differences import parts
from institutions.findings import check
from institutions.record import Record
from institutions.views.sections import LISTS


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
    known = Record(association, year=year, update_round=round_, is_for_checks=True)
    context = {
        "association": association,
        "groups": units_of(known),
        "is_begun": association.updates.filter(round=round_).exists(),
        "round": round_,
        "findings": check(known),
    }
    return render(request, "institutions/record.html", context)


def units_of(known):
    """The sections under the name of their unit; persons and documents as numbers."""
    content = snapshots.parts_of(known, is_counted=True)
    content["documents"] = known.document_count
    names = readable.Names(content)
    for (_unit, name), found in groupby(parts(content), key=lambda part: part[0][1:]):
        yield {
            "name": name,
            "sections": [
                shown(code, unit, readable.brief(code, piece, names))
                for (code, unit, _name), piece in found
            ],
        }


def shown(code, unit, lines):
    """A section with its address."""
    page = LISTS.get(code)
    url = reverse(page, args=[unit] if unit else []) if page else ""
    return {
        "title": sections.BY_CODE[code].title,
        "code": code,
        "unit": unit,
        "list_url": url,
        "lines": lines,
    }
