"""The vault: documents by type, sending one, taking one back, reading one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import access
from accounts.enums import Access
from institutions import shelves, vault
from institutions.current import current_association, entry_required
from institutions.forms import DocumentForm
from institutions.models import Document, DocumentType

INLINE = {"application/pdf", "image/jpeg", "image/png"}
NOTHING_RUNS = "default-src 'none'; sandbox; frame-ancestors 'self'"
# The browser's own PDF reader does not start in a sandbox; uploads refuse what a PDF
# could run (decision 44).
PDF_READER = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'"
)


@entry_required
def document_list(request, *, refused=None, status=200):
    association = current_association(request)
    context = {
        "association": association,
        "shelves": shelves.of(association, request.user, refused=refused),
    }
    return render(request, "institutions/documents.html", context, status=status)


@entry_required
def document_upload(request, code, unit):
    """Keep a file of one type, about the association or one of its units."""
    association = current_association(request)
    document_type = get_object_or_404(DocumentType, code=code, is_active=True)
    try:
        about = shelves.about(association, document_type, unit)
    except association.DoesNotExist:
        raise Http404 from None
    form = DocumentForm(
        request.POST or None, request.FILES or None, document_type=document_type
    )
    if request.method == "POST" and form.is_valid():
        try:
            keep(request, association, document_type, {**about, **dates(form)})
        except ValidationError as error:
            form.add_error("file", error)
        else:
            messages.success(request, _("The document is kept."))
            return redirect("institutions:documents")
    if request.method == "POST" and "expires_on" not in form.fields:
        texts = [str(text) for text in form.errors.get("file", [])]
        refused = {shelves.slot(code, unit): " ".join(texts)}
        return document_list(request, refused=refused, status=422)
    context = {
        "form": form,
        "type": document_type,
        "unit": next(iter(about.values()), None),
    }
    return render(request, "institutions/document_form.html", context)


def dates(form):
    day = form.cleaned_data.get("expires_on")
    return {"expires_on": day} if day else {}


def keep(request, association, document_type, about):
    return vault.store(
        request.FILES["file"],
        association=association,
        type=document_type,
        actor=request.user,
        **about,
    )


@entry_required
def document_take_back(request, pk):
    rows = Document.objects.visible_to(request.user).current()
    document = get_object_or_404(
        rows.select_related("type"), pk=pk, association=current_association(request)
    )
    if request.method == "POST":
        vault.take_back(document.pk, actor=request.user)
        messages.success(request, _("The document was taken away."))
        return redirect("institutions:documents")
    return render(
        request, "institutions/document_take_back.html", {"document": document}
    )


@never_cache
def document_file(request, pk):
    """The content, for whoever may see the document: members and officers."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    try:
        content = vault.open_file(document)
    except FileNotFoundError:
        raise Http404 from None
    log_reading(request, document)
    is_inline = document.mime in INLINE and "download" not in request.GET
    response = FileResponse(
        content,
        as_attachment=not is_inline,
        filename=document.original_name,
        content_type=document.mime if is_inline else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    is_pdf = is_inline and document.mime == "application/pdf"
    response["Content-Security-Policy"] = PDF_READER if is_pdf else NOTHING_RUNS
    return response


def log_reading(request, document):
    """Documents about a person: who read them, and when (law 09-08)."""
    if document.child_id or document.staff_member_id:
        access.log(
            request.user,
            Access.DOWNLOAD,
            subject=("institutions.document", document.pk),
            association_id=document.association_id,
            detail=document.mime,
        )
