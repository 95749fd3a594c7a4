"""Check what was written, certify, send; take a file back."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from applications import findings, workflow
from applications.enums import LetterKind, Level, State
from applications.forms.submission import AnswerForm, SubmitForm, WithdrawForm
from applications.models import Remark
from applications.programmes import get_rules
from applications.reading import Reading
from applications.views import on_behalf
from applications.views.files import file_to_fill, manages, own_file, page_context
from applications.views.remarks import answer_prefix, with_forms

IN_HAND = (State.DRAFT, State.RETURNED)


@require_safe
def check_answers(request, pk):
    file = file_to_fill(request, pk)
    if file.state not in IN_HAND:
        return redirect(file)
    return _show_answers(request, file, form=_submit_form(file))


@require_POST
def submit(request, pk):
    """By the manager; or by the delegation, on the summary that the manager signed."""
    file = file_to_fill(request, pk)
    if file.state not in IN_HAND:
        return redirect("applications:receipt", file.pk)
    if not (manages(request, file) or is_by_officer(file)):
        raise PermissionDenied
    form = _submit_form(file, request.POST)
    if form.is_valid() and _sent(request, file, form):
        if is_by_officer(file):
            return redirect("admin:applications_application_change", file.pk)
        return redirect("applications:receipt", file.pk)
    return _show_answers(request, file, form=form, status=422)


def _sent(request, file, form) -> bool:
    data = form.cleaned_data
    try:
        workflow.submit(
            file.pk,
            actor=request.user,
            version=data["version"],
            certified=data["certified"],
            late_code=data.get("late_code", ""),
        )
    except ValidationError as error:
        add_errors(form, error)
        return False
    return True


def add_errors(form, error: ValidationError) -> None:
    """Each message beside the field that its code names, else above the form."""
    for one in getattr(error, "error_list", [error]):
        form.add_error(one.code if one.code in form.fields else None, one)


def _submit_form(file, data=None) -> SubmitForm:
    asks_code = file.state == State.DRAFT and not file.call.is_open()
    return SubmitForm(
        data,
        asks_code=asks_code,
        by_officer=is_by_officer(file),
        initial={"version": file.version},
    )


def is_by_officer(file) -> bool:
    """Set by ``file_to_fill``."""
    return getattr(file, "behalf", False)


def _show_answers(request, file, *, form, status=200):
    reading = Reading(file)
    context = {
        **page_context(file, reading=reading),
        **answers(reading),
        "form": form,
        "is_manager": manages(request, file),
        "signed": on_behalf.signed_papers(file) if is_by_officer(file) else [],
    }
    context["findings"] = on_behalf.findings_for(file, context["findings"])
    blocking = [f for f in context["findings"] if f.level == Level.BLOCKING]
    context["can_send"] = not blocking and not context.get("missing")
    return render(request, "applications/check_answers.html", context, status=status)


def answers(reading) -> dict[str, Any]:
    """Everything the file says, by section."""
    found = findings.check(reading.application, reading=reading)
    return {
        "sections": get_rules(reading.application.programme).sections,
        "counts": reading.counted,
        "lines": reading.lines,
        "budget": reading.budget,
        "rows": reading.checklist,
        "findings": [f for f in found if f.level != Level.OFF],
    }


@require_safe
def receipt(request, pk):
    """The proof of deposit: its number at once, its PDF as soon as it is made."""
    file = own_file(request, pk)
    if not file.number:
        return redirect(file)
    letter = file.letters.filter(kind=LetterKind.RECEIPT).order_by("-rank").first()
    context = {"file": file, "letter": letter}
    return render(request, "applications/receipt.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, pk):
    """A page of its own, which names the file again, before what cannot be undone."""
    file = own_file(request, pk)
    if not manages(request, file):
        raise PermissionDenied
    version = workflow.version_for_members(file)
    form = WithdrawForm(request.POST or None, initial={"version": version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            workflow.withdraw(file.pk, actor=request.user, **data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return redirect(file)
    return render(request, "applications/withdraw.html", {"file": file, "form": form})


@require_POST
def answer(request, pk):
    """Answer one remark of the delegation, once it has been sent."""
    remark = get_object_or_404(
        Remark.objects.visible_to(request.user), pk=pk, request__isnull=False
    )
    file = file_to_fill(request, remark.application_id)
    form = AnswerForm(request.POST, prefix=answer_prefix(remark))
    if form.is_valid():
        try:
            workflow.answer_remark(remark.pk, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return redirect(f"{file.get_absolute_url()}#remarks")
    context = page_context(file)
    with_forms(file, context.get("remarks", []), failed={remark.pk: form})
    context["failed_form"] = form
    return render(request, "applications/answers.html", context, status=422)
