"""Associations, boards and units of the demonstration, before they are stored.

Each association is made from its own seed, so that it is the same whatever was made
before it. Nothing is read from the database here.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from accounts.enums import Language
from applications.demo import names
from applications.demo.chance import chance
from applications.demo.places import CROWDED, Place, is_urban
from institutions.codes import ALPHABET
from institutions.enums import (
    AssociationStatus,
    BoardRole,
    BuildingCondition,
    CareService,
    Category,
    InstitutionClass,
    LegalBasis,
    Milieu,
    ReceiptKind,
    Setting,
    Tenure,
    WorkingYear,
)
from institutions.models import Association, BoardMember, Centre, Institution


class Kind(StrEnum):
    """What an association runs."""

    EPS = "eps"
    SCHOOLING = "schooling"
    BOTH = "both"


# Ten associations in turn: six run institutions, three centres, one both.
KINDS = [
    Kind.EPS,
    Kind.SCHOOLING,
    Kind.EPS,
    Kind.EPS,
    Kind.SCHOOLING,
    Kind.EPS,
    Kind.EPS,
    Kind.SCHOOLING,
    Kind.BOTH,
    Kind.EPS,
]
CLASSES = {
    InstitutionClass.STUDENTS: 62,
    InstitutionClass.DISABILITY: 8,
    InstitutionClass.ELDERLY: 8,
    InstitutionClass.CHILD_PROTECTION: 8,
    InstitutionClass.WOMEN: 7,
    InstitutionClass.MATERNITY: 4,
    InstitutionClass.ABANDONED_CHILDREN: 3,
}
CATEGORIES: dict[str, Category] = {
    InstitutionClass.STUDENTS: Category.STUDENTS,
    InstitutionClass.DISABILITY: Category.DISABILITY,
    InstitutionClass.ELDERLY: Category.ELDERLY,
    InstitutionClass.CHILD_PROTECTION: Category.CHILDREN,
    InstitutionClass.WOMEN: Category.WOMEN,
    InstitutionClass.MATERNITY: Category.WOMEN,
    InstitutionClass.ABANDONED_CHILDREN: Category.ABANDONED,
}
FEMALE_ONLY = (InstitutionClass.WOMEN, InstitutionClass.MATERNITY)
MORE_SERVICES = (
    CareService.GUIDANCE,
    CareService.FOLLOW_UP,
    CareService.PRIMARY_CARE,
    CareService.LEISURE,
    CareService.MEDICAL_SUPPORT,
)
NOT_AUTHORISED = (
    "ملف الترخيص قيد الدراسة لدى اللجنة الإقليمية",
    "البناية في طور التأهيل لاستيفاء شروط السلامة",
)
STREETS = (
    "شارع محمد الخامس",
    "شارع الحسن الثاني",
    "حي السلام",
    "حي المسيرة",
    "دوار المركز",
)


@dataclass
class Record:
    """One association with all that does not change from year to year."""

    index: int
    seed: int
    kind: Kind
    association: Association
    board: list[BoardMember] = field(default_factory=list)
    institutions: list[Institution] = field(default_factory=list)
    centres: list[Centre] = field(default_factory=list)

    def random(self, *about: object) -> Random:
        """A source of chance of its own for each matter."""
        return chance(self.seed, self.index, *about)

    @property
    def runs_schooling(self) -> bool:
        return bool(self.centres)


def make(index: int, place: Place, *, seed: int, today: date) -> Record:
    kind = KINDS[index % len(KINDS)]
    random = chance(seed, index)
    association = _association(random, index, place, today)
    record = Record(index, seed, kind, association)
    record.board = _board(random, association)
    if kind != Kind.SCHOOLING:
        count = random.choices((1, 2, 3), (38, 38, 24))[0]
        if 0 < index < len(CROWDED):
            count = 3
        record.institutions = [
            _institution(random, record, place, number=rank)
            for rank in range(1, count + 1)
        ]
    if kind != Kind.EPS:
        count = 2 if index == 1 else random.choices((1, 2), (92, 8))[0]
        record.centres = [
            _centre(random, record, place, number=rank) for rank in range(count)
        ]
    return record


def _association(random: Random, index: int, place: Place, today: date) -> Association:
    commune = place.commune(random)
    name = names.association(random, commune)
    founded = today.year - random.randrange(4, 30)
    is_french = index == 1 or (index > 1 and random.random() < 0.15)
    return Association(
        name_ar=name.ar,
        name_fr=name.fr,
        status=_status(index),
        language=Language.FRENCH if is_french else Language.ARABIC,
        receipt_number=f"{index + 100:04d}/{founded}",
        receipt_kind=ReceiptKind.FINAL,
        receipt_on=date(founded, random.randrange(1, 13), random.randrange(1, 28)),
        is_public_utility=random.random() < 0.04,
        ice=names.ice(random),
        tax_id=f"{random.randrange(10**7, 10**8)}",
        cnss_number=f"{random.randrange(10**6, 10**7)}",
        bank_name=random.choice(names.BANKS),
        rib=names.rib(random),
        address=f"{random.choice(STREETS)}، رقم {random.randrange(1, 180)}",
        commune=commune,
        delegation=place.delegation,
        phone=names.phone(random),
        email=f"contact{index + 1:04d}@association.demo.ma",
        working_year=random.choice((WorkingYear.SCHOOL, WorkingYear.FINANCIAL)),
        **_board_term(random, index, today),
    )


def _status(index: int) -> str:
    """One in twenty has not been verified yet; the demo ones have."""
    return (
        AssociationStatus.TO_VERIFY if index % 20 == 15 else AssociationStatus.VERIFIED
    )


def _board_term(random: Random, index: int, today: date) -> dict[str, object]:
    """Of one board in nine the term ended some weeks ago.

    Elections fall between two calls: papers of a board that leaves while a file is
    being made would keep it from being submitted.
    """
    if index % 9 == 6:
        days, months = 4 * 365 + random.randrange(10, 40), 48
    else:
        between = random.choice(((150, 280), (475, 640), (840, 900)))
        days, months = random.randrange(*between), random.choice((36, 48))
    return {
        "last_assembly_on": today - timedelta(days=days),
        "board_term_months": months,
    }


def _board(random: Random, association: Association) -> list[BoardMember]:
    """Four roles at least; the president can be called."""
    roles = [
        BoardRole.PRESIDENT,
        BoardRole.VICE_PRESIDENT,
        BoardRole.SECRETARY,
        BoardRole.TREASURER,
        *[BoardRole.ADVISER] * random.randrange(1, 4),
    ]
    return [
        BoardMember(
            association=association,
            role=role,
            name=names.person(random).ar,
            cnie=f"{random.choice('BCDEFIJKLQTUXZ')}{random.randrange(10**5, 10**6)}",
            phone=names.phone(random),
            email=association.email if role == BoardRole.PRESIDENT else "",
        )
        for role in roles
    ]


def _institution(
    random: Random, record: Record, place: Place, *, number: int
) -> Institution:
    kind = random.choices(list(CLASSES), list(CLASSES.values()))[0]
    if record.index == 0:
        kind = InstitutionClass.STUDENTS
    name = names.institution(random, kind)
    commune = place.commune(random)
    director = names.person(random)
    capacity = random.randrange(30, 121, 10)
    female = capacity if kind in FEMALE_ONLY else 10 * round(capacity * 0.06)
    return Institution(
        association=record.association,
        name_ar=f"{name.ar} – {commune.name_ar}",
        name_fr=f"{name.fr} – {commune.name_fr}",
        institution_class=kind,
        categories=[CATEGORIES[kind]],
        services=_services(random),
        **_authorisation(random, record.index, number),
        capacity_female=female,
        capacity_male=capacity - female,
        commune=commune,
        delegation=place.delegation,
        milieu=Milieu.URBAN if is_urban(commune) else Milieu.RURAL,
        address=f"{random.choice(STREETS)}، {commune.name_ar}",
        director_name=director.ar,
        director_phone=names.phone(random),
        director_email=f"direction{record.index + 1:04d}@association.demo.ma",
        opened_on=date(random.randrange(1998, 2021), random.randrange(1, 13), 1),
        tenure=random.choice(Tenure.values[:3]),
        condition=random.choices(BuildingCondition.values, (60, 30, 10))[0],
    )


def _services(random: Random) -> list[str]:
    more = random.sample(MORE_SERVICES, random.randrange(1, 4))
    return [CareService.RECEPTION, CareService.HOUSING, CareService.MEALS, *more]


def _authorisation(random: Random, index: int, number: int) -> dict[str, object]:
    """Most are authorised under 65-15, many still under 14-05, one in ten not."""
    if index % 10 == 3 and number == 1:
        return {
            "legal_basis": LegalBasis.NONE,
            "no_authorisation_reason": random.choice(NOT_AUTHORISED),
        }
    year = random.randrange(2012, 2024)
    basis = LegalBasis.LAW_65_15 if year >= 2019 else LegalBasis.LAW_14_05
    return {
        "legal_basis": basis,
        "authorisation_number": f"{index + 1:03d}{number}/{year}",
        "authorised_on": date(year, random.randrange(1, 13), random.randrange(1, 28)),
    }


def _centre(random: Random, record: Record, place: Place, *, number: int) -> Centre:
    """In a specialised institution, or in a public school that it names."""
    name = names.centre(random)
    in_school = number > 0 and random.random() < 0.6
    centre = Centre(
        code=code(random, "C"),
        association=record.association,
        name_ar=name.ar,
        name_fr=name.fr,
        authorisation_number=f"C{record.index + 1:03d}{number}/2020",
        setting=Setting.SCHOOL if in_school else Setting.SPECIALISED,
        school_name=f"مدرسة {random.choice(names.IDEAS)[0]}" if in_school else "",
        delegation=place.delegation,
        milieu=Milieu.URBAN if random.random() < 0.7 else Milieu.RURAL,
        is_structure_compliant=random.random() < 0.9,
        is_operation_compliant=random.random() < 0.93,
    )
    if not centre.is_structure_compliant:
        centre.compliance_remark = "الولوجيات غير مكتملة بالطابق الأول"
    elif not centre.is_operation_compliant:
        centre.compliance_remark = "التجهيزات غير كافية بقاعة الترويض"
    if number == 0 and record.kind == Kind.BOTH:
        centre.institution = record.institutions[0]
        return centre
    centre.commune = place.commune(random)
    centre.address = f"{random.choice(STREETS)}، {centre.commune.name_ar}"
    centre.own_capacity = random.randrange(20, 61, 5)
    centre.own_director_name = names.person(random).ar
    return centre


def code(random: Random, prefix: str) -> str:
    """Like ``institutions.codes``, but the same for the same seed."""
    return f"{prefix}-{''.join(random.choice(ALPHABET) for _ in range(7))}"
