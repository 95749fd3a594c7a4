"""The code of a letter, as people type or paste it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.portal_forms import PortalForm, latin_digits


class CheckForm(PortalForm, forms.Form):
    """Accepts the code alone, with spaces, or the whole address under the QR."""

    ltr_fields = ("code",)
    code = forms.CharField(
        label=_("Code of the document"),
        max_length=300,
        error_messages={"required": _("Type the code printed at the foot of it.")},
    )

    def clean_code(self):
        text = "".join(latin_digits(self.cleaned_data["code"]).split())
        code = text.rstrip("/").rsplit("/", 1)[-1]
        if not code.replace("-", "").replace("_", "").isalnum() or len(code) > 30:
            raise forms.ValidationError(
                _("A code has about 22 letters and figures, as printed at the foot.")
            )
        return code
