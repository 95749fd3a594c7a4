"""Children and staff of a centre: lists by code, names on need (decision 22)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import access
from accounts.enums import Access
from institutions import people, update
from institutions.current import current_association, entry_required
from institutions.forms import ChildForm, StaffMemberForm
from institutions.models import Centre, Enrolment, StaffMember

CHILD_COLUMNS = (
    "child__name",
    "child__massar",
    "child__card_number",
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


@entry_required
@never_cache
def child_list(request, centre):
    """By code. The names are shown to who asks for them, and the asking is logged."""
    centre, round_ = load_list(request, centre)
    rows = Enrolment.objects.visible_to(request.user).filter(
        centre=centre, year=round_.year
    )
    rows = rows.select_related("child").order_by("child__code")
    with_names = request.method == "POST" and request.POST.get("show") == "names"
    if request.method == "POST" and not with_names:
        people.open_list(centre.pk, round_, code="children", actor=request.user)
        return redirect("institutions:children", centre.pk)
    if not with_names:
        rows = rows.defer(*CHILD_COLUMNS)
    rows = list(rows)
    if with_names:
        log_names(request, centre, count=len(rows))
    context = {
        "centre": centre,
        "round": round_,
        "rows": rows,
        "with_names": with_names,
        "has_last_year": not rows and last_year_exists(Enrolment, centre, round_),
    }
    return render(request, "institutions/children.html", context)


def log_names(request, centre, count, subject=None):
    access.log(
        request.user,
        Access.READ,
        subject=subject or ("institutions.centre", centre.pk),
        association_id=centre.association_id,
        count=count,
        detail="names",
    )


def last_year_exists(model, centre, round_):
    rows = model.objects.filter(centre=centre, year__lt=round_.year)
    return rows.exists()


@entry_required
@never_cache
def child_edit(request, centre, pk=0):
    centre, round_ = load_list(request, centre)
    rows = Enrolment.objects.visible_to(request.user).select_related("child")
    enrolment = None
    if pk:
        enrolment = get_object_or_404(rows, pk=pk, centre=centre, year=round_.year)
    form = ChildForm.of(enrolment, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            people.save_child(
                centre.pk, round_, actor=request.user, values=form.cleaned_data, pk=pk
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return saved(request, form, "institutions:children", centre)
    if enrolment and request.method == "GET":
        log_names(
            request, centre, 1, subject=("institutions.child", enrolment.child_id)
        )
    context = {"centre": centre, "round": round_, "form": form, "row": enrolment}
    return render(request, "institutions/child_form.html", context)


def saved(request, form, url_name, centre):
    for text in form.warnings():
        messages.warning(request, text)
    messages.success(request, _("Saved."))
    return redirect(url_name, centre.pk)


@entry_required
def child_remove(request, pk):
    rows = Enrolment.objects.visible_to(request.user).select_related("centre", "child")
    row = get_object_or_404(rows.defer(*CHILD_COLUMNS), pk=pk)
    centre, round_ = load_list(request, row.centre_id)
    if request.method == "POST":
        people.remove_child(row.pk, round_, actor=request.user)
        messages.success(request, _("The child is off this year’s list."))
        return redirect("institutions:children", centre.pk)
    context = {"centre": centre, "round": round_, "row": row, "what": row.child.code}
    return render(request, "institutions/row_remove.html", context)


@entry_required
@never_cache
def staff_list(request, centre):
    centre, round_ = load_list(request, centre)
    rows = StaffMember.objects.visible_to(request.user).filter(
        centre=centre, year=round_.year
    )
    if request.method == "POST":
        people.open_list(centre.pk, round_, code="staff", actor=request.user)
        return redirect("institutions:staff", centre.pk)
    rows = list(rows.defer("name").order_by("pk"))
    context = {
        "centre": centre,
        "round": round_,
        "rows": rows,
        "has_last_year": not rows and last_year_exists(StaffMember, centre, round_),
    }
    return render(request, "institutions/staff.html", context)


@entry_required
@never_cache
def staff_edit(request, centre, pk=0):
    centre, round_ = load_list(request, centre)
    rows = StaffMember.objects.visible_to(request.user)
    member = None
    if pk:
        member = get_object_or_404(rows, pk=pk, centre=centre, year=round_.year)
    form = StaffMemberForm(request.POST or None, instance=member)
    if request.method == "POST" and form.is_valid():
        people.save_staff_member(
            centre.pk, round_, actor=request.user, values=form.cleaned_data, pk=pk
        )
        return saved(request, form, "institutions:staff", centre)
    if pk and request.method == "GET":
        log_names(request, centre, 1, subject=("institutions.staffmember", pk))
    context = {"centre": centre, "round": round_, "form": form, "row": member}
    return render(request, "institutions/staff_form.html", context)


@entry_required
def staff_remove(request, pk):
    rows = StaffMember.objects.visible_to(request.user).defer("name")
    row = get_object_or_404(rows, pk=pk)
    centre, round_ = load_list(request, row.centre_id)
    if request.method == "POST":
        people.remove_staff_member(row.pk, round_, actor=request.user)
        messages.success(request, _("This person is off this year’s list."))
        return redirect("institutions:staff", centre.pk)
    what = row.get_speciality_display()
    context = {"centre": centre, "round": round_, "row": row, "what": what}
    return render(request, "institutions/row_remove.html", context)
