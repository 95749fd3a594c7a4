"""Columns of the lists of the record, for sheets (no name of a child, no CNIE)."""

from import_export import fields

from accounts.scoped_admin import ScopedResource
from institutions.models import Association, Centre, Institution


class AssociationResource(ScopedResource):
    delegation = fields.Field(column_name="delegation", attribute="delegation__name_ar")
    commune = fields.Field(column_name="commune", attribute="commune__name_ar")

    class Meta:
        model = Association
        fields = (
            "id",
            "name_ar",
            "name_fr",
            "acronym",
            "status",
            "receipt_number",
            "receipt_kind",
            "receipt_on",
            "ice",
            "tax_id",
            "cnss_number",
            "bank_name",
            "rib",
            "delegation",
            "commune",
            "address",
            "phone",
            "email",
            "working_year",
            "last_assembly_on",
            "board_term_months",
        )

    def get_queryset(self):
        return super().get_queryset().select_related("delegation", "commune")


class InstitutionResource(ScopedResource):
    association = fields.Field(
        column_name="association", attribute="association__name_ar"
    )
    delegation = fields.Field(column_name="delegation", attribute="delegation__name_ar")

    class Meta:
        model = Institution
        fields = (
            "id",
            "association",
            "name_ar",
            "name_fr",
            "institution_class",
            "legal_basis",
            "authorisation_number",
            "authorised_on",
            "authorisation_expires_on",
            "capacity_female",
            "capacity_male",
            "delegation",
            "milieu",
            "address",
            "director_name",
            "director_phone",
            "is_active",
        )

    def get_queryset(self):
        return super().get_queryset().select_related("association", "delegation")


class CentreResource(ScopedResource):
    association = fields.Field(
        column_name="association", attribute="association__name_ar"
    )
    delegation = fields.Field(column_name="delegation", attribute="delegation__name_ar")

    class Meta:
        model = Centre
        fields = (
            "code",
            "association",
            "name_ar",
            "name_fr",
            "setting",
            "school_name",
            "delegation",
            "milieu",
            "own_capacity",
            "is_structure_compliant",
            "is_operation_compliant",
            "is_active",
        )

    def get_queryset(self):
        return super().get_queryset().select_related("association", "delegation")
