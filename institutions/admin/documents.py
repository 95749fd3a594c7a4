"""Documents and their types."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.scoped_admin import ScopedModelAdmin
from institutions.admin.history import FieldHistoryMixin
from institutions.admin.people import ReadOnlyMixin
from institutions.models import Document, DocumentType


@admin.register(DocumentType)
class DocumentTypeAdmin(ScopedModelAdmin):
    list_display = ("code", "name_ar", "name_fr", "level", "validity", "is_active")
    list_filter = ("level", "validity", "is_active")
    search_fields = ("code", "name_ar", "name_fr")
    ordering = ("pk",)


@admin.register(Document)
class DocumentAdmin(ReadOnlyMixin, FieldHistoryMixin, ScopedModelAdmin):
    """Read through the one view that checks scope; never replaced from here."""

    list_display = ("type", "association", "link", "expires_on", "uploaded_at")
    list_filter = ("type", "is_withdrawn")
    list_select_related = ("type", "association")
    search_fields = ("original_name",)
    ordering = ("-pk",)
    fields = (
        "association",
        "type",
        "link",
        "institution",
        "centre",
        "issued_on",
        "expires_on",
        "page_count",
        "uploaded_by",
        "uploaded_at",
    )
    readonly_fields = ("link",)

    @admin.display(description=_("file"))
    def link(self, document):
        url = reverse("institutions:document", args=[document.pk])
        return format_html(
            '<a href="{}"><bdi dir="ltr">{}</bdi></a>', url, document.original_name
        )
