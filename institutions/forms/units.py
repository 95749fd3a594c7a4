"""What an institution or a centre says of itself."""

from django import forms
from django.utils.translation import gettext_lazy as _

from institutions.enums import CareService, Category, LegalBasis, Setting
from institutions.forms.association import RecordForm
from institutions.models import Centre, Institution


class InstitutionForm(RecordForm):
    categories = forms.MultipleChoiceField(
        label=_("target categories"),
        choices=Category,
        widget=forms.CheckboxSelectMultiple,
    )
    services = forms.MultipleChoiceField(
        label=_("services"),
        choices=CareService,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Institution
        fields = [
            "name_ar",
            "name_fr",
            "institution_class",
            "categories",
            "services",
            "legal_basis",
            "authorisation_number",
            "authorised_on",
            "authorisation_expires_on",
            "no_authorisation_reason",
            "capacity_female",
            "capacity_male",
            "commune",
            "milieu",
            "address",
            "director_name",
            "director_phone",
            "director_email",
            "opened_on",
            "tenure",
            "condition",
        ]
        help_texts = {
            "capacity_female": _("As written on the authorisation."),
            "capacity_male": _("As written on the authorisation."),
            "no_authorisation_reason": _("Only where there is no authorisation."),
        }

    def clean(self):
        """The rule of the table, said at the field concerned."""
        cleaned = super().clean()
        is_none = cleaned.get("legal_basis") == LegalBasis.NONE
        if is_none and cleaned.get("authorisation_number"):
            self.add_error(
                "authorisation_number",
                _("Leave this empty, or choose the law of the authorisation."),
            )
        elif is_none and not cleaned.get("no_authorisation_reason"):
            self.add_error(
                "no_authorisation_reason", _("Please say why there is none.")
            )
        elif not is_none and not cleaned.get("authorisation_number"):
            self.add_error(
                "authorisation_number", _("Type the number of the authorisation.")
            )
        return cleaned


class CentreForm(RecordForm):
    class Meta:
        model = Centre
        fields = [
            "name_ar",
            "name_fr",
            "setting",
            "school_name",
            "institution",
            "authorisation_number",
            "commune",
            "milieu",
            "address",
            "own_capacity",
            "own_director_name",
            "is_structure_compliant",
            "is_operation_compliant",
            "compliance_remark",
        ]
        labels = {"institution": _("same place as the institution")}
        help_texts = {
            "institution": _(
                "Where the centre is in one of your institutions, its commune, "
                "address, capacity and director are read there: leave them empty."
            ),
            "school_name": _("Only for a centre in a public school."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["institution"].queryset = Institution.objects.filter(
            association=self.instance.association_id, is_active=True
        )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("institution"):
            # The same place repeats nothing (decision 20).
            cleaned.update(
                commune=None, address="", own_capacity=None, own_director_name=""
            )
        else:
            for name in ("commune", "own_capacity"):
                if cleaned.get(name) is None and name not in self.errors:
                    self.add_error(name, _("This field is required."))
        if cleaned.get("setting") == Setting.SCHOOL and not cleaned.get("school_name"):
            self.add_error("school_name", _("Give the name of the public school."))
        return cleaned
