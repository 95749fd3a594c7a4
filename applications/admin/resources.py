"""Columns of awards, instalments and settlements, for the treasury's file."""

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from accounts.scoped_admin import ScopedResource
from applications.models import Award, Instalment, Settlement


class OfFileResource(ScopedResource):
    """Rows named by the number of their file; unknown ones are refused, not added.

    The columns that name a row are only read: an import changes the rest.
    """

    number = Field(
        attribute="award__application__number",
        column_name="number",
        readonly=True,
    )
    association = Field(
        attribute="award__application__association__name_ar",
        column_name="association",
        readonly=True,
    )

    def skip_row(self, instance, original, row, import_validation_errors=None):
        if instance.pk is None:
            raise ValueError(
                _("No such row: %(row)s.") % {"row": row.get("number", "")}
            )
        return super().skip_row(instance, original, row, import_validation_errors)

    def get_queryset(self):
        return super().get_queryset().select_related("award__application__association")

    class Meta:
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True
        use_transactions = True


class InstalmentResource(OfFileResource):
    class Meta(OfFileResource.Meta):
        model = Instalment
        import_id_fields = ("number", "rank")
        fields = (
            "number",
            "association",
            "rank",
            "percent",
            "amount",
            "state",
            "paid_on",
            "reference",
        )


class SettlementResource(OfFileResource):
    class Meta(OfFileResource.Meta):
        model = Settlement
        import_id_fields = ("number", "year")
        fields = (
            "number",
            "association",
            "year",
            "spent_amount",
            "justified_amount",
            "surplus_amount",
            "state",
        )


class AwardResource(ScopedResource):
    number = Field(attribute="application__number", column_name="number", readonly=True)
    association = Field(
        attribute="application__association__name_ar",
        column_name="association",
        readonly=True,
    )

    def get_queryset(self):
        return super().get_queryset().select_related("application__association")

    def skip_row(self, instance, original, row, import_validation_errors=None):
        if instance.pk is None:
            raise ValueError(
                _("No such row: %(row)s.") % {"row": row.get("number", "")}
            )
        return super().skip_row(instance, original, row, import_validation_errors)

    class Meta:
        model = Award
        import_id_fields = ("number",)
        fields = ("number", "association", "amount", "granted_on")
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True
        use_transactions = True
