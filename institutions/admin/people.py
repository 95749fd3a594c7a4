"""Children and staff: read by code; a name on need, and whoever read it is known."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.enums import Access
from accounts.scoped_admin import ScopedInline, ScopedModelAdmin
from institutions.admin.history import FieldHistoryMixin
from institutions.admin.people_sheets import (
    ChildResource,
    EnrolmentResource,
    PeopleExportMixin,
    StaffMemberResource,
)
from institutions.enums import SubProgramme
from institutions.models import Child, Enrolment, StaffMember

IDENTITY = ("name", "massar", "card_number")
YEARS_BACK = 5


class ReadOnlyMixin:
    """The associations keep these rows; the staff reads them."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class NamesOnNeedMixin(ReadOnlyMixin):
    """No page reads what identifies a person, but the one that a button asks for.

    Each reading of a row, and each of a name, is logged with who and whom.
    """

    change_form_template = "admin/institutions/person_form.html"
    identity: tuple[str, ...] = ("name",)

    def association_of(self, found):
        raise NotImplementedError

    def get_queryset(self, request):
        return super().get_queryset(request).defer(*self.identity)

    def get_urls(self):
        name = path(
            "<int:pk>/name/",
            self.admin_site.admin_view(self.name_view),
            name=f"institutions_{self.opts.model_name}_name",
        )
        return [name, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        response = super().change_view(request, object_id, form_url, extra_context)
        found = getattr(response, "context_data", {}).get("original")
        if found is not None:
            self.log_reading(request, found, detail="record")
        return response

    def name_view(self, request, pk):
        """A POST, so that no link or prefetch reads a name by itself."""
        if request.method != "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_object(request, str(pk))
        self.log_reading(request, found, detail="name")
        lines = [
            (self.opts.get_field(name).verbose_name, getattr(found, name))
            for name in self.identity
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": str(found),
            "original": found,
            "lines": lines,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/institutions/person_name.html", context)

    def log_reading(self, request, found, *, detail):
        access.log(
            request.user,
            Access.READ,
            subject=(self.opts.label_lower, found.pk),
            association_id=self.association_of(found),
            detail=detail,
        )


class EnrolledFilter(admin.SimpleListFilter):
    """Children by what their enrolments say, each child once."""

    path = ""

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        rows = Enrolment.objects.filter(
            child=OuterRef("pk"), **{self.path: self.value()}
        )
        return queryset.filter(Exists(rows))


class YearFilter(EnrolledFilter):
    title = _("year")
    parameter_name = "year"
    path = "year"

    def lookups(self, request, model_admin):
        latest = timezone.localdate().year + 1
        return [(year, str(year)) for year in range(latest, latest - YEARS_BACK, -1)]

    def value(self):
        asked = super().value()
        return asked if asked and asked.isdecimal() and len(asked) == 4 else None


class SubProgrammeFilter(EnrolledFilter):
    title = _("sub-programme")
    parameter_name = "sub_programme"
    path = "sub_programme"

    def lookups(self, request, model_admin):
        return SubProgramme.choices


def in_words(row, name):
    """Choices kept as a list of codes."""
    labels = dict(row._meta.get_field(name).base_field.flatchoices)
    words = [str(labels.get(code, code)) for code in getattr(row, name)]
    return gettext("، ").join(words) or "—"


class InWordsMixin:
    """A year of a child, its lists of codes as people read them."""

    fields = (
        "year",
        "centre",
        "sub_programme",
        "services_held",
        "certificates_held",
        "months",
    )
    readonly_fields = ("services_held", "certificates_held")

    @admin.display(description=_("services"))
    def services_held(self, enrolment):
        return in_words(enrolment, "services")

    @admin.display(description=_("certificates held"))
    def certificates_held(self, enrolment):
        return in_words(enrolment, "certificates")


class EnrolmentInline(InWordsMixin, ReadOnlyMixin, ScopedInline):
    model = Enrolment


@admin.register(Child)
class ChildAdmin(
    NamesOnNeedMixin, FieldHistoryMixin, PeopleExportMixin, ScopedModelAdmin
):
    resource_classes = (ChildResource,)
    export_related = ("association__delegation",)
    identity = IDENTITY
    list_display = (
        "code_whole",
        "association",
        "born_on",
        "sex",
        "disability_type",
        "degree",
        "has_rsu",
    )
    list_filter = (
        YearFilter,
        SubProgrammeFilter,
        "disability_type",
        "degree",
        "sex",
        "has_rsu",
        "association__delegation",
    )
    list_select_related = ("association",)
    search_fields = ("code",)
    ordering = ("-pk",)
    fields = (
        "code",
        "association",
        "born_on",
        "sex",
        "disability_type",
        "degree",
        "card_expires_on",
        "has_rsu",
    )
    inlines = (EnrolmentInline,)

    @admin.display(description=_("code"), ordering="code")
    def code_whole(self, child):
        """Its hyphen is no place to break the line at."""
        return format_html('<bdi dir="ltr">{}</bdi>', child.code)

    def association_of(self, found):
        return found.association_id


@admin.register(Enrolment)
class EnrolmentAdmin(InWordsMixin, ReadOnlyMixin, PeopleExportMixin, ScopedModelAdmin):
    resource_classes = (EnrolmentResource,)
    export_related = ("child", "centre__association", "centre__delegation")
    fields = ("child", *InWordsMixin.fields)
    list_display = ("child", "year", "centre", "sub_programme", "months")
    list_filter = ("year", "sub_programme", "centre__delegation")
    list_select_related = ("child", "centre")
    search_fields = ("child__code", "centre__code")
    ordering = ("-year", "-pk")

    def history_view(self, request, object_id, extra_context=None):
        """Kept with the child."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_object(request, object_id)
        return redirect("admin:institutions_child_history", found.child_id)

    def get_queryset(self, request):
        columns = (f"child__{name}" for name in IDENTITY)
        rows = super().get_queryset(request).select_related("child", "centre")
        return rows.defer(*columns)


@admin.register(StaffMember)
class StaffMemberAdmin(
    NamesOnNeedMixin, FieldHistoryMixin, PeopleExportMixin, ScopedModelAdmin
):
    """By speciality: the checks need functions, contracts and the CNSS."""

    resource_classes = (StaffMemberResource,)
    export_related = ("centre__association", "centre__delegation")

    list_display = (
        "speciality",
        "year",
        "centre",
        "diploma",
        "contract",
        "has_contract",
        "is_cnss_declared",
    )
    list_filter = (
        "year",
        "speciality",
        "contract",
        "has_contract",
        "has_work_certificate",
        "is_cnss_declared",
        "is_cnss_charged",
    )
    list_select_related = ("centre",)
    search_fields = ("diploma", "centre__code")
    ordering = ("-year", "-pk")
    exclude = ("name",)

    def association_of(self, found):
        return found.centre.association_id
