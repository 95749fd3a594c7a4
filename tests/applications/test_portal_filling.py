"""Filling in: sections, documents, answers; nothing typed is lost, what it costs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.enums import State
from applications.models import Application
from institutions import drafts
from institutions.enums import MembershipRole
from tests.applications.portal import file_of, html, returned_file, url
from tests.factories import (
    AssociationFactory,
    CallDocumentFactory,
    CallFactory,
    DocumentFactory,
    MembershipFactory,
    RemarkFactory,
    attach_required,
)

pytestmark = pytest.mark.django_db


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


def test_saving_a_section_stays_under_its_budget(
    client, association, django_assert_max_num_queries
):
    file = file_of(association)
    key = file.lines.get().key
    address = url("section", file.pk, "beneficiaries")
    with django_assert_max_num_queries(20):
        client.post(address, {key: "40", "version": 0})
    file.refresh_from_db()
    assert file.lines.get().declared_count == 40
