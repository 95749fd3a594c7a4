"""The project's own room, and the staff site in place of Django's default one."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class EntraideConfig(AppConfig):
    name = "entraide"
    default = True


class StaffSiteConfig(admin_apps.AdminConfig):
    default_site = "entraide.admin.StaffSite"
    default = False
