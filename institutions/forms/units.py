"""What an institution or a centre says of itself."""

from django import forms
from django.utils.translation import gettext_lazy as _

from institutions.enums import (
    BuildingCondition,
    CareService,
    Category,
    LegalBasis,
    SchoolLevel,
    Setting,
)
from institutions.forms.association import RecordForm
from institutions.forms.fields import PositionField, YesNoField, position_text
from institutions.models import Centre, Institution
from institutions.sections import is_house


class UnitForm(RecordForm):
    """``of_house``: what only student houses are asked (domain.md, section 3.3)."""

    of_house: tuple[str, ...] = ()
    required_fields: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_house(self.instance.institution_class):
            for name in self.of_house:
                del self.fields[name]
        for name in self.required_fields:
            if name in self.fields:
                self.fields[name].required = True


class InstitutionForm(UnitForm):
    of_house = ("house_kind", "school_levels")
    required_fields = ("house_kind",)
    categories = forms.MultipleChoiceField(
        label=_("target categories"),
        choices=Category,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All that the institution takes in."),
    )
    services = forms.MultipleChoiceField(
        label=_("services"),
        choices=CareService,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("All that the institution gives itself."),
    )
    school_levels = forms.MultipleChoiceField(
        label=_("school levels"),
        choices=SchoolLevel,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("The levels of the students who live here."),
    )
    has_management_committee = YesNoField(
        label=_("has a management committee"),
        help_text=_(
            "The committee that approves the budget and reports on management."
        ),
    )

    class Meta:
        model = Institution
        fields = [
            "name_ar",
            "name_fr",
            "institution_class",
            "house_kind",
            "school_levels",
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
            "has_management_committee",
            "opened_on",
        ]
        help_texts = {
            "name_ar": _("As written on the authorisation."),
            "name_fr": _("For letters and lists in French."),
            "institution_class": _("One of the nine classes of the law."),
            "house_kind": _("For boys, for girls, or both under one management."),
            "legal_basis": _("The law under which it was authorised."),
            "authorisation_number": _("As written on the authorisation."),
            "authorisation_expires_on": _("Only where the authorisation has an end."),
            "capacity_female": _("As written on the authorisation."),
            "capacity_male": _("As written on the authorisation."),
            "no_authorisation_reason": _("Only where there is no authorisation."),
            "commune": _(
                "To move the institution to another province or prefecture, ask your "
                "delegation."
            ),
            "milieu": _("Of the place where the institution stands."),
            "address": _("Street and number, or douar."),
            "director_phone": _("For example 0661 23 45 67."),
            "opened_on": _("The day the institution received its first beneficiaries."),
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


class BuildingForm(UnitForm):
    """The building, and where it stands: one position, as a map gives it."""

    of_house = ("school_distance", "boarding_distance_km")
    required_fields = ("tenure", "condition", "school_distance")
    ltr_fields = ("position",)
    is_repairable = YesNoField(
        label=_("can be repaired"),
        help_text=_("Only for a building that is worn or in poor condition."),
    )
    has_building_convention = YesNoField(
        label=_("an agreement covers the building"),
        help_text=_("Signed with the owner or the body that made it available."),
    )
    position = PositionField(
        label=_("position (GPS)"),
        required=False,
        help_text=_(
            "Latitude and longitude, copied from a map: for example 33.57311, -7.58984."
        ),
    )

    class Meta:
        model = Institution
        fields = [
            "tenure",
            "building_owner",
            "has_building_convention",
            "condition",
            "is_repairable",
            "school_distance",
            "boarding_distance_km",
        ]
        help_texts = {
            "tenure": _("How the association holds the building."),
            "building_owner": _("To whom the building belongs."),
            "condition": _("As a visitor would find it today."),
            "school_distance": _("To the school that most students go to."),
            "boarding_distance_km": _(
                "To the nearest boarding school of the ministry of Education, "
                "for example 12,5."
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["position"].initial = position_text(self.instance)

    def clean(self):
        cleaned = super().clean()
        condition = cleaned.get("condition")
        is_asked = condition in (BuildingCondition.WORN, BuildingCondition.POOR)
        if is_asked and cleaned.get("is_repairable") is None:
            self.add_error("is_repairable", _("Say whether it can be repaired."))
        elif condition == BuildingCondition.GOOD:
            cleaned["is_repairable"] = None
        distance = cleaned.get("boarding_distance_km")
        if distance is not None and distance < 0:
            text = _("A distance cannot be negative.")
            self.add_error("boarding_distance_km", text)
        return cleaned

    def cleaned(self):
        latitude, longitude = self.cleaned_data["position"] or (None, None)
        return {**super().cleaned(), "latitude": latitude, "longitude": longitude}


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
            "setting": _("Where the children are received."),
            "school_name": _("Only for a centre in a public school."),
            "authorisation_number": _("As written on the authorisation."),
            "own_capacity": _("Children who can be received at the same time."),
            "commune": _(
                "To move the centre to another province or prefecture, ask your "
                "delegation."
            ),
            "address": _("Street and number, or douar."),
            "is_structure_compliant": _(
                "The building, its safety and its access for persons with disabilities."
            ),
            "is_operation_compliant": _(
                "The staff, the equipment and the opening hours."
            ),
            "compliance_remark": _("What is missing, where a condition is not met."),
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
        is_met = cleaned.get("is_structure_compliant") and cleaned.get(
            "is_operation_compliant"
        )
        if not is_met and not cleaned.get("compliance_remark"):
            self.add_error("compliance_remark", _("Say which condition is not met."))
        return cleaned
