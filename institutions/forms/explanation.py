"""A word on a large change, beside the figures or under a list."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.portal_forms import PortalForm
from institutions.changes import MAX_LENGTH


class ExplanationForm(PortalForm, forms.Form):
    """The domain says whether it is needed; the page keeps what was typed."""

    marks_optional = False
    explanation = forms.CharField(
        label=_("Why it changed"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A few words: your delegation reads them beside the figures."),
    )

    @classmethod
    def refused(cls, data, error):
        """As typed, with what the domain says at the field."""
        form = cls(data)
        form.is_valid()
        form.add_error("explanation", error.text)
        return form

    def typed(self):
        """As it came: the domain judges it."""
        return self.data.get("explanation", "")[: MAX_LENGTH * 4]
