"""The list of applications: who sees which rows, how it is narrowed, what it costs."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.admin import paging
from applications.enums import State
from applications.forms.staff_list import ORDERS
from applications.models import Application
from tests.factories import (
    FES,
    TETOUAN,
    AdministratorFactory,
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


@pytest.mark.parametrize("typed", ["الخيريه", "khayriya", "00042", "eps-2027-01-00042"])
def test_search_by_number_or_by_a_variant_of_the_name(client, typed):
    association = AssociationFactory(name_ar="الجمعية الخيرية", name_fr="Al Khayriya")
    found = ApplicationFactory(
        state=State.SUBMITTED, association=association, number="EPS-2027-01-00042"
    )
    ApplicationFactory(state=State.SUBMITTED, number="EPS-2027-01-00777")
    assert numbers(open_list(client, DelegateFactory(), q=typed)) == [found.number]


def test_list_keeps_to_the_current_call_unless_asked(client):
    now = ApplicationFactory(state=State.SUBMITTED)
    old = ApplicationFactory(
        state=State.SUBMITTED, call__year=now.year - 1, number="EPS-2026-01-00001"
    )
    user = DelegateFactory()
    assert numbers(open_list(client, user)) == [now.number]
    assert numbers(open_list(client, user, call=old.call.pk)) == [old.number]
    both = open_list(client, user, call="all")
    assert set(numbers(both)) == {now.number, old.number}
    assert both.context["totals"].requested is None
    # A whole number is found whatever the call.
    assert numbers(open_list(client, user, q=old.number)) == [old.number]


def test_filters_narrow_and_unknown_values_do_nothing(client):
    submitted = ApplicationFactory(state=State.SUBMITTED)
    late = ApplicationFactory(
        state=State.RECOMMENDED,
        due_on=timezone.localdate() - datetime.timedelta(days=1),
    )
    user = CoordinatorFactory()
    asked = {
        "state=submitted": [submitted.number],
        "overdue=1": [late.number],
        "opinion=favourable": [late.number],
        "opinion=unfavourable": [],
        f"delegation={submitted.delegation_id}": [late.number, submitted.number],
        f"delegation={delegation(TETOUAN).pk}": [],
        "state=nonsense": [late.number, submitted.number],
        "call=999999": [late.number, submitted.number],
        "p=99": [late.number, submitted.number],
        "p=x": [late.number, submitted.number],
        "order=nonsense": [late.number, submitted.number],
    }
    found = {
        query: numbers(open_list(client, user, **dict([query.split("=")])))
        for query in asked
    }
    assert found == asked


def test_delegation_of_another_region_is_not_offered(client):
    page = open_list(client, CoordinatorFactory())
    offered = {
        value for value, _label in page.context["form"]["delegation"].field.choices
    }
    assert str(delegation(FES).pk) not in offered
    assert str(delegation(TETOUAN).pk) in offered


def test_totals_are_those_of_the_whole_list(client):
    ApplicationFactory.create_batch(2, state=State.SUBMITTED)
    ApplicationFactory(state=State.RECOMMENDED)
    totals = open_list(client, CentralFactory()).context["totals"]
    assert (totals.count, totals.requested, totals.proposed) == (3, 180_000, 48_000)


@pytest.mark.parametrize("order", ORDERS)
def test_pages_follow_each_other_without_loss(rf, order):
    files = ApplicationFactory.create_batch(5, state=State.SUBMITTED)
    rows = Application.objects.order_by(*ORDERS[order])
    known = paging.totals(rows, is_one_call=True)
    pages = [
        paging.page_of(
            rows,
            window=paging.Window(rf.get("/", {"p": rank, "state": "x"}), size=2),
            fetch=lambda ids: Application.objects.filter(pk__in=ids),
            known=known,
        )
        for rank in (1, 2, 3)
    ]
    seen = [row.pk for page in pages for row in page.rows]
    assert seen == list(rows.values_list("pk", flat=True))
    assert len(seen) == len(files)
    assert [(page.start, page.end) for page in pages] == [(1, 2), (3, 4), (5, 5)]
    assert pages[0].previous_url == pages[2].next_url == ""
    assert pages[0].next_url == "?state=x&p=2"


def test_bounded_count_beyond_one_call(monkeypatch):
    monkeypatch.setattr(paging, "BOUND", 2)
    ApplicationFactory.create_batch(4, state=State.SUBMITTED)
    totals = paging.totals(Application.objects.all(), is_one_call=False)
    assert (totals.count, totals.is_exact) == (3, False)


@pytest.mark.parametrize("query", [{}, {"q": "جمعية"}, {"call": "all"}, {"p": 9}])
def test_every_way_to_the_list_stays_within_its_queries(client, query):
    ApplicationFactory.create_batch(2, state=State.SUBMITTED)
    assert queries_of(client, CentralFactory(), **query) <= 12


def test_administrator_has_no_list(client):
    assert open_list(client, AdministratorFactory()).status_code == 403


def test_administrator_finds_no_file_in_the_choices_of_others(client):
    client.force_login(AdministratorFactory())
    answer = client.get(
        reverse("admin:autocomplete"),
        {
            "app_label": "applications",
            "model_name": "award",
            "field_name": "application",
            "term": "EPS",
        },
    )
    assert answer.status_code == 403
