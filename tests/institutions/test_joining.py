"""Requests to join: asked, confirmed, decided; the presidency handed over."""

import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Outbox
from institutions import evidence, joining, members, validity
from institutions.enums import (
    AssociationStatus,
    JoinKind,
    JoinState,
    MembershipRole,
)
from institutions.findings import check_record
from institutions.models import (
    Association,
    Document,
    DocumentType,
    Invitation,
    JoinRequest,
)
from tests import factories
from tests.applications.test_concurrency import Meeting, at_once
from tests.factories import FES, TETOUAN, commune, delegation
from tests.files import pdfs

pytestmark = pytest.mark.django_db
EDITOR, MANAGER = MembershipRole.EDITOR, MembershipRole.MANAGER


@pytest.fixture
def officer():
    return factories.DelegateFactory()


def paper(name="receipt.pdf"):
    upload = SimpleUploadedFile(name, pdfs.good(), content_type="application/pdf")
    return evidence.keep(upload)


def values(**other):
    place = delegation()
    return {
        "kind": JoinKind.REGISTRATION,
        "delegation": place,
        "commune": commune(place),
        "name_ar": "جمعية الفجر",
        "receipt_number": "77/2024",
        "receipt_kind": "final",
        "receipt_on": datetime.date(2024, 3, 1),
        "contact_name": "سعاد",
        "email": "Asker@Example.ma",
        "phone": "+212661000001",
        "language": "fr",
        **other,
    }


def with_paper(row):
    kept = paper()
    row.evidence.name, row.evidence_name, row.evidence_mime = kept.path, *kept_names()
    row.save()
    return row


def kept_names():
    return "receipt.pdf", "application/pdf"


def told():
    rows = Outbox.objects.order_by("pk")
    return [
        (row.kind, row.recipient.email if row.recipient else row.address)
        for row in rows
    ]


def refusal(call, *args, **options):
    with pytest.raises(ValidationError) as caught:
        call(*args, **options)
    return caught.value


# Asking and confirming.


def test_asking_mails_a_link_and_tells_nobody_else(officer):
    joining.ask(values(), file=paper())
    row = JoinRequest.objects.get()
    assert (row.email, row.state) == ("asker@example.ma", JoinState.WAITING)
    assert told() == [("join_confirm", "asker@example.ma")]
    assert Outbox.objects.get().path == f"/join/{row.email_token}/"
    assert Outbox.objects.get().language == "fr"
    assert not joining.waiting(officer).exists()


def test_confirming_tells_the_delegation_once(officer):
    factories.DelegateFactory(delegation=delegation(TETOUAN))
    joining.ask(values(), file=paper())
    row = JoinRequest.objects.get()
    joining.confirm(row.email_token)
    joining.confirm(row.email_token)
    assert told()[1:] == [("join_received", officer.email)]
    assert list(joining.waiting(officer)) == [row]


def test_a_token_that_nobody_was_sent():
    with pytest.raises(JoinRequest.DoesNotExist):
        joining.confirm(uuid.uuid4())


def test_asking_twice_sends_the_link_again_and_keeps_one_request():
    joining.ask(values(), file=paper())
    joining.ask(values(email="asker@example.MA"), file=paper())
    assert JoinRequest.objects.count() == 1
    assert told() == [("join_confirm", "asker@example.ma")] * 2


def test_an_officer_learns_by_mail_alone_that_it_cannot_be(officer):
    joining.ask(values(email=officer.email), file=paper())
    assert not JoinRequest.objects.exists()
    assert told() == [("join_staff_address", officer.email)]


# The desk.


def test_a_registration_creates_a_verified_association_and_invites(officer):
    row = with_paper(factories.JoinRequestFactory(language="fr", ice="001512345000012"))
    path = row.evidence.name
    joining.accept(row.pk, actor=officer, version=1)
    association = Association.objects.get()
    assert association.status == AssociationStatus.VERIFIED
    assert association.delegation == row.delegation
    assert (association.ice, association.language) == (row.ice, "fr")
    document = Document.objects.get()
    assert (document.type.code, document.association) == ("receipt", association)
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role) == (row.email, MANAGER)
    assert told() == [("join_accepted", row.email)]
    row.refresh_from_db()
    assert (row.state, row.association) == (JoinState.ACCEPTED, association)
    assert (row.decided_by, row.evidence.name) == (officer, "")
    assert path != document.file.name


@pytest.mark.django_db(transaction=True)
def test_the_file_of_a_request_is_not_kept_twice():
    row = with_paper(factories.JoinRequestFactory())
    path = row.evidence.name
    assert default_storage.exists(path)
    joining.accept(row.pk, actor=factories.DelegateFactory(), version=1)
    assert not default_storage.exists(path)
    assert default_storage.exists(Document.objects.get().file.name)


@pytest.mark.parametrize("what", ["receipt_number", "ice", "rib"])
def test_a_number_already_taken_is_held(officer, what):
    known = factories.AssociationFactory(ice="001512345000012")
    row = factories.JoinRequestFactory(**{what: getattr(known, what)})
    refusal(joining.accept, row.pk, actor=officer, version=1)
    assert Association.objects.count() == 1
    row.refresh_from_db()
    assert (row.state, row.version) == (JoinState.WAITING, 1)
    joining.accept(
        row.pk, actor=officer, version=1, association_pk=known.pk, role=EDITOR
    )
    row.refresh_from_db()
    assert row.association == known
    assert Invitation.objects.get().role == EDITOR


def test_access_is_given_in_the_role_that_the_delegate_says(officer):
    row = with_paper(factories.JoinRequestFactory(access=True))
    joining.accept(row.pk, actor=officer, version=1, role=EDITOR)
    invitation = Invitation.objects.get()
    assert (invitation.association, invitation.role) == (row.association, EDITOR)
    assert Document.objects.get().type.code == "receipt"


def test_whoever_works_there_already_is_told_so(officer):
    row = factories.JoinRequestFactory(access=True)
    person = factories.MemberFactory(email=row.email)
    factories.MembershipFactory(association=row.association, user=person)
    joining.accept(row.pk, actor=officer, version=1)
    assert not Invitation.objects.exists()
    assert told() == [("join_accepted_member", person.email)]


def test_a_refusal_says_why_and_changes_nothing(officer):
    row = factories.JoinRequestFactory()
    refusal(joining.refuse, row.pk, actor=officer, version=1, reason="  ")
    joining.refuse(row.pk, actor=officer, version=1, reason="وصل غير مقروء")
    row.refresh_from_db()
    assert (row.state, row.reason) == (JoinState.REFUSED, "وصل غير مقروء")
    assert told() == [("join_refused", row.email)]
    assert not Association.objects.exists()


def test_a_decision_made_or_a_page_too_old_is_said(officer):
    row = factories.JoinRequestFactory()
    with pytest.raises(joining.StaleRequest):
        joining.accept(row.pk, actor=officer, version=7)
    joining.accept(row.pk, actor=officer, version=1)
    for act in (joining.accept, joining.refuse):
        reason = {"reason": "x"} if act is joining.refuse else {}
        with pytest.raises(joining.StaleRequest) as caught:
            act(row.pk, actor=officer, version=2, **reason)
        assert str(officer) in caught.value.messages[0]


def test_who_decides():
    row = factories.JoinRequestFactory()
    far = factories.DelegateFactory(delegation=delegation(FES))
    for actor in (far, factories.MemberFactory(), factories.AdministratorFactory()):
        with pytest.raises(JoinRequest.DoesNotExist):
            joining.accept(row.pk, actor=actor, version=1)
    with pytest.raises(PermissionDenied):
        joining.accept(row.pk, actor=factories.InspectorFactory(), version=1)
    joining.accept(row.pk, actor=factories.CoordinatorFactory(), version=1)


def test_what_is_not_confirmed_is_not_decided(officer):
    row = factories.JoinRequestFactory(email_confirmed_at=None)
    with pytest.raises(JoinRequest.DoesNotExist):
        joining.accept(row.pk, actor=officer, version=1)


def test_access_to_an_association_of_elsewhere_is_not_given(officer):
    far = factories.AssociationFactory(delegation=delegation(FES))
    row = factories.JoinRequestFactory()
    with pytest.raises(Association.DoesNotExist):
        joining.accept(row.pk, actor=officer, version=1, association_pk=far.pk)


@pytest.mark.django_db(transaction=True)
def test_two_delegates_who_decide_at_once(monkeypatch):
    """Both would create it, if the request were not locked before its state is read."""
    one, other = factories.DelegateFactory.create_batch(2)
    row = factories.JoinRequestFactory()
    meeting = Meeting()
    monkeypatch.setattr(joining, "_decide", meeting.before(joining._decide))
    raised = at_once(
        lambda: joining.accept(row.pk, actor=one, version=1),
        lambda: joining.refuse(row.pk, actor=other, version=1, reason="x"),
    )
    losers = [error for error in raised if error is not None]
    assert [type(error) for error in losers] == [joining.StaleRequest]
    row.refresh_from_db()
    assert row.decided_by == [one, other][raised.index(None)]
    assert row.version == 2


# Succession.


@pytest.fixture
def house():
    """An association with two members, one invited, and its president."""
    association = factories.AssociationFactory(
        manager=factories.MemberFactory(email="old@example.ma"),
        editor=factories.MemberFactory(email="editor@example.ma"),
    )
    factories.BoardMemberFactory(association=association, name="الرئيس السابق")
    factories.InvitationFactory(association=association, email="pending@example.ma")
    return association


def announce(house, **other):
    return factories.JoinRequestFactory(
        succession=True, association=house, email="new@example.ma", **other
    )


def test_a_succession_ends_memberships_and_pending_invitations(house, officer):
    row = with_paper(announce(house))
    joining.accept(row.pk, actor=officer, version=1)
    assert not house.memberships.active().exists()
    pending = list(house.invitations.pending())
    assert [(invitation.email, invitation.role) for invitation in pending] == [
        ("new@example.ma", MANAGER)
    ]
    assert told() == [
        ("succession_ended", "old@example.ma"),
        ("succession_ended", "editor@example.ma"),
        ("join_accepted", "new@example.ma"),
    ]
    old = house.invitations.get(email="pending@example.ma")
    refusal(members.usable, old.token)


def test_a_succession_brings_board_assembly_and_minutes_up_to_date(house, officer):
    row = with_paper(announce(house))
    joining.accept(row.pk, actor=officer, version=1)
    house.refresh_from_db()
    president = house.board.get()
    assert (president.name, president.cnie) == (row.contact_name, "K123456")
    assert house.last_assembly_on == row.assembly_on
    assert (house.board_term_months, house.version) == (48, 2)
    document = Document.objects.get()
    assert document.type.code == "assembly_minutes"
    assert document.issued_on == row.assembly_on


def test_after_a_succession_the_bank_account_is_to_be_confirmed(house, officer):
    """Its certificate ended with the board that signed there, and can be renewed by
    saying that it holds."""
    row = announce(house)
    kept = factories.DocumentFactory(
        association=house, type=DocumentType.objects.get(code="rib_certificate")
    )
    before = row.assembly_on - datetime.timedelta(days=30)
    Document.objects.filter(pk=kept.pk).update(issued_on=before)
    joining.accept(row.pk, actor=officer, version=1)
    kept.refresh_from_db()
    assert kept.expires_on == row.assembly_on
    found = [item.evidence for item in check_record(house, year=factories.YEAR)]
    assert [case["type"] for case in found if "type" in case] == ["rib_certificate"]
    kept.association.refresh_from_db()
    assert validity.may_be_prolonged(kept)


def test_a_member_who_becomes_president_stays_as_manager(house, officer):
    row = announce(house)
    JoinRequest.objects.update(email="editor@example.ma")
    joining.accept(row.pk, actor=officer, version=1)
    stays = house.memberships.active().get()
    assert (stays.user.email, stays.role) == ("editor@example.ma", MANAGER)
    assert told()[-1] == ("join_accepted_member", "editor@example.ma")
    assert not house.invitations.pending().exists()


def test_a_refused_succession_changes_nothing_and_says_why(house, officer):
    row = announce(house)
    joining.refuse(row.pk, actor=officer, version=1, reason="محضر غير موقع")
    assert house.memberships.active().count() == 2
    assert house.invitations.pending().count() == 1
    assert house.board.get().name == "الرئيس السابق"
    assert told() == [
        ("join_refused", "new@example.ma"),
        ("succession_refused", "old@example.ma"),
    ]


def test_a_succession_asked_from_outside_warns_the_managers(house, officer):
    fields = {"association": house, "kind": JoinKind.SUCCESSION}
    term = {"assembly_on": timezone.localdate(), "board_term_months": 48}
    joining.ask(values(**fields, **term), file=paper())
    joining.confirm(JoinRequest.objects.get().email_token)
    assert told()[1:] == [
        ("join_received", officer.email),
        ("succession_asked", "old@example.ma"),
    ]


# Files sent with requests that nobody finished.


def test_files_without_a_request_are_swept_after_a_day():
    lost, kept = paper(), with_paper(factories.JoinRequestFactory())
    assert evidence.sweep() == 0
    tomorrow = timezone.now() + datetime.timedelta(hours=25)
    assert evidence.sweep(tomorrow) == 1
    assert not default_storage.exists(lost.path)
    assert default_storage.exists(kept.evidence.name)
