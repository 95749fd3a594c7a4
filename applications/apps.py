from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from applications import merge_rules


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = _("Applications")

    def ready(self):
        merge_rules.declare()
