"""The content of a document and the picture of its front page.

For whoever may see the document, members and officers, each within their scope; a file
that waits for its scan is read by its own people only, one with a virus by nobody.
"""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from accounts import access
from accounts.enums import Access
from accounts.outbox import wake
from institutions import previews, stored_files, vault
from institutions.enums import ScanState
from institutions.models import Document

INLINE = {"application/pdf", "image/jpeg", "image/png"}
NOTHING_RUNS = "default-src 'none'; sandbox; frame-ancestors 'self'"
# The browser's own PDF reader does not start in a sandbox; uploads refuse what a PDF
# could run (decision 44).
PDF_READER = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'"
)


@never_cache
def document_file(request, pk):
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    if not vault.may_read(document, request.user):
        is_infected = document.scan_state == ScanState.INFECTED
        context = {"document": document, "is_infected": is_infected}
        page = "institutions/document_withheld.html"
        return render(request, page, context, status=403)
    try:
        content = stored_files.open_file(document)
    except FileNotFoundError:
        raise Http404 from None
    log_reading(request, document, Access.DOWNLOAD)
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


@never_cache
def document_preview(request, pk):
    """A blank page for what may not be read, and for what the worker draws later."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    picture = None
    if vault.may_read(document, request.user):
        try:
            picture = previews.picture_of(document)
        except FileNotFoundError:
            raise Http404 from None
        log_reading(request, document, Access.READ)
        if picture is None:
            wake(vault.PREVIEW, document.pk)
    response = HttpResponse(picture or previews.blank(), content_type=previews.MIME)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = NOTHING_RUNS
    return response


def log_reading(request, document, action):
    """Documents about a person: who read them, and when (law 09-08)."""
    if document.child_id or document.staff_member_id:
        access.log(
            request.user,
            action,
            subject=("institutions.document", document.pk),
            association_id=document.association_id,
            detail=document.mime,
        )
