"""One association whose record is whole: its 2,000 children, and all the rest."""

from hashlib import sha256
from itertools import product

from institutions.enums import (
    EXPENDITURE_HEADS,
    REVENUE_SOURCES,
    AccountKind,
    BoardRole,
    Category,
    ContractForm,
    DocumentLevel,
    Employer,
    Engagement,
    FundingPurpose,
    FundingSource,
    HouseFunction,
    ServiceLevel,
    Sex,
    Speciality,
    Stay,
    StayGroup,
    Validity,
)
from institutions.models import (
    AccountLine,
    BoardMember,
    Document,
    DocumentType,
    Enrolment,
    FunctionCount,
    FundingLine,
    Headcount,
    SeasonCount,
    StaffCount,
    StaffMember,
    UnmetRequests,
)

MEMBERS, STAFF, PAPERS = 8, 120, 400
LINES = [
    *product([AccountKind.REVENUE], REVENUE_SOURCES),
    *product([AccountKind.EXPENDITURE], EXPENDITURE_HEADS),
]
COUNTED = [
    *product([Stay.HOUSING, Stay.MEALS], StayGroup),
    *product([Stay.FULL_GRANT, Stay.HALF_GRANT], [StayGroup.ALL]),
]


def complete(first: dict, *, year: int, user) -> None:
    """Rows of ``year`` for the institution, the centre and the association itself."""
    association, home = first["association"], first["institution"]
    BoardMember.objects.bulk_create(
        BoardMember(association=association, role=BoardRole.ADVISER, name=f"عضو {rank}")
        for rank in range(MEMBERS)
    )
    for row_year in (year, year - 1):
        figures(association, home, row_year)
    house(home, year)
    centre = association.centres.get()
    last = list(centre.enrolments.filter(year=year - 1))
    for row in last:
        row.pk, row.year = None, year
    Enrolment.objects.bulk_create(last, ignore_conflicts=True)
    StaffMember.objects.bulk_create(
        StaffMember(
            centre=centre,
            year=year,
            name=f"مستخدم {rank}",
            sex=Sex.FEMALE,
            speciality=Speciality.values[rank % len(Speciality)],
            contract=ContractForm.FULL_WEEK,
        )
        for rank in range(STAFF)
    )
    papers(association, user)


def figures(association, home, year: int) -> None:
    Headcount.objects.bulk_create(
        Headcount(
            institution=home,
            year=year,
            category=Category.STUDENTS,
            level=level,
            sex=sex,
            count=20,
        )
        for level, sex in product(ServiceLevel, Sex)
    )
    StaffCount.objects.bulk_create(
        StaffCount(institution=home, year=year, employer=employer, sex=sex, count=2)
        for employer, sex in product(Employer, Sex)
    )
    UnmetRequests.objects.bulk_create(
        UnmetRequests(institution=home, year=year, sex=sex, count=3) for sex in Sex
    )
    AccountLine.objects.bulk_create(
        AccountLine(
            association=association,
            institution=unit,
            year=year - 1,
            kind=kind,
            source=source,
            amount=10_000,
        )
        for unit, (kind, source) in product((home, None), LINES)
    )


def house(home, year: int) -> None:
    """The diagnosis of a student house (domain.md, section 3.3)."""
    SeasonCount.objects.bulk_create(
        SeasonCount(
            institution=home, season=season, stay=stay, group=group, sex=sex, count=30
        )
        for season, (stay, group), sex in product(range(year - 3, year), COUNTED, Sex)
    )
    FunctionCount.objects.bulk_create(
        FunctionCount(
            institution=home,
            year=year,
            function=function,
            engagement=engagement,
            count=2,
            monthly_amount=6_000,
            yearly_amount=72_000,
        )
        for function, engagement in product(HouseFunction, Engagement)
    )
    FundingLine.objects.bulk_create(
        FundingLine(
            institution=home,
            year=year - 1,
            purpose=purpose,
            source=source,
            amount=9_000,
        )
        for purpose, source in product(FundingPurpose, FundingSource)
    )


def papers(association, user) -> None:
    type_ = DocumentType.objects.create(
        code="bench",
        name_ar="شهادة",
        name_fr="Certificat",
        level=DocumentLevel.ASSOCIATION,
        validity=Validity.UNTIL_CHANGED,
    )
    children = association.children.order_by("pk")[:PAPERS]
    Document.objects.bulk_create(
        Document(
            association=association,
            child=child,
            type=type_,
            original_name="certificat.pdf",
            mime="application/pdf",
            size=1000,
            sha256=sha256(str(child.pk).encode()).hexdigest(),
            file=f"documents/{child.pk}",
            page_count=1,
            uploaded_by=user,
        )
        for child in children
    )
