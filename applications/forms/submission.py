"""Sending a file, answering the delegation, taking a file back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.portal_forms import CodeInput, PortalForm


class SubmitForm(PortalForm, forms.Form):
    """What the manager certifies; after the close, the late code as well."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    certified = forms.BooleanField(
        label=_(
            "I certify that what this file says is true, and that I may act for the "
            "association."
        ),
        error_messages={"required": _("Tick this box to send the file.")},
    )
    late_code = forms.CharField(
        label=_("Late code"),
        help_text=_("Given by the central services to send a file after the close."),
        max_length=20,
        required=False,
        widget=CodeInput(attrs={"dir": "ltr"}),
    )

    def __init__(self, *args, asks_code: bool, by_officer: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if by_officer:
            self.fields["certified"].label = _(
                "The summary signed by the account manager is attached, and says what "
                "this file says."
            )
        if not asks_code:
            del self.fields["late_code"]


class WithdrawForm(PortalForm, forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(PortalForm, forms.Form):
    """The association's answer to one remark; its field is named after the remark."""

    answer = forms.CharField(
        label=_("Your answer"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write your answer to this remark.")},
    )


class UploadForm(PortalForm, forms.Form):
    """One file for one line of the call's list of documents."""

    call_document = forms.IntegerField(widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("Attached file"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file first.")},
    )
