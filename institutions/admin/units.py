"""Institutions and centres, by the delegation where each stands."""

from django import forms
from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.scoped_admin import ScopedInline, ScopedModelAdmin
from institutions.admin.associations import communes_for
from institutions.admin.history import FieldHistoryMixin
from institutions.admin.importing import SheetImportMixin
from institutions.admin.people import in_words
from institutions.admin.record_sheets import CentreResource, InstitutionResource
from institutions.codes import new_centre_code
from institutions.enums import CareService, Category, SchoolLevel
from institutions.forms import BuildingForm, TargetingForm, WholeRowMixin
from institutions.forms import CentreForm as PlaceForm
from institutions.forms import InstitutionForm as UnitForm
from institutions.models import (
    Centre,
    FunctionCount,
    FundingLine,
    Institution,
    SeasonCount,
)
from institutions.per_head import costs
from institutions.sections import BUILDING as BUILDING_SECTION
from institutions.sections import TARGETING as TARGETING_SECTION
from institutions.sections import is_house

POSITION = ("latitude", "longitude")
BUILDING = (*BuildingForm._meta.fields, *POSITION)
TARGETING = (*TargetingForm._meta.fields, "priorities")


WORDS = {name: f"{name}_words" for name in ("categories", "services", "school_levels")}


class InstitutionAdminForm(WholeRowMixin, forms.ModelForm):
    categories = forms.MultipleChoiceField(
        label=capfirst(_("target categories")),
        choices=Category,
        widget=forms.CheckboxSelectMultiple,
    )
    services = forms.MultipleChoiceField(
        label=capfirst(_("services")),
        choices=CareService,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    school_levels = forms.MultipleChoiceField(
        label=capfirst(_("school levels")),
        choices=SchoolLevel,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Institution
        fields = (
            "association",
            *UnitForm._meta.fields,
            *BUILDING,
            *TARGETING,
            "is_active",
        )
        help_texts = {"priorities": _("Separated by commas, five at most.")}

    def clean_commune(self):
        return follow(self, self.cleaned_data["commune"])


class CentreAdminForm(WholeRowMixin, forms.ModelForm):
    class Meta:
        model = Centre
        fields = ("association", *PlaceForm._meta.fields, "is_active")

    def clean(self):
        cleaned = super().clean()
        place = cleaned.get("institution") or cleaned.get("commune")
        if place:
            follow(self, place)
        return cleaned


def follow(form, place):
    """The delegation of a unit is that of its place (decision 12)."""
    form.instance.delegation_id = getattr(place, "delegation_id", None)
    return place


class UnitAdmin(FieldHistoryMixin, SheetImportMixin, ScopedModelAdmin):
    search_fields = ("search_text",)
    ordering = ("-pk",)
    list_select_related = ("association", "delegation")

    @admin.display(description=_("name"), ordering="name_ar")
    def name(self, unit):
        return unit.name

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "commune":
            kwargs["queryset"] = communes_for(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class HouseInline(ScopedInline):
    """What a student house declared, newest year first; the association corrects it."""

    classes = ("collapse",)

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class SeasonInline(HouseInline):
    model = SeasonCount
    fields = ("season", "stay", "group", "sex", "count")
    ordering = ("-season", "stay", "group", "sex")


class FundingInline(HouseInline):
    model = FundingLine
    fields = ("purpose", "year", "source", "amount")
    ordering = ("purpose", "-year", "-amount")


class FunctionInline(HouseInline):
    model = FunctionCount
    fields = (
        "year",
        "function",
        "engagement",
        "count",
        "declared_count",
        "minimum_wage_count",
        "monthly_amount",
        "yearly_amount",
    )
    ordering = ("-year", "pk")


@admin.register(Institution)
class InstitutionAdmin(UnitAdmin):
    form = InstitutionAdminForm
    resource_classes = [InstitutionResource]
    inlines = (SeasonInline, FunctionInline, FundingInline)
    fieldsets = (
        (None, {"fields": ("association", *UnitForm._meta.fields, "is_active")}),
        (BUILDING_SECTION.title, {"fields": BUILDING, "classes": ("collapse",)}),
        (TARGETING_SECTION.title, {"fields": TARGETING, "classes": ("collapse",)}),
    )
    list_display = (
        "name",
        "association",
        "institution_class",
        "delegation",
        "capacity",
        "is_active",
    )
    list_filter = (
        "institution_class",
        "legal_basis",
        "milieu",
        "delegation__region",
        "delegation",
        "is_active",
    )
    autocomplete_fields = ("association", "commune")

    def get_fieldsets(self, request, obj=None):
        """Whoever only reads is shown words for the codes of a list."""
        found = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return found
        return [
            (title, {**options, "fields": [WORDS.get(f, f) for f in options["fields"]]})
            for title, options in found
        ]

    @admin.display(description=_("target categories"))
    def categories_words(self, institution):
        return in_words(institution, "categories")

    @admin.display(description=_("services"))
    def services_words(self, institution):
        return in_words(institution, "services")

    @admin.display(description=_("school levels"))
    def school_levels_words(self, institution):
        return in_words(institution, "school_levels")

    def get_inlines(self, request, obj):
        """Rows that only student houses have."""
        if obj is None or not is_house(obj.institution_class):
            return ()
        return super().get_inlines(request, obj)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context["costs"] = costs(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @admin.display(description=_("licensed capacity"))
    def capacity(self, institution):
        return institution.capacity


@admin.register(Centre)
class CentreAdmin(UnitAdmin):
    form = CentreAdminForm
    resource_classes = [CentreResource]
    list_display = ("code", "name", "association", "setting", "delegation", "is_active")
    list_filter = (
        "setting",
        "milieu",
        "delegation__region",
        "delegation",
        "is_active",
    )
    autocomplete_fields = ("association", "institution", "commune")

    def save_model(self, request, obj, form, change):
        if not change:
            obj.code = new_centre_code()
        super().save_model(request, obj, form, change)
