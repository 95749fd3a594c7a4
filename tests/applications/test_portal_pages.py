"""Pages of a file: who may open them, what they say, what they cost."""

import re

import pytest
from django.utils import timezone

from applications.enums import InstalmentState, State
from applications.models import Letter
from tests.applications.acting import move, ready, returned
from tests.applications.portal import file_of, html, url
from tests.applications.records import complete_record
from tests.factories import (
    ApplicationFactory,
    AssociationFactory,
    AttachmentFactory,
    AwardFactory,
    CallDocumentFactory,
    CallFactory,
    CoordinatorFactory,
    DelegateFactory,
    DocumentFactory,
    InstalmentFactory,
    LateCodeFactory,
    MemberFactory,
)

pytestmark = pytest.mark.django_db

DRAWN_ANEW = re.compile(
    r'name="(csrfmiddlewaretoken|idempotency_key)" value="[^"]*"|nonce="[^"]*"'
)
FILE_PAGES = ["detail", "check_answers", "receipt", "withdraw", "decision"]


@pytest.mark.parametrize("name", FILE_PAGES)
def test_a_file_of_another_association_does_not_exist(client, association, name):
    stranger = ApplicationFactory(state=State.SUBMITTED)
    html(client, url(name, stranger.pk), status=404)


@pytest.mark.parametrize("name", FILE_PAGES)
def test_an_officer_of_the_place_reads_files_in_the_staff_site(client, name):
    file = ApplicationFactory(state=State.SUBMITTED)
    client.force_login(DelegateFactory(delegation=file.delegation))
    html(client, url(name, file.pk), status=403)


@pytest.mark.parametrize("state", State)
def test_follow_up_in_every_state(client, association, state, language):
    page = html(client, url("detail", file_of(association, state).pk))
    assert len(page.encode()) < 60_000


def test_a_hidden_decision_looks_like_a_file_being_examined(client, association):
    pages = []
    for state in (State.RECOMMENDED, State.APPROVED, State.REFUSED):
        file = file_of(association, state)
        response = client.get(url("detail", file.pk))
        context = response.context
        assert file.refusal_reason == "" or file.refusal_reason not in (
            response.content.decode()
        )
        pages.append((context["file"].badge, context["file"].who, context["award"]))
        html(client, url("decision", file.pk), status=404)
    assert pages[0] == pages[1] == pages[2]


@pytest.mark.parametrize("name", ["detail", "withdraw", "receipt", "list", "home"])
@pytest.mark.parametrize("decision", ["approve", "refuse"])
def test_no_page_changes_by_one_byte_when_a_decision_is_taken(
    client, association, name, decision
):
    """Only what is drawn anew for every page differs."""
    file = ready(State.RECOMMENDED, association=association)
    address = url(name) if name in ("list", "home") else url(name, file.pk)
    before = DRAWN_ANEW.sub("", html(client, address))
    move(decision, file, CoordinatorFactory())
    file.refresh_from_db()
    assert file.state != State.RECOMMENDED
    assert DRAWN_ANEW.sub("", html(client, address)) == before


def test_opening_the_decision_keeps_the_day_it_was_read(client, association):
    award = AwardFactory(application__association=association)
    file = award.application
    assert file.read_at is None
    html(client, url("decision", file.pk))
    file.refresh_from_db()
    first = file.read_at
    html(client, url("decision", file.pk))
    file.refresh_from_db()
    assert first is not None
    assert file.read_at == first


def test_what_blocks_the_next_instalment_is_said(client, association):
    award = AwardFactory(application__association=association)
    InstalmentFactory(
        award=award,
        state=InstalmentState.PAID,
        paid_on=timezone.localdate(),
        reference="1187",
    )
    InstalmentFactory(award=award, rank=2, percent=40, amount=1)
    rows = client.get(url("detail", award.application.pk)).context["instalments"]
    assert [(row["reference"], bool(row["note"])) for row in rows] == [
        ("1187", False),
        ("", True),
    ]


def test_editor_sees_why_the_file_cannot_be_sent_and_cannot_send(client):
    editor = MemberFactory()
    client.force_login(editor)
    association = AssociationFactory(editor=editor)
    file = file_of(association)
    response = client.get(url("check_answers", file.pk))
    assert response.context["is_manager"] is False
    assert 'name="certified"' not in response.content.decode()
    sent = client.post(url("submit", file.pk), {"version": 1, "certified": "on"})
    assert sent.status_code == 403
    html(client, url("withdraw", file.pk), status=403)


def test_an_uncertified_file_is_not_sent(client, association):
    file = file_of(association)
    response = client.post(url("submit", file.pk), {"version": file.version})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["certified"]


def test_a_stale_page_sends_nothing(client, association):
    file = file_of(association)
    data = {"version": file.version + 1, "certified": "on"}
    response = client.post(url("submit", file.pk), data)
    assert response.status_code == 422
    file.refresh_from_db()
    assert file.state == State.DRAFT


def test_a_second_click_after_sending_leads_to_the_receipt(client, association):
    file = file_of(association, State.SUBMITTED)
    response = client.post(url("submit", file.pk), {"version": 1, "certified": "on"})
    assert response.url == url("receipt", file.pk)


def test_a_closed_call_loses_nothing_and_says_so(client, association, language):
    file = file_of(association, call=CallFactory(closed=True))
    assert client.get(url("detail", file.pk)).context["may_file"] is False
    form = client.get(url("section", file.pk, "request")).context["form"]
    assert form["purpose"].value() == file.purpose
    assert 'name="certified"' in html(client, url("check_answers", file.pk))


def test_a_late_code_is_asked_after_the_close(client, association):
    file = file_of(association, call=CallFactory(closed=True))
    code = LateCodeFactory(call=file.call, association=association)
    data = {"version": file.version, "certified": "on", "late_code": "WRONG"}
    response = client.post(url("submit", file.pk), data)
    assert list(response.context["form"].errors) == ["late_code"]
    response = client.post(url("submit", file.pk), data | {"late_code": code.code})
    assert "late_code" not in response.context["form"].errors if response.context else 1


def test_receipt_being_prepared_then_offered(client, association, language):
    file = file_of(association, State.SUBMITTED)
    letter = Letter.objects.create(application=file, kind="receipt", language="ar")
    waiting = html(client, url("receipt", file.pk))
    assert "data-poll" in waiting
    assert url("letter", letter.pk) not in waiting
    Letter.objects.update(made_at=timezone.now())
    ready = html(client, url("receipt", file.pk))
    assert "data-poll" not in ready
    assert url("letter", letter.pk) in ready


def test_withdrawing_names_the_file_and_asks_first(client, association):
    file = file_of(association, State.SUBMITTED)
    assert file.institution.name in html(client, url("withdraw", file.pk))
    client.post(url("withdraw", file.pk), {"version": file.version, "reason": ""})
    file.refresh_from_db()
    assert file.state == State.WITHDRAWN


@pytest.mark.parametrize(
    ("name", "args", "limit"),
    [
        ("home", (), 12),
        ("list", (), 12),
        ("detail", ("pk",), 12),
        ("section", ("pk", "request"), 12),
        ("section", ("pk", "beneficiaries"), 12),
        ("section", ("pk", "budget"), 12),
    ],
)
def test_pages_cost_the_same_with_one_file_and_with_three(
    client, association, django_assert_max_num_queries, name, args, limit
):
    file = file_of(association)
    address = url(name, *[file.pk if arg == "pk" else arg for arg in args])
    html(client, address)
    with django_assert_max_num_queries(limit) as one:
        html(client, address)
    for _ in range(2):
        CallDocumentFactory(call=file.call)
        file_of(association)
    with django_assert_max_num_queries(len(one)) as three:
        html(client, address)
    assert len(three) == len(one)


@pytest.mark.parametrize("state", [State.DRAFT, State.RETURNED])
@pytest.mark.parametrize("programme", ["eps", "schooling"])
@pytest.mark.parametrize("count", [1, 3])
def test_documents_page_stays_under_its_limit(
    client, association, django_assert_max_num_queries, programme, state, count
):
    """Everything at its largest: vault, call, remarks, a closed call."""
    call = CallFactory(programme=programme, closed=True)
    unit = {} if programme == "eps" else {"institution": None}
    file = file_of(association, state, call=call, **unit)
    complete_record(association, count)
    for _rank in range(count):
        AttachmentFactory(
            application=file, document__type=CallDocumentFactory(call=call).type
        )
        DocumentFactory(
            association=association, type=CallDocumentFactory(call=call).type
        )
    if state == State.RETURNED:
        returned(file)
    address = url("section", file.pk, "documents")
    html(client, address)
    with django_assert_max_num_queries(12):
        response = client.get(address)
    rows = response.context["rows"]
    assert sum(len(row.wanted.attachments) for row in rows) == count
    assert sum(len(row.reusable) for row in rows) == count
