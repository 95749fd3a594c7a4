"""Asking for an account, without one: four short steps, kept in the session."""

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from institutions import duplicates, joining
from institutions.enums import JoinKind
from institutions.evidence import Evidence
from institutions.forms.joining import (
    AssociationStep,
    NewPresidentForm,
    PersonForm,
    PlaceForm,
)
from institutions.models import JoinRequest
from territories.models import Delegation

KEY = "joining"
STEPS = 4


def so_far(request):
    return request.session.get(KEY, {})


def keep(request, **values):
    request.session[KEY] = {**so_far(request), **values}


@login_not_required
@never_cache
def start(request):
    """What is needed, and where the seat is."""
    form = PlaceForm(request.POST or None, initial=so_far(request))
    if request.method == "POST" and form.is_valid():
        keep(request, delegation=form.cleaned_data["delegation"].pk)
        return redirect("joining:association")
    context = {"form": form, "current": 1, "total": STEPS}
    return render(request, "institutions/joining/start.html", context)


@login_not_required
@never_cache
def association(request):
    """The association as on its receipt; those it may be are looked for."""
    delegation = delegation_of(request)
    if delegation is None:
        return redirect("joining:start")
    typed = request.POST or so_far(request).get("association")
    form = AssociationStep(typed, delegation=delegation)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="join_search"):
            return ratelimit.respond_429(request)
        found = duplicates.candidates(duplicates.facts_of(form.instance))
        keep(
            request,
            association=request.POST.dict(),
            offered=[candidate.association.pk for candidate in found],
            kind=JoinKind.REGISTRATION,
            chosen=None,
        )
        return redirect("joining:same" if found else "joining:person")
    context = {
        "form": form,
        "delegation": delegation,
        "current": 2,
        "total": STEPS,
    }
    return render(request, "institutions/joining/association.html", context)


@login_not_required
@never_cache
def same(request):
    """*Is it one of these?* Only what the public may know of them."""
    offered = so_far(request).get("offered")
    if not offered:
        return redirect("joining:association")
    if request.method == "POST":
        kind, _dash, pk = request.POST.get("choice", "").partition("-")
        if (kind, pk) != ("none", "") and not is_offered(kind, pk, offered):
            raise Http404
        chosen = int(pk) if pk else None
        keep(request, kind=JoinKind(kind if pk else "registration"), chosen=chosen)
        return redirect("joining:person")
    context = {
        "rows": duplicates.offered(offered),
        "current": 3,
        "total": STEPS,
    }
    return render(request, "institutions/joining/same.html", context)


def is_offered(kind, pk, offered):
    kinds = (JoinKind.ACCESS, JoinKind.SUCCESSION)
    return kind in kinds and pk.isdecimal() and int(pk) in offered


@login_not_required
@never_cache
def person(request):
    """Who asks, and the paper; then the request is made."""
    first = association_of(request)
    if first is None:
        return redirect("joining:association")
    is_president = so_far(request).get("kind") == JoinKind.SUCCESSION
    form_class = NewPresidentForm if is_president else PersonForm
    form = form_class(
        request.POST or None, request.FILES or None, kept=kept_file(request)
    )
    if request.method == "POST":
        is_valid = form.is_valid()
        keep(request, file=form.kept.as_dict() if form.kept else None)
        if is_valid:
            return send(request, first, form)
    context = {
        "form": form,
        "is_president": is_president,
        "current": STEPS,
        "total": STEPS,
    }
    return render(request, "institutions/joining/person.html", context)


def send(request, first, form):
    """The same answer whoever the address belongs to."""
    address = form.cleaned_data["email"].lower()
    if not ratelimit.consume(request, action="join", key=address):
        return ratelimit.respond_429(request)
    joining.ask(values_of(request, first, form), file=form.kept)
    request.session[KEY] = {"sent_to": address}
    return redirect("joining:sent")


def values_of(request, first, form):
    """Of a request for an association that is here, only what finds it again."""
    chosen = so_far(request).get("chosen")
    values = {name: form.cleaned_data[name] for name in form._meta.fields}
    values |= {name: first.cleaned_data[name] for name in first._meta.fields}
    values |= {"kind": so_far(request)["kind"], "language": get_language()}
    values["delegation"] = first.instance.delegation
    if chosen:
        rows = duplicates.offered([chosen])
        if not rows:
            raise Http404
        found = rows[0]["association"]
        values |= {"association": found, "delegation": found.delegation}
    return values


@login_not_required
@never_cache
@require_safe
def sent(request):
    address = so_far(request).get("sent_to")
    if not address:
        return redirect("joining:start")
    return render(request, "institutions/joining/sent.html", {"address": address})


@login_not_required
@never_cache
def status(request, token):
    """For whoever received the link: confirm the address, then see what happens."""
    try:
        found = joining.by_token(token)
    except JoinRequest.DoesNotExist:
        raise Http404 from None
    if request.method == "POST":
        joining.confirm(token)
        return redirect("joining:status", token)
    return render(request, "institutions/joining/status.html", {"row": found})


def delegation_of(request):
    chosen = so_far(request).get("delegation")
    return Delegation.objects.visible_to(request.user).filter(pk=chosen).first()


def association_of(request):
    """The second step as it was sent; ``None`` when missing or no longer right."""
    delegation, typed = delegation_of(request), so_far(request).get("association")
    if delegation is None or not typed:
        return None
    form = AssociationStep(typed, delegation=delegation)
    return form if form.is_valid() else None


def kept_file(request):
    known = so_far(request).get("file")
    return Evidence(**known) if known else None
