"""Figures of one year: head-counts, staff by employer, accounts."""

from django import forms
from django.utils.translation import gettext as _

from accounts.portal_forms import PortalForm
from institutions import carry, snapshots
from institutions.enums import (
    EXPENDITURE_HEADS,
    REVENUE_SOURCES,
    AccountKind,
    Category,
    Employer,
    ServiceLevel,
    Sex,
)

MAX_COUNT = 100_000


class YearForm(PortalForm, forms.Form):
    """Begins with this year's figures, else with last year's."""

    marks_optional = False
    warnings = staticmethod(list)

    @classmethod
    def of(cls, key, round_, data=None):
        year = carry.year_of(key, round_)
        # What was typed stands in for what is known: nothing is read for it.
        piece = {} if data is not None else cls.known(key, round_, year)
        label = carry.label_of_year(key, year)
        return cls(data, unit=key.unit, piece=piece, year=year, year_label=label)

    @staticmethod
    def known(key, round_, year):
        shown = year if carry.has_rows(key, year) else carry.year_kept(key, round_)
        return snapshots.section_content(key, year=shown)

    def __init__(
        self, *args, unit=None, piece=None, year=None, year_label="", **kwargs
    ):
        self.unit = unit
        self.piece = piece or {}
        self.year, self.year_label = year, year_label
        super().__init__(*args, **kwargs)

    def number(self, name, label, initial):
        self.fields[name] = forms.IntegerField(
            label=label,
            min_value=0,
            max_value=MAX_COUNT,
            required=False,
            initial=initial,
        )
        self._prepare(name, self.fields[name])

    def amount(self, name, label, initial):
        self.fields[name] = forms.DecimalField(
            label=label,
            min_value=0,
            max_digits=14,
            decimal_places=2,
            required=False,
            initial=initial,
        )
        self._prepare(name, self.fields[name])

    def count(self, name):
        return self.cleaned_data.get(name) or 0


class HeadcountsForm(YearForm):
    """Category × service level × sex; requests not met; staff by employer × sex."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for category in self.unit.categories:
            for level in ServiceLevel:
                self._by_sex(f"{category}.{level}", "headcounts", level.label)
        self._by_sex("unmet", "unmet", "")
        for employer in Employer:
            self._by_sex(f"{employer}", "staff_counts", employer.label)

    def _by_sex(self, key, table, label):
        found = self.piece.get(table, {})
        for sex in Sex:
            part = sex.value if table == "unmet" else f"{key}.{sex}"
            name = f"{table}-{key}-{sex}".replace(".", "-")
            self.number(name, f"{label} {sex.label}".strip(), found.get(part))

    def tables(self):
        """``(title, [(label, [female field, male field])])`` for the page."""
        for category in self.unit.categories:
            yield (
                Category(category).label,
                [
                    (level.label, self._pair("headcounts", f"{category}-{level}"))
                    for level in ServiceLevel
                ],
            )

    def unmet_rows(self):
        return [(_("requests not met"), self._pair("unmet", "unmet"))]

    def staff_rows(self):
        return [(e.label, self._pair("staff_counts", e.value)) for e in Employer]

    def _pair(self, table, key):
        return [self[f"{table}-{key}-{sex}"] for sex in Sex]

    def cleaned(self):
        return {
            "headcounts": {
                (category, level.value, sex.value): self.count(
                    f"headcounts-{category}-{level}-{sex}"
                )
                for category in self.unit.categories
                for level in ServiceLevel
                for sex in Sex
            },
            "unmet": {sex.value: self.count(f"unmet-unmet-{sex}") for sex in Sex},
            "staff": {
                (employer.value, sex.value): self.count(
                    f"staff_counts-{employer}-{sex}"
                )
                for employer in Employer
                for sex in Sex
            },
        }


class AccountsForm(YearForm):
    """Revenue by source and expenditure by head, in MAD."""

    LINES = (
        (AccountKind.REVENUE, REVENUE_SOURCES),
        (AccountKind.EXPENDITURE, EXPENDITURE_HEADS),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for kind, sources in self.LINES:
            for source in sources:
                initial = self.piece.get(f"{kind}.{source}")
                self.amount(f"{kind}-{source}", source.label, initial)

    def groups(self):
        for kind, sources in self.LINES:
            fields = [self[f"{kind}-{source}"] for source in sources]
            yield {
                "title": kind.label,
                "fields": fields,
                "sum_of": ",".join(f"#{field.id_for_label}" for field in fields),
                "total": sum(field.initial or 0 for field in fields),
                "id": f"total-{kind}",
            }

    def cleaned(self):
        return {
            "lines": {
                (kind.value, source.value): self.cleaned_data.get(f"{kind}-{source}")
                for kind, sources in self.LINES
                for source in sources
            }
        }
