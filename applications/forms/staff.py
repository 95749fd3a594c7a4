"""What officers type while they review and decide.

Each form stands beside others on one page: ``key`` names it in the address of its
fields and in the hidden field that says which one was sent.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.portal_forms import PortalForm
from applications.enums import Opinion
from applications.models import Call

LONG = {"rows": 3}


class ActionForm(PortalForm, forms.Form):
    """One thing to do with one file or one sitting.

    ``version`` is that of the page: acting on an old page is refused (product.md §5).
    """

    marks_optional = False
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, key, version=None, **kwargs):
        self.key = key
        kwargs.setdefault("auto_id", f"{key}-%s")
        kwargs.setdefault("initial", {})
        kwargs["initial"] = {"version": version, **kwargs["initial"]}
        super().__init__(data, **kwargs)

    def refuse(self, error):
        """A domain's ``ValidationError`` at its field, or above the form.

        The ``code`` of an error names its field (``applications.workflow.guards``).
        """
        for single in getattr(error, "error_list", [error]):
            code = getattr(single, "code", None)
            self.add_error(code if code in self.fields else None, single)


class BareForm(ActionForm):
    """A button alone."""


class RemarkForm(ActionForm):
    version = None
    text = forms.CharField(
        label=_("Remark for the association"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs=LONG),
    )


class AsideForm(ActionForm):
    version = None
    code = forms.SlugField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why it may be set aside"), max_length=500, widget=forms.TextInput
    )


class ReasonForm(ActionForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs=LONG)
    )


class OptionalReasonForm(ReasonForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False


class AmountForm(ActionForm):
    amount = forms.DecimalField(
        label=_("Granted amount (MAD)"), max_digits=14, decimal_places=2, min_value=0
    )

    @property
    def amount_shown(self):
        """As the field writes it, or as it was typed when it was refused."""
        bound = self["amount"]
        return bound.field.widget.format_value(bound.value()) or ""


class ExtendForm(ReasonForm):
    days = forms.IntegerField(label=_("Days added"), min_value=1, max_value=365)
    field_order = ["days", "reason"]


class RecommendForm(ActionForm):
    """Opinion, its reason, and an amount up to the computed maximum."""

    opinion = forms.ChoiceField(
        label=_("Opinion"), choices=Opinion, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason of the opinion"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    proposed_amount = forms.DecimalField(
        label=_("Proposed amount (MAD)"), max_digits=14, decimal_places=2, min_value=0
    )

    def __init__(self, *args, maximum=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.maximum = maximum

    def clean_proposed_amount(self):
        amount = self.cleaned_data["proposed_amount"]
        if self.maximum is not None and amount > self.maximum:
            raise forms.ValidationError(
                _("The proposed amount is above the computed maximum.")
            )
        return amount


class ScoresForm(ActionForm):
    """Points for each criterion of the call; saved as far as they are given."""

    version = None

    def __init__(self, *args, criteria, points, **kwargs):
        initial = {f"criterion-{pk}": value for pk, value in points.items()}
        super().__init__(*args, initial=initial, **kwargs)
        self.criteria = criteria
        for criterion in criteria:
            field = forms.IntegerField(
                label=criterion.name,
                required=False,
                min_value=0,
                max_value=criterion.max_score,
                help_text=_("Out of %(points)s points")
                % {"points": criterion.max_score},
            )
            name = f"criterion-{criterion.pk}"
            self.fields[name] = field
            self._prepare(name, field)

    def points(self):
        """Points by criterion key; ``None`` where the field was left empty."""
        return {
            criterion.pk: self.cleaned_data.get(f"criterion-{criterion.pk}")
            for criterion in self.criteria
        }


class OpenSittingForm(PortalForm, forms.Form):
    """The next sitting of one's region for a call."""

    marks_optional = False
    call = forms.ModelChoiceField(Call.objects.none(), label=_("Call"))
    sits_on = forms.DateField(label=_("Day of the sitting"))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["call"].queryset = Call.objects.visible_to(user).published()

    def refuse(self, error):
        for single in getattr(error, "error_list", [error]):
            code = getattr(single, "code", None)
            self.add_error(code if code in self.fields else None, single)


class CloneForm(PortalForm, forms.Form):
    """The year of the call made from last year's."""

    marks_optional = False
    year = forms.IntegerField(label=_("For the year"), min_value=2020, max_value=2100)

    def refuse(self, error):
        self.add_error(None, error)
