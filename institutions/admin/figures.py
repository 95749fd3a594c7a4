"""Figures of the years, read and taken out: their sections in the portal mend them."""

from django.contrib import admin
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.scoped_admin import (
    ScopedImportExportMixin,
    ScopedModelAdmin,
    ScopedResource,
)
from institutions.admin.people import ReadOnlyMixin
from institutions.models import (
    AccountLine,
    Association,
    FunctionCount,
    FundingLine,
    Headcount,
    Institution,
    SeasonCount,
    StaffCount,
    UnmetRequests,
)

YEARS = 8
PLACES = {
    "delegation": (_("delegation"), "institution__delegation__name_ar"),
    "association": (_("association"), "institution__association__name_ar"),
    "receipt_number": (
        _("receipt number of the association"),
        "institution__association__receipt_number",
    ),
    "institution": (_("institution"), "institution__name_ar"),
}
OF_ASSOCIATION = {
    "delegation": (_("delegation"), "association__delegation__name_ar"),
    "association": (_("association"), "association__name_ar"),
    "receipt_number": (
        _("receipt number of the association"),
        "association__receipt_number",
    ),
    "institution": (_("institution"), "institution__name_ar"),
}


class FigureResource(ScopedResource):
    """Each figure beside whose it is; choices in words, titles in words."""

    places = PLACES

    def get_export_headers(self, selected_fields=None):
        names = super().get_export_headers(selected_fields=selected_fields)
        model = self._meta.model._meta
        return [
            capfirst(str(self.places[name][0]))
            if name in self.places
            else capfirst(str(model.get_field(name).verbose_name))
            for name in names
        ]


def resource_of(model_, columns, places=PLACES):
    """The sheet of one table of figures."""
    paths = {name: path for name, (_label, path) in places.items()}
    for name in columns:
        is_choice = bool(model_._meta.get_field(name).choices)
        paths[name] = f"get_{name}_display" if is_choice else name
    declared = {
        name: fields.Field(path, name, readonly=True) for name, path in paths.items()
    }
    meta = type("Meta", (), {"model": model_, "fields": (*places, *columns)})
    attributes = {**declared, "places": places, "Meta": meta}
    return type(f"{model_.__name__}Resource", (FigureResource,), attributes)


class YearFilter(admin.SimpleListFilter):
    """The years around this one: a list of all would read the whole table."""

    title = _("year")
    parameter_name = "of"

    def lookups(self, request, model_admin):
        last = timezone.localdate().year + 1
        return [(str(year), str(year)) for year in range(last, last - YEARS, -1)]

    def queryset(self, request, queryset):
        text = self.value() or ""
        if not text.isdecimal() or len(text) != 4:
            return queryset
        name = "season" if queryset.model is SeasonCount else "year"
        return queryset.filter(**{name: int(text)})


def territory(owner):
    return (f"{owner}__delegation__region", f"{owner}__delegation")


class FigureAdmin(ReadOnlyMixin, ScopedImportExportMixin, ScopedModelAdmin):
    """``columns``: what tells a figure, then the figure."""

    columns = ()
    owner, owner_model = "institution", Institution
    places = PLACES
    search_fields = ("pk",)
    ordering = ("-pk",)
    list_select_related = ("institution__association", "institution__delegation")

    def get_list_display(self, request):
        return ("association_name", "institution_name", *self.columns)

    @property
    def list_filter(self):
        field = self.model._meta.get_field
        choices = [name for name in self.columns if field(name).choices]
        return (YearFilter, *territory(self.owner), *choices)

    def get_resource_classes(self, request):
        return [resource_of(self.model, self.columns, self.places)]

    def get_search_results(self, request, queryset, search_term):
        """Through the search of names, which knows variants of spelling."""
        if not search_term.strip():
            return queryset, False
        rows = self.owner_model.objects.visible_to(request.user).search(search_term)
        return queryset.filter(**{f"{self.owner}__in": rows.values("pk")}), False

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.select_related(*self.list_select_related)

    @admin.display(description=_("association"))
    def association_name(self, figure):
        return figure.institution.association.name

    @admin.display(description=_("institution"))
    def institution_name(self, figure):
        return figure.institution.name if figure.institution else "—"


@admin.register(Headcount)
class HeadcountAdmin(FigureAdmin):
    columns = ("year", "category", "level", "sex", "count")


@admin.register(StaffCount)
class StaffCountAdmin(FigureAdmin):
    columns = ("year", "employer", "sex", "count")


@admin.register(UnmetRequests)
class UnmetRequestsAdmin(FigureAdmin):
    columns = ("year", "sex", "count")


@admin.register(SeasonCount)
class SeasonCountAdmin(FigureAdmin):
    columns = ("season", "stay", "group", "sex", "count")


@admin.register(FundingLine)
class FundingLineAdmin(FigureAdmin):
    columns = ("year", "purpose", "source", "amount")


@admin.register(FunctionCount)
class FunctionCountAdmin(FigureAdmin):
    columns = (
        "year",
        "function",
        "engagement",
        "count",
        "declared_count",
        "minimum_wage_count",
        "monthly_amount",
        "yearly_amount",
    )


@admin.register(AccountLine)
class AccountLineAdmin(FigureAdmin):
    columns = ("year", "kind", "source", "amount")
    owner, owner_model = "association", Association
    places = OF_ASSOCIATION
    list_select_related = ("association__delegation", "institution")

    @admin.display(description=_("association"))
    def association_name(self, figure):
        return figure.association.name
