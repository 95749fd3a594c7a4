"""The columns of the two sheets, and the words by which each is recognised.

A column is found by its title in Arabic, in French or in English, or by its name here,
whatever its place (decision 44). What may be given several times (services,
certificates) is a column of yes or no for each: a list in one cell has no drop-down
that both Excel and LibreOffice offer.
"""

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import TextChoices
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.encryption import folded_name
from institutions.enums import (
    Certificate,
    ChildService,
    ContractForm,
    Degree,
    DisabilityType,
    Sex,
    SheetKind,
    Speciality,
    SubProgramme,
)

KEY, TEXT, CODE, DAY, COUNT, AMOUNT, TRUTH, CHOICE = (
    "key", "text", "code", "day", "count", "amount", "truth", "choice",
)  # fmt: skip
LANGUAGES = ("ar", "fr", "en")
YES, NO = _("yes"), _("no")
# Written by hand: the letters by which the sub-programmes are called in Arabic.
LETTERS = {"أ": "A", "ب": "B", "ج": "C"}


@dataclass(frozen=True, eq=False)
class Column:
    """``part``: the value of a list that this column of yes or no stands for.

    Each is itself only: comparing titles would translate them every time.
    """

    name: str
    title: str | Promise
    kind: str = TEXT
    choices: type[TextChoices] | None = None
    part: str = ""
    width: int = 14
    is_identity: bool = False

    @property
    def code(self) -> str:
        """Its name in the sheets of machines."""
        return f"{self.name}:{self.part}" if self.part else self.name


def _services() -> list[Column]:
    """Their titles say « service », for « special education » alone is no title."""
    title = _("service: {label}")
    return [
        Column(
            "services",
            format_lazy(title, label=choice.label),
            TRUTH,
            part=choice.value,
        )
        for choice in ChildService
    ]


def _certificates() -> list[Column]:
    return [
        Column("certificates", choice.label, TRUTH, part=choice.value)
        for choice in Certificate
    ]


KEY_NAME = "code"
CHILDREN = (
    Column(KEY_NAME, _("code"), KEY, width=13),
    Column("name", _("full name"), width=28, is_identity=True),
    Column("born_on", _("date of birth"), DAY),
    Column("sex", _("sex"), CHOICE, Sex, width=11),
    Column("massar", _("Massar code"), CODE, width=15, is_identity=True),
    Column(
        "disability_type", _("type of disability"), CHOICE, DisabilityType, width=24
    ),
    Column("degree", _("degree"), CHOICE, Degree, width=12),
    Column("card_number", _("disability card"), CODE, width=16, is_identity=True),
    Column("card_expires_on", _("card expires on"), DAY),
    Column("has_rsu", _("registered in the RSU"), TRUTH),
    Column("sub_programme", _("sub-programme"), CHOICE, SubProgramme, width=30),
    Column("months", _("months"), COUNT, width=9),
    *_services(),
    *_certificates(),
)
STAFF = (
    Column(KEY_NAME, _("code"), KEY, width=13),
    Column("name", _("full name"), width=28, is_identity=True),
    Column("sex", _("sex"), CHOICE, Sex, width=11),
    Column("speciality", _("speciality"), CHOICE, Speciality, width=26),
    Column("diploma", _("diploma"), width=24),
    Column("experience_years", _("years of experience"), COUNT),
    Column("has_work_certificate", _("work certificate"), TRUTH),
    Column("has_licence", _("licence to practise"), TRUTH),
    Column("contract", _("contract"), CHOICE, ContractForm, width=20),
    Column("has_contract", _("written contract"), TRUTH),
    Column("contract_remark", _("remark on the contract"), width=26),
    Column("monthly_salary_amount", _("monthly salary (MAD)"), AMOUNT),
    Column("is_cnss_declared", _("declared to the CNSS"), TRUTH),
    Column("is_cnss_charged", _("CNSS charged to the programme"), TRUTH),
    Column("cnss_yearly_amount", _("CNSS for the year (MAD)"), AMOUNT),
)
COLUMNS = {SheetKind.CHILDREN: CHILDREN, SheetKind.STAFF: STAFF}


def columns_of(kind: str) -> tuple[Column, ...]:
    return COLUMNS[SheetKind(kind)]


def title_of(column: Column) -> str:
    """In the language being read."""
    return capfirst(str(column.title))


def folded(text: str) -> str:
    """As compared: spelling, accents, digits, articles and order aside."""
    return folded_name(text)


@lru_cache(maxsize=8)
def titles(kind: str) -> dict[str, Column]:
    """Folded title or name → column."""
    found = {}
    for column in columns_of(kind):
        found[folded(column.code)] = column
        for language in LANGUAGES:
            with translation.override(language):
                found[folded(title_of(column))] = column
    return found


@lru_cache(maxsize=64)
def words(choices: type[TextChoices]) -> dict[str, str]:
    """Folded value or label → value."""
    found = {}
    for choice in choices:
        found[folded(choice.value)] = choice.value
        for language in LANGUAGES:
            with translation.override(language):
                found[folded(str(choice.label))] = choice.value
    if choices is SubProgramme:
        found |= {folded(letter): value for letter, value in LETTERS.items()}
    return found


@lru_cache(maxsize=1)
def truths() -> dict[str, bool]:
    """Words for yes and no; an empty cell is a no."""
    found = {"1": True, "x": True, "true": True, "0": False, "false": False}
    for language in LANGUAGES:
        with translation.override(language):
            found[folded(str(YES))] = True
            found[folded(str(NO))] = False
    return found


def labels(choices: type[TextChoices]) -> list[str]:
    return [str(choice.label) for choice in choices]
