"""Sheets of yearly figures: taken out in words, mended or completed, read back.

A figure is known by whose it is, its year and its choices. The reader's territory
decides whose it can be: what stands elsewhere is as unknown as what does not exist.
"""

import re
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.portal_forms import latin_digits
from institutions.admin.record_sheets import OF_ASSOCIATION, UnitResource
from institutions.admin.sheet_fields import (
    CellWidget,
    RecordResource,
    column,
    shown_only,
)
from institutions.models import Institution
from institutions.sheets.columns import CHOICE, CODE, folded

FIRST_YEAR = 2000
YEAR = re.compile(r"(\d{4})(?:\s*/\s*(\d{4}))?")
OWNER = {
    "delegation": (gettext_lazy("delegation"), "delegation__name_ar"),
    "association_receipt": (OF_ASSOCIATION, "association__receipt_number"),
    "association_name": (gettext_lazy("association"), "association__name_ar"),
    "institution_name": (gettext_lazy("institution"), "name_ar"),
    "authorisation_number": (
        gettext_lazy("authorisation number"),
        "authorisation_number",
    ),
}
NEEDED = {
    "association": ("association_receipt",),
    "institution": ("association_receipt", "institution_name"),
}


class YearWidget(CellWidget):
    """2026, or 2025/2026 for the school year that begins in 2025."""

    def clean(self, value, row=None, **kwargs):
        text = latin_digits(str(super().clean(value) or ""))
        found = YEAR.fullmatch(text)
        year = int(found[1]) if found else 0
        if found and found[2] and int(found[2]) != year + 1:
            year = 0
        if not FIRST_YEAR <= year <= timezone.localdate().year + 1:
            raise ValueError(_("Write the year in four figures, for example 2026."))
        return year

    def render(self, value, obj=None, **kwargs):
        return value


class FigureResource(UnitResource):
    """``keys``: what tells a figure from the others of its owner."""

    owner = "institution"
    keys: tuple[str, ...] = ()
    titles = {name: label for name, (label, _path) in OWNER.items()}

    class Meta(RecordResource.Meta):
        store_instance = True

    def get_queryset(self):
        rows = super(UnitResource, self).get_queryset()
        return rows.select_related("institution", *related(self.owner))

    def owners_of(self, row):
        """(association, institution) of the row. Raises ``ValidationError``."""
        words = (self.text(row, name) for name in OWNER if name != "association_name")
        return self._owners(*words)

    @cache  # noqa: B019 -- a resource lives for one file
    def _owners(self, delegation, receipt, name, number):
        row = {
            "delegation": delegation,
            "association_receipt": receipt,
            "institution_name": name,
            "authorisation_number": number,
        }
        association = self.association_of(row)
        if self.owner == "association" and not (name or number):
            return association, None
        return association, self._institution(association, name, number)

    def _institution(self, association, name, number):
        rows = Institution.objects.visible_to(self.user)
        found = [
            unit
            for unit in rows.filter(association=association)
            if (not number or unit.authorisation_number == number)
            and folded(name) in ("", folded(unit.name_ar), folded(unit.name_fr))
        ]
        if len(found) != 1 or not (name or number):
            text = _(
                "This association has no single institution of this name in your "
                "territory. Write its name, or its authorisation number."
            )
            raise ValidationError({"institution_name": text})
        return found[0]

    def key(self, row):
        return (*self.owners_of(row), *self._choices(row))

    def _choices(self, row):
        found = []
        for name in self.keys:
            try:
                value = self.fields[name].clean(row)
            except ValueError as error:
                raise ValidationError({name: str(error)}) from error
            if value in (None, ""):
                raise ValidationError({name: _("This field is required.")})
            found.append(value)
        return tuple(found)

    def find(self, row):
        association, institution, year, *choices = self.key(row)
        return self._rows(association, institution, year).get(tuple(choices))

    @cache  # noqa: B019 -- a resource lives for one file
    def _rows(self, association, institution, year):
        """The figures of one owner and year by their choices: one question."""
        where: dict[str, Any] = {"institution": institution, self.keys[0]: year}
        if self.owner == "association":
            where["association"] = association
        rows = self.get_queryset().filter(**where)
        return {
            tuple(getattr(figure, name) for name in self.keys[1:]): figure
            for figure in rows
        }

    def after_init_instance(self, instance, new, row, **kwargs):
        RecordResource.after_init_instance(self, instance, new, row, **kwargs)
        if new:
            association, instance.institution = self.owners_of(row)
            if self.owner == "association":
                instance.association = association

    def name_of(self, result):
        """Whose figure it is and which, in words."""
        figure = result.instance
        owner = figure.institution or figure.association
        words = [self.fields[name].export(figure) for name in self.keys]
        return " · ".join(str(word) for word in (owner.name, *words))


def related(owner):
    if owner == "association":
        return ("association__delegation",)
    return ("institution__association", "institution__delegation")


def path_of(owner, name, path):
    """From the figure to what the sheet says of its owner."""
    if name in ("institution_name", "authorisation_number"):
        return f"institution__{path}"
    if owner == "institution" or not path.startswith("association__"):
        return f"{owner}__{path}"
    return path


def resource_of(model, choices, values, *, owner="institution"):
    """The sheet of one table. ``choices``: name → enumeration, the year first;
    ``values``: name → kind of cell."""
    declared: dict[str, Any] = {
        name: shown_only(name, path_of(owner, name, path))
        for name, (_label, path) in OWNER.items()
    }
    year, *others = choices
    declared[year] = column(year)
    declared[year].widget = YearWidget(CODE)
    declared |= {name: column(name, CHOICE, choices[name]) for name in others}
    declared |= {name: column(name, kind) for name, kind in values.items()}
    needed = (*NEEDED[owner], *choices, *values)
    body = {
        "model": model,
        "import_id_fields": (year,),
        "fields": (*OWNER, *choices, *values),
    }
    attributes = {
        **declared,
        "owner": owner,
        "keys": tuple(choices),
        "needed": needed,
        "Meta": type("Meta", (FigureResource.Meta,), body),
    }
    return type(f"{model.__name__}Resource", (FigureResource,), attributes)
