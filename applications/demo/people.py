"""Children and staff of the centres of the demonstration; all of them made up."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from accounts.encryption import keyed_hash, person_hash
from applications.demo import names
from applications.demo.chance import chance
from applications.demo.record import Record, code
from institutions.enums import (
    Certificate,
    ChildService,
    ContractForm,
    Degree,
    DisabilityType,
    Setting,
    Sex,
    Speciality,
    SubProgramme,
)
from institutions.models import Centre, Child, Enrolment, StaffMember

TYPES = {
    DisabilityType.INTELLECTUAL: 34,
    DisabilityType.AUTISM: 22,
    DisabilityType.DOWN: 13,
    DisabilityType.MULTIPLE: 11,
    DisabilityType.HEARING: 6,
    DisabilityType.IMC: 4,
    DisabilityType.MOTOR: 4,
    DisabilityType.LEARNING: 3,
    DisabilityType.VISUAL: 2,
    DisabilityType.XERODERMA: 1,
}
DEGREES = {Degree.MILD: 30, Degree.MODERATE: 48, Degree.PROFOUND: 22}
# Speciality → diploma, monthly salary in MAD.
STAFF = {
    Speciality.DIRECTOR: ("إجازة في علم الاجتماع", 6000),
    Speciality.COORDINATOR: ("إجازة في علوم التربية", 5000),
    Speciality.SPECIAL_EDUCATION: ("دبلوم مربي متخصص", 3600),
    Speciality.SPEECH: ("دبلوم تقويم النطق", 5200),
    Speciality.PSYCHOMOTOR: ("دبلوم النفسي الحركي", 5000),
    Speciality.PHYSIOTHERAPY: ("دبلوم الترويض الطبي", 5000),
    Speciality.PSYCHOLOGY: ("ماستر علم النفس", 5400),
    Speciality.VOCATIONAL: ("دبلوم التكوين المهني", 3500),
    Speciality.ATTENDANT: ("", 3000),
    Speciality.DRIVER: ("رخصة السياقة صنف د", 3200),
}
MEAN_CHILDREN = 23
# The two associations that declare the same child: a finding of both.
SHARED_BY = (4, 7)


@dataclass
class People:
    """Children of one association with their years, and its staff."""

    children: list[Child] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    staff: list[StaffMember] = field(default_factory=list)


def of(record: Record, years: list[int], *, today: date) -> People:
    """Each centre's children, some of whom came in an earlier year."""
    people = People()
    for rank, centre in enumerate(record.centres):
        random = record.random("children", rank)
        for number in range(max(round(random.gauss(MEAN_CHILDREN, 6)), 8)):
            is_shared = rank == number == 0 and record.index in SHARED_BY
            child = _child(random, record, today)
            if is_shared:
                _same_person(child, chance(record.seed, "shared"), today)
            _hashes(child)
            people.children.append(child)
            people.enrolments += _enrolments(random, child, centre, years)
        for year in years:
            people.staff += _staff(record.random("staff", rank), centre, year)
    return people


def _child(random: Random, record: Record, today: date) -> Child:
    person = names.person(random)
    has_card = random.random() < 0.7
    return Child(
        code=code(random, "E"),
        association=record.association,
        name=person.ar,
        massar=_massar(random),
        card_number=f"H{random.randrange(10**6, 10**7)}" if has_card else "",
        born_on=_birth(random, today),
        sex=Sex.FEMALE if person.is_female else Sex.MALE,
        disability_type=random.choices(list(TYPES), list(TYPES.values()))[0],
        degree=random.choices(list(DEGREES), list(DEGREES.values()))[0],
        card_expires_on=_card_end(random, today) if has_card else None,
        has_rsu=random.random() < 0.86,
    )


def _massar(random: Random) -> str:
    return f"{random.choice('DEFGHJKMNPRS')}{random.randrange(10**8, 10**9)}"


def _birth(random: Random, today: date) -> date:
    """From five to seventeen years old, a few beyond what calls accept."""
    years = random.choices((random.uniform(5, 17), random.uniform(17, 19.5)), (97, 3))
    return today - timedelta(days=round(years[0] * 365.25))


def _card_end(random: Random, today: date) -> date:
    return today + timedelta(days=random.randrange(-200, 1600))


def _same_person(child: Child, random: Random, today: date) -> None:
    """The same child, as another association entered it."""
    person = names.person(random)
    child.name = person.ar
    child.sex = Sex.FEMALE if person.is_female else Sex.MALE
    child.massar, child.born_on = _massar(random), date(today.year - 9, 3, 14)
    child.card_number, child.card_expires_on = "", None


def _hashes(child: Child) -> None:
    child.person_hash = person_hash(child.name, born_on=child.born_on, sex=child.sex)
    child.massar_hash = keyed_hash("massar", child.massar)
    child.card_hash = keyed_hash("card", child.card_number)


def _enrolments(
    random: Random, child: Child, centre: Centre, years: list[int]
) -> list[Enrolment]:
    """In this year; in the earlier ones for those who had come by then."""
    since = random.choices(range(len(years)), (60, 22, 18)[: len(years)])[0]
    in_school = centre.setting == Setting.SCHOOL
    sub = (
        SubProgramme.B
        if in_school
        else random.choices((SubProgramme.A, SubProgramme.C), (82, 18))[0]
    )
    services = random.sample(ChildService.values[:-1], random.randrange(1, 4))
    certificates = [Certificate.DISABILITY, Certificate.MEDICAL]
    certificates += [
        c for c in (Certificate.SCHOOL, Certificate.AMO) if _likely(random)
    ]
    months = random.choices((10, 9, 12), (80, 12, 8))[0]
    return [
        Enrolment(
            child=child,
            year=year,
            centre=centre,
            sub_programme=sub,
            services=services,
            certificates=certificates,
            months=months,
        )
        for year in years[since:]
    ]


def _likely(random: Random) -> bool:
    return random.random() < 0.93


def _staff(random: Random, centre: Centre, year: int) -> list[StaffMember]:
    """The same persons year after year; three in four declared to the CNSS."""
    others = random.sample(list(STAFF)[2:], random.randrange(3, 6))
    return [
        _staff_member(random, centre, year, speciality)
        for speciality in [Speciality.DIRECTOR, *others]
    ]


def _staff_member(
    random: Random, centre: Centre, year: int, speciality: Speciality
) -> StaffMember:
    person = names.person(random)
    diploma, salary = STAFF[speciality]
    monthly = Decimal(salary + random.randrange(-4, 6) * 100)
    is_declared = random.random() < 0.78
    return StaffMember(
        centre=centre,
        year=year,
        name=person.ar,
        sex=Sex.FEMALE if person.is_female else Sex.MALE,
        speciality=speciality,
        diploma=diploma,
        experience_years=random.randrange(1, 20),
        contract=random.choices(
            (ContractForm.FULL_WEEK, ContractForm.HALF_WEEK, ContractForm.VOLUNTEER),
            (76, 18, 6),
        )[0],
        monthly_salary_amount=monthly,
        is_cnss_declared=is_declared,
        is_cnss_charged=is_declared and random.random() < 0.7,
        cnss_yearly_amount=monthly * 12 * Decimal("0.21") if is_declared else 0,
    )
