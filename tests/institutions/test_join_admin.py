"""The delegate's desk: requests, members and merging in the staff site."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog
from institutions import evidence
from institutions.enums import JoinState
from institutions.models import Association, Invitation, JoinRequest
from tests import factories
from tests.factories import FES, delegation, made_up_rib
from tests.files import pdfs

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"admin:institutions_{name}", args=args)


@pytest.fixture
def officer(client):
    found = factories.DelegateFactory()
    client.force_login(found)
    return found


def with_paper(row):
    kept = evidence.keep(SimpleUploadedFile("receipt.pdf", pdfs.good()))
    row.evidence.name, row.evidence_name = kept.path, kept.name
    row.evidence_mime = kept.mime
    row.save()
    return row


def listed(client, **query):
    page = client.get(url("joinrequest_changelist"), query)
    return [row.pk for row in page.context["cl"].result_list]


def test_what_waits_stands_first_the_oldest_on_top(client, officer):
    decided = factories.JoinRequestFactory()
    JoinRequest.objects.update(
        state=JoinState.ACCEPTED,
        association=factories.AssociationFactory(),
        decided_by=officer,
        decided_at=timezone.now(),
    )
    first, second = factories.JoinRequestFactory.create_batch(2)
    factories.JoinRequestFactory(email_confirmed_at=None)
    factories.JoinRequestFactory(delegation=delegation(FES))
    assert listed(client) == [first.pk, second.pk, decided.pk]


def test_requests_are_found_by_variants_receipt_and_rib(client, officer):
    row = factories.JoinRequestFactory(
        name_ar="جمعية الإحسان", receipt_number="45/2018", rib=made_up_rib(8)
    )
    factories.JoinRequestFactory()
    for typed in ("جمعيه الاحسان", "45/2018", row.rib):
        assert listed(client, q=typed) == [row.pk], typed


def test_the_list_costs_the_same_for_many(
    client, officer, django_assert_max_num_queries
):
    factories.JoinRequestFactory.create_batch(3)
    factories.JoinRequestFactory.create_batch(3, access=True)
    client.get(url("joinrequest_changelist"))
    with django_assert_max_num_queries(12):
        client.get(url("joinrequest_changelist"))


def test_the_request_stands_beside_those_it_may_be(client, officer):
    known = factories.AssociationFactory(name_ar="جمعية الفجر")
    row = factories.JoinRequestFactory(
        name_ar="جمعيه الفجر", receipt_number=known.receipt_number
    )
    page = client.get(url("joinrequest_change", row.pk))
    (other,) = page.context["others"]
    assert (other["association"], other["is_certain"]) == (known, True)
    same = {str(line["label"]): line["is_same"] for line in other["rows"]}
    label = str(JoinRequest._meta.get_field("receipt_number").verbose_name)
    assert same[label] is True


def test_of_one_of_elsewhere_only_public_facts_are_shown(client, officer):
    far = factories.AssociationFactory(
        delegation=delegation(FES), receipt_number="991/2001", phone="+212661999999"
    )
    row = factories.JoinRequestFactory(rib=far.rib)
    page = client.get(url("joinrequest_change", row.pk)).content.decode()
    assert far.name_ar in page
    assert "991/2001" not in page
    assert "999999" not in page
    answer = client.post(
        url("joinrequest_change", row.pk), {"version": 1, "association": far.pk}
    )
    assert answer.status_code == 404


def test_accepting_and_refusing(client, officer):
    accepted, refused = factories.JoinRequestFactory.create_batch(2)
    client.post(url("joinrequest_change", accepted.pk), {"version": 1})
    client.post(
        url("joinrequest_change", refused.pk),
        {"version": 1, "action": "refuse", "reason": "غير مقروء"},
    )
    states = JoinRequest.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [JoinState.ACCEPTED, JoinState.REFUSED]


def test_a_page_too_old_is_told_and_keeps_what_was_typed(client, officer):
    row = factories.JoinRequestFactory()
    client.post(url("joinrequest_change", row.pk), {"version": 1})
    page = client.post(
        url("joinrequest_change", row.pk),
        {"version": 1, "action": "refuse", "reason": "نص مكتوب"},
    )
    assert page.status_code == 200
    assert page.context["typed_reason"] == "نص مكتوب"
    row.refresh_from_db()
    assert row.state == JoinState.ACCEPTED


def test_foreign_officers_find_nothing_and_inspectors_only_read(client):
    row = with_paper(factories.JoinRequestFactory())
    pages = [
        url("joinrequest_change", row.pk),
        url("joinrequest_file", row.pk),
    ]
    client.force_login(factories.DelegateFactory(delegation=delegation(FES)))
    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert client.post(pages[0], {"version": 1}).status_code == 404
    client.force_login(factories.InspectorFactory())
    assert [client.get(page).status_code for page in pages] == [200, 200]
    assert client.post(pages[0], {"version": 1}).status_code == 403
    client.force_login(factories.AdministratorFactory())
    assert {client.get(page).status_code for page in pages} == {403}


def test_the_file_is_read_logged_and_never_run(client, officer):
    row = with_paper(factories.JoinRequestFactory())
    answer = client.get(url("joinrequest_file", row.pk))
    assert answer.content == pdfs.good()
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    log = AccessLog.objects.get(object_kind="institutions.joinrequest")
    assert (log.object_id, log.user) == (row.pk, officer)


# Members.


def test_officers_manage_the_members_of_their_associations(client, officer):
    association = factories.AssociationFactory()
    page = url("association_members", association.pk)
    client.post(page, {"email": "a@example.ma", "role": "manager"})
    invitation = Invitation.objects.get()
    client.post(page, {"action": f"revoke-{invitation.pk}"})
    invitation.refresh_from_db()
    assert invitation.revoked_at is not None
    one, two = factories.MembershipFactory.create_batch(2, association=association)
    client.post(page, {"action": f"end-{one.pk}"})
    client.post(page, {"action": f"end-{two.pk}"})
    assert list(association.memberships.active()) == [two]


def test_members_of_another_association_are_not_reached_through_this_one(
    client, officer
):
    mine = factories.AssociationFactory()
    other = factories.MembershipFactory()
    page = url("association_members", mine.pk)
    assert client.post(page, {"action": f"end-{other.pk}"}).status_code == 404
    assert client.post(page, {"action": "end-x"}).status_code == 404


# Merging.


def test_the_preview_writes_nothing_and_the_number_is_typed(client, officer):
    kept, gone = factories.AssociationFactory.create_batch(2)
    factories.CentreFactory(association=gone)
    page = url("association_merge", kept.pk)
    assert client.get(page, {"with": gone.pk}).status_code == 200
    wrong = {"with": gone.pk, "versions": "1-1", "typed": "no"}
    assert client.post(page, wrong).status_code == 200
    assert gone.centres.count() == 1
    client.post(page, {**wrong, "typed": f" {gone.receipt_number} "})
    assert kept.centres.count() == 1
    gone.refresh_from_db()
    assert gone.merged_into == kept


def test_the_chosen_value_stays(client, officer):
    kept, gone = factories.AssociationFactory.create_batch(2)
    data = {"with": gone.pk, "versions": "1-1", "typed": gone.receipt_number}
    client.post(url("association_merge", kept.pk), {**data, "name_ar": "gone"})
    kept.refresh_from_db()
    assert kept.name_ar == gone.name_ar


def test_the_other_is_searched_in_one_s_own_territory(client, officer):
    kept = factories.AssociationFactory(name_ar="جمعية الإحسان")
    twin = factories.AssociationFactory(name_ar="جمعيه الاحسان")
    factories.AssociationFactory(name_ar="جمعية الإحسان", delegation=delegation(FES))
    page = url("association_merge", kept.pk)
    assert client.get(page).context["found"] == [twin]
    found = client.get(page, {"q": "الاحسان"}).context["found"]
    assert found == [twin]


def test_one_of_elsewhere_is_not_merged(client, officer):
    kept = factories.AssociationFactory()
    far = factories.AssociationFactory(delegation=delegation(FES))
    page = url("association_merge", kept.pk)
    assert client.get(page, {"with": far.pk}).status_code == 404
    assert client.get(page, {"with": "x"}).status_code == 404
    assert client.get(url("association_merge", far.pk)).status_code == 404
    client.force_login(factories.InspectorFactory())
    assert client.get(page).status_code == 403


def test_a_merged_row_leads_to_the_other_and_is_only_read(client, officer):
    kept, gone = factories.AssociationFactory.create_batch(2)
    Association.objects.filter(pk=gone.pk).update(merged_into=kept)
    listed = client.get(url("association_changelist")).context["cl"].result_list
    assert list(listed) == [kept]
    page = client.get(url("association_change", gone.pk))
    assert url("association_change", kept.pk) in page.content.decode()
    assert not page.context["has_change_permission"]
    assert client.get(url("association_merge", gone.pk)).status_code == 404
    answer = client.post(
        url("association_members", gone.pk), {"email": "a@b.ma", "role": "editor"}
    )
    assert answer.status_code == 403
