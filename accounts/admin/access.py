"""The access log, to be read: who looked at personal data, and when."""

from django.contrib import admin
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


@admin.register(AccessLog)
class AccessLogAdmin(ScopedImportExportMixin, ScopedModelAdmin):
    """Read only, for the inspector and the administrator."""

    list_display = ("at", "user", "action", "object_kind", "object_id", "count")
    list_filter = ("action",)
    list_select_related = ("user",)
    search_fields = ("user__email", "object_kind", "detail")
    date_hierarchy = "at"
    resource_classes = [AccessLogResource]
