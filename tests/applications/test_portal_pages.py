"""Pages of a file: who may open them, what they say, what they cost."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.enums import InstalmentState, State
from applications.models import Application, Letter
from institutions import drafts
from institutions.enums import MembershipRole
from institutions.models import AnnualUpdate
from tests.applications.acting import returned
from tests.factories import (
    ApplicationFactory,
    AssociationFactory,
    AwardFactory,
    CallDocumentFactory,
    CallFactory,
    DelegateFactory,
    DocumentFactory,
    InstalmentFactory,
    LateCodeFactory,
    MemberFactory,
    MembershipFactory,
    RemarkFactory,
    attach_required,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    person = MemberFactory()
    client.force_login(person)
    return person


@pytest.fixture
def association(manager):
    return AssociationFactory(manager=manager)


def file_of(association, state=State.DRAFT, **fields):
    """One more file of the same association, on its one update."""
    update = AnnualUpdate.objects.filter(association=association).first()
    if update:
        fields["update"] = update
    return ApplicationFactory(association=association, state=state, **fields)


def url(name, *args):
    return reverse(f"applications:{name}", args=args)


def html(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


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


def test_documents_page_costs_the_same_with_one_and_with_three(
    client, association, django_assert_max_num_queries
):
    file = file_of(association)
    CallDocumentFactory(call=file.call)
    attach_required(file)
    address = url("section", file.pk, "documents")
    html(client, address)
    with django_assert_max_num_queries(14) as one:
        html(client, address)
    for _ in range(2):
        row = CallDocumentFactory(call=file.call)
        DocumentFactory(association=association, type=row.type)
    attach_required(file)
    with django_assert_max_num_queries(14) as three:
        html(client, address)
    assert len(three) == len(one)


def test_a_vault_document_joins_in_one_tap_and_leaves(client, association):
    file = file_of(association)
    row = CallDocumentFactory(call=file.call)
    document = DocumentFactory(association=association, type=row.type)
    data = {"document": document.pk, "call_document": row.pk}
    client.post(url("attach", file.pk), data)
    attachment = file.attachments.get()
    assert attachment.document == document
    client.post(url("detach", attachment.pk), {"call_document": row.pk})
    assert file.attachments.count() == 0


def test_a_document_of_another_association_cannot_be_attached(client, association):
    file = file_of(association)
    row = CallDocumentFactory(call=file.call)
    foreign = DocumentFactory(type=row.type)
    data = {"document": foreign.pk, "call_document": row.pk}
    assert client.post(url("attach", file.pk), data).status_code == 404


def test_a_document_of_my_other_association_cannot_be_attached(
    client, manager, association
):
    file = file_of(association)
    row = CallDocumentFactory(call=file.call)
    other = DocumentFactory(
        type=row.type, association=AssociationFactory(manager=manager)
    )
    data = {"document": other.pk, "call_document": row.pk}
    assert client.post(url("attach", file.pk), data).status_code == 404


def test_a_locked_document_cannot_leave_a_returned_file(client, association):
    file, _remark = returned_file(association)
    row = CallDocumentFactory(call=file.call)
    attach_required(file)
    attachment = file.attachments.get()
    response = client.post(url("detach", attachment.pk), {"call_document": row.pk})
    assert response.status_code == 422
    assert file.attachments.count() == 1


def returned_file(association):
    file = file_of(association, State.RETURNED)
    remark = returned(file, due_on=timezone.localdate() + timedelta(days=5))
    remark.section, remark.answer = "budget", ""
    remark.save()
    return file, remark


def test_only_the_parts_named_are_open_after_a_return(client, association):
    file, remark = returned_file(association)
    html(client, url("section", file.pk, "budget"))
    locked = client.get(url("section", file.pk, "request"))
    assert locked.url == file.get_absolute_url()
    page = html(client, file.get_absolute_url())
    assert remark.text in page


def test_an_answer_is_kept_and_the_file_sent_again(client, association):
    file, remark = returned_file(association)
    empty = client.post(url("answer", remark.pk), {f"remark-{remark.pk}-answer": ""})
    assert empty.status_code == 422
    data = {f"remark-{remark.pk}-answer": "صححنا المبلغ"}
    client.post(url("answer", remark.pk), data)
    remark.refresh_from_db()
    assert remark.answer == "صححنا المبلغ"
    file.refresh_from_db()
    sent = client.post(
        url("submit", file.pk), {"version": file.version, "certified": "on"}
    )
    assert sent.url == url("receipt", file.pk)


def test_a_remark_not_sent_yet_cannot_be_answered_or_seen(client, association):
    file = file_of(association, State.SUBMITTED)
    draft = RemarkFactory(application=file)
    data = {f"remark-{draft.pk}-answer": "x"}
    assert client.post(url("answer", draft.pk), data).status_code == 404
    assert draft.text not in html(client, file.get_absolute_url())


def test_home_shows_what_has_a_deadline_first(client, association):
    draft = file_of(association)
    late, _remark = returned_file(association)
    context = client.get(url("home")).context
    assert context["first"].url == late.get_absolute_url()
    assert draft.get_absolute_url() in [task.url for task in context["others"]]


def test_home_with_nothing_to_do_says_what_comes_next(client, association, language):
    call = CallFactory(
        opens_at=timezone.now() + timedelta(days=3),
        closes_at=timezone.now() + timedelta(days=30),
    )
    context = client.get(url("home")).context
    assert context["coming"] == call


def test_opening_a_file_of_my_other_association_makes_it_the_current_one(
    client, manager, association
):
    other = AssociationFactory()
    MembershipFactory(association=other, user=manager, role=MembershipRole.EDITOR)
    file = file_of(other)
    response = client.get(url("detail", file.pk))
    assert response.context["current_association"] == other
    assert response.context["is_manager"] is False


def test_what_was_typed_stays_when_it_is_not_valid(client, association):
    file = file_of(association)
    address = url("section", file.pk, "beneficiaries")
    key = file.lines.get().key
    response = client.post(address, {key: "51", "version": 0}, follow=True)
    form = response.context["form"]
    assert form[key].value() == "51"
    assert list(form.errors) == [key]
    file.refresh_from_db()
    assert file.lines.get().declared_count == 50


def test_two_tabs_nothing_is_overwritten(client, association):
    file = file_of(association)
    address = url("section", file.pk, "request")
    client.post(address, {"subject": "first", "version": 0})
    second = client.post(address, {"subject": "second", "version": 0})
    assert second.status_code == 409
    assert second.context["clash"]
    assert second.context["form"]["subject"].value() == "second"
    assert Application.objects.get(pk=file.pk).subject == "first"
    again = second.context["draft"].version
    client.post(address, {"subject": "second", "version": again})
    assert Application.objects.get(pk=file.pk).subject == "second"


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("request", {"subject": "x", "contact_phone": "0661 00 00 00"}),
        ("budget", {"meals": "1 250,50", "rent": "12"}),
    ],
)
def test_a_second_click_on_saving_goes_on(client, association, code, typed):
    address = url("section", file_of(association).pk, code)
    first = client.post(address, typed | {"version": 0})
    second = client.post(address, typed | {"version": 0})
    assert (second.status_code, second.url) == (302, first.url)


def test_what_is_typed_after_the_back_button_is_not_lost(client, association):
    address = url("section", file_of(association).pk, "request")
    key = "0f0e0d0c-0b0a-4908-8706-050403020100"
    client.post(address, {"subject": "a", "version": 0, "idempotency_key": key})
    page = client.get(address).content.decode()
    assert page.count("idempotency_key") == 0
    back = client.post(address, {"subject": "b", "version": 0})
    assert back.context["form"]["subject"].value() == "b"


def test_autosave_answers_the_hour_and_the_version(client, association):
    file = file_of(association)
    address = url("section", file.pk, "request")
    data = {"subject": "by itself", "version": 0, "autosave": "1"}
    first = client.post(address, data).json()
    assert first["version"] == drafts.read("application", file.pk, "request").version
    assert Application.objects.get(pk=file.pk).subject == "by itself"
    stale = client.post(address, data)
    assert (stale.status_code, stale.json()["error"]) == (409, "clash")
