"""What the centre enters: parts of a call, envelopes, late codes, instalments."""

import secrets

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.portal_forms import NumberInput
from applications import budget
from applications.budget import ZERO
from applications.enums import Level
from applications.findings import REGISTRY as OF_FILE
from applications.models import Envelope, FindingLevel, LateCode
from institutions.findings import REGISTRY as OF_RECORD

WHOLE = 100


class SharesFormSet(forms.BaseInlineFormSet):
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


class FindingLevelForm(forms.ModelForm):
    class Meta:
        model = FindingLevel
        fields = ["code", "level", "parameter"]
        widgets = {"code": forms.HiddenInput, "parameter": NumberInput}


class FindingLevelFormSet(forms.BaseInlineFormSet):
    """Every check of the portal has its row, those never changed at their default.

    A row left as it is is not saved: the default then follows the portal.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = {row.code for row in self.get_queryset()}
        self.initial_extra = [
            {"code": code, "level": level, "parameter": parameter}
            for code, (level, parameter) in defaults().items()
            if code not in known
        ]
        self.extra = len(self.initial_extra)

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        if not form.instance.pk:
            form.instance.code = form.initial.get("code", "")
            form.instance.level = form.initial.get("level", Level.WARNING)
        form.words = label_of(form.instance.code)
        return form


def defaults():
    """Code → level and limit, of the file and of the record."""
    return {
        row.code: (row.level, row.parameter)
        for row in [*OF_FILE.values(), *OF_RECORD.values()]
    }


def label_of(code):
    """The words of a check; a code no longer in use is shown as it is."""
    row = OF_FILE.get(code) or OF_RECORD.get(code)
    return str(row.label).capitalize() if row else code


class EnvelopeForm(forms.ModelForm):
    """Never below what the region has granted already."""

    class Meta:
        model = Envelope
        fields = ["call", "region", "amount"]

    def clean_region(self):
        """What was granted stays with the region that granted it."""
        region = self.cleaned_data["region"]
        if "region" in self.changed_data:
            self._leaves_at_least(ZERO)
        return region

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
