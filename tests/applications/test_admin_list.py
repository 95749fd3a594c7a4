"""The list of applications: who sees which rows, how it is narrowed, what it costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.enums import State
from tests.factories import (
    FES,
    TETOUAN,
    ApplicationFactory,
    AssociationFactory,
    CentralFactory,
    CoordinatorFactory,
    DelegateFactory,
    InspectorFactory,
    InstitutionFactory,
    delegation,
)

pytestmark = pytest.mark.django_db
URL = "admin:applications_application_changelist"


def open_list(client, user, **query):
    client.force_login(user)
    return client.get(reverse(URL), query)


def numbers(response):
    return [row.number for row in response.context["page"].rows]


def file_of(code, **options):
    """A file whose institution stands in the delegation of this code."""
    place = delegation(code)
    association = AssociationFactory(delegation=place)
    institution = InstitutionFactory(association=association, delegation=place)
    options.setdefault("state", State.SUBMITTED)
    return ApplicationFactory(
        association=association, institution=institution, **options
    )


def queries_of(client, user, **query):
    open_list(client, user, **query)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        open_list(client, user, **query)
    return len(captured)


@pytest.mark.parametrize(
    "make_user", [DelegateFactory, CoordinatorFactory, CentralFactory]
)
def test_list_costs_the_same_with_one_row_and_with_three(client, make_user):
    user = make_user()
    ApplicationFactory(state=State.SUBMITTED)
    one = queries_of(client, user)
    ApplicationFactory(state=State.SUBMITTED)
    ApplicationFactory(state=State.RECOMMENDED)
    assert queries_of(client, user) == one
    assert one <= 12


def test_each_role_sees_its_own_territory(client):
    here = ApplicationFactory(state=State.SUBMITTED)
    near = file_of(TETOUAN)
    far = file_of(FES)
    seen = {
        make: set(numbers(open_list(client, make())))
        for make in (DelegateFactory, CoordinatorFactory, InspectorFactory)
    }
    assert seen == {
        DelegateFactory: {here.number},
        CoordinatorFactory: {here.number, near.number},
        InspectorFactory: {here.number, near.number, far.number},
    }
