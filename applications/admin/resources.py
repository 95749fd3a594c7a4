"""Columns of awards, instalments and settlements, for the treasury's file.

An import changes what is paid and justified of rows that are there: it adds none, and
what was published does not change (decision 26).
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import InstalmentState, SettlementState
from applications.models import Award, Instalment, Settlement
from institutions.admin.sheet_fields import RecordResource, column, shown_only
from institutions.sheets.columns import AMOUNT, CHOICE, COUNT, DAY


class OfFileResource(RecordResource):
    """Rows named by the number of their file; ``within``: by which column besides."""

    file = "award__application"
    within = ""
    titles = {
        "number": gettext_lazy("application number"),
        "association": gettext_lazy("association"),
    }

    def get_queryset(self):
        return super().get_queryset().select_related(f"{self.file}__association")

    def key(self, row):
        number = self.text(row, "number").upper()
        if not self.within:
            return (number,)
        try:
            rank = self.fields[self.within].clean(row)
        except ValueError as error:
            raise ValidationError({self.within: str(error)}) from error
        if rank is None:
            raise ValidationError({self.within: _("This field is required.")})
        return number, rank

    def find(self, row):
        """Raises ``ValidationError``: what is unknown is refused, not added."""
        number, *rank = self.key(row)
        rows = self.get_queryset().filter(**{f"{self.file}__number": number})
        found = rows.filter(**{self.within: rank[0]}).first() if rank else rows.first()
        if not number or found is None:
            raise ValidationError(
                {"number": _("No such row: %(row)s.") % {"row": number}}
            )
        return found


class InstalmentResource(OfFileResource):
    """The shares of an award add up: they are made on its page."""

    within = "rank"
    needed = ("number", "rank")
    number = shown_only("number", "award__application__number")
    association = shown_only("association", "award__application__association__name_ar")
    rank = column("rank", COUNT)
    percent = shown_only("percent", "percent")
    amount = shown_only("amount", "amount")
    state = column("state", CHOICE, InstalmentState)
    paid_on = column("paid_on", DAY)
    reference = column("reference")

    class Meta(RecordResource.Meta):
        model = Instalment
        import_id_fields = ("number",)
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
    within = "year"
    needed = ("number", "year")
    number = shown_only("number", "award__application__number")
    association = shown_only("association", "award__application__association__name_ar")
    year = column("year", COUNT)
    spent_amount = column("spent_amount", AMOUNT)
    justified_amount = column("justified_amount", AMOUNT)
    surplus_amount = column("surplus_amount", AMOUNT)
    state = column("state", CHOICE, SettlementState)

    class Meta(RecordResource.Meta):
        model = Settlement
        import_id_fields = ("number",)
        fields = (
            "number",
            "association",
            "year",
            "spent_amount",
            "justified_amount",
            "surplus_amount",
            "state",
        )


class AwardResource(OfFileResource):
    file = "application"
    needed = ("number",)
    number = shown_only("number", "application__number")
    association = shown_only("association", "application__association__name_ar")
    amount = shown_only("amount", "amount")
    granted_on = column("granted_on", DAY)

    class Meta(RecordResource.Meta):
        model = Award
        import_id_fields = ("number",)
        fields = ("number", "association", "amount", "granted_on")
