"""A delegation fills a file for an association that cannot (decision 29).

It begins here, from the association's page in the staff site; the sections are those of
the portal. What it entered is shown to the association, which certifies.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import staff_required
from accounts.enums import Role
from applications import workflow
from applications.models import Application, Call
from applications.programmes import get_rules
from applications.views import beginning
from applications.views.files import file_to_fill
from applications.views.following import Badge
from applications.wording import STAFF, STAFF_TITLES, icon, state_label, tone
from institutions import vault
from institutions.models import Association, Document, DocumentType
from institutions.uploads import bundles

PAGE = "applications:on_behalf"


@dataclass(frozen=True)
class Entry:
    """What an officer entered, the last time."""

    what: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Offer:
    """An open call and what this delegation may begin under it."""

    call: Call
    units: list[Any]
    has_update: bool


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.DELEGATE)
def begin(request, pk):
    """What may be begun for an association; the POST begins it."""
    rows = Association.objects.visible_to(request.user).current()
    association = get_object_or_404(rows.select_related("delegation"), pk=pk)
    if request.method == "POST":
        call = _chosen(request.POST.get("call", ""))
        here = reverse(PAGE, args=[pk])
        return beginning.begin(request, call, association, back=here)
    context = {
        "association": association,
        "offers": _offers(association, request.user),
        "files": _files(request, association),
    }
    return render(request, "applications/on_behalf.html", context)


def _chosen(text):
    if not text.isdecimal():
        raise Http404
    return get_object_or_404(Call.objects.published(), pk=text)


def _offers(association, officer):
    """Units that this delegation receives the file of (decision 12)."""
    calls = list(Call.objects.published().open_to(association.pk).order_by("closes_at"))
    years = [call.year for call in calls]
    updates = association.updates.accepted().filter(round__year__in=years)
    accepted = set(updates.values_list("round__year", flat=True))
    offers = []
    for call in calls:
        units = get_rules(call.programme).eligible_units(association, call)
        ours = [u for u in units if u.delegation_id == officer.delegation_id]
        offers.append(Offer(call, ours, has_update=call.year in accepted))
    return offers


def _files(request, association):
    """Those in hand: to go on with."""
    rows = Application.objects.visible_to(request.user).filter(
        association=association, state__in=workflow.FILLED_IN
    )
    found = [
        file
        for file in rows.with_relations().order_by("-pk")
        if workflow.may_fill_on_behalf(file, request.user)
    ]
    for file in found:
        file.badge = Badge(
            label=state_label(file, STAFF),
            tone=tone(file, STAFF),
            icon=icon(file, STAFF),
        )
    return found


@require_POST
@staff_required(Role.DELEGATE)
def certification(request, pk):
    """The summary that the manager signed, scanned: kept and attached."""
    file = file_to_fill(request, pk)
    try:
        _attach_signed(request, file)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    here = reverse("applications:check_answers", args=[file.pk])
    return redirect(f"{here}#send")


def _attach_signed(request, file):
    """Photographs chosen together are one document."""
    files = bundles(request.FILES.getlist("file"))
    if not files:
        raise ValidationError(_("Choose a file first."))
    types = DocumentType.objects.visible_to(request.user)
    type_ = types.get(code=workflow.SIGNED_CERTIFICATION)
    with transaction.atomic():
        for sent in files:
            document = vault.store(
                sent, association=file.association, type=type_, actor=request.user
            )
            workflow.attach(file.pk, document.pk, actor=request.user)


def signed_papers(file) -> list[Document]:
    """Signed by the manager in the place of certifying on line."""
    rows = file.attachments.filter(document__type__code=workflow.SIGNED_CERTIFICATION)
    return [row.document for row in rows.select_related("document").order_by("pk")]


def findings_for(file, found) -> list[Any]:
    """For an officer, what is mended in the record leads to the staff site."""
    if not getattr(file, "behalf", False):
        return found
    return [replace(one, url=one.staff_url or one.url) for one in found]


def entries(request, file) -> list[Entry]:
    """What officers entered, each part once, by the last time."""
    found: dict[tuple[str, str, int | None], Entry] = {}
    events = file.events.filter(is_on_behalf=True).select_related("actor")
    rows = list(events.order_by("pk"))
    names = _names_of(file, rows, request.user)
    for event in rows:
        key = (event.transition, event.reason, event.actor_id)
        found.pop(key, None)
        what = names.get(event.reason) or STAFF_TITLES[event.transition]
        found[key] = Entry(str(what), str(event.actor), event.at)
    return list(found.values())


def _names_of(file, events, reader) -> dict[str, Any]:
    """Sections and documents by the code that the event keeps."""
    codes = {event.reason for event in events if event.transition == workflow.FILL}
    names = {
        section.code: section.title
        for section in get_rules(file.programme).sections
        if section.code in codes
    }
    left = codes - set(names)
    if left:
        types = DocumentType.objects.visible_to(reader).filter(code__in=left)
        names |= {type_.code: type_.name for type_ in types}
    return names
