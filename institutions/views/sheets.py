"""The lists of a centre as spreadsheets: taken out, sent back, looked at, saved."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import access, jobs
from accounts.enums import Access, JobState
from institutions.current import current_association, entry_required
from institutions.enums import SheetKind, SheetState
from institutions.forms.sheets import CSV, SheetTemplateForm, SheetUploadForm
from institutions.models import SheetImport
from institutions.sheets import lists, marked, receiving, saving, template
from institutions.sheets.reading import SheetRefused
from institutions.sheets.showing import Preview
from institutions.views.lists import load_list

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_ERRORS = 60
PAGES = {
    SheetState.READING: "institutions/sheet_reading.html",
    SheetState.REFUSED: "institutions/sheet_refused.html",
    SheetState.READY: "institutions/sheet_ready.html",
    SheetState.SAVING: "institutions/sheet_saving.html",
    SheetState.APPLIED: "institutions/sheet_closed.html",
    SheetState.CANCELLED: "institutions/sheet_closed.html",
}


def load_centre(request, pk, kind):
    """A centre of the association one works for, and the round under way."""
    if kind not in SheetKind.values:
        raise Http404
    return load_list(request, pk)


def load_sheet(request, pk):
    """Rows and errors are only read by the page that shows them."""
    rows = SheetImport.objects.visible_to(request.user)
    rows = rows.select_related("centre__association", "job", "created_by")
    association = current_association(request)
    return get_object_or_404(rows, pk=pk, centre__association=association)


@entry_required
@never_cache
def sheet(request, centre, kind):
    """Take the sheet out, fill it in, send it back."""
    centre, round_ = load_centre(request, centre, kind)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = SheetUploadForm(*sent)
    if form.is_valid():
        received = receiving.receive(
            centre,
            kind,
            round_.year,
            upload=form.cleaned_data["file"],
            actor=request.user,
        )
        return redirect("institutions:sheet_import", received.pk)
    context = {
        "centre": centre,
        "round": round_,
        "kind": SheetKind(kind),
        "form": form,
        "out": SheetTemplateForm(),
        "open_sheets": open_sheets(request, centre, kind),
    }
    return render(request, "institutions/sheet.html", context)


def open_sheets(request, centre, kind):
    rows = SheetImport.objects.visible_to(request.user).defer("rows", "errors")
    rows = rows.filter(centre=centre, kind=kind, state__in=receiving.OPEN)
    return list(rows.select_related("created_by")[:5])


@entry_required
@require_POST
def sheet_template(request, centre, kind):
    """The file. Who takes out a list of people is written down (law 09-08)."""
    centre, round_ = load_centre(request, centre, kind)
    form = SheetTemplateForm(request.POST)
    if not form.is_valid():
        return redirect("institutions:sheet", centre.pk, kind)
    with_names = form.cleaned_data["with_names"]
    list_ = lists.current(centre, kind, round_.year)
    filled = template.Filled(kind, list_=list_, year=round_.year, with_names=with_names)
    log(request, centre, filled.count, f"{kind} {'names' if with_names else 'codes'}")
    if form.cleaned_data["format"] == CSV:
        text = template.csv_text(filled, language=get_language())
        return as_file(text.encode(), "text/csv; charset=utf-8", filled.file_name(CSV))
    content = template.xlsx(filled, language=get_language())
    return as_file(content, XLSX_TYPE, filled.file_name("xlsx"))


def log(request, centre, count, detail, *, action=Access.EXPORT):
    access.log(
        request.user,
        action,
        subject=("institutions.centre", centre.pk),
        association_id=centre.association_id,
        count=count,
        detail=detail,
    )


def as_file(content, mime, name):
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@entry_required
@never_cache
def sheet_import(request, pk):
    """Where a sheet stands: being read, to be corrected, ready, saved."""
    row = load_sheet(request, pk)
    context = {
        "sheet": row,
        "centre": row.centre,
        "kind": SheetKind(row.kind),
        **work_of(row.job),
        "errors": row.errors[:SHOWN_ERRORS],
        "has_marks": any(error["cell"] for error in row.errors),
    }
    if row.state == SheetState.READY:
        context |= preview(request, row)
    return render(request, PAGES[row.state], context)


def work_of(job):
    """How far the worker is with a sheet, and what became of it."""
    if job is None:
        return {}
    return {
        "is_stuck": job.state == JobState.FAILED,
        "done": jobs.done_of(job),
        "is_stale": job.params.get("after") == receiving.STALE,
    }


def preview(request, row):
    """Names are shown to who asks for them by a button, and the asking is logged."""
    page = Preview(
        row,
        chosen=request.GET.get("show", ""),
        page=request.GET.get("page", ""),
    )
    with_names = request.method == "POST" and request.POST.get("show") == "names"
    rows = page.rows(with_names=with_names)
    if with_names:
        log(request, row.centre, len(rows), "names", action=Access.READ)
    return {"preview": page, "rows": rows, "with_names": with_names}


@entry_required
@require_POST
def sheet_save(request, pk):
    """The worker saves it; the page of the sheet says how far it is."""
    removes = request.POST.get("missing") == "remove"
    return act(request, pk, partial(saving.ask, removes=removes))


@entry_required
@require_POST
def sheet_again(request, pk):
    """The worker gave up: ask it once more."""
    return act(request, pk, saving.again)


@entry_required
@require_POST
def sheet_cancel(request, pk):
    return act(request, pk, receiving.give_up)


def act(request, pk, change):
    row = load_sheet(request, pk)
    try:
        change(row.pk, actor=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("institutions:sheet_import", row.pk)


@entry_required
@never_cache
@require_safe
def sheet_marked(request, pk):
    """The sheet that was sent, its errors marked in their cells."""
    row = load_sheet(request, pk)
    if row.state != SheetState.REFUSED:
        raise Http404
    try:
        content = marked.marked(
            receiving.content_of(row), kind=row.kind, errors=row.errors
        )
    except SheetRefused:
        raise Http404 from None
    log(request, row.centre, 1, f"{row.kind} as sent", action=Access.DOWNLOAD)
    return as_file(content, XLSX_TYPE, f"{row.kind}-{row.centre.code}-{row.year}.xlsx")
