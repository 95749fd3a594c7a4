"""What sending a file asks of the database, at the size it really has."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.enums import State
from tests.applications.portal import file_of, returned_file, url
from tests.applications.records import complete_record, confirmed
from tests.factories import (
    CallDocumentFactory,
    CallFactory,
    LateCodeFactory,
    attach_required,
    fill,
)

pytestmark = pytest.mark.django_db

LIMIT = 40


def ready_to_send(association, *, count, **fields):
    file = file_of(association, **fields)
    complete_record(association, count)
    for _rank in range(count):
        CallDocumentFactory(call=file.call)
    attach_required(file)
    if not file.lines.exists():
        fill(file)
    confirmed(file)
    return file


def cost_of_sending(client, file, **more):
    data = {
        "version": file.version,
        "certified": "on",
        "idempotency_key": str(uuid.uuid4()),
        **more,
    }
    with CaptureQueriesContext(connection) as captured:
        client.post(url("submit", file.pk), data)
    file.refresh_from_db()
    assert file.state == State.SUBMITTED
    return len(captured)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("programme", "cost"), [("eps", 38), ("schooling", 39)])
def test_sending_a_file_costs_the_same_whatever_its_size(
    client, association, programme, cost, count
):
    """Session and account included, and the key against a second sending."""
    call = CallFactory(programme=programme, age_min=3, age_max=16)
    unit = {} if programme == "eps" else {"institution": None}
    file = ready_to_send(association, count=count, call=call, **unit)
    client.get(url("home"))
    assert cost_of_sending(client, file) == cost <= LIMIT


def test_sending_after_the_close_costs_one_more(client, association):
    """The late code."""
    call = CallFactory(schooling=True, closed=True, age_min=3, age_max=16)
    file = ready_to_send(association, count=1, call=call, institution=None)
    code = LateCodeFactory(call=call, association=association).code
    client.get(url("home"))
    assert cost_of_sending(client, file, late_code=code) <= LIMIT


def test_sending_a_completed_file_again(client, association):
    file, remark = returned_file(association)
    complete_record(association, 3)
    remark.answer = "نعم"
    remark.save()
    client.get(url("home"))
    assert cost_of_sending(client, file) <= LIMIT
    assert list(file.letters.values_list("kind", "rank")) == [("receipt", 2)]
