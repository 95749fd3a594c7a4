"""Envelopes, late codes and the calendar of holidays, kept by the centre."""

from django.contrib import admin
from django.db.models import DecimalField, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.scoped_admin import ScopedModelAdmin
from applications.admin.columns import amount_column
from applications.enums import State
from applications.forms.staff_calls import EnvelopeForm, LateCodeForm
from applications.models import Application, Envelope, Holiday, LateCode

MONEY = DecimalField(max_digits=14, decimal_places=2)


@admin.register(Envelope)
class EnvelopeAdmin(ScopedModelAdmin):
    form = EnvelopeForm
    list_display = ("region", "call", "money", "granted", "left")
    list_filter = ("call", "region")
    list_select_related = ("call", "region")

    def get_queryset(self, request):
        granted = (
            Application.objects.filter(
                call=OuterRef("call"), region=OuterRef("region"), state=State.APPROVED
            )
            .order_by()
            .values("call")
            .annotate(total=Sum("granted_amount"))
            .values("total")
        )
        total = Coalesce(Subquery(granted), 0, output_field=MONEY)
        rows = super().get_queryset(request).annotate(granted_total=total)
        return rows.annotate(left_total=F("amount") - F("granted_total"))

    def get_readonly_fields(self, request, obj=None):
        return () if obj is None else ("call", "region")

    money = amount_column("amount", _("Amount (MAD)"))
    granted = amount_column("granted_total", _("Granted (MAD)"))
    left = amount_column("left_total", _("Left to award (MAD)"))


@admin.register(LateCode)
class LateCodeAdmin(ScopedModelAdmin):
    """Lets one association submit after the close; the code is told to it."""

    form = LateCodeForm
    list_display = ("code", "association", "call", "expires_at", "reason")
    list_filter = ("call",)
    list_select_related = ("association", "call")
    autocomplete_fields = ("association",)
    readonly_fields = ("code",)

    def get_fields(self, request, obj=None):
        names = ["call", "association", "expires_at", "reason"]
        return ["code", *names] if obj else names


@admin.register(Holiday)
class HolidayAdmin(ScopedModelAdmin):
    list_display = ("day", "label", "is_off")
    list_filter = ("is_off",)
