"""The official division of the country: regions, delegations, communes.

Codes are those of the HCP. A delegation of the Entraide Nationale covers a province, a
prefecture or, in Casablanca, a prefecture of arrondissements (domain.md §6).
"""

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from territories.enums import CommuneKind, DelegationKind
from territories.scoping import TerritoryQuerySet
from territories.search import SearchQuerySetMixin, search_column, search_index


class BilingualName:
    """A name in Arabic and in French, either of which may be missing (decision 32)."""

    name_ar: Any
    name_fr: Any

    def name_in(self, language: str | None) -> str:
        """The name in French for ``fr``, in Arabic otherwise; else the other one."""
        if language and language.startswith("fr"):
            return self.name_fr or self.name_ar
        return self.name_ar or self.name_fr

    @property
    def name(self) -> str:
        return self.name_in(get_language())

    def __str__(self) -> str:
        return self.name


class PublicQuerySet(SearchQuerySetMixin, TerritoryQuerySet):
    """The division of the country is public: ``within`` only narrows choices."""

    def visible_to(self, user: Any) -> Any:
        return self.all()


class RegionQuerySet(PublicQuerySet):
    delegation_lookups = ("delegations",)
    region_lookups = ("pk",)


class DelegationQuerySet(PublicQuerySet):
    delegation_lookups = ("pk",)
    region_lookups = ("region",)


class CommuneQuerySet(PublicQuerySet):
    def selectable(self) -> Any:
        return self.filter(is_selectable=True)


class Region(BilingualName, models.Model):
    code = models.CharField(_("code"), max_length=2, unique=True)
    name_ar = models.CharField(_("Arabic name"), max_length=120)
    name_fr = models.CharField(_("French name"), max_length=120)
    search_text = search_column("name_ar", "name_fr")

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code"]
        indexes = [search_index("region_search")]

    @property
    def office_name(self) -> str:
        """The coordination that works on the region."""
        return _("Regional coordination %(of_place)s") % {"of_place": of_place(self)}


class Delegation(BilingualName, models.Model):
    code = models.CharField(_("code"), max_length=12, unique=True)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="delegations", verbose_name=_("region")
    )
    name_ar = models.CharField(_("Arabic name"), max_length=120)
    name_fr = models.CharField(_("French name"), max_length=120)
    alias_ar = models.CharField(
        _("other Arabic spelling"), max_length=120, blank=True, default=""
    )
    kind = models.CharField(_("kind"), max_length=16, choices=DelegationKind)
    search_text = search_column("name_ar", "alias_ar", "name_fr")

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["code"]
        indexes = [search_index("delegation_search")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=DelegationKind.values),
                name="delegation_kind_is_known",
                violation_error_message=_("This kind of territory does not exist."),
            )
        ]

    @property
    def office_name(self) -> str:
        """The office; prefectures have their own word (decision 11)."""
        place = {"of_place": of_place(self)}
        if self.kind == DelegationKind.PROVINCE:
            return _("Provincial delegation %(of_place)s") % place
        return _("Prefectural delegation %(of_place)s") % place


class Commune(BilingualName, models.Model):
    """A commune, or an arrondissement of one of the six big cities."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    delegation = models.ForeignKey(
        Delegation,
        models.PROTECT,
        related_name="communes",
        verbose_name=_("delegation"),
    )
    name_ar = models.CharField(_("Arabic name"), max_length=120)
    name_fr = models.CharField(_("French name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=16, choices=CommuneKind)
    is_selectable = models.BooleanField(_("can be chosen"), default=True)
    search_text = search_column("name_ar", "name_fr")

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        ordering = ["code"]
        indexes = [search_index("commune_search")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=CommuneKind.values),
                name="commune_kind_is_known",
                violation_error_message=_("This kind of territory does not exist."),
            )
        ]


def of_place(place: BilingualName) -> str:
    """The name with its preposition: بالعرائش, de Larache, d’Azilal, de l’Oriental."""
    language = get_language() or "ar"
    name = place.name_in(language)
    if not language.startswith("fr"):
        return f"ب{name}"
    if name == "Oriental":
        return f"de l’{name}"
    return f"d’{name}" if name[0] in "AEIOUÉÈ" else f"de {name}"
