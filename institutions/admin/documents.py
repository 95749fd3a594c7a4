"""Documents and their types."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.scoped_admin import ScopedModelAdmin
from institutions import validity
from institutions.admin.history import FieldHistoryMixin
from institutions.admin.people import ReadOnlyMixin
from institutions.models import Association, Document, DocumentType


@admin.register(DocumentType)
class DocumentTypeAdmin(ScopedModelAdmin):
    list_display = (
        "code",
        "name_ar",
        "name_fr",
        "level",
        "validity",
        "max_files",
        "is_identity",
        "is_active",
    )
    list_filter = ("level", "validity", "is_identity", "is_active")
    search_fields = ("code", "name_ar", "name_fr")
    ordering = ("pk",)


class EndsFilter(admin.SimpleListFilter):
    """Whether it is still good."""

    title = _("valid until")
    parameter_name = "ends"

    def lookups(self, request, model_admin):
        return [
            ("over", _("expired")),
            ("soon", _("expires soon")),
            ("good", _("valid")),
        ]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        soon = today + timedelta(days=validity.SOON_DAYS)
        chosen = {
            "over": Q(expires_on__lt=today),
            "soon": Q(expires_on__range=(today, soon)),
            "good": Q(expires_on=None) | Q(expires_on__gt=soon),
        }.get(self.value())
        return queryset.filter(chosen) if chosen else queryset


class WithdrawnFilter(admin.SimpleListFilter):
    """A withdrawn file stays readable where it served."""

    title = _("withdrawn by the association")
    parameter_name = "withdrawn"

    def lookups(self, request, model_admin):
        return [("no", _("No")), ("yes", _("Yes"))]

    def queryset(self, request, queryset):
        is_withdrawn = {"yes": True, "no": False}.get(self.value())
        if is_withdrawn is None:
            return queryset
        return queryset.filter(is_withdrawn=is_withdrawn)


@admin.register(Document)
class DocumentAdmin(ReadOnlyMixin, FieldHistoryMixin, ScopedModelAdmin):
    """Read through the one view that checks scope; never replaced from here.

    Looked for by its association, as that one is anywhere: both spellings, receipt.
    """

    list_display = (
        "type",
        "association",
        "link",
        "expires_on",
        "scan_state",
        "uploaded_at",
    )
    list_filter = (
        EndsFilter,
        "scan_state",
        WithdrawnFilter,
        "type__validity",
        "type",
    )
    list_select_related = ("type", "association")
    search_fields = ("original_name",)
    ordering = ("-pk",)
    fields = (
        "association",
        "type",
        "preview",
        "link",
        "institution",
        "centre",
        "issued_on",
        "expires_on",
        "still_valid",
        "scan_state",
        "scanned_at",
        "page_count",
        "replaces",
        "uploaded_by",
        "uploaded_at",
    )
    readonly_fields = ("link", "preview", "still_valid")

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        found = Association.objects.visible_to(request.user).search(search_term)
        named = Q(original_name__icontains=search_term)
        return queryset.filter(named | Q(association__in=found.values("pk"))), False

    @admin.display(description=_("file"))
    def link(self, document):
        url = reverse("institutions:document", args=[document.pk])
        return format_html(
            '<a href="{}"><bdi dir="ltr">{}</bdi></a>', url, document.original_name
        )

    @admin.display(description=_("first page"))
    def preview(self, document):
        """Of papers of people only the file itself, whose reading is recorded."""
        if document.child_id or document.staff_member_id:
            return "–"
        url = reverse("institutions:document_preview", args=[document.pk])
        return format_html('<img class="en-doc__first" src="{}" alt="">', url)

    @admin.display(description=_("said still valid"))
    def still_valid(self, document):
        if document.still_valid_at is None:
            return "–"
        day = timezone.localdate(document.still_valid_at)
        return format_html("{:%d/%m/%Y} – {}", day, document.still_valid_by)
