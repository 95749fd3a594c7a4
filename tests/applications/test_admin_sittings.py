"""The regional desk: envelope, files to decide, closing, validation."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.enums import SittingState, State
from applications.models import Application, Award, Sitting
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    CentralFactory,
    CoordinatorFactory,
    DelegateFactory,
    EnvelopeFactory,
    InspectorFactory,
    SittingFactory,
    region,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client):
    user = CoordinatorFactory()
    client.force_login(user)
    return user


@pytest.fixture
def file():
    return ApplicationFactory(state=State.RECOMMENDED)


@pytest.fixture
def sitting(file, coordinator):
    EnvelopeFactory(call=file.call, region=file.region)
    return SittingFactory(call=file.call, opened_by=coordinator)


def address(sitting, page="change"):
    return reverse(f"admin:applications_sitting_{page}", args=[sitting.pk])


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_desk_costs_the_same_with_one_file_and_with_three(client, sitting):
    ApplicationFactory(call=sitting.call, state=State.REFUSED, sitting=sitting)
    one = queries_of(client, address(sitting))
    ApplicationFactory.create_batch(2, call=sitting.call, state=State.RECOMMENDED)
    ApplicationFactory(call=sitting.call, state=State.APPROVED, sitting=sitting)
    assert queries_of(client, address(sitting)) == one
    assert one <= 15


def test_list_of_sittings_costs_the_same(client, sitting):
    url = reverse("admin:applications_sitting_changelist")
    one = queries_of(client, url)
    SittingFactory.create_batch(2, call=sitting.call, state=SittingState.HELD)
    assert queries_of(client, url) == one


@pytest.mark.parametrize(
    ("make_user", "status"),
    [(CentralFactory, 200), (InspectorFactory, 200), (DelegateFactory, 403)],
)
def test_who_may_open_the_desk(client, sitting, make_user, status):
    client.force_login(make_user())
    assert client.get(address(sitting)).status_code == status


def test_sitting_of_another_region_does_not_exist(client, sitting):
    client.force_login(CoordinatorFactory(region=region("03")))
    assert client.get(address(sitting)).status_code == 404
    assert client.post(address(sitting), {"action": "hold"}).status_code == 404


def test_coordinator_opens_one_sitting_at_a_time(client, coordinator):
    call = CallFactory()
    url = reverse("admin:applications_sitting_add")
    asked = {"call": call.pk, "sits_on": "15/12/2026"}
    assert client.post(url, asked).status_code == 302
    sitting = Sitting.objects.get()
    assert (sitting.region, sitting.rank) == (coordinator.region, 1)
    again = client.post(url, asked)
    assert again.status_code == 200
    assert again.context["form"].errors
    assert again.context["form"]["sits_on"].value() == "15/12/2026"
    assert Sitting.objects.count() == 1


@pytest.mark.parametrize("make_user", [CentralFactory, DelegateFactory])
def test_only_the_coordination_opens_a_sitting(client, make_user):
    client.force_login(make_user())
    assert client.get(reverse("admin:applications_sitting_add")).status_code == 403


def test_file_is_approved_in_its_row(client, sitting, file):
    answer = client.post(
        address(sitting),
        {
            "action": f"approve:{file.pk}",
            "version": file.version,
            "amount": "30 000,00",
        },
    )
    assert answer.status_code == 302
    file.refresh_from_db()
    assert (file.state, file.granted_amount, file.sitting) == (
        State.APPROVED,
        Decimal(30_000),
        sitting,
    )
    page = client.get(address(sitting)).context["page"]
    assert page.envelope.left == 70_000
    assert [row.pk for row in page.decided.rows] == [file.pk]
    assert page.waiting.rows == []


def test_amount_over_the_envelope_stands_in_its_row(client, sitting, file):
    sitting.call.envelopes.update(amount=100)
    answer = client.post(
        address(sitting),
        {"action": f"approve:{file.pk}", "version": file.version, "amount": "48000"},
    )
    row = answer.context["page"].waiting.rows[0]
    assert row.form.errors["amount"]
    assert 'value="48\u00a0000"' in answer.content.decode()
    file.refresh_from_db()
    assert file.state == State.RECOMMENDED


def test_centre_does_not_approve_from_the_desk(client, sitting, file):
    client.force_login(CentralFactory())
    answer = client.post(
        address(sitting),
        {"action": f"approve:{file.pk}", "version": file.version, "amount": "48000"},
    )
    assert answer.status_code == 403
    file.refresh_from_db()
    assert file.state == State.RECOMMENDED


def hold(client, sitting):
    return client.post(address(sitting), {"action": "hold", "version": sitting.version})


def test_sitting_is_closed_reopened_and_closed(client, sitting):
    ApplicationFactory(call=sitting.call, state=State.APPROVED, sitting=sitting)
    assert hold(client, sitting).status_code == 302
    sitting.refresh_from_db()
    assert sitting.state == SittingState.HELD
    refused = client.post(
        address(sitting),
        {"action": "reopen", "version": sitting.version, "reason": ""},
    )
    assert refused.context["page"].forms["reopen"].errors["reason"]
    client.post(
        address(sitting),
        {"action": "reopen", "version": sitting.version, "reason": "خطأ في مبلغ"},
    )
    sitting.refresh_from_db()
    assert (sitting.state, sitting.reopening_reason) == (
        SittingState.OPEN,
        "خطأ في مبلغ",
    )


def test_empty_sitting_is_not_closed(client, sitting):
    answer = hold(client, sitting)
    assert answer.context["page"].bound.non_field_errors()
    sitting.refresh_from_db()
    assert sitting.state == SittingState.OPEN


def test_stale_desk_is_told(client, sitting):
    ApplicationFactory(call=sitting.call, state=State.APPROVED, sitting=sitting)
    answer = client.post(address(sitting), {"action": "hold", "version": 99})
    errors = answer.context["page"].bound.errors.as_data()["__all__"]
    assert [error.code for error in errors] == ["stale"]


def test_centre_publishes_after_reading_counts_and_amounts(client, sitting):
    file = ApplicationFactory(call=sitting.call, state=State.APPROVED, sitting=sitting)
    ApplicationFactory(call=sitting.call, state=State.REFUSED, sitting=sitting)
    hold(client, sitting)
    sitting.refresh_from_db()
    client.force_login(CentralFactory())
    page = client.get(address(sitting, "validate")).context["page"]
    assert page.sums == {
        "approved": 1,
        "refused": 1,
        "undecided": 0,
        "granted": file.granted_amount,
    }
    answer = client.post(
        address(sitting, "validate"),
        {"action": "validate", "version": sitting.version},
    )
    assert answer.status_code == 302
    sitting.refresh_from_db()
    assert sitting.state == SittingState.VALIDATED
    assert Application.objects.filter(published_at=None, sitting=sitting).count() == 0
    assert Award.objects.get().application == file


def test_what_prevents_the_validation_is_listed(client, sitting):
    ApplicationFactory(call=sitting.call, state=State.APPROVED, sitting=sitting)
    left = ApplicationFactory(
        call=sitting.call, state=State.RECOMMENDED, sitting=sitting
    )
    Sitting.objects.filter(pk=sitting.pk).update(state=SittingState.HELD)
    client.force_login(CentralFactory())
    url = address(sitting, "validate")
    assert client.get(url).context["page"].undecided == [left]
    client.post(url, {"action": "validate", "version": sitting.version})
    sitting.refresh_from_db()
    assert sitting.state == SittingState.HELD


def test_coordinator_does_not_validate(client, sitting):
    assert client.get(address(sitting, "validate")).status_code == 403
    answer = client.post(address(sitting), {"action": "validate", "version": 1})
    assert answer.status_code == 403
