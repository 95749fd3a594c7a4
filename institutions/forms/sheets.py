"""A spreadsheet asked for, and one that comes back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.portal_forms import PortalForm
from institutions.sheets.parser.limits import MAX_BYTES
from institutions.sheets.problems import sentence

XLSX, CSV = "xlsx", "csv"


class SheetTemplateForm(PortalForm, forms.Form):
    """Without the tick, the people already on the list are known by their code."""

    marks_optional = False
    with_names = forms.BooleanField(
        label=_("With the names and numbers of the people on the list"),
        help_text=_("Taking them out is written down under your name."),
        required=False,
    )
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[
            (XLSX, _("XLSX, with drop-down lists (Excel, LibreOffice)")),
            (CSV, _("CSV, for other programs")),
        ],
        widget=forms.RadioSelect,
        initial=XLSX,
    )


class SheetUploadForm(PortalForm, forms.Form):
    """What the file is, its content says: see ``institutions.sheets``."""

    file = forms.FileField(
        label=_("The spreadsheet, filled in"),
        help_text=_("XLSX, ODS or CSV; 10 MB and 20,000 rows at most."),
        error_messages={
            "required": _("Choose the spreadsheet to send."),
            "empty": _("This file is empty."),
        },
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            megabytes = MAX_BYTES // 1024 // 1024
            raise forms.ValidationError(
                sentence("too_big", {"megabytes": megabytes}), code="too_big"
            )
        return upload
