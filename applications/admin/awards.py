"""Awards, their instalments and settlements: kept by the centre, read by the others."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.scoped_admin import ScopedModelAdmin, ScopedTabularInline
from applications.admin import resources
from applications.admin.columns import amount_column
from applications.forms.staff_calls import InstalmentFormSet
from applications.lookup import by_number_or_name
from applications.models import Application, Award, Instalment, Settlement
from institutions.admin.importing import SheetImportMixin

OF_FILE = (
    "award__application__association",
    "award__application__institution",
)


class InstalmentInline(ScopedTabularInline):
    model = Instalment
    formset = InstalmentFormSet
    fields = ["rank", "percent", "amount", "state", "paid_on", "reference"]


class SettlementInline(ScopedTabularInline):
    model = Settlement
    fields = ["year", "spent_amount", "justified_amount", "surplus_amount", "state"]


class MoneyAdmin(SheetImportMixin, ScopedModelAdmin):
    """Long lists, found by the number of the file or the name of its association."""

    search_fields = ("pk",)
    file_path = "award__application"

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        files = by_number_or_name(
            Application.objects.visible_to(request.user), search_term
        )
        path = f"{self.file_path}__in"
        return queryset.filter(**{path: files.order_by().values("pk")}), False

    def _file(self, row):
        return row.award.application

    @admin.display(description=_("Number"))
    def number(self, row):
        return str(self._file(row))

    @admin.display(description=_("Institution or association"))
    def unit(self, row):
        return self._file(row).unit.name


@admin.register(Award)
class AwardAdmin(MoneyAdmin):
    resource_classes = (resources.AwardResource,)
    file_path = "application"
    list_display = ("number", "unit", "money", "granted_on")
    list_filter = ("application__call", "application__region")
    list_select_related = ("application__association", "application__institution")
    autocomplete_fields = ("application",)
    inlines = (InstalmentInline, SettlementInline)

    def get_readonly_fields(self, request, obj=None):
        """The amount was published: it does not change here (decision 26)."""
        return () if obj is None else ("application", "amount")

    money = amount_column("amount", _("Granted (MAD)"))

    def _file(self, row):
        return row.application


@admin.register(Instalment)
class InstalmentAdmin(MoneyAdmin):
    """What is due, ordered and paid, with the date and the reference of payment."""

    resource_classes = (resources.InstalmentResource,)
    list_display = ("number", "unit", "rank", "money", "state", "paid_on", "reference")
    list_filter = ("state", "award__application__call", "award__application__region")
    list_select_related = OF_FILE
    fields = ("award", "rank", "percent", "amount", "state", "paid_on", "reference")
    money = amount_column("amount", _("Amount (MAD)"))

    def has_add_permission(self, request):
        """On the page of the award, where the instalments add up."""
        return False

    def get_readonly_fields(self, request, obj=None):
        return ("award", "rank", "percent", "amount")


@admin.register(Settlement)
class SettlementAdmin(MoneyAdmin):
    resource_classes = (resources.SettlementResource,)
    list_display = (
        "number",
        "unit",
        "year",
        "spent",
        "justified",
        "surplus",
        "state",
    )
    list_filter = ("state", "year", "award__application__region")
    list_select_related = OF_FILE
    spent = amount_column("spent_amount", _("spent (MAD)"))
    justified = amount_column("justified_amount", _("justified (MAD)"))
    surplus = amount_column("surplus_amount", _("surplus (MAD)"))

    def has_add_permission(self, request):
        return False

    def get_readonly_fields(self, request, obj=None):
        return ("award", "year")
