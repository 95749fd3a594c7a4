"""Which columns each section of the record is made of.

The certified content keeps these; its readers show them, in this order.
"""

from institutions.models import Institution
from institutions.sections import is_house

IDENTITY = [
    "name_ar",
    "name_fr",
    "acronym",
    "receipt_number",
    "receipt_kind",
    "receipt_on",
    "is_public_utility",
    "ice",
    "tax_id",
    "cnss_number",
    "address",
    "commune_id",
    "delegation_id",
    "phone",
    "email",
    "working_year",
]
BANK = ["bank_name", "rib"]
BOARD = ["last_assembly_on", "board_term_months"]
INSTITUTION = [
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
    "commune_id",
    "delegation_id",
    "milieu",
    "address",
    "director_name",
    "director_phone",
    "director_email",
    "opened_on",
    "has_management_committee",
]
OF_HOUSE = ["house_kind", "school_levels"]
BUILDING = [
    "tenure",
    "condition",
    "is_repairable",
    "building_owner",
    "has_building_convention",
    "latitude",
    "longitude",
]
DISTANCES = ["school_distance", "boarding_distance_km"]
TARGETING = [
    "targeting_criteria",
    "priorities",
    "selection",
    "committee_members",
    "monthly_fee",
]
CENTRE = [
    "name_ar",
    "name_fr",
    "institution_id",
    "authorisation_number",
    "setting",
    "school_name",
    "delegation_id",
    "commune_id",
    "milieu",
    "address",
    "own_capacity",
    "own_director_name",
    "is_structure_compliant",
    "is_operation_compliant",
    "compliance_remark",
]
CHILD = ["born_on", "sex", "disability_type", "degree", "card_expires_on", "has_rsu"]
ENROLMENT = ["sub_programme", "services", "certificates", "months"]
STAFF = [
    "sex",
    "speciality",
    "diploma",
    "experience_years",
    "contract",
    "monthly_salary_amount",
    "is_cnss_declared",
    "is_cnss_charged",
    "cnss_yearly_amount",
    "has_work_certificate",
    "has_licence",
    "has_contract",
    "contract_remark",
]
# What a snapshot of schema 1 did not know.
SINCE_2 = {
    "institutions": {
        "has_management_committee",
        "is_repairable",
        "building_owner",
        "has_building_convention",
        "seasons",
        "funding",
        "functions",
        *OF_HOUSE,
        *DISTANCES,
        *TARGETING,
    },
    "staff": {"has_work_certificate", "has_licence", "has_contract", "contract_remark"},
}


def profile_of(row: Institution) -> list[str]:
    return [*INSTITUTION, *(OF_HOUSE if is_house(row.institution_class) else [])]


def building_of(row: Institution) -> list[str]:
    return [*BUILDING, *(DISTANCES if is_house(row.institution_class) else [])]
