"""A staff site of its own: what every admin gets from its base classes, and no more."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from accounts.models import User
from accounts.scoped_admin import (
    ScopedImportExportMixin,
    ScopedModelAdmin,
    ScopedResource,
    ScopedTabularInline,
)
from entraide import urls
from entraide.admin import StaffSite
from institutions.models import Association, Institution
from territories.models import Delegation, Region


class BareSite(StaffSite):
    """Without the menu, which speaks of pages that are not here."""

    def get_app_list(self, request, app_label=None):
        return []


site = BareSite()


class InstitutionInline(ScopedTabularInline):
    model = Institution
    fields = ("name_ar", "delegation")
    fk_name = "association"


class AssociationResource(ScopedResource):
    class Meta:
        model = Association
        fields = ("name_fr", "created_at", "version", "address")


class AssociationAdmin(ScopedImportExportMixin, ScopedModelAdmin):
    change_form_template = "admin/change_form.html"
    list_display = ("name_ar", "delegation")
    list_filter = ("delegation", "status")
    list_select_related = ("delegation",)
    search_fields = ("search_text",)
    fields = ("name_ar", "name_fr", "address", "receipt_number")
    inlines = (InstitutionInline,)
    resource_classes = [AssociationResource]


class InstitutionAdmin(ScopedModelAdmin):
    list_filter = ("association", "association__delegation")
    fields = ("association", "name_ar")
    autocomplete_fields = ("association",)


class PlaceAdmin(ScopedModelAdmin):
    search_fields = ("search_text",)


class PersonAdmin(ScopedModelAdmin):
    list_display = ("email",)
    fields = ("name",)
    search_fields = ("email",)


site.register(Association, AssociationAdmin)
site.register(Institution, InstitutionAdmin)
site.register(Delegation, PlaceAdmin)
site.register(Region, PlaceAdmin)
site.register(User, PersonAdmin)

urlpatterns = [
    *i18n_patterns(path("bare/", include((site.urls[0], "admin"), namespace="admin"))),
    *urls.urlpatterns,
]
