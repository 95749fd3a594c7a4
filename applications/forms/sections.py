"""The sections of an application as forms, whatever the programme.

Nothing is asked before submission: an empty field is missing, not wrong, and says so in
the list of what is left to do. Only what cannot be right is an error here.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.portal_forms import PortalForm
from applications.enums import BudgetHead, LineKind
from applications.models import Application

REQUEST_FIELDS = ("subject", "purpose", "contact_name", "contact_phone")


class SectionForm(PortalForm, forms.Form):
    """``cleaned`` is what the workflow takes; ``template`` draws the fields."""

    marks_optional = False
    template = "applications/sections/_plain.html"
    # A figure that the page keeps up to date while one types (MAD).
    total_label: Any = ""
    total: Any = None

    def __init__(self, *args, application: Application, **kwargs):
        self.application = application
        super().__init__(*args, **kwargs)

    @property
    def cleaned(self) -> dict[str, Any]:
        return self.cleaned_data


class RequestForm(SectionForm):
    """What the support is for, and whom to call."""

    subject = forms.CharField(
        label=_("Subject of the request"),
        help_text=_("In one line."),
        max_length=200,
        required=False,
    )
    purpose = forms.CharField(
        label=_("Use of the support"),
        help_text=_("What will be done with it, for whom, and when."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    contact_name = forms.CharField(
        label=_("Contact person"), max_length=150, required=False
    )
    contact_phone = PhoneNumberField(
        label=_("Contact phone"), region="MA", required=False
    )

    def __init__(self, *args, application, **kwargs):
        kwargs["initial"] = {
            name: getattr(application, name) for name in REQUEST_FIELDS
        }
        super().__init__(*args, application=application, **kwargs)

    @property
    def cleaned(self):
        phone = self.cleaned_data["contact_phone"]
        text = phone.as_national if phone else ""
        return {**self.cleaned_data, "contact_phone": text}


class CountsForm(SectionForm):
    """One figure per line of the calculation, never above the annual update."""

    template = "applications/sections/_counts.html"
    total_label = _("Computed amount")

    def __init__(self, *args, application, **kwargs):
        self.all_lines = list(application.lines.all())
        self.lines = [line for line in self.all_lines if line.kind == LineKind.COUNT]
        self.total = application.computed_amount
        kwargs["initial"] = {line.key: line.declared_count for line in self.lines}
        super().__init__(*args, application=application, **kwargs)
        for line in self.lines:
            self.fields[line.key] = self._field(line)
            self._prepare(line.key, self.fields[line.key])

    def _field(self, line) -> forms.IntegerField:
        above = _("At most %(limit_value)s, confirmed in the annual update.")
        field = forms.IntegerField(
            label=line.label,
            min_value=0,
            max_value=line.update_count,
            error_messages={
                "required": _("Write a number, or 0 if there is nobody."),
                "invalid": _("Write a number, or 0 if there is nobody."),
            },
        )
        for validator in field.validators:
            if validator.code == "max_value":
                validator.message = above
        return field

    @property
    def capacity(self) -> int | None:
        """Heads that count at most, where the file is about one institution."""
        institution = self.application.institution
        return institution.capacity if institution else None

    @property
    def is_over_capacity(self) -> bool:
        """More heads declared than licensed (decision 19)."""
        declared = sum(line.declared_count for line in self.lines)
        return self.capacity is not None and declared > self.capacity

    @property
    def rows(self):
        """Each line with its bound field and what one head adds at most (MAD)."""
        return [(line, self[line.key], self._one_head(line)) for line in self.lines]

    def _one_head(self, line) -> Decimal:
        amount = line.rate_amount * (line.months or 1)
        ceiling = self.application.call.child_ceiling_amount
        return min(amount, ceiling) if line.months and ceiling else amount


class BudgetForm(SectionForm):
    """How the association means to spend: one amount per head."""

    template = "applications/sections/_budget.html"
    total_label = _("Sum of the heads")

    def __init__(self, *args, application, **kwargs):
        lines = list(application.budget_lines.all())
        kwargs["initial"] = {line.head: line.amount for line in lines}
        self.total = sum((line.amount for line in lines), Decimal(0))
        super().__init__(*args, application=application, **kwargs)
        for head in BudgetHead:
            field = forms.DecimalField(
                label=head.label,
                min_value=0,
                max_digits=14,
                decimal_places=2,
                required=False,
                error_messages={"invalid": _("Write an amount, for example 1250,50.")},
            )
            self.fields[head.value] = field
            self._prepare(head.value, field)


FORMS: dict[str, type[SectionForm]] = {
    "request": RequestForm,
    "beneficiaries": CountsForm,
    "children": CountsForm,
    "budget": BudgetForm,
}
