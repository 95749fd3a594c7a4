"""Columns of the lists of the record, for sheets (no name of a child, no CNIE)."""

from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from import_export import fields

from accounts.scoped_admin import ScopedResource
from institutions import followed
from institutions.findings import REGISTRY
from institutions.followup import NOT_BEGUN
from institutions.models import (
    AnnualUpdate,
    Association,
    DocumentType,
    RecordFinding,
)


class FollowUpResource(ScopedResource):
    """Every association of a round, those that have not begun as well."""

    region = fields.Field(column_name="region", attribute="delegation__region__name_ar")
    delegation = fields.Field(column_name="delegation", attribute="delegation__name_ar")
    state = fields.Field(column_name="state", attribute="state")
    begun_at = fields.Field(column_name="begun_at", attribute="begun_at")
    confirmed_at = fields.Field(column_name="confirmed_at", attribute="confirmed_at")
    verified_at = fields.Field(column_name="verified_at", attribute="verified_at")

    class Meta:
        model = Association
        fields = (
            "id",
            "name_ar",
            "name_fr",
            "receipt_number",
            "region",
            "delegation",
            "phone",
            "email",
            "state",
            "begun_at",
            "confirmed_at",
            "verified_at",
        )

    def of_round(self, rows):
        """``rows`` as ``followup.associations`` gives them."""
        rows = rows.annotate(
            state=Coalesce(F("this__state"), Value(NOT_BEGUN)),
            begun_at=F("this__begun_at"),
            confirmed_at=F("this__confirmed_at"),
            verified_at=F("this__verified_at"),
        )
        return rows.select_related("delegation__region").order_by("pk")


class AnnualUpdateResource(ScopedResource):
    association = fields.Field(
        column_name="association", attribute="association__name_ar"
    )
    receipt_number = fields.Field(
        column_name="receipt_number", attribute="association__receipt_number"
    )
    delegation = fields.Field(
        column_name="delegation", attribute="association__delegation__name_ar"
    )
    year = fields.Field(column_name="year", attribute="round__year")
    confirmed_by = fields.Field(
        column_name="confirmed_by", attribute="confirmed_by__name"
    )
    verified_by = fields.Field(column_name="verified_by", attribute="verified_by__name")

    class Meta:
        model = AnnualUpdate
        fields = (
            "id",
            "year",
            "association",
            "receipt_number",
            "delegation",
            "state",
            "begun_at",
            "confirmed_at",
            "confirmed_by",
            "verified_at",
            "verified_by",
        )

    def get_queryset(self):
        rows = super().get_queryset()
        return rows.select_related(
            "association__delegation", "round", "confirmed_by", "verified_by"
        )


class RecordFindingResource(ScopedResource):
    """Each finding with its sentence, in the language of whoever takes it away."""

    association = fields.Field(
        column_name="association", attribute="association__name_ar"
    )
    receipt_number = fields.Field(
        column_name="receipt_number", attribute="association__receipt_number"
    )
    delegation = fields.Field(
        column_name="delegation", attribute="association__delegation__name_ar"
    )
    institution = fields.Field(
        column_name="institution", attribute="institution__name_ar"
    )
    centre = fields.Field(column_name="centre", attribute="centre__name_ar")
    check = fields.Field(column_name="check")
    sentence = fields.Field(column_name="sentence")
    seen_by = fields.Field(column_name="seen_by", attribute="seen_by__name")

    class Meta:
        model = RecordFinding
        fields = (
            "delegation",
            "association",
            "receipt_number",
            "institution",
            "centre",
            "check",
            "sentence",
            "year",
            "found_on",
            "settled_on",
            "seen_by",
            "seen_at",
            "reason",
        )

    def dehydrate_check(self, finding):
        return REGISTRY[finding.code].label

    def dehydrate_sentence(self, finding):
        return followed.sentence(finding, self.types.get(finding.subject, ""))

    @cached_property
    def types(self):
        return {kind.code: kind.name for kind in DocumentType.objects.all()}
