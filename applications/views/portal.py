"""The file as its association follows it: begun, filled in, followed, read."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from applications import workflow
from applications.enums import DECIDED, LetterKind, State
from applications.models import Application, Call, Letter
from applications.programmes import get_rules
from applications.views import beginning, following, on_behalf
from applications.views.files import file_to_fill, manages, own_file, page_context
from applications.views.remarks import with_forms
from institutions import drafts
from institutions.current import current_association
from institutions.update import accepted_update

PER_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def start(request, pk):
    """Begin a file, or go on with the one that exists: never a second (lesson 4)."""
    call = get_object_or_404(Call.objects.published(), pk=pk)
    if not request.user.is_member:
        raise PermissionDenied
    association = current_association(request)
    if request.method == "POST":
        here = reverse("applications:start", args=[call.pk])
        return beginning.begin(request, call, association, back=here)
    rows = Application.objects.visible_to(request.user).live()
    mine = rows.filter(call=call, association=association)
    context = {
        "call": call,
        "files": [following.dress(file) for file in mine.with_relations()],
        "units": get_rules(call.programme).eligible_units(association, call),
        "update": accepted_update(association, call.year),
        "may_file": workflow.may_file_now(call, association.pk),
    }
    return render(request, "applications/start.html", context)


@require_safe
def application_list(request):
    """Files of the association, this year's and those before."""
    association = current_association(request)
    rows = Application.objects.visible_to(request.user).filter(association=association)
    rows = rows.with_relations().order_by("-year", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "files": [following.dress(file) for file in page]}
    return render(request, "applications/list.html", context)


@require_safe
def detail(request, pk):
    """A draft shows its sections; a file sent shows where it is."""
    file = file_to_fill(request, pk)
    if file.state == State.DRAFT:
        return _overview(request, file)
    context = {
        **page_context(file),
        **following.follow_up(file),
        "entries": on_behalf.entries(request, file),
        "can_withdraw": manages(request, file)
        and any(t.name == "withdraw" for t in workflow.available(file, request.user)),
        "is_manager": manages(request, file),
    }
    with_forms(file, context.get("remarks", []))
    return render(request, "applications/follow_up.html", context)


def _overview(request, file):
    context = page_context(file)
    kept = drafts.read_all("application", file.pk)
    context["rows"] = following.section_rows(file, context["missing"], kept)
    context["steps"] = ["done" if row.is_done else "" for row in context["rows"]]
    context["is_manager"] = manages(request, file)
    context["entries"] = on_behalf.entries(request, file)
    return render(request, "applications/overview.html", context)


@require_safe
def decision(request, pk):
    """Opening it is reading it: the first time is kept (lesson 14)."""
    file = own_file(request, pk)
    if not (file.is_published and file.state in DECIDED):
        raise Http404
    rows = Application.objects.visible_to(request.user)
    rows.filter(pk=file.pk, read_at=None).update(read_at=timezone.now())
    context = {
        "file": file,
        "is_granted": file.state == State.APPROVED,
        "letter": file.letters.filter(kind=LetterKind.DECISION).last(),
        **following.appeal(file),
    }
    return render(request, "applications/decision.html", context)


@require_safe
def letter(request, pk):
    """The PDF, for whoever sees the file."""
    row = get_object_or_404(
        Letter.objects.visible_to(request.user).select_related("application"),
        pk=pk,
        made_at__isnull=False,
    )
    name = f"{row.kind}-{row.application.number}-{row.rank}.pdf"
    return FileResponse(row.file.open("rb"), filename=name, as_attachment=True)
