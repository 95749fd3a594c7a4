"""What the centre enters: parts of a call, envelopes, late codes, instalments."""

import secrets

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from applications import budget
from applications.models import Envelope, LateCode

WHOLE = 100


class RowsFormSet(forms.BaseInlineFormSet):
    """A row that somebody else saved meanwhile is said beside it.

    Django leaves out the constraints that name the parent of the rows: the database
    would refuse the second one, and nobody would know why.
    """

    def clean(self):
        super().clean()
        for form in self.forms:
            if form.has_changed() and not form.errors:
                try:
                    form.instance.validate_constraints()
                except ValidationError as error:
                    form.add_error(None, error)


class SharesFormSet(RowsFormSet):
    """The shares of an award, in per cent, make a whole."""

    def clean(self):
        super().clean()
        given = [row["percent"] for row in self.rows() if row.get("percent")]
        if given and sum(given) != WHOLE:
            raise ValidationError(
                _("The shares add up to %(sum)s %%, not to 100 %%."),
                params={"sum": sum(given)},
            )

    def rows(self):
        return [form.cleaned_data for form in self.forms if form.is_valid()]


class InstalmentFormSet(SharesFormSet):
    """Instalments add up to their award, in MAD."""

    def clean(self):
        super().clean()
        given = [row["amount"] for row in self.rows() if row.get("amount") is not None]
        award = self.instance.amount
        if given and award is not None and sum(given) != award:
            raise ValidationError(
                _("The instalments add up to %(sum)s MAD, the award is %(award)s MAD."),
                params={"sum": sum(given), "award": award},
            )


class EnvelopeForm(forms.ModelForm):
    """Never below what the region has granted already."""

    class Meta:
        model = Envelope
        fields = ["call", "region", "amount"]

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        if "amount" in self.changed_data:
            self._leaves_at_least(amount)
        return amount

    def _leaves_at_least(self, amount):
        if self.instance.pk is None:
            return
        # Locked until the end of the admin's transaction, as an approval locks it.
        state = budget.lock(self.instance.call_id, self.instance.region_id)
        if amount < state.granted:
            raise ValidationError(
                _("The region has already granted %(amount)s MAD of it."),
                params={"amount": f"{state.granted:,.2f}".replace(",", "\u00a0")},
            )


class LateCodeForm(forms.ModelForm):
    class Meta:
        model = LateCode
        fields = ["call", "association", "expires_at", "reason"]

    def save(self, commit=True):
        """The code is drawn, never typed: nobody can guess it from another."""
        if not self.instance.code:
            self.instance.code = secrets.token_hex(4).upper()
        return super().save(commit)
