"""The parts of a call, a page each: weight, cost, who may, what is told of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from accounts.enums import Programme
from applications.forms import call_rows
from tests.applications.call_parts import (
    ADDERS,
    CODES,
    LIGHT,
    add_criterion,
    add_envelope,
    bare,
    full,
    save,
    url,
)
from tests.factories import (
    AdministratorFactory,
    CallFactory,
    CentralFactory,
    CoordinatorFactory,
    DelegateFactory,
    InspectorFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def central(client):
    user = CentralFactory()
    client.force_login(user)
    return user


@pytest.mark.parametrize("language", ["ar", "fr"])
@pytest.mark.parametrize("programme", list(Programme))
def test_no_page_of_a_full_call_is_heavy(client, central, programme, language):
    call = full(programme)
    weights = {
        page: len(client.get(url(page, call, language)).content)
        for page in ["change", "check", *CODES]
    }
    assert {page: size for page, size in weights.items() if size > LIGHT} == {}


@pytest.mark.parametrize("make_user", [CentralFactory, InspectorFactory])
@pytest.mark.parametrize("code", CODES)
def test_pages_cost_the_same_with_one_row_and_with_three(client, make_user, code):
    client.force_login(make_user())
    call = bare()

    def cost():
        counts = []
        for page in (code, "change"):
            client.get(url(page, call))
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url(page, call)).status_code == 200
            counts.append(len(captured))
        return counts

    ADDERS[code](call, 0)
    one = cost()
    ADDERS[code](call, 1)
    ADDERS[code](call, 2)
    assert cost() == one
    assert max(one) <= 25


READERS = [DelegateFactory, CoordinatorFactory, InspectorFactory, AdministratorFactory]


@pytest.mark.parametrize("make_user", READERS)
@pytest.mark.parametrize("code", CODES)
def test_others_read_what_the_table_says_and_change_nothing(client, make_user, code):
    call = full(Programme.EPS)
    client.force_login(make_user())
    is_closed = make_user is AdministratorFactory or (
        make_user is DelegateFactory and code == "envelopes"
    )
    page = client.get(url(code, call))
    assert page.status_code == (403 if is_closed else 200)
    if not is_closed:
        assert b'type="submit" name="_save"' not in page.content
        assert page.context["may_save"] is False
    assert client.post(url(code, call), {}).status_code == 403


@pytest.mark.parametrize("code", CODES)
def test_a_call_that_is_not_there_has_no_parts(client, central, code):
    for missing in ("987654321", "nothing"):
        with override("ar"):
            page = reverse(f"admin:applications_call_{code}", args=[missing])
        assert client.get(page).status_code == 404


def test_a_coordinator_sees_the_envelope_of_its_region_alone(client):
    call = bare()
    for rank in range(3):
        add_envelope(call, rank)
    user = CoordinatorFactory()
    client.force_login(user)
    page = client.get(url("envelopes", call))
    formset = page.context["inline_admin_formsets"][0].formset
    assert [form.words for form in formset.lines()] == [str(user.region)]


def test_summary_counts_the_parts_and_says_what_is_missing(client, central):
    call = bare()
    for rank in range(2):
        add_criterion(call, rank)
    parts = client.get(url("change", call)).context["parts"]
    figures = {
        part.url_name.rsplit("_", 1)[1]: [figure.value for figure in part.figures]
        for part in parts
    }
    checks = len(call_rows.defaults(call.programme))
    assert figures == {
        "documents": [0, 0],
        "criteria": [2, 40],
        "rates": [0],
        "levels": [checks, 0],
        "instalments": [""],
        "envelopes": [0, 0],
    }
    missing = {part.url_name.rsplit("_", 1)[1] for part in parts if part.problem}
    assert missing == {"documents", "rates", "instalments", "envelopes"}


def test_summary_leads_a_delegate_to_what_it_may_read(client):
    call = CallFactory()
    client.force_login(DelegateFactory())
    parts = client.get(url("change", call)).context["parts"]
    shown = [part.url_name.rsplit("_", 1)[1] for part in parts]
    assert shown == CODES[:-1]
    assert not any(part.problem for part in parts)


def test_history_of_the_call_tells_of_its_parts(client, central):
    call = bare()
    add_criterion(call, 1)
    save(client, "criteria", call, **{"criteria-0-name_fr": "Impact"})
    page = client.get(url("history", call))
    assert [str(entry.user) for entry in page.context["action_list"]] == [str(central)]
