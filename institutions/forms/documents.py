"""A document to keep: the file, what it is about and until when it is good."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.portal_forms import PortalForm
from institutions.enums import Validity


class DocumentForm(PortalForm, forms.Form):
    """``type`` and the unit come from the address, so that one chooses only a file."""

    file = forms.FileField(
        label=_("file"),
        help_text=_("PDF, JPEG or PNG, 10 MB at most."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("This file is empty. Choose the document again."),
        },
    )
    expires_on = forms.DateField(label=_("valid until"), required=False)

    def __init__(self, *args, document_type, **kwargs):
        super().__init__(*args, **kwargs)
        if document_type.validity != Validity.FIXED_DATE:
            del self.fields["expires_on"]

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(
                _("This document has expired already: send the new one.")
            )
        return day
