from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from institutions.checks import arabic_is_shaped


class InstitutionsConfig(AppConfig):
    name = "institutions"
    verbose_name = _("Record of the associations")

    def ready(self):
        register(arabic_is_shaped)
