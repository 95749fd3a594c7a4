"""What student houses are asked besides (domain.md, section 3.3)."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from institutions.enums import (
    Engagement,
    FundingPurpose,
    FundingSource,
    HouseFunction,
    Selection,
    Sex,
    Stay,
    StayGroup,
)
from institutions.figures import SEASONS_TOLD
from institutions.forms.association import RecordForm
from institutions.forms.figures import YearForm
from institutions.models import Institution
from institutions.models.units import MAX_PRIORITIES
from institutions.years import school_year

LEVELS = (StayGroup.PRIMARY, StayGroup.MIDDLE, StayGroup.SECONDARY)
BY_GROUP = (Stay.HOUSING, Stay.MEALS)
GRANTS = (Stay.FULL_GRANT, Stay.HALF_GRANT)
COST_NAMES = ("monthly_amount", "yearly_amount")
FIRST_YEAR = 1900
MONTHS = 12


class TargetingForm(RecordForm):
    """Criteria, up to five priorities in their order, who selects, what is paid."""

    class Meta:
        model = Institution
        fields = ["targeting_criteria", "selection", "committee_members", "monthly_fee"]
        widgets = {"targeting_criteria": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "targeting_criteria": gettext_lazy(
                "What a student must meet to be admitted: distance from home, means of "
                "the family, level."
            ),
            "selection": gettext_lazy("Who decides which students are admitted."),
            "committee_members": gettext_lazy(
                "Only for a mixed committee: the bodies that sit in it, for example "
                "the commune, the provincial direction of Education, the parents."
            ),
            "monthly_fee": gettext_lazy(
                "What most families pay, all services together."
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("selection", "monthly_fee"):
            self.fields[name].required = True
        for rank in range(1, MAX_PRIORITIES + 1):
            self._priority(rank)
        self.order_fields(["targeting_criteria", *self.priority_names()])

    def _priority(self, rank):
        given = self.instance.priorities
        name = f"priority_{rank}"
        self.fields[name] = forms.CharField(
            label=_("priority %(rank)s") % {"rank": rank},
            max_length=120,
            required=rank == 1,
            initial=given[rank - 1] if rank <= len(given) else "",
            help_text=_("Whom you admit first where there are too few places.")
            if rank == 1
            else "",
        )
        self._prepare(name, self.fields[name])

    def priority_names(self):
        return [f"priority_{rank}" for rank in range(1, MAX_PRIORITIES + 1)]

    def clean(self):
        cleaned = super().clean()
        is_mixed = cleaned.get("selection") == Selection.COMMITTEE
        if is_mixed and not cleaned.get("committee_members"):
            self.add_error("committee_members", _("Say who is in the committee."))
        if cleaned.get("selection") == Selection.ALONE:
            cleaned["committee_members"] = ""
        seen = set()
        for name in self.priority_names():
            text = cleaned.get(name)
            if text and text in seen:
                self.add_error(name, _("This priority is given twice."))
            seen.add(text)
        return cleaned

    def cleaned(self):
        given = [self.cleaned_data.get(name) for name in self.priority_names()]
        return {**super().cleaned(), "priorities": [text for text in given if text]}


class SeasonsForm(YearForm):
    """Three school years, one block each; the last one is asked for, the others kept.

    The new season begins with the figures of the one before.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.seasons = [self.year - back for back in range(SEASONS_TOLD)]
        last = max(self.piece, default=None)
        for season in self.seasons:
            found = self.piece.get(str(season), {})
            if season == self.year and last and not found:
                found = self.piece[last]
            for stay, group in self.rows():
                self._by_sex(season, stay, group, found)

    @staticmethod
    def rows():
        """What is counted: by group for housing and meals, as a whole for grants."""
        yield from ((stay, group) for stay in BY_GROUP for group in StayGroup)
        yield from ((stay, StayGroup.ALL) for stay in GRANTS)

    def _by_sex(self, season, stay, group, found):
        for sex in Sex:
            self.number(
                f"{season}-{stay}-{group}-{sex}",
                _("، ").join([school_year(season), str(group.label), str(sex.label)]),
                found.get(f"{stay}.{group}.{sex}"),
            )
            if season == self.year and stay in BY_GROUP and group == StayGroup.ALL:
                self.fields[f"{season}-{stay}-{group}-{sex}"].required = True

    def blocks(self):
        """A season each, the last one open: its tables of rows (label, fields)."""
        for season in self.seasons:
            tables = [
                (stay.label, [self._row(season, stay, group) for group in StayGroup])
                for stay in BY_GROUP
            ]
            grants = [self._row(season, stay, StayGroup.ALL) for stay in GRANTS]
            tables.append((_("School grants"), grants))
            yield {
                "title": school_year(season),
                "tables": tables,
                "is_open": season == self.year or self._has_errors(season),
            }

    def _has_errors(self, season):
        return any(name.startswith(f"{season}-") for name in self.errors)

    def _row(self, season, stay, group):
        fields = [self[f"{season}-{stay}-{group}-{sex}"] for sex in Sex]
        return (group.label if stay in BY_GROUP else stay.label, fields)

    def clean(self):
        cleaned = super().clean()
        for season in self.seasons:
            for stay in BY_GROUP:
                for sex in Sex:
                    self._check_parts(f"{season}-{stay}", sex)
        return cleaned

    def _check_parts(self, prefix, sex):
        """Levels, orphans and students with a disability are among all."""
        given = {
            group: self.cleaned_data.get(f"{prefix}-{group}-{sex}")
            for group in StayGroup
        }
        whole, name = given.pop(StayGroup.ALL), f"{prefix}-{StayGroup.ALL}-{sex}"
        if whole is None:
            if name not in self.errors and any(given.values()):
                self.add_error(name, _("Give the number of all beneficiaries."))
            return
        for group, count in given.items():
            if count and count > whole:
                self.add_error(
                    f"{prefix}-{group}-{sex}",
                    _("More than all beneficiaries, who are %(all)s.") % {"all": whole},
                )
        levels = sum(given[group] or 0 for group in LEVELS)
        if levels > whole and name not in self.errors:
            text = _("Fewer than the three levels together, who are %(sum)s.")
            self.add_error(name, text % {"sum": levels})

    def cleaned(self):
        return {
            "seasons": {
                (season, stay.value, group.value, sex.value): self.cleaned_data.get(
                    f"{season}-{stay}-{group}-{sex}"
                )
                for season in self.seasons
                for stay, group in self.rows()
                for sex in Sex
            }
        }


class FunctionsForm(YearForm):
    """Fourteen functions: heads by engagement, and of those whom the association pays,
    how many are declared and paid the minimum wage, and what they cost."""

    MEASURES = (
        ("declared_count", gettext_lazy("of them declared to the CNSS")),
        (
            "minimum_wage_count",
            gettext_lazy("of them paid at least the minimum wage (SMIG)"),
        ),
    )
    COSTS = (
        ("monthly_amount", gettext_lazy("cost in a month, all of them together (MAD)")),
        ("yearly_amount", gettext_lazy("cost in the year (MAD)")),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for function in HouseFunction:
            for engagement in Engagement:
                self._count(f"{function}-{engagement}", engagement.label, "count")
            for measure, label in self.MEASURES:
                self._count(f"{function}-association", label, measure)
            for measure, label in self.COSTS:
                self._amount(function, measure, label)

    def _count(self, key, label, measure):
        found = self.piece.get(f"{key.replace('-', '.')}.{measure}")
        self.number(name_of(key, measure), label, found)

    def _amount(self, function, measure, label):
        found = self.piece.get(f"{function}.association.{measure}")
        self.amount(name_of(f"{function}-association", measure), label, found)
        if measure == "yearly_amount":
            field = self.fields[name_of(f"{function}-association", measure)]
            field.help_text = _("Left empty: twelve times the month.")

    def blocks(self):
        """A function each, open where there is somebody or something to mend."""
        for function in HouseFunction:
            names = [name for name in self.fields if name.startswith(f"{function}-")]
            fields = [self[name] for name in names]
            heads = [self[f"{function}-{engagement}"] for engagement in Engagement]
            yield {
                "title": function.label,
                "fields": fields,
                "sum_of": ",".join(f"#{field.id_for_label}" for field in heads),
                "total": sum(field.initial or 0 for field in heads),
                "is_open": any(name in self.errors for name in names),
            }

    def clean(self):
        cleaned = super().clean()
        for function in HouseFunction:
            self._check(f"{function}-{Engagement.ASSOCIATION}")
        counts = [f"{f}-{e}" for f in HouseFunction for e in Engagement]
        if not self.errors and not any(cleaned.get(name) for name in counts):
            text = _("Give the number of staff for one function at least.")
            self.add_error(counts[0], text)
        return cleaned

    def _check(self, key):
        """Parts within the count; no cost without a person; a year at least a month."""
        count = self.cleaned_data.get(key) or 0
        for measure, _label in self.MEASURES:
            if self.count(name_of(key, measure)) > count:
                text = _("They are among the staff paid by the association: %(count)s.")
                self.add_error(name_of(key, measure), text % {"count": count})
        month, year = (
            self.cleaned_data.get(name_of(key, measure))
            for measure, _label in self.COSTS
        )
        if not count and (month or year) and key not in self.errors:
            self.add_error(key, _("Say how many persons this cost is for."))
        if month and year and year < month:
            text = _("The year cannot cost less than one month.")
            self.add_error(name_of(key, "yearly_amount"), text)

    def cleaned(self):
        found = {}
        for function in HouseFunction:
            for engagement in Engagement:
                key = f"{function}-{engagement}"
                figures = dict.fromkeys(
                    ("declared_count", "minimum_wage_count", *COST_NAMES), 0
                )
                if engagement == Engagement.ASSOCIATION:
                    figures = self._figures(key)
                found[function.value, engagement.value] = {
                    "count": self.count(key),
                    **figures,
                }
        return {"functions": found}

    def _figures(self, key):
        month = self.count(name_of(key, "monthly_amount"))
        year = self.cleaned_data.get(name_of(key, "yearly_amount"))
        return {
            "declared_count": self.count(name_of(key, "declared_count")),
            "minimum_wage_count": self.count(name_of(key, "minimum_wage_count")),
            "monthly_amount": month,
            "yearly_amount": month * MONTHS if year is None else year,
        }


def name_of(key, measure):
    """The head-count has the short name."""
    return key if measure == "count" else f"{key}-{measure}"


class FundingForm(YearForm):
    """Who paid for construction and equipment, and pays for operation, in MAD."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for purpose in FundingPurpose:
            found = self._of(purpose)
            if purpose != FundingPurpose.OPERATION:
                self._year_of_works(purpose, found)
            for source in FundingSource:
                self.amount(f"{purpose}-{source}", source.label, found.get(source))

    def _of(self, purpose):
        """``{source: amount}`` and the last year under ``year``."""
        found = {}
        for key, amount in self.piece.items():
            of_purpose, year, source = key.split(".")
            if of_purpose == purpose:
                found[source] = found.get(source, 0) + amount
                found["year"] = max(found.get("year", 0), int(year))
        return found

    def _year_of_works(self, purpose, found):
        self.number(f"{purpose}-year", _("year of the works"), found.get("year"))
        field = self.fields[f"{purpose}-year"]
        field.help_text = _("The year in which they ended, for example 2019.")

    def groups(self):
        for purpose in FundingPurpose:
            fields = [self[f"{purpose}-{source}"] for source in FundingSource]
            is_yearly = purpose == FundingPurpose.OPERATION
            yield {
                "title": purpose.label,
                "year": self.year_label if is_yearly else "",
                "first": None if is_yearly else self[f"{purpose}-year"],
                "fields": fields,
                "sum_of": ",".join(f"#{field.id_for_label}" for field in fields),
                "total": sum(field.initial or 0 for field in fields),
                "id": f"total-{purpose}",
            }

    def clean(self):
        cleaned = super().clean()
        for purpose in (FundingPurpose.CONSTRUCTION, FundingPurpose.EQUIPMENT):
            self._check_year(purpose)
        operation = [f"{FundingPurpose.OPERATION}-{source}" for source in FundingSource]
        is_silent = all(cleaned.get(name) is None for name in operation)
        if is_silent and not self.errors:
            text = _("Give one source at least: 0 where nobody paid.")
            self.add_error(operation[0], text)
        return cleaned

    def _check_year(self, purpose):
        name = f"{purpose}-year"
        year = self.cleaned_data.get(name)
        is_told = any(
            self.cleaned_data.get(f"{purpose}-{source}") is not None
            for source in FundingSource
        )
        if year is None and is_told and name not in self.errors:
            self.add_error(name, _("Give the year of the works."))
        elif year is not None and not FIRST_YEAR <= year <= timezone.localdate().year:
            self.add_error(name, _("Check the year: it has four digits, none to come."))

    def cleaned(self):
        lines = {}
        for purpose in FundingPurpose:
            year = self.cleaned_data.get(f"{purpose}-year") or self.year
            for source in FundingSource:
                amount = self.cleaned_data.get(f"{purpose}-{source}")
                lines[year, purpose.value, source.value] = amount
        return {"lines": lines}
