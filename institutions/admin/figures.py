"""Figures of the years: read, taken out, and mended by sheets."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.scoped_admin import ScopedModelAdmin
from institutions import enums
from institutions.admin.figure_sheets import resource_of
from institutions.admin.importing import SheetImportMixin
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
from institutions.sheets.columns import AMOUNT, COUNT

YEARS = 8


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


class FigureAdmin(ReadOnlyMixin, SheetImportMixin, ScopedModelAdmin):
    """``choices``: what tells a figure, the year first; ``values``: the figure.

    Row by row they are read only: their sections in the portal mend them, and sheets.
    """

    choices: dict[str, Any] = {}
    values: dict[str, str] = {}
    owner, owner_model = "institution", Institution
    search_fields = ("pk",)
    ordering = ("-pk",)
    list_select_related = ("institution__association", "institution__delegation")

    @property
    def columns(self):
        return (*self.choices, *self.values)

    def get_list_display(self, request):
        return ("association_name", "institution_name", *self.columns)

    def get_fields(self, request, obj=None):
        return self.get_list_display(request)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A figure has no name: that of whom it is said of."""
        response = super().change_view(request, object_id, form_url, extra_context)
        found = response.context_data["original"]
        response.context_data["heading"] = self.heading(found)
        return response

    def history_view(self, request, object_id, extra_context=None):
        """Kept with the institution, or with the association as a whole."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        figure = self.get_object(request, object_id)
        owner = figure.institution or figure.association
        name = f"admin:institutions_{owner._meta.model_name}_history"
        return redirect(name, owner.pk)

    def heading(self, figure):
        return (figure.institution or figure.association).name

    @property
    def list_filter(self):
        field = self.model._meta.get_field
        choices = [name for name in self.columns if field(name).choices]
        return (YearFilter, *territory(self.owner), *choices)

    def get_resource_classes(self, request):
        return [resource_of(self.model, self.choices, self.values, owner=self.owner)]

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
    choices = {
        "year": None,
        "category": enums.Category,
        "level": enums.ServiceLevel,
        "sex": enums.Sex,
    }
    values = {"count": COUNT}


@admin.register(StaffCount)
class StaffCountAdmin(FigureAdmin):
    choices = {"year": None, "employer": enums.Employer, "sex": enums.Sex}
    values = {"count": COUNT}


@admin.register(UnmetRequests)
class UnmetRequestsAdmin(FigureAdmin):
    choices = {"year": None, "sex": enums.Sex}
    values = {"count": COUNT}


@admin.register(SeasonCount)
class SeasonCountAdmin(FigureAdmin):
    choices = {
        "season": None,
        "stay": enums.Stay,
        "group": enums.StayGroup,
        "sex": enums.Sex,
    }
    values = {"count": COUNT}


@admin.register(FundingLine)
class FundingLineAdmin(FigureAdmin):
    choices = {
        "year": None,
        "purpose": enums.FundingPurpose,
        "source": enums.FundingSource,
    }
    values = {"amount": AMOUNT}


@admin.register(FunctionCount)
class FunctionCountAdmin(FigureAdmin):
    choices = {
        "year": None,
        "function": enums.HouseFunction,
        "engagement": enums.Engagement,
    }
    values = {
        "count": COUNT,
        "declared_count": COUNT,
        "minimum_wage_count": COUNT,
        "monthly_amount": AMOUNT,
        "yearly_amount": AMOUNT,
    }


@admin.register(AccountLine)
class AccountLineAdmin(FigureAdmin):
    choices = {
        "year": None,
        "kind": enums.AccountKind,
        "source": enums.AccountSource,
    }
    values = {"amount": AMOUNT}
    owner, owner_model = "association", Association
    list_select_related = ("association__delegation", "institution")

    @admin.display(description=_("association"))
    def association_name(self, figure):
        return figure.association.name
