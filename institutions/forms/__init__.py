"""Forms of the record: one per section, and those of single rows."""

from institutions.forms.association import (
    BankForm,
    BoardSection,
    IdentityForm,
    WholeRowMixin,
)
from institutions.forms.documents import DocumentDatesForm, DocumentForm
from institutions.forms.explanation import ExplanationForm
from institutions.forms.figures import AccountsForm, HeadcountsForm
from institutions.forms.house import (
    FunctionsForm,
    FundingForm,
    SeasonsForm,
    TargetingForm,
)
from institutions.forms.people import ChildForm, StaffMemberForm
from institutions.forms.people_lists import (
    BulkChildForm,
    BulkStaffForm,
    ChildFilterForm,
    StaffFilterForm,
)
from institutions.forms.units import BuildingForm, CentreForm, InstitutionForm

SECTION_FORMS = {
    "identity": IdentityForm,
    "bank": BankForm,
    "board": BoardSection,
    "institution": InstitutionForm,
    "building": BuildingForm,
    "targeting": TargetingForm,
    "headcounts": HeadcountsForm,
    "seasons": SeasonsForm,
    "functions": FunctionsForm,
    "accounts": AccountsForm,
    "funding": FundingForm,
    "centre": CentreForm,
}

__all__ = [
    "SECTION_FORMS",
    "AccountsForm",
    "BankForm",
    "BoardSection",
    "BuildingForm",
    "BulkChildForm",
    "BulkStaffForm",
    "CentreForm",
    "ChildFilterForm",
    "ChildForm",
    "DocumentDatesForm",
    "DocumentForm",
    "ExplanationForm",
    "FunctionsForm",
    "FundingForm",
    "HeadcountsForm",
    "IdentityForm",
    "InstitutionForm",
    "SeasonsForm",
    "StaffFilterForm",
    "StaffMemberForm",
    "TargetingForm",
    "WholeRowMixin",
]


def section_form(key, round_, data=None):
    """The form of a section, empty of posted values or bound to ``data``."""
    return SECTION_FORMS[key.code].of(key, round_, data)
