"""Choosing among the rows of a list, and one value for many of them."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.languages import enumerated
from accounts.portal_forms import PortalForm
from institutions import people
from institutions.enums import (
    Certificate,
    ChildService,
    ContractForm,
    Degree,
    DisabilityType,
    Speciality,
    SubProgramme,
)
from institutions.forms.people import begin_labels
from institutions.people import rows

ALL = [("", pgettext_lazy("filter", "all"))]
AS_IT_IS = [("", _("leave as it is"))]
YES_NO = [*AS_IT_IS, ("yes", _("yes")), ("no", _("no"))]
ONLY_AT_MOST = 50


class FilterForm(forms.Form):
    """Read from the address; what makes no sense there is passed over."""

    sorts: dict[str, str] = {}

    def __init__(self, data):
        super().__init__(data)
        for field in self.fields.values():
            field.widget.attrs["class"] = "en-input"
        self.is_valid()

    @property
    def chosen(self):
        """By field, only what was chosen; ``only``: the rows that a search found."""
        found = {name: value for name, value in self.cleaned_data.items() if value}
        only = [key for key in self.data.get("only", "").split(",") if key.isdecimal()]
        if only:
            found["only"] = [int(key) for key in only if len(key) < 19][:ONLY_AT_MOST]
        return found

    @property
    def sort(self):
        asked = self.data.get("sort", "")
        return (
            asked if asked.removeprefix("-") in self.sorts else next(iter(self.sorts))
        )

    @property
    def page(self):
        asked = self.data.get("page", "")
        return max(int(asked), 1) if asked.isdecimal() and len(asked) < 5 else 1


class ChildFilterForm(FilterForm):
    sorts = rows.CHILD_SORTS
    sub_programme = forms.ChoiceField(
        label=_("sub-programme"), choices=[*ALL, *SubProgramme.choices], required=False
    )
    disability_type = forms.ChoiceField(
        label=_("type of disability"),
        choices=[*ALL, *DisabilityType.choices],
        required=False,
    )
    degree = forms.ChoiceField(
        label=_("degree"), choices=[*ALL, *Degree.choices], required=False
    )
    show = forms.ChoiceField(
        label=_("to look at"),
        choices=[
            *ALL,
            (rows.MISSING, _("certificate missing")),
            (rows.NO_RSU, _("RSU missing")),
            (rows.NEW, _("new this year")),
            (rows.LEFT, _("left since last year")),
        ],
        required=False,
    )


class StaffFilterForm(FilterForm):
    sorts = rows.STAFF_SORTS
    speciality = forms.ChoiceField(
        label=_("speciality"), choices=[*ALL, *Speciality.choices], required=False
    )
    contract = forms.ChoiceField(
        label=_("contract"), choices=[*ALL, *ContractForm.choices], required=False
    )
    show = forms.ChoiceField(
        label=_("to look at"),
        choices=[
            *ALL,
            ("undeclared", _("not declared to the CNSS")),
            ("no_contract", _("no written contract")),
            ("no_papers", _("diploma or work certificate missing")),
        ],
        required=False,
    )


class BulkForm(PortalForm, forms.Form):
    """What is left as it is says nothing; ``move_to`` offers the other centres."""

    marks_optional = False
    booleans: tuple[str, ...] = ()

    def __init__(self, *args, centres=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["move_to"] = forms.TypedChoiceField(
            label=_("move to another centre"),
            choices=[*AS_IT_IS, *((row.pk, row.name) for row in centres)],
            coerce=int,
            empty_value=None,
            required=False,
        )
        if not centres:
            del self.fields["move_to"]
        begin_labels(self)

    def clean(self):
        cleaned = super().clean()
        given = {
            name: value == "yes" if name in self.booleans else value
            for name, value in cleaned.items()
            if value not in ("", None, [])
        }
        if not given and not self.errors:
            raise forms.ValidationError(_("Choose what is to change."))
        return given

    def lines(self, counts):
        """What was chosen, in words, and how many rows each changes."""
        return [
            {
                "label": self.fields[name].label,
                "value": self._said(name),
                "count": counts.get(name),
            }
            for name in self.fields
            if name in self.cleaned_data
        ]

    def _said(self, name):
        field, value = self.fields[name], self.data.getlist(name)
        if isinstance(field, forms.IntegerField | forms.CharField):
            return self.cleaned_data[name]
        labels = {str(key): str(label) for key, label in field.choices}
        return enumerated(labels[key] for key in value)


def of_many(label, choices):
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def one_of(label, choices):
    return forms.ChoiceField(label=label, choices=[*AS_IT_IS, *choices], required=False)


class BulkChildForm(BulkForm):
    booleans = ("has_rsu",)
    sub_programme = one_of(_("sub-programme"), SubProgramme.choices)
    months = forms.IntegerField(
        label=_("months"), min_value=1, max_value=12, required=False
    )
    has_rsu = one_of(_("registered in the RSU"), YES_NO[1:])
    services_add = of_many(_("services to add"), ChildService.choices)
    services_remove = of_many(_("services to take away"), ChildService.choices)
    certificates_add = of_many(_("certificates to add"), Certificate.choices)
    certificates_remove = of_many(_("certificates to take away"), Certificate.choices)

    def clean(self):
        given = super().clean()
        for name in ("services", "certificates"):
            both = set(given.get(f"{name}_add", ())) & set(
                given.get(f"{name}_remove", ())
            )
            if both:
                text = _("The same one cannot be added and taken away.")
                self.add_error(f"{name}_remove", text)
        return given


class BulkStaffForm(BulkForm):
    booleans = (
        "has_contract",
        "has_work_certificate",
        "has_licence",
        "is_cnss_declared",
        "is_cnss_charged",
    )
    contract = one_of(_("contract"), ContractForm.choices)
    has_contract = one_of(_("written contract"), YES_NO[1:])
    contract_remark = forms.CharField(
        label=_("remark on the contract"), max_length=200, required=False
    )
    has_work_certificate = one_of(_("work certificate"), YES_NO[1:])
    has_licence = one_of(_("licence to practise"), YES_NO[1:])
    is_cnss_declared = one_of(_("declared to the CNSS"), YES_NO[1:])
    is_cnss_charged = one_of(_("CNSS charged to the programme"), YES_NO[1:])

    def clean(self):
        given = super().clean()
        if given.get("has_contract") is False and not given.get("contract_remark"):
            problems = people.staff_problems({"has_contract": False})
            self.add_error("contract_remark", problems["contract_remark"])
        return given
