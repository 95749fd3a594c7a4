"""Forms of the record: one per section, and those of single rows."""

from institutions.forms.association import (
    BankForm,
    BoardSection,
    IdentityForm,
    WholeRowMixin,
)
from institutions.forms.documents import DocumentForm
from institutions.forms.explanation import ExplanationForm
from institutions.forms.figures import AccountsForm, HeadcountsForm
from institutions.forms.people import ChildForm, StaffMemberForm
from institutions.forms.people_lists import (
    BulkChildForm,
    BulkStaffForm,
    ChildFilterForm,
    StaffFilterForm,
)
from institutions.forms.units import CentreForm, InstitutionForm

SECTION_FORMS = {
    "identity": IdentityForm,
    "bank": BankForm,
    "board": BoardSection,
    "institution": InstitutionForm,
    "headcounts": HeadcountsForm,
    "accounts": AccountsForm,
    "centre": CentreForm,
}

__all__ = [
    "SECTION_FORMS",
    "AccountsForm",
    "BankForm",
    "BoardSection",
    "BulkChildForm",
    "BulkStaffForm",
    "CentreForm",
    "ChildFilterForm",
    "ChildForm",
    "DocumentForm",
    "ExplanationForm",
    "HeadcountsForm",
    "IdentityForm",
    "InstitutionForm",
    "StaffFilterForm",
    "StaffMemberForm",
    "WholeRowMixin",
]


def section_form(key, round_, data=None):
    """The form of a section, empty of posted values or bound to ``data``."""
    return SECTION_FORMS[key.code].of(key, round_, data)
