"""Which yearly list to export."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language
from accounts.portal_forms import PortalForm
from applications.enums import State
from applications.models import Call
from territories.models import Delegation, Region

FORMATS = [("xlsx", _("spreadsheet (XLSX)")), ("csv", _("text (CSV)"))]


class ExportForm(PortalForm, forms.Form):
    """One call, narrowed to a part of the reader's territory or to some states."""

    call = forms.ModelChoiceField(Call.objects.none(), label=_("call"))
    region = forms.ModelChoiceField(
        Region.objects.none(), label=_("region"), required=False
    )
    delegation = forms.ModelChoiceField(
        Delegation.objects.none(), label=_("delegation"), required=False
    )
    states = forms.MultipleChoiceField(
        label=_("states"),
        choices=State.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all those you may see."),
    )
    format = forms.ChoiceField(
        label=_("format"), choices=FORMATS, initial="xlsx", widget=forms.RadioSelect
    )
    language = forms.ChoiceField(
        label=_("language of the list"), choices=Language, widget=forms.RadioSelect
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["call"].queryset = Call.objects.visible_to(user)
        self.fields["region"].queryset = Region.objects.within(user.scope)
        self.fields["delegation"].queryset = Delegation.objects.within(
            user.scope
        ).select_related("region")

    def params(self) -> dict:
        """What the worker needs to make the same list again: plain JSON."""
        data = self.cleaned_data
        return {
            "call": data["call"].pk,
            "region": data["region"].pk if data["region"] else None,
            "delegation": data["delegation"].pk if data["delegation"] else None,
            "states": data["states"],
            "format": data["format"],
            "language": data["language"],
        }
