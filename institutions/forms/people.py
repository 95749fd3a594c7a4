"""A child and its year, a member of the staff: never kept on the device."""

from django import forms
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.languages import enumerated
from accounts.portal_forms import INVISIBLE, PortalForm
from institutions import people
from institutions.enums import Certificate, ChildService, SubProgramme
from institutions.identifiers import MassarFormField, warn_massar
from institutions.models import Child, StaffMember
from institutions.people import OF_YEAR


class NameField(forms.CharField):
    """A name as pasted from a list: without marks of direction nor double spaces."""

    def __init__(self, **kwargs):
        super().__init__(label=_("full name"), max_length=150, **kwargs)

    def to_python(self, value):
        return " ".join(INVISIBLE.sub("", super().to_python(value)).split())


class ChildForm(PortalForm, forms.ModelForm):
    ltr_fields = ("card_number",)
    name = NameField()
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
    same_child = forms.ChoiceField(
        label=_("Is it the same child?"),
        choices=[
            (people.SAME, _("yes, the name was corrected: keep its code")),
            (people.ANOTHER, _("no, it is another child")),
        ],
        widget=forms.RadioSelect,
        required=False,
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

    field_order = ("same_child",)

    def __init__(self, data=None, *, asks_same=False, **kwargs):
        super().__init__(data, **kwargs)
        if not asks_same:
            del self.fields["same_child"]
        begin_labels(self)

    @classmethod
    def of(cls, enrolment, data=None, *, like=None, asks_same=False):
        """For a new row ``enrolment`` is ``None``; ``like``: the one typed before."""
        source = enrolment or like
        year = {name: getattr(source, name) for name in OF_YEAR} if source else {}
        child = enrolment.child if enrolment else None
        return cls(data, instance=child, initial=year, asks_same=asks_same)

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
    name = NameField()

    class Meta:
        model = StaffMember
        fields = people.OF_STAFF
        widgets = {"contract_remark": forms.TextInput}
        help_texts = {
            "contract_remark": _("Asked where there is no written contract."),
            "cnss_yearly_amount": _("What is paid to the CNSS for this person."),
        }

    @classmethod
    def of(cls, member, data=None, *, like=None):
        """``like``: the one typed before, whose speciality and contract often recur."""
        names = ("speciality", "contract", "has_contract", "is_cnss_declared")
        year = {name: getattr(like, name) for name in names} if like else {}
        return cls(data, instance=member, initial=year)

    def clean(self):
        cleaned = super().clean()
        for name, text in people.staff_problems(cleaned).items():
            if name not in self.errors:
                self.add_error(name, text)
        return cleaned

    def warnings(self):
        return []


def begin_labels(form):
    """With a capital, as the labels that come from a model."""
    for field in form.fields.values():
        field.label = capfirst(field.label)


def compared(form, stored):
    """Where what was typed differs from what stands now: label, and what stands."""
    return [
        {"label": field.label, "value": _shown(field, stored[name])}
        for name, field in form.fields.items()
        if name in stored and form.cleaned_data.get(name) != stored[name]
    ]


def _shown(field, value):
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(field, forms.ChoiceField):
        labels = {key: str(label) for key, label in field.choices}
        values = value if isinstance(value, list) else [value]
        return enumerated(labels.get(key, key) for key in values)
    return formats.localize(value) if value is not None else ""
