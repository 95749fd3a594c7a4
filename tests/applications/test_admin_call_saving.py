"""The parts of a call sent back: what is saved, refused, or settled for good."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.enums import Programme
from applications.admin import call_parts
from applications.enums import Level, State
from applications.forms import call_rows
from applications.models import (
    CallDocument,
)
from institutions.enums import Category, ServiceLevel
from tests.applications.call_parts import (
    CODES,
    LONG,
    add_criterion,
    add_document,
    add_level,
    add_rate,
    bare,
    field_of,
    full,
    save,
    url,
)
from tests.applications.test_admin_calls import inputs
from tests.factories import (
    ApplicationFactory,
    AwardFactory,
    CallFactory,
    CentralFactory,
    DelegateFactory,
    DocumentTypeFactory,
    EnvelopeFactory,
    region,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def central(client):
    user = CentralFactory()
    client.force_login(user)
    return user


def test_document_is_changed_and_another_one_added(client, central):
    call = bare()
    add_document(call, 1)
    other = DocumentTypeFactory()
    answer = save(
        client,
        "documents",
        call,
        **{
            "documents-0-is_required": None,
            "documents-1-type": other.pk,
            "documents-1-hint_fr": "Copie",
        },
    )
    assert answer["Location"] == url("change", call)
    first, second = call.documents.order_by("pk")
    assert (first.is_required, first.hint_ar) == (False, LONG)
    assert (second.type, second.is_required, second.hint_fr) == (other, True, "Copie")


@pytest.mark.parametrize(("typed", "rank"), [("0", 8), ("3", 3)])
def test_a_new_row_comes_last_unless_it_says_so(client, central, typed, rank):
    call = bare()
    add_document(call, 7)
    new = {"documents-1-type": DocumentTypeFactory().pk, "documents-1-rank": typed}
    save(client, "documents", call, **new)
    assert call.documents.order_by("pk").last().rank == rank


def test_a_document_is_asked_for_once(client, central):
    call = bare()
    add_document(call, 1)
    row = call.documents.get()
    answer = save(client, "documents", call, **{"documents-1-type": row.type_id})
    assert answer.status_code == 200
    assert str(row.type) in answer.content.decode()
    assert call.documents.get() == row


def test_nor_twice_when_two_officers_add_it(client, central):
    call, kind = bare(), DocumentTypeFactory()
    data = inputs(client.get(url("documents", call)))
    CallDocument.objects.create(call=call, type=kind)
    answer = client.post(url("documents", call), {**data, "documents-0-type": kind.pk})
    assert answer.status_code == 200
    assert call.documents.count() == 1


def test_criterion_is_renamed(client, central):
    call = bare()
    add_criterion(call, 1)
    save(client, "criteria", call, **{"criteria-0-name_fr": "Impact"})
    assert call.criteria.get().name_fr == "Impact"


@pytest.mark.parametrize("code", CODES)
def test_a_page_left_as_it_is_saves_nothing_and_not_the_call(client, central, code):
    call = full(Programme.EPS)
    with CaptureQueriesContext(connection) as captured:
        assert save(client, code, call).status_code == 302
    written = [
        query["sql"]
        for query in captured
        if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
        and '"applications_' in query["sql"]
    ]
    assert written == []


def test_a_rate_is_given_in_its_cell_with_any_digits(client, central):
    call = bare()
    with override("ar"):
        words = f"{Category.WOMEN.label}، {ServiceLevel.DAY.label}"
        name = field_of(client, "rates", call, words)
    assert save(client, "rates", call, **{name: "١ ٢٥٠,٥٠"}).status_code == 302
    rate = call.eps_rates.get()
    assert (rate.category, rate.level, rate.amount) == (
        Category.WOMEN,
        ServiceLevel.DAY,
        Decimal("1250.50"),
    )


def test_a_schooling_rate_may_be_for_all_degrees(client, central):
    call = bare(Programme.SCHOOLING)
    page = client.get(url("rates", call))
    grid = page.context["inline_admin_formsets"][0].formset.grid()
    _column, form = grid[1][1][0]
    save(client, "rates", call, **{form.add_prefix("amount"): "700"})
    rate = call.schooling_rates.get()
    assert (rate.sub_programme, rate.degree, rate.amount) == ("B", "", 700)


@pytest.mark.parametrize("typed", ["", "abc", "-5"])
def test_a_wrong_rate_is_said_at_its_cell_and_kept(client, central, typed):
    call = bare()
    add_rate(call, 0)
    answer = save(client, "rates", call, **{"eps_rates-0-amount": typed})
    assert answer.status_code == 200
    formset = answer.context["inline_admin_formsets"][0].formset
    assert list(formset.errors[0]) == ["amount" if typed != "-5" else "__all__"]
    assert formset.forms[0]["amount"].value() == typed
    assert 'class="en-errors"' in answer.content.decode()
    assert call.eps_rates.get().amount == 1200


def test_only_levels_that_differ_are_kept(client, central):
    call = bare()
    with override("ar"):
        name = field_of(client, "levels", call, call_rows.label_of("unspent_surplus"))
    assert save(client, "levels", call, **{name: "blocking"}).status_code == 302
    assert list(call.finding_levels.values_list("code", "level", "parameter")) == [
        ("unspent_surplus", "blocking", 0)
    ]
    assert client.get(url("levels", call)).status_code == 200


def test_a_check_that_compares_with_nothing_asks_for_no_limit(client, central):
    call = bare()
    page = client.get(url("levels", call))
    formset = page.context["inline_admin_formsets"][0].formset
    asked = {form.key[0] for form in formset.forms if "parameter" in form.fields}
    limits = call_rows.defaults(call.programme).items()
    assert asked == {code for code, (_level, limit) in limits if limit is not None}


def test_who_only_reads_sees_every_check_as_it_stands(client):
    call = bare()
    add_level(call, 0)
    client.force_login(DelegateFactory())
    page = client.get(url("levels", call))
    shown = page.context["inline_admin_formsets"][0].formset.shown()
    known = call_rows.defaults(call.programme)
    first = next(iter(known))
    expected = {code: level for code, (level, _limit) in known.items()}
    assert {row.code: row.level for _words, row in shown} == {
        **expected,
        first: Level.OFF,
    }


def test_shares_that_do_not_make_a_whole_are_refused(client, central):
    call = CallFactory()
    answer = save(client, "instalments", call, **{"instalment_shares-0-percent": "10"})
    assert answer.status_code == 200
    assert answer.context["inline_admin_formsets"][0].formset.non_form_errors()
    assert sorted(call.instalment_shares.values_list("percent", flat=True)) == [40, 60]


def test_shares_are_saved(client, central):
    call = CallFactory()
    changes = {
        "instalment_shares-0-percent": "50",
        "instalment_shares-1-percent": "50",
    }
    assert save(client, "instalments", call, **changes).status_code == 302
    assert sorted(call.instalment_shares.values_list("percent", flat=True)) == [50, 50]


def test_a_region_is_given_its_envelope(client, central):
    call = bare()
    with override("ar"):
        name = field_of(client, "envelopes", call, str(region("03")))
    assert save(client, "envelopes", call, **{name: "2 500 000"}).status_code == 302
    envelope = call.envelopes.get()
    assert (envelope.region, envelope.amount) == (region("03"), 2_500_000)


@pytest.mark.parametrize("under", [True, False])
def test_an_envelope_is_not_lowered_under_what_was_granted(client, central, under):
    call = CallFactory(closed=True)
    envelope = EnvelopeFactory(call=call)
    granted = AwardFactory(application__call=call).amount
    amount = granted - 1 if under else granted
    answer = save(client, "envelopes", call, **{"envelopes-0-amount": amount})
    assert answer.status_code == (200 if under else 302)
    if under:
        formset = answer.context["inline_admin_formsets"][0].formset
        assert list(formset.errors[0]) == ["amount"]
    envelope.refresh_from_db()
    assert envelope.amount == (100_000 if under else granted)


def test_an_envelope_is_not_given_to_another_region(client, central):
    call = bare()
    envelope = EnvelopeFactory(call=call)
    before = envelope.region
    changes = {"envelopes-0-region": region("03").pk, "envelopes-0-amount": "7"}
    assert save(client, "envelopes", call, **changes).status_code == 302
    envelope.refresh_from_db()
    assert (envelope.region, envelope.amount) == (before, 7)


def test_a_row_saved_meanwhile_is_not_taken_for_its_neighbour(client, central):
    """Two officers: the one opened the page before the other gave an envelope."""
    call = bare()
    data = inputs(client.get(url("envelopes", call)))
    with override("ar"):
        first = field_of(client, "envelopes", call, str(region("01")))
        third = field_of(client, "envelopes", call, str(region("03")))
    EnvelopeFactory(call=call, region=region("01"), amount=1)
    refused = client.post(url("envelopes", call), {**data, first: "5"})
    formset = refused.context["inline_admin_formsets"][0].formset
    wrong = [form for form in formset.forms if form.errors]
    assert [form.words for form in wrong] == [region("01").name]
    assert wrong[0]["amount"].value() == "5"
    saved = client.post(url("envelopes", call), {**data, third: "5"})
    assert saved.status_code == 302
    assert {(row.region, row.amount) for row in call.envelopes.all()} == {
        (region("01"), 1),
        (region("03"), 5),
    }


@pytest.mark.parametrize("code", CODES)
def test_no_row_of_a_part_is_deleted(client, central, code):
    call = full(Programme.EPS)
    rows = call_parts.PARTS[CODES.index(code)].rows(central, call)
    before = set(rows.values_list("pk", flat=True))
    prefix = client.get(url(code, call)).context["inline_admin_formsets"][0]
    save(client, code, call, **{f"{prefix.formset.prefix}-0-DELETE": "on"})
    assert set(rows.values_list("pk", flat=True)) == before


@pytest.mark.parametrize("code", ["criteria", "rates"])
def test_settled_parts_stand_still_once_a_file_was_submitted(client, central, code):
    call = CallFactory()
    data = inputs(client.get(url(code, call)))
    ApplicationFactory(call=call, state=State.SUBMITTED)
    data |= {"criteria-0-name_fr": "Autre", "eps_rates-0-amount": "1"}
    page = client.get(url(code, call))
    assert (page.context["may_save"], bool(page.context["note"])) == (False, True)
    answer = client.post(url(code, call), data, follow=True)
    assert str(call_parts.STANDS_STILL) in [str(m) for m in answer.context["messages"]]
    assert call.criteria.get().name_fr == "Impact"
    assert call.eps_rates.get().amount == 1200


@pytest.mark.parametrize("code", ["documents", "levels", "instalments", "envelopes"])
def test_the_others_are_still_open_then(client, central, code):
    file = ApplicationFactory(state=State.SUBMITTED)
    assert client.get(url(code, file.call)).context["may_save"] is True
