"""The sections of the record, in the order in which an update goes through them.

A section is about the association, or about one of its institutions or centres: its
*unit*. The list is data, so that the update, its pages and the review agree.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from institutions.enums import InstitutionClass
from institutions.models import Association, Centre, Institution

ASSOCIATION, INSTITUTION, CENTRE = "association", "institution", "centre"


@dataclass(frozen=True)
class Section:
    """``is_list``: rows of persons, each saved by itself, then said complete."""

    code: str
    title: str | Promise
    hint: str | Promise
    level: str
    is_list: bool = False
    is_yearly: bool = False


IDENTITY = Section(
    "identity",
    _("Identity of the association"),
    _("Name, receipt, seat, telephone."),
    ASSOCIATION,
)
BANK = Section("bank", _("Bank account"), _("Bank and RIB."), ASSOCIATION)
BOARD = Section(
    "board", _("Board"), _("Last general assembly and members."), ASSOCIATION
)
PROFILE = Section(
    "institution",
    _("The institution and its authorisation"),
    _("Class, services, authorisation, capacity, director."),
    INSTITUTION,
)
BUILDING = Section(
    "building",
    _("The building and where it stands"),
    _("Tenure, condition, owner, position on the map."),
    INSTITUTION,
)
TARGETING = Section(
    "targeting",
    _("Choice of the students"),
    _("Criteria, priorities, who selects, what families pay."),
    INSTITUTION,
)
HEADCOUNTS = Section(
    "headcounts",
    _("Beneficiaries and staff"),
    _("Head-counts on the reference date, requests not met, staff by employer."),
    INSTITUTION,
    is_yearly=True,
)
SEASONS = Section(
    "seasons",
    _("Students over three school years"),
    _("Housing, meals and school grants, by level and sex."),
    INSTITUTION,
    is_yearly=True,
)
FUNCTIONS = Section(
    "functions",
    _("Staff by function"),
    _("Number, engagement, CNSS, minimum wage and cost."),
    INSTITUTION,
    is_yearly=True,
)
ACCOUNTS = Section(
    "accounts",
    _("Accounts"),
    _("Revenue and expenditure of the financial year."),
    INSTITUTION,
    is_yearly=True,
)
FUNDING = Section(
    "funding",
    _("Who paid for the house"),
    _("Construction, equipment and operation, by source."),
    INSTITUTION,
    is_yearly=True,
)
PLACE = Section(
    "centre", _("The centre"), _("Place, director, capacity, conditions."), CENTRE
)
CHILDREN = Section(
    "children",
    _("Children"),
    _("The children of this year and their services."),
    CENTRE,
    is_list=True,
    is_yearly=True,
)
STAFF = Section(
    "staff",
    _("Staff"),
    _("The staff of this year."),
    CENTRE,
    is_list=True,
    is_yearly=True,
)
DOCUMENTS = Section(
    "documents",
    _("Documents"),
    _("Statutes, receipt, minutes, reports."),
    ASSOCIATION,
    is_list=True,
)
SECTIONS = (
    IDENTITY,
    BANK,
    BOARD,
    PROFILE,
    BUILDING,
    TARGETING,
    HEADCOUNTS,
    SEASONS,
    FUNCTIONS,
    ACCOUNTS,
    FUNDING,
    PLACE,
    CHILDREN,
    STAFF,
    DOCUMENTS,
)
SECTIONS_OF_INSTITUTION = (PROFILE, BUILDING, HEADCOUNTS, ACCOUNTS)
SECTIONS_OF_HOUSE = (
    PROFILE,
    BUILDING,
    TARGETING,
    HEADCOUNTS,
    SEASONS,
    FUNCTIONS,
    ACCOUNTS,
    FUNDING,
)
SECTIONS_OF_CENTRE = (PLACE, CHILDREN, STAFF)
BY_CODE = {section.code: section for section in SECTIONS}


@dataclass(frozen=True)
class Key:
    """A section of one association, about one of its units or none."""

    section: Section
    association: Association
    unit: Any = None

    @property
    def code(self) -> str:
        return self.section.code

    @property
    def unit_id(self) -> int:
        return self.unit.pk if self.unit else 0

    @property
    def slug(self) -> str:
        return slug(self.code, self.unit_id)


def slug(code: str, unit: int) -> str:
    return f"{code}:{unit}"


def keys_of(association: Association) -> list[Key]:
    """All sections that this association goes through, its units one after another.

    An association with centres gives its accounts as a whole, because the schooling
    programme is asked for by the association; institutions give theirs one by one.
    """
    institutions = association.institutions.filter(is_active=True).order_by("pk")
    centres = association.centres.filter(is_active=True).order_by("pk")
    units = [*institutions, *centres.select_related("institution")]
    keys = [Key(section, association) for section in (IDENTITY, BANK, BOARD)]
    for unit in units:
        keys += [Key(section, association, unit) for section in sections_for(unit)]
    if any(isinstance(unit, Centre) for unit in units):
        keys.append(Key(ACCOUNTS, association))
    return [*keys, Key(DOCUMENTS, association)]


def sections_for(unit: Any) -> tuple[Section, ...]:
    """Student houses are asked for more (domain.md, section 3.3)."""
    if not isinstance(unit, Institution):
        return SECTIONS_OF_CENTRE
    house = is_house(unit.institution_class)
    return SECTIONS_OF_HOUSE if house else SECTIONS_OF_INSTITUTION


def is_house(institution_class: str) -> bool:
    """Dar Talib, Dar Taliba."""
    return institution_class == InstitutionClass.STUDENTS


def find(association: Association, code: str, unit: int) -> Key:
    """Raises ``DoesNotExist`` for a section or a unit that is not the association's.

    Reads the unit and nothing else: ``keys_of`` is for pages that show them all.
    """
    section = BY_CODE.get(code)
    if section is None or not unit:
        key = Key(section, association) if section else None
        if key is None or not _is_of_whole(key):
            raise Association.DoesNotExist
        return key
    rows = (
        association.centres.select_related("institution")
        if section.level == CENTRE
        else association.institutions
    )
    found = rows.filter(is_active=True, pk=unit).first()
    if found is None or section not in sections_for(found):
        raise Association.DoesNotExist
    return Key(section, association, found)


def _is_of_whole(key: Key) -> bool:
    """A section without a unit; the accounts of an association only with a centre."""
    if key.section == ACCOUNTS:
        return key.association.centres.filter(is_active=True).exists()
    return key.section.level == ASSOCIATION
