"""Many rows of a list at once: chosen, changed after a preview, or taken off."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from institutions import people
from institutions.current import entry_required
from institutions.models import Centre
from institutions.people import Selection
from institutions.views.lists import CHILDREN, STAFF, chosen_rows, load_list

SHOWN_CODES = 30


@entry_required
def child_bulk(request, centre):
    return change(request, centre, listing=CHILDREN)


@entry_required
def staff_bulk(request, centre):
    return change(request, centre, listing=STAFF)


@entry_required
def child_bulk_off(request, centre):
    return take_off(request, centre, listing=CHILDREN)


@entry_required
def staff_bulk_off(request, centre):
    return take_off(request, centre, listing=STAFF)


def selected(request, listing, centre, round_):
    """The rows ticked, or all those of the filter: keys of other lists fall away."""
    _form, rows = chosen_rows(request, listing, centre, round_)
    rows = rows.filter(year=round_.year)
    if not request.GET.get("all"):
        ticked = [key for key in request.GET.getlist("row") if key.isdecimal()]
        rows = rows.filter(pk__in=[int(key) for key in ticked if len(key) < 19])
    return tuple(rows.values_list("pk", flat=True))


def nobody(request, listing, centre):
    messages.warning(request, _("Tick at least one row."))
    return redirect(listing.url, centre.pk)


def change(request, centre, *, listing):
    centre, round_ = load_list(request, centre)
    keys = selected(request, listing, centre, round_)
    if not keys:
        return nobody(request, listing, centre)
    posted = request.POST if request.method == "POST" else None
    form = listing.bulk(posted, centres=others(request, centre))
    page = {"centre": centre, "round": round_, "keys": keys, "listing": listing}
    if not form.is_valid() or "again" in request.POST:
        return show(request, page, form)
    if "apply" in request.POST:
        return apply(request, page, form)
    return preview(request, page, form)


def others(request, centre):
    """The centres of the association to which rows may go."""
    rows = Centre.objects.visible_to(request.user).filter(
        association=centre.association_id, is_active=True
    )
    return rows.exclude(pk=centre.pk).order_by("pk")


def show(request, page, form):
    context = {**page, "count": len(page["keys"]), "form": form}
    return render(request, "institutions/people_bulk.html", context)


def preview(request, page, form, *, error=None):
    """How many of the rows each value changes, before anything is written."""
    centre, year = page["centre"], page["round"].year
    chosen = Selection(page["listing"].code, page["keys"])
    given = form.cleaned_data
    context = {
        **page,
        "count": len(page["keys"]),
        "form": form,
        "lines": form.lines(people.changing(chosen, centre, year, given)),
        "seen": people.fingerprint_of(chosen, centre, year),
        "error": error,
    }
    status = 409 if error else 200
    return render(
        request, "institutions/people_bulk_check.html", context, status=status
    )


def apply(request, page, form):
    listing, centre = page["listing"], page["centre"]
    chosen = Selection(listing.code, page["keys"], request.POST.get("seen", ""))
    try:
        count = listing.save(
            chosen,
            centre.pk,
            page["round"],
            actor=request.user,
            values=form.cleaned_data,
        )
    except people.StaleRow as stale:
        return preview(request, page, form, error=stale)
    except ValidationError as error:
        form.add_error(None, error)
        return show(request, page, form)
    text = ngettext("%(count)s row changed.", "%(count)s rows changed.", count)
    messages.success(request, text % {"count": count})
    return redirect(listing.url, centre.pk)


def take_off(request, centre, *, listing):
    centre, round_ = load_list(request, centre)
    keys = selected(request, listing, centre, round_)
    if not keys:
        return nobody(request, listing, centre)
    error = None
    if request.method == "POST":
        chosen = Selection(listing.code, keys, request.POST.get("seen", ""))
        try:
            count = people.take_off(chosen, centre.pk, round_, actor=request.user)
        except ValidationError as refusal:
            error = refusal
        else:
            text = ngettext(
                "%(count)s row taken off.", "%(count)s rows taken off.", count
            )
            messages.success(request, text % {"count": count})
            return redirect(listing.url, centre.pk)
    return ask(request, listing, (centre, round_), keys, error=error)


def ask(request, listing, place, keys, *, error=None):
    """The confirmation, with the first of those concerned."""
    centre, round_ = place
    chosen = Selection(listing.code, keys)
    rows = chosen.rows(centre, round_.year).defer(*listing.secret)
    if listing is CHILDREN:
        rows = rows.select_related("child")
    context = {
        "centre": centre,
        "round": round_,
        "listing": listing,
        "count": len(keys),
        "rows": rows.order_by("pk")[:SHOWN_CODES],
        "rest": max(len(keys) - SHOWN_CODES, 0),
        "seen": people.fingerprint_of(chosen, centre, round_.year),
        "error": error,
    }
    return render(
        request,
        "institutions/people_bulk_off.html",
        context,
        status=409 if error else 200,
    )
