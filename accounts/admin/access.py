"""The access log, to be read: who looked at personal data, and when."""

from django.apps import apps
from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.models import AccessLog
from accounts.scoped_admin import (
    ScopedImportExportMixin,
    ScopedModelAdmin,
    ScopedResource,
)


class AccessLogResource(ScopedResource):
    user = fields.Field(attribute="user__email", column_name=_("who"))
    action = fields.Field(attribute="get_action_display", column_name=_("action"))

    class Meta:
        model = AccessLog
        fields = (
            "at",
            "user",
            "action",
            "object_kind",
            "object_id",
            "association_id",
            "count",
            "detail",
        )


def name_of(kind):
    """``app.model`` as people call it; another kind as it is."""
    try:
        return capfirst(str(apps.get_model(kind)._meta.verbose_name))
    except (LookupError, ValueError):
        return kind


@admin.register(AccessLog)
class AccessLogAdmin(ScopedImportExportMixin, ScopedModelAdmin):
    """Read only, for the inspector and the administrator."""

    list_display = ("at", "user", "action", "thing", "object_id", "count")
    list_filter = ("action",)
    fields = (
        "at",
        "user",
        "action",
        "thing",
        "object_id",
        "association_id",
        "count",
        "detail",
    )
    list_select_related = ("user",)
    search_fields = ("user__email", "object_kind", "detail")
    date_hierarchy = "at"
    resource_classes = [AccessLogResource]

    @admin.display(description=_("what"), ordering="object_kind")
    def thing(self, entry):
        return name_of(entry.object_kind)
