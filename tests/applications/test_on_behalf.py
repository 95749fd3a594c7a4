"""A delegation fills a file for an association of its territory (decision 29)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Outbox
from applications.enums import State
from applications.models import Application, Event
from applications.workflow import Capacity
from tests import factories
from tests.applications.acting import person, ready, returned
from tests.applications.portal import html, url
from tests.factories import FES, TETOUAN, delegation
from tests.files import pdfs

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    """Of an association with a member and a confirmed update; a call is open."""
    association = factories.AssociationFactory(manager=factories.MemberFactory())
    row = factories.InstitutionFactory(association=association)
    factories.HeadcountFactory(institution=row)
    factories.AnnualUpdateFactory(association=association, confirmed=True)
    factories.CallFactory()
    return row


def member_of(file):
    return file.association.memberships.get().user


def begin(client, institution, **more):
    call = factories.CallFactory()
    data = {"call": call.pk, "institution": institution.pk, **more}
    return client.post(url("on_behalf", institution.association_id), data)


def behalf(client, institution):
    begin(client, institution)
    return Application.objects.get()


def subject(client, file, text="دعم", version=0):
    data = {"version": version, "subject": text, "purpose": "x", "contact_name": "سعاد"}
    data["contact_phone"] = "0600001234"
    return client.post(url("section", file.pk, "request"), data)


def test_the_association_s_page_of_the_staff_site_leads_to_it(
    client, delegate, institution
):
    page = reverse(
        "admin:institutions_association_change", args=[institution.association_id]
    )
    assert url("on_behalf", institution.association_id) in html(client, page)


def test_a_delegate_begins_and_the_association_is_told(client, delegate, institution):
    assert institution.name in html(
        client, url("on_behalf", institution.association_id)
    )
    answer = begin(client, institution)
    file = Application.objects.get()
    assert answer.url == url("detail", file.pk)
    assert (file.state, file.is_on_behalf, file.created_by) == ("draft", True, delegate)
    told = Outbox.objects.values_list("kind", "recipient")
    assert list(told) == [("application_started_on_behalf", member_of(file).pk)]


def test_a_second_sending_begins_nothing_more(client, delegate, institution):
    key = "5f0c1c1e-1111-4222-8333-444455556666"
    first = begin(client, institution, idempotency_key=key)
    assert begin(client, institution, idempotency_key=key).url == first.url
    assert begin(client, institution).url == first.url
    assert Application.objects.count() == 1


def test_each_page_says_on_whose_behalf(client, delegate, institution, language):
    file = behalf(client, institution)
    words = {"ar": "تكتبون نيابة عن", "fr": "Vous écrivez au nom de"}[language]
    pages = [url("detail", file.pk), url("check_answers", file.pk)]
    pages += [url("section", file.pk, code) for code in ("request", "documents")]
    for page in pages:
        body = html(client, page)
        assert words in body, page
        assert file.association.name_in(language) in body, page


def test_the_association_reads_who_entered_what(client, delegate, institution):
    """Saved twice is one line; another section is another."""
    file = behalf(client, institution)
    assert subject(client, file).status_code == 302
    assert subject(client, file, "دعم آخر", version=1).status_code == 302
    client.post(url("section", file.pk, "budget"), {"version": 0, "meals": "60000"})
    filled = Event.objects.filter(transition="fill").order_by("pk")
    found = filled.values_list("reason", "actor", "is_on_behalf")
    assert list(found) == [
        ("request", delegate.pk, True),
        ("budget", delegate.pk, True),
    ]
    client.force_login(member_of(file))
    entries = client.get(url("detail", file.pk)).context["entries"]
    assert [entry.who for entry in entries] == [str(delegate)] * 3
    assert len({entry.what for entry in entries}) == 3


def test_the_association_goes_on_with_it_and_sends_it(client, delegate, institution):
    file = behalf(client, institution)
    client.force_login(member_of(file))
    assert subject(client, file).status_code == 302
    body = html(client, url("check_answers", file.pk))
    assert url("submit", file.pk) in body
    assert url("certification", file.pk) not in body


def test_whoever_begins_alone_may_be_helped_and_is_told_once(client, delegate):
    association = factories.AssociationFactory(manager=factories.MemberFactory())
    file = factories.ApplicationFactory(association=association)
    assert html(client, url("detail", file.pk))
    subject(client, file)
    subject(client, file, "دعم آخر", version=1)
    file.refresh_from_db()
    assert file.is_on_behalf
    assert Outbox.objects.filter(kind="application_started_on_behalf").count() == 1


# Who, where, when.


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (factories.CoordinatorFactory, 403),
        (factories.CentralFactory, 403),
        (factories.InspectorFactory, 403),
        (factories.MemberFactory, 403),
        (lambda: factories.DelegateFactory(delegation=delegation(FES)), 404),
    ],
)
def test_nobody_else_begins(client, institution, make, status):
    client.force_login(make())
    assert client.get(url("on_behalf", institution.association_id)).status_code == (
        status
    )
    assert begin(client, institution).status_code == status
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (factories.CoordinatorFactory, 404),
        (factories.CentralFactory, 404),
        (lambda: factories.DelegateFactory(delegation=delegation(FES)), 404),
        (factories.MemberFactory, 404),
    ],
)
def test_nobody_else_fills_the_draft(client, delegate, institution, make, status):
    file = behalf(client, institution)
    client.force_login(make())
    assert client.get(url("detail", file.pk)).status_code == status
    assert subject(client, file).status_code == status
    assert client.post(url("certification", file.pk)).status_code in (status, 403)


def test_a_unit_that_another_delegation_receives_is_not_offered(
    client, delegate, institution
):
    away = factories.InstitutionFactory(
        association=institution.association, delegation=delegation(TETOUAN)
    )
    page = client.get(url("on_behalf", institution.association_id))
    (offer,) = page.context["offers"]
    assert offer.units == [institution]
    assert begin(client, away).status_code == 404


def test_without_a_confirmed_update_nothing_is_offered(client, delegate, institution):
    institution.association.updates.update(state="begun")
    page = url("on_behalf", institution.association_id)
    assert f'value="{institution.pk}"' not in html(client, page)
    assert begin(client, institution).url == page
    assert not Application.objects.exists()


def test_a_file_sent_is_read_in_the_staff_site_only(client, delegate):
    file = ready(State.SUBMITTED, is_on_behalf=True)
    for name in ("detail", "check_answers", "decision", "withdraw", "receipt"):
        assert client.get(url(name, file.pk)).status_code == 403, name
    assert subject(client, file).status_code == 403


@pytest.mark.parametrize(("is_on_behalf", "status"), [(True, 200), (False, 403)])
def test_remarks_are_answered_by_whoever_filled_the_file(
    client, delegate, is_on_behalf, status
):
    """Else a delegation would answer the remarks that it made itself."""
    file = factories.ApplicationFactory(state=State.RETURNED, is_on_behalf=is_on_behalf)
    returned(file)
    assert client.get(url("detail", file.pk)).status_code == status


# Certified by the manager, on line or on paper.


def send(client, file):
    file.refresh_from_db()
    data = {"version": file.version, "certified": "on"}
    return client.post(url("submit", file.pk), data)


def complete(**fields):
    file = factories.ApplicationFactory(is_on_behalf=True, **fields)
    factories.attach_required(file)
    return file


def test_an_officer_does_not_send_without_the_signed_summary(client, delegate):
    file = complete()
    body = html(client, url("check_answers", file.pk))
    assert url("certification", file.pk) in body
    assert url("submit", file.pk) not in body
    assert send(client, file).status_code == 422
    file.refresh_from_db()
    assert file.state == State.DRAFT


def test_what_is_mended_in_the_record_leads_an_officer_to_the_staff_site(
    client, delegate
):
    """The pages of the update are not open to whoever did not enter there."""
    file = complete()
    page = client.get(url("check_answers", file.pk))
    found = [finding for finding in page.context["findings"] if finding.place]
    assert found
    assert [f.url for f in found] == [f.staff_url for f in found]


def test_an_officer_sends_on_the_summary_that_the_manager_signed(client, delegate):
    file = complete()
    paper = SimpleUploadedFile("signed.pdf", pdfs.good())
    answer = client.post(url("certification", file.pk), {"file": paper})
    assert answer.url == url("check_answers", file.pk) + "#send"
    signed = file.attachments.filter(document__type__code="signed_certification")
    assert [row.document.original_name for row in signed] == ["signed.pdf"]
    answer = send(client, file)
    assert answer.url == reverse(
        "admin:applications_application_change", args=[file.pk]
    )
    event = Event.objects.get(transition="submit")
    assert (event.actor, event.is_on_behalf) == (delegate, True)


OWN_ENTRY = {"ar": "تشعر المنسقية", "fr": "la coordination en est informée"}


def test_who_entered_is_warned_that_the_opinion_is_told(client, delegate, language):
    file = ready(State.SUBMITTED, is_on_behalf=True)
    page = reverse("admin:applications_application_change", args=[file.pk])
    assert OWN_ENTRY[language] not in html(client, page)
    Event.objects.create(
        application=file,
        transition="fill",
        to_state=State.DRAFT,
        actor=delegate,
        is_on_behalf=True,
        reason="budget",
    )
    assert OWN_ENTRY[language] in html(client, page)


@pytest.mark.parametrize("content", [None, b"", b"nothing"])
def test_a_bad_scan_is_refused_with_its_reason(client, delegate, content):
    file = complete()
    data = {}
    if content is not None:
        data["file"] = SimpleUploadedFile("signed.pdf", content)
    answer = client.post(url("certification", file.pk), data, follow=True)
    assert len(list(answer.context["messages"])) == 1
    assert not file.attachments.filter(
        document__type__code="signed_certification"
    ).exists()


def test_a_member_does_not_pass_as_an_officer(client):
    file = complete()
    client.force_login(person(Capacity.MANAGER, file))
    assert client.post(url("certification", file.pk)).status_code == 403


def test_the_page_costs_the_same_for_many(
    client, delegate, institution, django_assert_max_num_queries
):
    page = url("on_behalf", institution.association_id)
    html(client, page)
    with django_assert_max_num_queries(12) as one:
        html(client, page)
    for _rank in range(2):
        factories.InstitutionFactory(association=institution.association)
    with django_assert_max_num_queries(12) as three:
        html(client, page)
    assert len(three) == len(one)
