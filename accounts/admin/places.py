"""The division of the country, to be read: it comes from official lists.

It stands here because the lowest room knows no officer.
"""

from django.contrib import admin

from accounts.scoped_admin import ScopedModelAdmin
from territories.models import Commune, Delegation, Region


@admin.register(Region)
class RegionAdmin(ScopedModelAdmin):
    list_display = ("code", "name_ar", "name_fr")
    search_fields = ("search_text",)


@admin.register(Delegation)
class DelegationAdmin(ScopedModelAdmin):
    list_display = ("code", "name_ar", "name_fr", "kind", "region")
    list_filter = ("region", "kind")
    list_select_related = ("region",)
    search_fields = ("search_text",)


@admin.register(Commune)
class CommuneAdmin(ScopedModelAdmin):
    list_display = ("code", "name_ar", "name_fr", "kind", "delegation")
    list_filter = ("kind", "delegation__region")
    list_select_related = ("delegation",)
    search_fields = ("search_text",)
