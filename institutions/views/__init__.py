"""Pages of the portal about the record of one's association."""

from institutions.views import on_behalf
from institutions.views.documents import (
    document_dates,
    document_list,
    document_still_valid,
    document_take_back,
    document_upload,
    documents_of,
    documents_people,
)
from institutions.views.files import document_file, document_preview
from institutions.views.lists import child_list, staff_list
from institutions.views.members import (
    invitation_resend,
    invitation_revoke,
    member_end,
    member_list,
    member_role,
    new_president,
)
from institutions.views.people import (
    child_edit,
    child_remove,
    staff_edit,
    staff_remove,
)
from institutions.views.people_bulk import (
    child_bulk,
    child_bulk_off,
    staff_bulk,
    staff_bulk_off,
)
from institutions.views.readings import readings
from institutions.views.record import choose, record
from institutions.views.sections import section, section_change
from institutions.views.sheets import (
    sheet,
    sheet_again,
    sheet_cancel,
    sheet_import,
    sheet_marked,
    sheet_save,
    sheet_template,
)
from institutions.views.update import begin, confirm, overview
from institutions.views.years import years, years_print

__all__ = [
    "begin",
    "child_bulk",
    "child_bulk_off",
    "child_edit",
    "child_list",
    "child_remove",
    "choose",
    "confirm",
    "document_dates",
    "document_file",
    "document_list",
    "document_preview",
    "document_still_valid",
    "document_take_back",
    "document_upload",
    "documents_of",
    "documents_people",
    "invitation_resend",
    "invitation_revoke",
    "member_end",
    "member_list",
    "member_role",
    "new_president",
    "on_behalf",
    "overview",
    "readings",
    "record",
    "section",
    "section_change",
    "sheet",
    "sheet_again",
    "sheet_cancel",
    "sheet_import",
    "sheet_marked",
    "sheet_save",
    "sheet_template",
    "staff_bulk",
    "staff_bulk_off",
    "staff_edit",
    "staff_list",
    "staff_remove",
    "years",
    "years_print",
]
