"""A document to keep: the file, chosen on its own, then the dates written on it."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.portal_forms import PortalForm


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One file, or several photographs of the same document, in their order."""

    widget = SeveralFilesInput

    def clean(self, data, initial=None):
        chosen = data if isinstance(data, list) else [data]
        chosen = chosen or [None]
        return [super(SeveralFilesField, self).clean(one, initial) for one in chosen]


class DocumentForm(PortalForm, forms.Form):
    """The type and what it is about come from the address: one chooses only a file."""

    file = SeveralFilesField(
        label=_("file"),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("This file is empty. Choose the document again."),
        },
    )


class DocumentDatesForm(PortalForm, forms.Form):
    """Asked once the file is kept, so that a wrong date never loses a file."""

    issued_on = forms.DateField(label=_("issued on"), required=False)
    expires_on = forms.DateField(
        label=_("valid until"),
        error_messages={"required": _("Give the date until which it is valid.")},
    )

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(
                _("This document has expired already: send the new one.")
            )
        return day

    def clean(self):
        cleaned = super().clean()
        issued, expires = cleaned.get("issued_on"), cleaned.get("expires_on")
        if issued and expires and issued > expires:
            self.add_error("issued_on", _("It cannot expire before its date."))
        return cleaned
