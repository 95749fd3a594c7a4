"""The documents of a file: what the call asks, what the vault holds, what is sent."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from applications import workflow
from applications.documents import Wanted
from applications.forms.submission import UploadForm
from applications.models import Attachment, CallDocument
from applications.reading import Reading
from applications.views.files import (
    file_to_fill,
    neighbours,
    page_context,
    section_of,
)
from institutions import vault
from institutions.enums import DocumentLevel
from institutions.models import Document
from institutions.uploads import bundles

CODE = "documents"


@dataclass(frozen=True)
class Row:
    """One line of the call's list, with what may be done about it."""

    wanted: Wanted
    is_open: bool
    reusable: list[Document]
    error: str

    @property
    def line(self) -> CallDocument:
        return self.wanted.call_document


def show_documents(request, file, *, errors=None, status=200):
    """``errors``: the sentence of a refused file, by line of the call."""
    reading = Reading(file)
    context = page_context(file, reading=reading)
    open_types = context["unlocked"].document_type_ids
    reusable = reusable_by_type(file, reading.checklist)
    rows = [
        Row(
            wanted=one,
            is_open=open_types is None or one.type.pk in open_types,
            reusable=reusable[one.type.pk],
            error=(errors or {}).get(one.call_document.pk, ""),
        )
        for one in reading.checklist
    ]
    context |= {
        **neighbours(file, CODE),
        "section": section_of(file, CODE),
        "rows": rows,
    }
    return render(request, "applications/documents.html", context, status=status)


def reusable_by_type(file, wanted) -> dict[int, list[Document]]:
    """Documents of the vault that are still good and not attached yet."""
    attached = {a.document_id for one in wanted for a in one.attachments}
    found = defaultdict(list)
    documents = file.association.documents.current().filter(
        type__in=[one.type.pk for one in wanted],
        child=None,
        staff_member=None,
    )
    for document in documents.order_by("-pk")[:200]:
        is_elsewhere = (
            document.institution_id and document.institution_id != file.institution_id
        )
        if document.pk in attached or is_elsewhere:
            continue
        if document.is_good(timezone.localdate()):
            found[document.type_id].append(document)
    return found


@require_POST
def upload(request, pk):
    """Each file is checked and kept; the first refusal stands at its line.

    Photographs chosen together are one document.
    """
    file = file_to_fill(request, pk)
    form = UploadForm(request.POST, request.FILES)
    form.full_clean()
    line = get_object_or_404(
        file.call.documents.select_related("type"),
        pk=form.cleaned_data.get("call_document"),
    )
    try:
        files: list[Any] = bundles(request.FILES.getlist("file"))
        for sent in files or [None]:
            _attach(request, file, line, sent)
    except ValidationError as error:
        refused = {line.pk: " ".join(error.messages)}
        return show_documents(request, file, errors=refused, status=422)
    return _back(file, line.pk)


def _attach(request, file, line, sent):
    if sent is None:
        form = UploadForm({"call_document": line.pk})
        raise ValidationError(list(form.errors["file"]))
    is_about_unit = line.type.level == DocumentLevel.INSTITUTION
    document = vault.store(
        sent,
        association=file.association,
        type=line.type,
        actor=request.user,
        institution=file.institution if is_about_unit else None,
    )
    workflow.attach(file.pk, document.pk, actor=request.user)


@require_POST
def attach(request, pk):
    """One tap: a document of the vault joins the file."""
    file = file_to_fill(request, pk)
    document = get_object_or_404(
        Document.objects.visible_to(request.user).current(),
        pk=_number(request.POST.get("document")),
        association=file.association_id,
    )
    line_pk = _number(request.POST.get("call_document"))
    try:
        workflow.attach(file.pk, document.pk, actor=request.user)
    except ValidationError as error:
        refused = {line_pk: " ".join(error.messages)}
        return show_documents(request, file, errors=refused, status=422)
    return _back(file, line_pk)


@require_POST
def detach(request, pk):
    """The document leaves the file and stays in the vault."""
    attachment = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    file = file_to_fill(request, attachment.application_id)
    line_pk = _number(request.POST.get("call_document"))
    try:
        workflow.detach(attachment.pk, actor=request.user)
    except ValidationError as error:
        refused = {line_pk: " ".join(error.messages)}
        return show_documents(request, file, errors=refused, status=422)
    return _back(file, line_pk)


def _number(text) -> int:
    if not text or not text.isdecimal():
        raise Http404
    return int(text)


def _back(file, line_pk):
    here = reverse("applications:section", args=[file.pk, CODE])
    return redirect(f"{here}#document-{line_pk}")
