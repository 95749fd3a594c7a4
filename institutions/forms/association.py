"""What the association says of itself: identity, bank account, board."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.portal_forms import PortalForm
from institutions.enums import BoardRole
from institutions.identifiers import FORM_FIELDS, CnieFormField, warn_ice
from institutions.models import Association, BoardMember
from territories.models import Commune


class WholeRowMixin:
    """Constraints that also name a column the form does not show are checked too."""

    def _get_validation_exclusions(self):
        excluded = super()._get_validation_exclusions()
        if not self.instance.delegation_id:
            return excluded
        return excluded - {"delegation", "merged_into", "is_active"}


class RecordForm(PortalForm, WholeRowMixin, forms.ModelForm):
    """A section whose fields stand on one row; ``cleaned`` is what the update saves."""

    @classmethod
    def of(cls, key, round_, data=None):
        row = key.unit or key.association
        # The page shows the row as it stands: only the form's own copy is changed.
        return cls(data, instance=type(row).objects.get(pk=row.pk))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "commune" in self.fields:
            self._narrow_communes()

    def _narrow_communes(self):
        """Another delegation is not chosen here: the officers there move a seat."""
        self.fields["commune"].queryset = (
            Commune.objects.selectable()
            .filter(delegation=self.instance.delegation_id)
            .order_by("name_fr")
        )

    def cleaned(self):
        shown = [name for name in self._meta.fields if name in self.fields]
        return {name: self.cleaned_data[name] for name in shown}

    def warnings(self):
        """What is doubtful and does not prevent saving."""
        return []


class IdentityForm(RecordForm):
    class Meta:
        model = Association
        fields = [
            "name_ar",
            "name_fr",
            "acronym",
            "receipt_number",
            "receipt_kind",
            "receipt_on",
            "is_public_utility",
            "ice",
            "tax_id",
            "cnss_number",
            "commune",
            "address",
            "phone",
            "email",
            "working_year",
            "language",
        ]
        field_classes = {
            name: FORM_FIELDS[name] for name in ("ice", "tax_id", "cnss_number")
        }
        help_texts = {
            "name_ar": _("As written in the statutes."),
            "name_fr": _("For letters and lists in French."),
            "acronym": _("The short name, where there is one."),
            "receipt_number": _("As written on the receipt."),
            "receipt_kind": _(
                "The provisional receipt is given at the deposit, the final one within "
                "60 days."
            ),
            "receipt_on": _("The date written on the receipt."),
            "is_public_utility": _("Only where a decree recognised it."),
            "ice": _("15 digits."),
            "tax_id": _("7 or 8 digits."),
            "cnss_number": _("The number of the association as an employer: 7 digits."),
            "commune": _(
                "To move the seat to another province or prefecture, ask your "
                "delegation."
            ),
            "address": _("Street and number, or douar."),
            "phone": _("For example 0661 23 45 67."),
            "email": _("Read by somebody of the association."),
            "working_year": _(
                "How you keep your accounts: the school year is written 2025/2026."
            ),
            "language": _("Letters of the delegation are written in it."),
        }

    def warnings(self):
        ice = self.cleaned_data.get("ice") if self.is_bound else self.instance.ice
        doubt = warn_ice(ice) if ice else None
        return [doubt] if doubt else []


class BankForm(RecordForm):
    class Meta:
        model = Association
        fields = ["bank_name", "rib"]
        field_classes = {"rib": FORM_FIELDS["rib"]}
        help_texts = {
            "bank_name": _("The bank, and its agency."),
            "rib": _("24 digits, as on the certificate of the bank."),
        }


class BoardTermForm(RecordForm):
    class Meta:
        model = Association
        fields = ["last_assembly_on", "board_term_months"]
        help_texts = {
            "last_assembly_on": _("The one that elected the board as it is today."),
            "board_term_months": _("For example 48 for four years."),
        }


class BoardMemberForm(PortalForm, forms.ModelForm):
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    cnie = CnieFormField(
        label="CNIE",
        required=False,
        help_text=_("One or two letters, then digits."),
    )

    class Meta:
        model = BoardMember
        fields = ["role", "name", "cnie", "phone", "email"]


class BoardFormSet(forms.BaseFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Left the board")

    def clean(self):
        """One president, no more (dahir 1-58-376, art. 5)."""
        if any(self.errors):
            return
        presidents = [
            form
            for form in self.filled()
            if form.cleaned_data["role"] == BoardRole.PRESIDENT
        ]
        if len(presidents) != 1:
            raise forms.ValidationError(_("Give one president, and only one."))

    def filled(self):
        return [
            form
            for form in self.forms
            if form.cleaned_data.get("name") and not form.cleaned_data.get("DELETE")
        ]


Board = forms.formset_factory(
    BoardMemberForm, formset=BoardFormSet, can_delete=True, extra=2, max_num=30
)


class BoardSection:
    """The term of the board and its members, saved together."""

    warnings = staticmethod(list)

    def __init__(self, form, formset):
        self.form, self.formset = form, formset
        self.is_bound = form.is_bound

    @classmethod
    def of(cls, key, round_, data=None):
        names = ["id", "role", "name", "cnie", "phone", "email"]
        members = key.association.board.order_by("pk").values(*names)
        return cls(
            BoardTermForm.of(key, round_, data),
            Board(data, initial=list(members), prefix="member"),
        )

    def is_valid(self):
        # Both are asked, so that every error shows at once.
        return all([self.form.is_valid(), self.formset.is_valid()])

    def cleaned(self):
        own = {"id", "role", "name", "cnie", "phone", "email"}
        known = {row["id"] for row in self.formset.initial}
        members = [
            {name: form.cleaned_data[name] for name in own}
            for form in self.formset.filled()
        ]
        for member in members:
            # An id that is not of this board never reaches another association.
            member["id"] = member["id"] if member["id"] in known else None
        return {**self.form.cleaned(), "members": members}
