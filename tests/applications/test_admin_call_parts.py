"""The parts of a call, a page each: weight, cost, who may, what is refused."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from accounts.enums import Programme
from applications.admin import call_parts
from applications.enums import Level, State
from applications.forms import call_rows
from applications.models import (
    CallDocument,
    Criterion,
    EpsRate,
    FindingLevel,
    InstalmentShare,
    SchoolingRate,
)
from institutions.enums import Category, Degree, ServiceLevel, SubProgramme
from tests.applications.test_admin_calls import inputs
from tests.factories import (
    AdministratorFactory,
    ApplicationFactory,
    AwardFactory,
    CallFactory,
    CentralFactory,
    CoordinatorFactory,
    DelegateFactory,
    DocumentTypeFactory,
    EnvelopeFactory,
    InspectorFactory,
    region,
)

pytestmark = pytest.mark.django_db
CODES = ["documents", "criteria", "rates", "levels", "instalments", "envelopes"]
LIGHT = 60_000
LONG = "نسخة مطابقة للأصل، لا تتجاوز ثلاثة أشهر، موقعة من رئيس الجمعية"
REGIONS = [f"{rank:02d}" for rank in range(1, 13)]


@pytest.fixture
def central(client):
    user = CentralFactory()
    client.force_login(user)
    return user


def url(page, call, language="ar"):
    with override(language):
        return reverse(f"admin:applications_call_{page}", args=[call.pk])


def bare(programme=Programme.EPS):
    """A call without any part."""
    call = CallFactory(programme=programme, year=2031, is_published=False)
    for rows in (call.criteria, call.eps_rates, call.schooling_rates):
        rows.all().delete()
    call.instalment_shares.all().delete()
    return call


def add_document(call, rank):
    CallDocument.objects.create(
        call=call, type=DocumentTypeFactory(), hint_ar=LONG, hint_fr=LONG, rank=rank
    )


def add_criterion(call, rank):
    Criterion.objects.create(call=call, name_ar=LONG, name_fr=LONG, rank=rank)


def add_rate(call, rank):
    if call.programme == Programme.EPS:
        keys = [(row, level) for row in Category for level in ServiceLevel]
        category, level = keys[rank]
        EpsRate.objects.create(call=call, category=category, level=level, amount=1200)
    else:
        keys = [(row, degree) for row in SubProgramme for degree in ["", *Degree]]
        sub, degree = keys[rank]
        SchoolingRate.objects.create(
            call=call, sub_programme=sub, degree=degree, amount=1200
        )


def add_level(call, rank):
    code = list(call_rows.defaults(call.programme))[rank]
    FindingLevel.objects.create(call=call, code=code, level=Level.OFF, parameter=5)


def add_share(call, rank):
    InstalmentShare.objects.create(call=call, rank=rank + 1, percent=25)


def add_envelope(call, rank):
    EnvelopeFactory(call=call, region=region(REGIONS[rank]), amount=84_000_000)


ADDERS = dict(
    zip(
        CODES,
        [add_document, add_criterion, add_rate, add_level, add_share, add_envelope],
        strict=True,
    )
)


def count_of(code, call):
    """Rows of a full part."""
    full = {"documents": 20, "criteria": 10, "instalments": 4, "envelopes": 12}
    rates = {Programme.EPS: 21, Programme.SCHOOLING: 12}
    levels = len(call_rows.defaults(call.programme))
    return {**full, "rates": rates[call.programme], "levels": levels}[code]


def full(programme):
    call = bare(programme)
    for code, add in ADDERS.items():
        for rank in range(count_of(code, call)):
            add(call, rank)
    return call


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


def save(client, code, call, **changes):
    """The page sent back as a browser would, with some fields changed."""
    page = client.get(url(code, call))
    data = inputs(page) | changes
    data = {key: value for key, value in data.items() if value is not None}
    return client.post(url(code, call), data)


def field_of(client, code, call, words):
    """The name of the field of one row, found by its label."""
    formset = client.get(url(code, call)).context["inline_admin_formsets"][0].formset
    rows = {form.words: form for form in formset.forms}
    return rows[words].add_prefix(formset.value)


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
