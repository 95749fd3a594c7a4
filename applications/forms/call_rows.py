"""Rows of the parts of a call: documents, rates, checks, envelopes."""

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Max
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.portal_forms import NumberInput
from applications.findings import REGISTRY as OF_FILE
from applications.forms.staff_calls import EnvelopeForm, RowsFormSet
from applications.models import FindingLevel
from institutions.enums import Category, Degree, ServiceLevel, SubProgramme
from institutions.findings import REGISTRY as OF_RECORD
from territories.models import Region

FIGURE = {"class": "en-input", "size": 10, "dir": "ltr", "inputmode": "decimal"}


class TypeSelect(AutocompleteSelect):
    """A search box that knows the names of the types: no query for each row."""

    names: dict[str, str] = {}

    def optgroups(self, name, value, attr=None):
        options = [] if self.is_required else [("", "")]
        options += [(key, self.names[key]) for key in value if key in self.names]
        return [
            (None, [self.create_option(name, key, words, bool(key), rank)], rank)
            for rank, (key, words) in enumerate(options)
        ]


class RankedFormSet(RowsFormSet):
    """A new row that was given no order comes last."""

    def save_new(self, form, commit=True):
        if not form.instance.rank:
            rows = self.model._default_manager.filter(call=self.instance)
            form.instance.rank = 1 + rows.aggregate(last=Max("rank", default=0))["last"]
        return super().save_new(form, commit)


class DocumentFormSet(RankedFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        field = form.fields["type"]
        if not hasattr(self, "names"):
            self.names = {str(row.pk): str(row) for row in field.queryset}
        field.widget.widget.names = self.names


class KeyedFormSet(RowsFormSet):
    """A row for every key there is; one left as it is is not saved.

    The keys of new rows travel hidden: a row that somebody else saved meanwhile is then
    refused as a second one, never taken for its neighbour. Those of saved rows stand.
    """

    keys: tuple[str, ...] = ()
    value = "amount"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.offered = {self._key(row.get): row for row in self.every()}
        if self.is_bound:
            new = range(self.initial_form_count(), self.total_form_count())
            self.initial_extra = [self.offered.get(self._posted(i), {}) for i in new]
        else:
            known = {self._key(row.serializable_value) for row in self.get_queryset()}
            left = [row for key, row in self.offered.items() if key not in known]
            self.initial_extra, self.extra = left, len(left)

    def every(self):
        """The first values of each row there may be."""
        raise NotImplementedError

    def words(self, key):
        """The name of a row, in the language of the page."""
        raise NotImplementedError

    def _key(self, read):
        return tuple(str(read(name)) for name in self.keys)

    def _posted(self, index):
        start = self.add_prefix(index)
        return self._key(lambda name: self.data.get(f"{start}-{name}", ""))

    def add_fields(self, form, index):
        super().add_fields(form, index)
        is_saved = form.instance.pk is not None
        read = form.instance.serializable_value if is_saved else form.initial.get
        form.key = self._key(read)
        form.words = self.words(form.key)
        form.fields[self.value].label = form.words
        for name in self.keys:
            if is_saved:
                del form.fields[name]
            else:
                form.fields[name].widget = forms.HiddenInput()

    def lines(self):
        """The forms in the order of the keys; a key no longer in use comes last."""
        ranks = {key: rank for rank, key in enumerate(self.offered)}
        return sorted(self.forms, key=lambda form: ranks.get(form.key, len(ranks)))


class RateForm(forms.ModelForm):
    class Meta:
        widgets = {"amount": NumberInput(FIGURE)}
        error_messages = {
            "amount": {"required": _("A rate once given stays: write 0 to give none.")}
        }


class RateFormSet(KeyedFormSet):
    """The rates as a grid: a row per notion, a column per rate; empty gives none."""

    rows: list = []
    columns: list = []
    first = ""
    hint = ""

    def every(self):
        return [
            dict(zip(self.keys, (row, column), strict=True))
            for row, _row_label in self.rows
            for column, _column_label in self.columns
        ]

    def words(self, key):
        row, column = dict(self.rows).get(key[0], ""), dict(self.columns).get(key[1])
        return _("%(row)s, %(rate)s") % {"row": row, "rate": column}

    def headings(self):
        return [label for _code, label in self.columns]

    def grid(self):
        """(row, [(column, form)]); no form where those who only read see no rate."""
        cells = {form.key: form for form in self.forms}
        return [
            (label, [(name, cells.get((row, code))) for code, name in self.columns])
            for row, label in self.rows
        ]


class EpsRateFormSet(RateFormSet):
    keys = ("category", "level")
    rows, columns = Category.choices, ServiceLevel.choices
    first = _("Category")
    hint = _("MAD per beneficiary and year. Where a cell is empty, nothing is given.")


class SchoolingRateFormSet(RateFormSet):
    keys = ("sub_programme", "degree")
    rows = SubProgramme.choices
    columns = [("", _("All degrees")), *Degree.choices]
    first = _("Sub-programme")
    hint = _(
        "MAD per child and month. The rate of a degree prevails over the one for all "
        "degrees."
    )


class FindingLevelForm(forms.ModelForm):
    class Meta:
        model = FindingLevel
        fields = ["code", "level", "parameter"]
        widgets = {"parameter": NumberInput(FIGURE)}


class FindingLevelFormSet(KeyedFormSet):
    """Every check of the programme, those never changed at their default.

    What is left at its default is not saved: it then follows the portal. A check that
    compares with nothing asks for no limit.
    """

    keys = ("code",)
    value = "level"

    def every(self):
        return [
            {"code": code, "level": level, "parameter": parameter}
            for code, (level, parameter) in defaults(self.instance.programme).items()
        ]

    def words(self, key):
        return label_of(key[0])

    def add_fields(self, form, index):
        super().add_fields(form, index)
        offered = self.offered.get(form.key, {})
        if offered.get("parameter") is None and form.instance.parameter is None:
            del form.fields["parameter"]
        else:
            words = _("%(check)s, limit") % {"check": form.words}
            form.fields["parameter"].label = words

    def shown(self):
        """For those who only read: (words, row as it stands), defaults included."""
        stored = {row.code: row for row in self.get_queryset()}
        rows = {row["code"]: FindingLevel(**row) for row in self.offered.values()}
        return [(label_of(code), row) for code, row in {**rows, **stored}.items()]


def defaults(programme):
    """Code → level and limit, of the file and of the record."""
    of_file = [row for row in OF_FILE.values() if programme in row.programmes]
    return {
        row.code: (row.level, row.parameter) for row in [*of_file, *OF_RECORD.values()]
    }


def label_of(code):
    """The words of a check; a code no longer in use is shown as it is."""
    row = OF_FILE.get(code) or OF_RECORD.get(code)
    return capfirst(row.label) if row else code


class RegionEnvelopeForm(EnvelopeForm):
    class Meta(EnvelopeForm.Meta):
        widgets = {"amount": NumberInput(FIGURE)}


class EnvelopeFormSet(KeyedFormSet):
    """Every region has its row; a new one is saved once it is given an amount."""

    keys = ("region",)

    def every(self):
        self.regions = {str(row.pk): row for row in Region.objects.order_by("code")}
        return [{"region": row.pk} for row in self.regions.values()]

    def words(self, key):
        region = self.regions.get(key[0])
        return region.name if region else ""
