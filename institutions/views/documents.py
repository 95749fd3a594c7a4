"""The vault: what is kept, a file more, its dates, its content.

Each file is sent on its own, as soon as it is chosen, so that no error in a form loses
one; what else is asked about it comes after.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from institutions import shelves, vault
from institutions.current import current_association, entry_required
from institutions.enums import DocumentLevel
from institutions.forms import DocumentDatesForm, DocumentForm
from institutions.models import Document, DocumentType

PEOPLE_ON_A_PAGE = 50
EARLIER_SHOWN = 100


@entry_required
def document_list(request, *, refused=None, status=200):
    """The association's own documents, and where those of its units and people are."""
    association = current_association(request)
    own, *units = shelves.of(association, request.user, refused=refused)
    context = {
        "shelf": own,
        "units": units,
        "levels": [
            level
            for level in shelves.PEOPLE
            if shelves.people(association, level).exists()
        ],
        **shelves.limits(),
    }
    return render(request, "institutions/documents.html", context, status=status)


@entry_required
def documents_of(request, level, unit, *, refused=None, status=200):
    """The shelf of one thing, with its earlier versions."""
    association = current_association(request)
    thing = thing_or_404(association, level, unit)
    shelf = shelves.one(
        association, request.user, DocumentLevel(level), thing, refused=refused
    )
    context = {
        "shelf": shelf,
        "earlier": shelf.earlier[:EARLIER_SHOWN],
        **shelves.limits(),
        "is_person": level in shelves.PEOPLE,
    }
    return render(request, "institutions/documents_of.html", context, status=status)


@entry_required
def documents_people(request, level):
    """Children by their code, staff by what they do; fifty on a page."""
    if level not in shelves.PEOPLE:
        raise Http404
    rows = shelves.people(current_association(request), DocumentLevel(level))
    page = Paginator(rows, PEOPLE_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "level": DocumentLevel(level),
        "page": page,
        "people": shelves.lines_of_people(level, page.object_list, request.user),
        "previous_url": page.has_previous() and f"?page={page.previous_page_number()}",
        "next_url": page.has_next() and f"?page={page.next_page_number()}",
    }
    return render(request, "institutions/documents_people.html", context)


@entry_required
def document_upload(request, code, unit):
    """Keep a file of one type, about the association, a unit or a person."""
    association = current_association(request)
    document_type = get_object_or_404(DocumentType, code=code, is_active=True)
    level = DocumentLevel(document_type.level)
    thing = thing_or_404(association, level, unit)
    if request.method != "POST":
        return redirect(shelf_url(level, unit, document_type))
    form = DocumentForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            vault.store(
                form.cleaned_data["file"],
                association=association,
                type=document_type,
                actor=request.user,
                **shelves.about(level, thing),
            )
        except ValidationError as error:
            form.add_error("file", error)
        else:
            messages.success(request, _("The document is kept."))
            return redirect(shelf_url(level, unit, document_type))
    return refuse(request, document_type, unit, form.errors.get("file", []))


def refuse(request, document_type, unit, texts):
    """The page of the shelf, with the reason in the row of the document."""
    refused = {shelves.slot(document_type.code, unit): " ".join(map(str, texts))}
    if document_type.level == DocumentLevel.ASSOCIATION:
        return document_list(request, refused=refused, status=422)
    level = document_type.level
    return documents_of(request, level, unit, refused=refused, status=422)


@require_POST
@entry_required
def document_still_valid(request, pk):
    document = own_document(request, pk)
    try:
        vault.still_valid(document.pk, actor=request.user)
    except ValidationError as error:
        return refuse(request, document.type, unit_of(document), error.messages)
    messages.success(request, _("Kept as still valid."))
    return back(document)


@require_POST
@entry_required
def document_dates(request, pk):
    document = own_document(request, pk)
    form = DocumentDatesForm(request.POST)
    if not form.is_valid():
        texts = [text for errors in form.errors.values() for text in errors]
        return refuse(request, document.type, unit_of(document), texts)
    vault.set_dates(document.pk, actor=request.user, **form.cleaned_data)
    messages.success(request, _("The dates are kept."))
    return back(document)


@entry_required
def document_take_back(request, pk):
    document = own_document(request, pk)
    if request.method == "POST":
        vault.take_back(document.pk, actor=request.user)
        messages.success(request, _("The document was taken away."))
        return back(document)
    context = {"document": document, "back_url": back(document).url}
    return render(request, "institutions/document_take_back.html", context)


def own_document(request, pk):
    rows = Document.objects.visible_to(request.user).current()
    return get_object_or_404(
        rows.select_related("type"), pk=pk, association=current_association(request)
    )


def thing_or_404(association, level, unit):
    if level not in DocumentLevel.values:
        raise Http404
    try:
        return shelves.thing_of(association, DocumentLevel(level), unit)
    except association.DoesNotExist:
        raise Http404 from None


def unit_of(document):
    column = shelves.COLUMNS.get(document.type.level)
    return (column and getattr(document, f"{column}_id")) or 0


def back(document):
    level = document.type.level
    return redirect(shelf_url(level, unit_of(document), document.type))


def shelf_url(level, unit, document_type):
    if level == DocumentLevel.ASSOCIATION:
        here = reverse("institutions:documents")
    else:
        here = reverse("institutions:documents_of", args=[level, unit])
    return f"{here}#{shelves.slot(document_type.code, unit)}"
