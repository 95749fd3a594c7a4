"""One child or one member of the staff: added, changed, taken off the list."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from institutions import people, shelves
from institutions.current import entry_required
from institutions.enums import DocumentLevel
from institutions.forms import ChildForm, StaffMemberForm
from institutions.forms.people import compared
from institutions.models import Enrolment, StaffMember
from institutions.people import Opened
from institutions.views.lists import IDENTITY, load_list, log_names

CHILD_PAGE = "institutions/child_form.html"
STAFF_PAGE = "institutions/staff_form.html"


@entry_required
@never_cache
def child_edit(request, centre, pk=0):
    centre, round_ = load_list(request, centre)
    rows = Enrolment.objects.visible_to(request.user).select_related("child")
    rows = rows.filter(centre=centre, year=round_.year)
    row = get_object_or_404(rows, pk=pk) if pk else None
    page = {"template": CHILD_PAGE, "centre": centre, "round": round_, "row": row}
    if request.method == "POST":
        return save_child(request, page)
    if row:
        log_opened(request, centre, ("institutions.child", row.child_id))
    form = ChildForm.of(row, like=typed_before(request, rows.defer(*IDENTITY)))
    return show(request, page, form)


def save_child(request, page):
    row = page["row"]
    stored = people.values_of(row) if row else {}
    asks_same = "same_child" in request.POST
    form = ChildForm.of(row, request.POST, asks_same=asks_same)
    if not form.is_valid():
        return show(request, page, form)
    try:
        saved = people.save_child(
            page["centre"].pk,
            page["round"],
            actor=request.user,
            values=form.cleaned_data,
            opened=opened(request, row),
        )
    except people.DoubtfulChild as doubt:
        form = ChildForm.of(row, request.POST, asks_same=True)
        form.add_error("same_child", doubt)
        return show(request, page, form)
    except ValidationError as error:
        return refuse(request, page, form, error=error, stored=stored)
    if saved.known_from:
        text = _("You had this child in %(year)s: its code is kept.")
        messages.info(request, text % {"year": saved.known_from})
    return go_on(request, form, page["centre"], saved.enrolment)


@entry_required
@never_cache
def staff_edit(request, centre, pk=0):
    centre, round_ = load_list(request, centre)
    rows = StaffMember.objects.visible_to(request.user)
    rows = rows.filter(centre=centre, year=round_.year)
    row = get_object_or_404(rows, pk=pk) if pk else None
    page = {"template": STAFF_PAGE, "centre": centre, "round": round_, "row": row}
    if request.method == "POST":
        return save_staff_member(request, page)
    if row:
        log_opened(request, centre, ("institutions.staffmember", pk))
    form = StaffMemberForm.of(row, like=typed_before(request, rows.defer("name")))
    return show(request, page, form)


def save_staff_member(request, page):
    row = page["row"]
    stored = people.values_of(row) if row else {}
    form = StaffMemberForm.of(row, request.POST)
    if not form.is_valid():
        return show(request, page, form)
    try:
        member = people.save_staff_member(
            page["centre"].pk,
            page["round"],
            actor=request.user,
            values=form.cleaned_data,
            opened=opened(request, row),
        )
    except ValidationError as error:
        return refuse(request, page, form, error=error, stored=stored)
    return go_on(request, form, page["centre"], member)


def log_opened(request, centre, subject):
    log_names(request, centre, 1, subject=subject, detail="name")


def typed_before(request, rows):
    """The row saved just before: what often recurs begins as it was there."""
    like = request.GET.get("like", "")
    if like.isdecimal() and len(like) < 19:
        return rows.filter(pk=like).first()
    return None


def opened(request, row):
    return Opened(row.pk, request.POST.get("seen", "")) if row else people.NEW


def show(request, page, form):
    """``seen``: how the row stood when it was first shown, whatever was typed since."""
    row, seen = page["row"], request.POST.get("seen", "")
    if row and request.method == "GET":
        seen = people.fingerprint(row)
    if "like" in request.GET and request.method == "GET":
        form.fields["name"].widget.attrs["autofocus"] = True
    return answer(request, page, form, seen=seen)


def refuse(request, page, form, *, error, stored):
    """Back to what was typed; had somebody else been here, beside what stands now."""
    if isinstance(error, people.StaleRow):
        seen = people.stale.hashed(list(stored.values()))
        page = {**page, "stale": error, "now": compared(form, stored)}
        return answer(request, page, form, seen=seen)
    form.add_error(None, error)
    return answer(request, page, form, seen=request.POST.get("seen", ""))


def answer(request, page, form, *, seen):
    context = {"stale": None, "now": [], "shelf": None, **page}
    context |= {"form": form, "seen": seen}
    if page["row"]:
        context |= {"shelf": shelf_of(request, page), **shelves.limits()}
    status = 409 if context["stale"] else 200
    return render(request, page["template"], context, status=status)


def shelf_of(request, page):
    """The documents kept about this person."""
    row, association = page["row"], page["centre"].association
    is_child = isinstance(row, Enrolment)
    level = DocumentLevel.CHILD if is_child else DocumentLevel.STAFF
    return shelves.one(association, request.user, level, row.child if is_child else row)


def go_on(request, form, centre, row):
    """To the list, or to the next one where several are typed one after another."""
    is_child = isinstance(row, Enrolment)
    for text in form.warnings():
        messages.warning(request, text)
    messages.success(request, _("Saved."))
    if "another" in request.POST:
        add = "institutions:child_add" if is_child else "institutions:staff_add"
        return redirect(f"{reverse(add, args=[centre.pk])}?like={row.pk}")
    return redirect(f"institutions:{'children' if is_child else 'staff'}", centre.pk)


@entry_required
def child_remove(request, pk):
    rows = Enrolment.objects.visible_to(request.user).select_related("centre", "child")
    row = get_object_or_404(rows.defer(*IDENTITY), pk=pk)
    centre, round_ = load_list(request, row.centre_id)
    get_object_or_404(rows, pk=pk, year=round_.year)
    if request.method == "POST":
        people.remove_child(row.pk, round_, actor=request.user)
        messages.success(request, _("The child is off this year’s list."))
        return redirect("institutions:children", centre.pk)
    context = {"centre": centre, "round": round_, "what": row.child.code}
    context |= {"back": reverse("institutions:child", args=[centre.pk, row.pk])}
    return render(request, "institutions/row_remove.html", context)


@entry_required
def staff_remove(request, pk):
    rows = StaffMember.objects.visible_to(request.user).defer("name")
    row = get_object_or_404(rows, pk=pk)
    centre, round_ = load_list(request, row.centre_id)
    get_object_or_404(rows, pk=pk, year=round_.year)
    if request.method == "POST":
        return take_off(request, centre, row, round_)
    context = {"centre": centre, "round": round_, "what": row.get_speciality_display()}
    context |= {"back": reverse("institutions:staff_member", args=[centre.pk, row.pk])}
    return render(request, "institutions/row_remove.html", context)


def take_off(request, centre, row, round_):
    try:
        people.remove_staff_member(row.pk, round_, actor=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("institutions:staff_member", centre.pk, row.pk)
    messages.success(request, _("This person is off this year’s list."))
    return redirect("institutions:staff", centre.pk)
