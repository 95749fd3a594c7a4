"""Asking for an account, inviting, succeeding: short forms, one step each."""

from django import forms
from django.contrib.auth import password_validation
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.portal_forms import PortalForm
from institutions import evidence
from institutions.enums import MembershipRole
from institutions.identifiers import FORM_FIELDS, CnieFormField
from institutions.models import JoinRequest
from territories.models import Commune, Delegation, Region


class DelegationChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj):
        return obj.name


class PlaceForm(PortalForm, forms.Form):
    """Where the seat is; the delegations of the country, by region."""

    delegation = DelegationChoiceField(
        label=_("Province or prefecture of the seat"),
        queryset=Delegation.objects.none(),
        error_messages={"required": _("Choose the province or prefecture.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["delegation"]
        field.queryset = Delegation.objects.order_by("code")
        regions = {region.pk: (region.name, []) for region in Region.objects.all()}
        for row in field.queryset:
            regions[row.region_id][1].append((row.pk, row.name))
        field.choices = [("", _("Choose")), *regions.values()]


class AssociationStep(PortalForm, forms.ModelForm):
    """What the receipt says; enough to know whether the association is here."""

    class Meta:
        model = JoinRequest
        fields = (
            "receipt_number",
            "receipt_kind",
            "receipt_on",
            "name_ar",
            "name_fr",
            "commune",
            "ice",
            "rib",
        )
        field_classes = {name: FORM_FIELDS[name] for name in ("rib", "ice")}
        help_texts = {
            "receipt_number": _("As written on the receipt."),
            "rib": _("24 digits, as on the certificate of the bank."),
        }

    def __init__(self, *args, delegation, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.delegation = delegation
        for name in ("name_ar", "receipt_kind", "commune", "receipt_on"):
            self.fields[name].required = True
        self.fields["commune"].queryset = (
            Commune.objects.selectable().filter(delegation=delegation).order_by("code")
        )

    def clean_receipt_number(self):
        return " ".join(self.cleaned_data["receipt_number"].split())

    def clean_receipt_on(self):
        return not_after_today(self.cleaned_data["receipt_on"])


def not_after_today(day):
    if day and day > timezone.localdate():
        raise forms.ValidationError(_("This date is not yet past."))
    return day


class PersonForm(PortalForm, forms.ModelForm):
    """Who asks, and the paper that proves it.

    ``kept``: the file that an earlier sending of this form has left; a form with an
    error never loses it. Once cleaned, ``kept`` is the file to go with the request.
    """

    file = forms.FileField(
        label=_("Receipt of the association"),
        help_text=_("PDF, JPEG or PNG, 10 MB at most. A photograph will do."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("This file is empty. Choose the document again."),
        },
    )

    class Meta:
        model = JoinRequest
        fields = ("contact_name", "email", "phone")
        labels = {"contact_name": _("Your full name"), "email": _("Your e-mail")}
        help_texts = {
            "email": _("A link is sent there to confirm it."),
            "phone": _("The delegation may call you about your request."),
        }

    def __init__(self, *args, kept=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.kept = kept
        self.fields["file"].required = kept is None

    def clean_file(self):
        upload = self.cleaned_data.get("file")
        if upload:
            fresh = evidence.keep(upload)
            if self.kept is not None:
                evidence.forget(self.kept.path)
            self.kept = fresh
        return upload


class NewPresidentForm(PersonForm):
    """The public page: whoever asks is the new president."""

    cnie = CnieFormField(label="CNIE")

    class Meta(PersonForm.Meta):
        fields = (
            "contact_name",
            "cnie",
            "email",
            "phone",
            "assembly_on",
            "board_term_months",
        )
        help_texts = {
            **PersonForm.Meta.help_texts,
            "board_term_months": _("For example 48 for four years."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("Minutes of the general assembly")
        for name in ("assembly_on", "board_term_months"):
            self.fields[name].required = True

    def clean_assembly_on(self):
        return not_after_today(self.cleaned_data["assembly_on"])


class SuccessionForm(NewPresidentForm):
    """The members' page: a manager announces who presides from now on."""

    class Meta(NewPresidentForm.Meta):
        labels = {
            "contact_name": _("Full name of the new president"),
            "email": _("E-mail of the new president"),
            "phone": _("Phone of the new president"),
        }
        help_texts = {
            "email": _("The new president receives the access there."),
            "board_term_months": _("For example 48 for four years."),
        }


class InvitationForm(PortalForm, forms.Form):
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=MembershipRole,
        initial=MembershipRole.EDITOR,
        widget=forms.RadioSelect,
        help_text=_(
            "A data editor fills in and uploads. An account manager also certifies, "
            "submits and invites."
        ),
    )

    def clean_email(self):
        return self.cleaned_data["email"].strip().lower()


class NewAccountForm(PortalForm, forms.Form):
    """The account of somebody invited: a name and a password, typed twice."""

    name = forms.CharField(label=_("Your full name"), max_length=150)
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least ten characters, not only digits. Three or four words make a "
            "good one."
        ),
    )
    password_again = forms.CharField(
        label=_("Password, once more"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, email, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self):
        values = super().clean()
        first, again = values.get("password"), values.get("password_again")
        if first and again and first != again:
            self.add_error("password_again", _("The two passwords are not the same."))
        if first:
            person = User(email=self.email, name=values.get("name", ""))
            try:
                password_validation.validate_password(first, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values
