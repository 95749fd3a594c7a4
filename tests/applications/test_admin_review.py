"""The review page: what it shows to whom."""

import pytest
from django.urls import reverse

from applications.enums import State
from tests.applications.reviewing import address
from tests.factories import (
    TETOUAN,
    AdministratorFactory,
    ApplicationFactory,
    CentralFactory,
    CoordinatorFactory,
    DelegateFactory,
    InspectorFactory,
    MemberFactory,
    delegation,
    region,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def file():
    return ApplicationFactory(state=State.SUBMITTED)


@pytest.mark.parametrize(
    ("make_user", "status"),
    [
        (DelegateFactory, 200),
        (CoordinatorFactory, 200),
        (CentralFactory, 200),
        (InspectorFactory, 200),
        (AdministratorFactory, 403),
        (MemberFactory, 302),
    ],
)
def test_who_may_open_a_file(client, file, make_user, status):
    client.force_login(make_user())
    assert client.get(address(file)).status_code == status


@pytest.mark.parametrize(
    "user",
    [
        {"make": DelegateFactory, "delegation": TETOUAN},
        {"make": CoordinatorFactory, "region": "03"},
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_file_of_another_territory_does_not_exist(client, file, user, method):
    make = user["make"]
    if make is DelegateFactory:
        client.force_login(make(delegation=delegation(user["delegation"])))
    else:
        client.force_login(make(region=region(user["region"])))
    response = getattr(client, method)(address(file), {"action": "recommend"})
    assert response.status_code == 404
    assert file.number not in response.content.decode()


def test_address_that_is_no_number_is_not_found(client, delegate):
    url = reverse("admin:applications_application_change", args=["x"])
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("make_user", "state", "offered"),
    [
        (DelegateFactory, State.SUBMITTED, {"return_for_completion", "recommend"}),
        (CoordinatorFactory, State.SUBMITTED, {"return_for_completion", "recommend"}),
        (CentralFactory, State.SUBMITTED, {"extend"}),
        (InspectorFactory, State.SUBMITTED, set()),
        (DelegateFactory, State.RECOMMENDED, set()),
        (CoordinatorFactory, State.RECOMMENDED, {"send_back", "approve", "refuse"}),
        (CentralFactory, State.RECOMMENDED, {"extend"}),
        (InspectorFactory, State.RECOMMENDED, set()),
        (DelegateFactory, State.RETURNED, set()),
    ],
)
def test_buttons_of_each_role(client, make_user, state, offered):
    file = ApplicationFactory(state=state)
    client.force_login(make_user())
    assert set(client.get(address(file)).context["page"].forms) == offered


def test_changes_since_last_year_are_listed(client, file, delegate):
    last = ApplicationFactory(
        state=State.SUBMITTED,
        association=file.association,
        institution=file.institution,
        call__year=file.year - 1,
        lines=False,
        number="EPS-2026-01-99999",
    )
    last.requested_amount = 50_000
    last.save()
    changes = client.get(address(file)).context["page"].since_last_year.changes
    found = {str(c.label): (c.before, c.after, c.difference) for c in changes}
    assert (50_000, 60_000, 10_000) in found.values()


def test_reading_a_file_is_recorded(client, file):
    user = InspectorFactory()
    client.force_login(user)
    client.get(address(file))
    assert list(
        user.accesslog_set.values_list("action", "object_kind", "object_id")
    ) == [("read", "applications.application", file.pk)]


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.RECOMMENDED])
def test_file_of_the_other_programme_opens(client, delegate, state):
    file = ApplicationFactory(schooling=True, state=state)
    page = client.get(address(file))
    assert page.status_code == 200
    codes = [place.code for place in page.context["page"].sections]
    assert codes == ["request", "children", "budget", "documents"]


def test_draft_is_hidden_from_those_above(client):
    file = ApplicationFactory(state=State.DRAFT)
    client.force_login(CoordinatorFactory())
    assert client.get(address(file)).status_code == 404
