"""Children and staff: read by code; a name on need, and whoever read it is known."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.enums import Access
from accounts.scoped_admin import ScopedInline, ScopedModelAdmin
from institutions.models import Child, Enrolment, StaffMember

IDENTITY = ("name", "massar", "card_number")


class ReadOnlyMixin:
    """The associations keep these rows; the staff reads them."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class EnrolmentInline(ReadOnlyMixin, ScopedInline):
    model = Enrolment
    fields = ("year", "centre", "sub_programme", "services", "certificates", "months")


@admin.register(Child)
class ChildAdmin(ReadOnlyMixin, ScopedModelAdmin):
    change_form_template = "admin/institutions/child/change_form.html"
    list_display = (
        "code",
        "association",
        "born_on",
        "sex",
        "disability_type",
        "degree",
    )
    list_filter = ("sex", "disability_type", "degree", "has_rsu")
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

    def get_queryset(self, request):
        """Without the encrypted columns: nothing of an identity is even read."""
        return super().get_queryset(request).defer(*IDENTITY)

    def get_urls(self):
        name = path(
            "<int:pk>/name/",
            self.admin_site.admin_view(self.name_view),
            name="institutions_child_name",
        )
        return [name, *super().get_urls()]

    def name_view(self, request, pk):
        """A POST, so that no link or prefetch reads a name by itself."""
        if request.method != "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        child = self.get_object(request, str(pk))
        access.log(
            request.user,
            Access.READ,
            subject=("institutions.child", child.pk),
            association_id=child.association_id,
            detail="name",
        )
        context = {
            **self.admin_site.each_context(request),
            "title": child.code,
            "child": child,
            "opts": self.opts,
        }
        template = "admin/institutions/child/name.html"
        return TemplateResponse(request, template, context)


@admin.register(Enrolment)
class EnrolmentAdmin(ReadOnlyMixin, ScopedModelAdmin):
    list_display = ("child", "year", "centre", "sub_programme", "months")
    list_filter = ("year", "sub_programme")
    list_select_related = ("child", "centre")
    search_fields = ("child__code",)
    ordering = ("-year", "-pk")

    def get_queryset(self, request):
        columns = (f"child__{name}" for name in IDENTITY)
        return super().get_queryset(request).defer(*columns)


@admin.register(StaffMember)
class StaffMemberAdmin(ReadOnlyMixin, ScopedModelAdmin):
    """Without the names: the checks need functions, contracts and the CNSS."""

    list_display = ("speciality", "year", "centre", "contract", "is_cnss_declared")
    list_filter = ("year", "speciality", "contract", "is_cnss_declared")
    list_select_related = ("centre",)
    ordering = ("-year", "-pk")
    exclude = ("name",)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("name")

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        access.log(
            request.user,
            Access.READ,
            subject=("institutions.staffmember", found.pk),
            association_id=found.centre.association_id,
            detail=str(_("staff member")),
        )
        return found
