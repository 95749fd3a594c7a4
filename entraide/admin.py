"""The staff site: Django's admin, with our own home, menu and search."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class StaffSite(AdminSite):
    site_title = _("Entraide Nationale")
    site_header = _("Entraide Nationale")
    enable_nav_sidebar = True
