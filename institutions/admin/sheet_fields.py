"""Columns of a sheet of the record, in and out, and the rules of every import.

Cells are read by the same reader as the lists of children, values are checked by the
validators of the model: what a form refuses, a sheet does not bring in.
"""

import re
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export import fields, widgets

from accounts import policies
from accounts.languages import enumerated
from accounts.scoped_admin import ScopedResource
from institutions.sheets.cells import CellError, value_of
from institutions.sheets.columns import (
    AMOUNT,
    CHOICE,
    CODE,
    COUNT,
    DAY,
    LANGUAGES,
    NO,
    TEXT,
    TRUTH,
    YES,
    Column,
    folded,
)
from institutions.sheets.problems import sentence
from territories.models import Commune, Delegation

EMPTY_TEXT = (TEXT, CODE, CHOICE)
# A word may hold a comma itself: tried second.
BETWEEN = re.compile(r"[;؛\n]")
COMMAS = re.compile(r"[,،]")
MAX_ROWS = 1_000


class CellWidget(widgets.Widget):
    """One kind of cell; ``tidy`` makes of a text what the field of a form makes."""

    def __init__(self, kind=TEXT, choices=None, tidy=None):
        super().__init__()
        self.column = Column("", "", kind=kind, choices=choices)
        self.tidy = tidy

    def clean(self, value, row=None, **kwargs):
        kind = self.column.kind
        try:
            found = value_of(self.column, value)
        except CellError as error:
            raise ValueError(sentence(error.code, error.params)) from error
        if found is None:
            return "" if kind in EMPTY_TEXT else None
        if kind == COUNT:
            return whole(found)
        return self.tidy(found) if self.tidy else found

    def render(self, value, obj=None, **kwargs):
        if self.column.kind == TRUTH and value is not None:
            return str(YES if value else NO)
        if self.column.kind == CHOICE and value:
            return str(self.column.choices(value).label)
        is_plain = value is None or self.column.kind in (DAY, COUNT, AMOUNT)
        return value if is_plain else str(value)


def whole(text):
    if not str(text).isdecimal():
        raise ValueError(sentence("number"))
    return int(text)


class ChoicesWidget(CellWidget):
    """Several words in one cell, with semicolons between."""

    def __init__(self, choices):
        super().__init__(CHOICE, choices)

    def clean(self, value, row=None, **kwargs):
        found = []
        for part in filter(str.strip, BETWEEN.split(str(value or ""))):
            try:
                found.append(super().clean(part))
            except ValueError:
                words = COMMAS.split(part)
                if len(words) == 1:
                    raise
                found += [super(ChoicesWidget, self).clean(word) for word in words]
        return found

    def render(self, value, obj=None, **kwargs):
        return "; ".join(str(self.column.choices(item).label) for item in value or ())


def column(name, kind=TEXT, choices=None, tidy=None):
    """A column of the row itself."""
    return fields.Field(name, name, widget=CellWidget(kind, choices, tidy))


def several(name, choices):
    return fields.Field(name, name, widget=ChoicesWidget(choices))


def shown_only(name, path):
    """A column that says more of a row and is never read back."""
    return fields.Field(path, name, readonly=True)


class WordsDiff:
    """(label, before, after) of each column that changes, in words."""

    def __init__(self, resource, instance, new):
        self.before = {} if new else written(resource, instance)

    def compare_with(self, resource, instance, **kwargs):
        self.after = written(resource, instance) if instance is not None else {}

    def as_html(self):
        return [
            (label, self.before.get(label, ""), text)
            for label, text in self.after.items()
            if text != self.before.get(label, "")
        ]


def written(resource, instance):
    found = {}
    for field in resource.get_import_fields():
        value = field.export(instance)
        text = f"{value:%d/%m/%Y}" if hasattr(value, "strftime") else value
        found[resource.title(field.column_name)] = "" if text is None else str(text)
    return found


class RecordResource(ScopedResource):
    """A list of the record, found again by its natural key within the territory.

    ``titles``: the words of columns that are no field of the model. A column that the
    sheet has not is left as it is; an empty cell empties the field.
    """

    titles: dict[str, Any] = {}
    needed: tuple[str, ...] = ()

    class Meta:
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True
        use_transactions = True

    @classmethod
    def get_diff_class(cls):
        return WordsDiff

    # Titles

    def title(self, name):
        """Of a column, in the language being read."""
        if name in self.titles:
            return capfirst(str(self.titles[name]))
        return capfirst(str(self._meta.model._meta.get_field(name).verbose_name))

    def get_export_headers(self, selected_fields=None):
        names = super().get_export_headers(selected_fields=selected_fields)
        return [self.title(name) for name in names]

    def known_titles(self):
        """Folded title in any language, or name → name."""
        found = {}
        for name in self.fields:
            found[folded(name.replace("_", " "))] = name
            for language in LANGUAGES:
                with translation.override(language):
                    found[folded(self.title(name))] = name
        return found

    def prepare(self, dataset):
        """Raises ``ValidationError`` for a sheet whose columns are not known."""
        known = self.known_titles()
        heads = [
            known.get(folded(str(head).replace("_", " "))) for head in dataset.headers
        ]
        missing = [name for name in self.needed if name not in heads]
        if missing:
            titles = enumerated(self.title(name) for name in missing)
            raise ValidationError(sentence("missing_column", {"title": titles}))
        for name in heads:
            if name and heads.count(name) > 1:
                title = self.title(name)
                raise ValidationError(sentence("doubled_column", {"title": title}))
        if len(dataset) > MAX_ROWS:
            raise ValidationError(sentence("too_many_rows", {"limit": MAX_ROWS}))
        dataset.headers = [name or f"?{place}" for place, name in enumerate(heads)]
        self.keys_seen = set()

    def _check_import_id_fields(self, headers):
        """``prepare`` has said it in words."""

    def name_of(self, result):
        """Of a row of the result, for the preview."""
        return result.object_repr

    # Rows

    def get_instance(self, instance_loader, row):
        """The row of the table, or ``None``. Raises ``ValidationError``."""
        found = self.find(row)
        key = self.key(row)
        if key in self.keys_seen:
            raise ValidationError(_("This row is in the sheet twice."))
        self.keys_seen.add(key)
        return found

    def find(self, row):
        raise NotImplementedError

    def key(self, row):
        raise NotImplementedError

    def after_init_instance(self, instance, new, row, **kwargs):
        """Who may add rows, who may only change them: the table of policies."""
        action = "add" if new else "change"
        label = self._meta.model._meta.label_lower
        if not policies.may(self.user.role, action, label):
            raise ValidationError(
                _("Nothing like this row is in the record: only a delegation adds it.")
            )

    def text(self, row, name, tidy=None):
        return CellWidget(CODE, tidy=tidy).clean(row.get(name))

    @cached_property
    def delegations(self):
        """Those of the reader's territory, by name or code."""
        found = {}
        for row in Delegation.objects.within(self.user.scope):
            for word in (row.name_ar, row.name_fr, row.code):
                found[folded(word)] = row
        return found

    def delegation_of(self, row):
        """That of the row, or one's own. Raises ``ValidationError``."""
        typed = self.text(row, "delegation")
        if not typed and self.user.delegation_id:
            return next(iter(self.delegations.values()))
        found = self.delegations.get(folded(typed)) if typed else None
        if found is None:
            text = _("This delegation is not in your territory.")
            raise ValidationError({"delegation": text if typed else _("Name it.")})
        return found

    @cached_property
    def _communes(self):
        return {}

    def commune_of(self, row, delegation):
        """Raises ``ValidationError``: a seat does not leave its delegation here."""
        if delegation.pk not in self._communes:
            rows = Commune.objects.selectable().filter(delegation=delegation)
            self._communes[delegation.pk] = {
                folded(word): found
                for found in rows
                for word in (found.name_ar, found.name_fr, found.code)
            }
        typed = self.text(row, "commune")
        found = self._communes[delegation.pk].get(folded(typed))
        if found is None:
            text = _("No commune of this name is in the delegation.")
            raise ValidationError({"commune": text})
        return found
