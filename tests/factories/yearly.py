"""The figures of a year: head-counts, seasons, functions, accounts, funding."""

import factory

from institutions import enums
from institutions.models import (
    AccountLine,
    FunctionCount,
    FundingLine,
    Headcount,
    SeasonCount,
    StaffCount,
    UnmetRequests,
)
from tests.factories.institutions import YEAR, InstitutionFactory


class HeadcountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Headcount

    institution = factory.SubFactory(InstitutionFactory)
    year = YEAR
    category = enums.Category.STUDENTS
    level = enums.ServiceLevel.FULL
    sex = enums.Sex.FEMALE
    count = 50


class StaffCountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StaffCount

    institution = factory.SubFactory(InstitutionFactory)
    year = YEAR
    employer = enums.Employer.ASSOCIATION
    sex = enums.Sex.FEMALE
    count = 4


class UnmetRequestsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UnmetRequests

    institution = factory.SubFactory(InstitutionFactory)
    year = YEAR
    sex = enums.Sex.FEMALE
    count = 3


class AccountLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AccountLine

    institution = factory.SubFactory(InstitutionFactory)
    association = factory.SelfAttribute("institution.association")
    year = YEAR - 2
    kind = enums.AccountKind.REVENUE
    source = enums.AccountSource.OWN
    amount = 120000


class SeasonCountFactory(factory.django.DjangoModelFactory):
    """``season`` 2026 is the school year 2026/2027, that of the update of 2027."""

    class Meta:
        model = SeasonCount

    institution = factory.SubFactory(InstitutionFactory)
    season = YEAR - 1
    stay = enums.Stay.HOUSING
    group = enums.StayGroup.ALL
    sex = enums.Sex.FEMALE
    count = 48


class FundingLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FundingLine

    institution = factory.SubFactory(InstitutionFactory)
    year = YEAR - 2
    purpose = enums.FundingPurpose.OPERATION
    source = enums.FundingSource.ENTRAIDE
    amount = 90000


class FunctionCountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FunctionCount

    institution = factory.SubFactory(InstitutionFactory)
    year = YEAR
    function = enums.HouseFunction.COOK
    engagement = enums.Engagement.ASSOCIATION
    count = 2
    declared_count = 1
    minimum_wage_count = 1
    monthly_amount = 5600
    yearly_amount = 67200
