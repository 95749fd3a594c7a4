"""Sheets of associations, institutions and centres: taken out, mended, read back."""

from functools import cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Language
from institutions import enums, identifiers, validity
from institutions.admin.sheet_fields import (
    RecordResource,
    column,
    several,
    shown_only,
)
from institutions.codes import new_centre_code
from institutions.models import Association, Centre, Institution
from institutions.sheets.columns import CHOICE, CODE, COUNT, DAY, TRUTH

OF_ASSOCIATION = gettext_lazy("receipt number of the association")
CURRENT = {"delegation": gettext_lazy("delegation"), "commune": gettext_lazy("commune")}


class AssociationResource(RecordResource):
    """Known by its receipt number in its delegation."""

    needed = ("receipt_number",)
    delegation = shown_only("delegation", "delegation__name_ar")
    commune = shown_only("commune", "commune__name_ar")
    name_ar = column("name_ar")
    name_fr = column("name_fr")
    acronym = column("acronym")
    receipt_number = column("receipt_number", CODE)
    receipt_kind = column("receipt_kind", CHOICE, enums.ReceiptKind)
    receipt_on = column("receipt_on", DAY)
    is_public_utility = column("is_public_utility", TRUTH)
    language = column("language", CHOICE, Language)
    ice = column("ice", CODE, tidy=identifiers.normalise_ice)
    tax_id = column("tax_id", CODE, tidy=identifiers.normalise_tax_id)
    cnss_number = column("cnss_number", CODE, tidy=identifiers.normalise_cnss)
    bank_name = column("bank_name")
    rib = column("rib", CODE, tidy=identifiers.normalise_rib)
    address = column("address")
    phone = column("phone", CODE, tidy=identifiers.normalise_phone)
    email = column("email", CODE)
    working_year = column("working_year", CHOICE, enums.WorkingYear)
    last_assembly_on = column("last_assembly_on", DAY)
    board_term_months = column("board_term_months", COUNT)
    status = shown_only("status", "status")

    class Meta(RecordResource.Meta):
        model = Association
        import_id_fields = ("receipt_number",)
        fields = (
            "delegation",
            "receipt_number",
            "name_ar",
            "name_fr",
            "acronym",
            "status",
            "receipt_kind",
            "receipt_on",
            "is_public_utility",
            "language",
            "ice",
            "tax_id",
            "cnss_number",
            "bank_name",
            "rib",
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

    def key(self, row):
        return self.delegation_of(row).pk, self.text(row, "receipt_number")

    def find(self, row):
        delegation, number = self.key(row)
        if not number:
            raise ValidationError({"receipt_number": _("This field is required.")})
        rows = self.get_queryset().current().filter(delegation=delegation)
        return rows.filter(receipt_number=number).first()

    def after_init_instance(self, instance, new, row, **kwargs):
        super().after_init_instance(instance, new, row, **kwargs)
        if new:
            instance.delegation = self.delegation_of(row)
        if new or self.text(row, "commune"):
            instance.commune = self.commune_of(row, instance.delegation)

    def after_save_instance(self, instance, row, **kwargs):
        """The papers of a board end with its term."""
        validity.refresh(instance)

    def dehydrate_status(self, association):
        return association.get_status_display()


class UnitResource(RecordResource):
    """What institutions and centres have in common."""

    titles = {
        "association_receipt": OF_ASSOCIATION,
        "association_name": gettext_lazy("association"),
    }

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .select_related("association", "delegation", "commune")
        )

    def association_of(self, row):
        """Raises ``ValidationError``, in the same words whether it exists elsewhere."""
        number = self.text(row, "association_receipt")
        return self._associations(number, self.delegation_of(row).pk)

    @cache  # noqa: B019 -- a resource lives for one file
    def _associations(self, number, delegation_pk):
        rows = Association.objects.current().visible_to(self.user)
        found = list(rows.filter(receipt_number=number)) if number else []
        near = [row for row in found if row.delegation_id == delegation_pk] or found
        if len(near) != 1:
            text = _("No association of your territory has this receipt number.")
            raise ValidationError({"association_receipt": text})
        return near[0]

    def after_init_instance(self, instance, new, row, **kwargs):
        super().after_init_instance(instance, new, row, **kwargs)
        if new:
            instance.association = self.association_of(row)
            instance.delegation = self.delegation_of(row)
        elif self.text(row, "association_receipt"):
            self._check_association(instance, row)
        if self.text(row, "commune") or (new and self._needs_commune(row)):
            instance.commune = self.commune_of(row, instance.delegation)

    def _check_association(self, instance, row):
        if self.association_of(row).pk != instance.association_id:
            text = _("This unit is that of another association.")
            raise ValidationError({"association_receipt": text})

    def _needs_commune(self, row):
        return True


class InstitutionResource(UnitResource):
    """Known by its authorisation in its delegation; without one, by its name."""

    needed = ("authorisation_number", "name_ar", "association_receipt")
    delegation = shown_only("delegation", "delegation__name_ar")
    commune = shown_only("commune", "commune__name_ar")
    association_receipt = shown_only(
        "association_receipt", "association__receipt_number"
    )
    association_name = shown_only("association_name", "association__name_ar")
    name_ar = column("name_ar")
    name_fr = column("name_fr")
    institution_class = column("institution_class", CHOICE, enums.InstitutionClass)
    categories = several("categories", enums.Category)
    services = several("services", enums.CareService)
    legal_basis = column("legal_basis", CHOICE, enums.LegalBasis)
    authorisation_number = column("authorisation_number", CODE)
    authorised_on = column("authorised_on", DAY)
    authorisation_expires_on = column("authorisation_expires_on", DAY)
    no_authorisation_reason = column("no_authorisation_reason")
    capacity_female = column("capacity_female", COUNT)
    capacity_male = column("capacity_male", COUNT)
    milieu = column("milieu", CHOICE, enums.Milieu)
    address = column("address")
    director_name = column("director_name")
    director_phone = column("director_phone", CODE, tidy=identifiers.normalise_phone)
    director_email = column("director_email", CODE)
    opened_on = column("opened_on", DAY)
    is_active = column("is_active", TRUTH)

    class Meta(RecordResource.Meta):
        model = Institution
        import_id_fields = ("authorisation_number",)
        fields = (
            "delegation",
            "association_receipt",
            "association_name",
            "authorisation_number",
            "name_ar",
            "name_fr",
            "institution_class",
            "categories",
            "services",
            "legal_basis",
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
            "is_active",
        )

    def key(self, row):
        number = self.text(row, "authorisation_number")
        place = self.delegation_of(row).pk
        if number:
            return place, number
        return place, self.association_of(row).pk, self.text(row, "name_ar")

    def find(self, row):
        place, *others = self.key(row)
        rows = self.get_queryset().filter(delegation=place)
        if len(others) == 1:
            rows = rows.filter(authorisation_number=others[0])
            return rows.order_by("-is_active", "pk").first()
        association, name = others
        return rows.filter(association=association, name_ar=name).first()


class CentreResource(UnitResource):
    """Known by its code; one without a code is a new centre."""

    needed = ("code", "association_receipt")
    delegation = shown_only("delegation", "delegation__name_ar")
    commune = shown_only("commune", "commune__name_ar")
    association_receipt = shown_only(
        "association_receipt", "association__receipt_number"
    )
    association_name = shown_only("association_name", "association__name_ar")
    code = shown_only("code", "code")
    name_ar = column("name_ar")
    name_fr = column("name_fr")
    authorisation_number = column("authorisation_number", CODE)
    setting = column("setting", CHOICE, enums.Setting)
    school_name = column("school_name")
    milieu = column("milieu", CHOICE, enums.Milieu)
    address = column("address")
    own_capacity = column("own_capacity", COUNT)
    own_director_name = column("own_director_name")
    is_structure_compliant = column("is_structure_compliant", TRUTH)
    is_operation_compliant = column("is_operation_compliant", TRUTH)
    compliance_remark = column("compliance_remark")
    is_active = column("is_active", TRUTH)

    class Meta(RecordResource.Meta):
        model = Centre
        import_id_fields = ("code",)
        fields = (
            "code",
            "delegation",
            "association_receipt",
            "association_name",
            "name_ar",
            "name_fr",
            "authorisation_number",
            "setting",
            "school_name",
            "commune",
            "milieu",
            "address",
            "own_capacity",
            "own_director_name",
            "is_structure_compliant",
            "is_operation_compliant",
            "compliance_remark",
            "is_active",
        )

    def key(self, row):
        code = self.text(row, "code").upper()
        return (
            (code,) if code else ("", self.association_of(row).pk, row.get("name_ar"))
        )

    def find(self, row):
        code = self.key(row)[0]
        if not code:
            return None
        found = self.get_queryset().filter(code=code).first()
        if found is None:
            text = _("No centre of your territory has this code. Empty for a new one.")
            raise ValidationError({"code": text})
        return found

    def after_init_instance(self, instance, new, row, **kwargs):
        super().after_init_instance(instance, new, row, **kwargs)
        if new:
            instance.code = new_centre_code()
