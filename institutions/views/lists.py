"""The lists of a centre: children by code, staff by speciality, a page at a time.

Both lists work alike: choosing and sorting by GET, looking for somebody by POST, for
what identifies a person never stands in an address; names on need, and the asking is
logged (decision 22).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import get_fields_from_path
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from accounts import access
from accounts.enums import Access
from institutions import people, update
from institutions.current import current_association, entry_required
from institutions.enums import SubProgramme
from institutions.forms import (
    BulkChildForm,
    BulkStaffForm,
    ChildFilterForm,
    StaffFilterForm,
)
from institutions.models import Centre, Enrolment, StaffMember
from institutions.people import rows as listed

NUMBERS = {"months", "experience_years", "monthly_salary_amount"}
IDENTITY = ("child__name", "child__massar", "child__card_number")


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What one of the two lists needs to be shown and worked on.

    ``secret``: the columns left unread until a name is asked for.
    """

    code: str
    model: Any
    url: str
    bulk_url: str
    off_url: str
    template: str
    filters: type
    bulk: type
    rows: Callable[..., Any]
    count: Callable[..., dict[str, int]]
    save: Callable[..., int]
    secret: tuple[str, ...]


CHILDREN = Listing(
    code=people.CHILDREN,
    model=Enrolment,
    url="institutions:children",
    bulk_url="institutions:child_bulk",
    off_url="institutions:child_bulk_off",
    template="institutions/children.html",
    filters=ChildFilterForm,
    bulk=BulkChildForm,
    rows=listed.children,
    count=listed.count_children,
    save=people.set_children,
    secret=IDENTITY,
)
STAFF = Listing(
    code=people.STAFF,
    model=StaffMember,
    url="institutions:staff",
    bulk_url="institutions:staff_bulk",
    off_url="institutions:staff_bulk_off",
    template="institutions/staff.html",
    filters=StaffFilterForm,
    bulk=BulkStaffForm,
    rows=listed.staff,
    count=listed.count_staff,
    save=people.set_staff,
    secret=("name",),
)


def load_list(request, centre_pk):
    """The centre of the association one works for, and the round under way."""
    association = current_association(request)
    centres = Centre.objects.visible_to(request.user).select_related("association")
    centre = get_object_or_404(
        centres, pk=centre_pk, association=association, is_active=True
    )
    round_ = update.current_round()
    if round_ is None:
        raise Http404
    return centre, round_


def log_names(request, centre, count, *, subject=None, detail="names"):
    access.log(
        request.user,
        Access.READ,
        subject=subject or ("institutions.centre", centre.pk),
        association_id=centre.association_id,
        count=count,
        detail=detail,
    )


def chosen_rows(request, listing, centre, round_):
    """The form that chooses, and the rows it leaves, in their order."""
    form = listing.filters(request.GET)
    rows = listing.rows(centre, round_.year, user=request.user, chosen=form.chosen)
    if listing is CHILDREN:
        rows = rows.select_related("child")
    return form, listed.ordered(rows, form.sort, form.sorts)


def show_list(request, centre, *, listing):
    centre, round_ = load_list(request, centre)
    if request.method == "POST" and "q" in request.POST:
        return search(request, listing, centre, round_)
    if request.method == "POST" and request.POST.get("show") != "names":
        people.open_list(centre.pk, round_, code=listing.code, actor=request.user)
        return redirect(listing.url, centre.pk)
    with_names = request.method == "POST"
    context = page_context(request, listing, centre, round_, with_names=with_names)
    if with_names:
        log_names(request, centre, len(context["rows"]))
    return render(request, listing.template, context)


@entry_required
@never_cache
def child_list(request, centre):
    return show_list(request, centre, listing=CHILDREN)


@entry_required
@never_cache
def staff_list(request, centre):
    return show_list(request, centre, listing=STAFF)


def search(request, listing, centre, round_):
    """What was found has an address of its own, by keys; else all is shown again."""
    typed = request.POST["q"].strip()[:150]
    rows = listing.rows(centre, round_.year, user=request.user, chosen={})
    if listing is CHILDREN:
        found = listed.find_children(rows, typed)
    elif request.POST.get("in_names"):
        log_names(request, centre, rows.count(), detail="search in names")
        found = listed.find_named_staff(rows, typed)
    else:
        found = listed.find_staff(rows, typed)
    if found:
        only = ",".join(str(key) for key in found)
        return redirect(f"{reverse(listing.url, args=[centre.pk])}?only={only}")
    context = page_context(request, listing, centre, round_)
    context |= {"typed": typed, "is_nobody": True}
    return render(request, listing.template, context)


def page_context(request, listing, centre, round_, *, with_names=False):
    form, rows = chosen_rows(request, listing, centre, round_)
    keys, has_next = listed.page_of(rows, form.page)
    shown = rows if with_names else rows.defer(*listing.secret)
    counts = listing.count(centre, round_.year)
    has_rows = bool(counts["total"])
    return {
        "centre": centre,
        "round": round_,
        "form": form,
        "rows": listed.in_order(shown, keys),
        "total": rows.count() if form.chosen else counts["total"],
        "counts": counts,
        "letters": [(letter, counts.get(letter, 0)) for letter in SubProgramme.values],
        "with_names": with_names,
        "is_left": form.chosen.get("show") == listed.LEFT,
        "typed": "",
        "is_nobody": False,
        "columns": columns(listing, form),
        "pages": Pages(form.page, len(keys), has_next),
        "has_last_year": not has_rows and last_year_exists(listing, centre, round_),
    }


def columns(listing, form):
    """The heads of the table: label, what a click sorts by, how it is sorted now."""
    found = []
    for name, path in form.sorts.items():
        label = get_fields_from_path(listing.model, path)[-1].verbose_name
        is_up, is_down = form.sort == name, form.sort == f"-{name}"
        column = {
            "label": label,
            "sort": f"-{name}" if is_up else name,
            "order": "ascending" if is_up else "descending" if is_down else "",
            "is_number": name in NUMBERS,
        }
        found.append(column)
    return found


@dataclass(frozen=True)
class Pages:
    """Ranks shown, and the numbers of the pages beside this one."""

    number: int
    shown: int
    has_next: bool
    size: int = listed.PAGE_SIZE

    @property
    def start(self):
        return (self.number - 1) * self.size + 1

    @property
    def end(self):
        return self.start + self.shown - 1 if self.shown else 0

    @property
    def previous(self):
        return self.number - 1

    @property
    def next(self):
        return self.number + 1 if self.has_next else 0


def last_year_exists(listing, centre, round_):
    rows = listing.model.objects.filter(centre=centre, year__lt=round_.year)
    return rows.exists()
