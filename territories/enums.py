"""Levels and kinds of territory."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    """How much of the country an account works on."""

    NATIONAL = "national", _("national")
    REGION = "region", _("region")
    DELEGATION = "delegation", _("delegation")


class DelegationKind(TextChoices):
    """What a delegation covers; Casablanca has eight prefectures of arrondissements."""

    PROVINCE = "province", _("province")
    PREFECTURE = "prefecture", _("prefecture")
    ARRONDISSEMENTS = "arrondissements", _("prefecture of arrondissements")


class CommuneKind(TextChoices):
    COMMUNE = "commune", _("commune")
    ARRONDISSEMENT = "arrondissement", _("arrondissement")
