"""A child and its year, a member of the staff: never kept on the device."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.portal_forms import PortalForm
from institutions.enums import Certificate, ChildService, SubProgramme
from institutions.identifiers import MassarFormField, warn_massar
from institutions.models import Child, StaffMember


class ChildForm(PortalForm, forms.ModelForm):
    name = forms.CharField(label=_("full name"), max_length=150)
    massar = MassarFormField(
        label=_("Massar code"),
        required=False,
        help_text=_("One letter and nine digits."),
    )
    card_number = forms.CharField(
        label=_("disability card"), max_length=40, required=False
    )
    sub_programme = forms.ChoiceField(
        label=_("sub-programme"), choices=[("", "---------"), *SubProgramme.choices]
    )
    services = forms.MultipleChoiceField(
        label=_("services"),
        choices=ChildService,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    certificates = forms.MultipleChoiceField(
        label=_("certificates held"),
        choices=Certificate,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    months = forms.IntegerField(
        label=_("months"), min_value=1, max_value=12, initial=10
    )

    class Meta:
        model = Child
        fields = [
            "name",
            "born_on",
            "sex",
            "massar",
            "disability_type",
            "degree",
            "card_number",
            "card_expires_on",
            "has_rsu",
        ]

    @classmethod
    def of(cls, enrolment, data=None):
        """For a new row ``enrolment`` is ``None``."""
        if enrolment is None:
            return cls(data)
        names = ("sub_programme", "services", "certificates", "months")
        year = {name: getattr(enrolment, name) for name in names}
        return cls(data, instance=enrolment.child, initial=year)

    def clean_born_on(self):
        born_on = self.cleaned_data["born_on"]
        today = timezone.localdate()
        if born_on > today:
            raise forms.ValidationError(_("This date is in the future."))
        if today.year - born_on.year > 100:
            raise forms.ValidationError(_("Check the year of birth."))
        return born_on

    def warnings(self):
        massar = self.cleaned_data.get("massar")
        doubt = warn_massar(massar) if massar else None
        return [doubt] if doubt else []


class StaffMemberForm(PortalForm, forms.ModelForm):
    name = forms.CharField(label=_("full name"), max_length=150)

    class Meta:
        model = StaffMember
        fields = [
            "name",
            "sex",
            "speciality",
            "diploma",
            "experience_years",
            "contract",
            "monthly_salary_amount",
            "is_cnss_declared",
            "is_cnss_charged",
            "cnss_yearly_amount",
        ]

    def warnings(self):
        return []
