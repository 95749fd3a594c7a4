"""Who works for an association: invitations, roles, the last manager."""

import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Outbox, User
from institutions import members
from institutions.enums import MembershipRole
from institutions.models import Association, Invitation, Membership
from tests import factories
from tests.applications.test_concurrency import Meeting, at_once
from tests.factories import FES, delegation

pytestmark = pytest.mark.django_db
EDITOR, MANAGER = MembershipRole.EDITOR, MembershipRole.MANAGER


@pytest.fixture
def association(manager):
    return factories.AssociationFactory(manager=manager, language="fr")


def invite(association, actor, email="new@example.ma", role=EDITOR):
    return members.invite(association.pk, actor=actor, email=email, role=role)


def told():
    rows = Outbox.objects.order_by("pk")
    return [
        (row.kind, row.recipient.email if row.recipient else row.address)
        for row in rows
    ]


def test_a_new_person_is_invited_by_mail_in_the_language_of_the_association(
    association, manager
):
    invitation = invite(association, manager, email=" New@Example.MA ")
    notice = Outbox.objects.get()
    assert (notice.kind, notice.address) == ("member_invited", "new@example.ma")
    assert notice.language == "fr"
    assert notice.path == f"/join/invitation/{invitation.token}/"
    assert not User.objects.filter(email="new@example.ma").exists()
    days = (invitation.expires_at - timezone.now()).total_seconds() / 86400
    assert round(days, 2) == 14


def test_an_account_that_exists_is_told_in_its_own_language(association, manager):
    person = factories.MemberFactory(email="known@example.ma", language="ar")
    invite(association, manager, email="KNOWN@example.ma")
    assert Outbox.objects.get().recipient == person


def test_who_may_invite(association, manager):
    editor = factories.MembershipFactory(association=association, role=EDITOR).user
    allowed = [manager, factories.DelegateFactory(), factories.CoordinatorFactory()]
    for rank, actor in enumerate(allowed):
        invite(association, actor, email=f"n{rank}@example.ma")
    for actor in (editor, factories.InspectorFactory()):
        with pytest.raises(PermissionDenied):
            invite(association, actor)
    far = factories.DelegateFactory(delegation=delegation(FES))
    for actor in (far, factories.MemberFactory(), factories.AdministratorFactory()):
        with pytest.raises(Association.DoesNotExist):
            invite(association, actor)
    assert Invitation.objects.count() == len(allowed)


def refusal(call, *args, **values):
    with pytest.raises(ValidationError) as caught:
        call(*args, **values)
    return caught.value


def test_staff_members_and_those_invited_are_refused(association, manager):
    invite(association, manager, email="twice@example.ma")
    officer = factories.DelegateFactory()
    said = {
        str(refusal(invite, association, manager, email=email).message_dict["email"])
        for email in (officer.email.upper(), manager.email, "Twice@example.ma")
    }
    assert len(said) == 3
    assert str([str(members.STAFF_ADDRESS)]) in said
    assert Invitation.objects.count() == 1


def test_an_invitation_that_has_run_out_makes_place_for_another(association, manager):
    old = invite(association, manager)
    Invitation.objects.update(expires_at=timezone.now())
    fresh = invite(association, manager)
    old.refresh_from_db()
    assert old.revoked_at is not None
    assert list(association.invitations.pending()) == [fresh]


def test_sending_again_makes_the_former_link_dead(association, manager):
    invitation = invite(association, manager)
    first = invitation.token
    Invitation.objects.update(expires_at=timezone.now())
    again = members.resend(invitation.pk, actor=manager)
    assert again.expires_at > timezone.now() + datetime.timedelta(days=13)
    with pytest.raises(Invitation.DoesNotExist):
        members.usable(first)
    assert members.usable(again.token) == again
    assert [kind for kind, _address in told()] == ["member_invited"] * 2


def test_withdrawing_tells_the_person_and_closes_the_link(association, manager):
    invitation = invite(association, manager)
    members.revoke(invitation.pk, actor=manager)
    refusal(members.usable, invitation.token)
    assert told()[-1] == ("invitation_revoked", "new@example.ma")
    refusal(members.revoke, invitation.pk, actor=manager)
    refusal(members.resend, invitation.pk, actor=manager)


def new_account(invitation):
    return members.accept_as_new(
        invitation.token, name="Nadia", password="a long enough one", language="fr"
    )


def test_a_new_person_opens_an_account_once(association, manager):
    invitation = invite(association, manager, role=MANAGER)
    membership = new_account(invitation)
    assert (membership.user.email, membership.role) == ("new@example.ma", MANAGER)
    assert membership.user.check_password("a long enough one")
    assert membership.user.language == "fr"
    refusal(new_account, invitation)
    assert told()[-1] == ("member_joined", manager.email)


def test_an_account_accepts_once_and_only_its_own(association, manager):
    person = factories.MemberFactory(email="known@example.ma")
    invitation = invite(association, manager, email=person.email)
    with pytest.raises(PermissionDenied):
        members.accept(invitation.token, user=factories.MemberFactory())
    members.accept(invitation.token, user=person)
    refusal(members.accept, invitation.token, user=person)
    refusal(new_account, invitation)
    assert association.memberships.active().filter(user=person).count() == 1


@pytest.mark.parametrize("state", ["expired", "revoked", "merged", "closed", "staff"])
def test_links_that_lead_nowhere(association, manager, state):
    person = factories.MemberFactory(email="known@example.ma")
    invitation = invite(association, manager, email=person.email)
    now = timezone.now()
    if state == "expired":
        Invitation.objects.update(expires_at=now)
    elif state == "revoked":
        Invitation.objects.update(revoked_at=now)
    elif state == "merged":
        other = factories.AssociationFactory()
        Association.objects.filter(pk=association.pk).update(merged_into=other)
    elif state == "closed":
        person.is_active = False
    else:
        person.role = "inspector"
    refusal(members.accept, invitation.token, user=person)
    assert not Membership.objects.filter(user=person).exists()


def test_a_token_that_nobody_was_sent():
    with pytest.raises(Invitation.DoesNotExist):
        members.usable(uuid.uuid4())


def test_tokens_are_random():
    tokens = {factories.InvitationFactory().token for _ in range(5)}
    assert len(tokens) == 5
    assert {token.version for token in tokens} == {4}


def test_the_last_manager_stays(association, manager):
    only = association.memberships.get()
    editor = factories.MembershipFactory(association=association, role=EDITOR)
    refusal(members.end, only.pk, actor=manager)
    refusal(members.change_role, only.pk, actor=manager, role=EDITOR)
    members.change_role(editor.pk, actor=manager, role=MANAGER)
    members.end(only.pk, actor=manager)
    assert [row.user for row in association.memberships.active()] == [editor.user]
    assert told() == [("member_role_changed", editor.user.email)]


def test_whoever_is_put_out_is_told(association, manager):
    editor = factories.MembershipFactory(association=association, role=EDITOR)
    members.end(editor.pk, actor=manager)
    assert told() == [("member_ended", editor.user.email)]
    with pytest.raises(Membership.DoesNotExist):
        members.end(editor.pk, actor=manager)


def test_a_role_that_does_not_exist(association, manager):
    row = association.memberships.get()
    refusal(members.change_role, row.pk, actor=manager, role="owner")


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_put_each_other_out(monkeypatch):
    """Both would find the other still there, if the association were not locked."""
    one, other = factories.MemberFactory.create_batch(2)
    association = factories.AssociationFactory(manager=one)
    second = factories.MembershipFactory(association=association, user=other)
    first = association.memberships.get(user=one)
    meeting = Meeting()
    guard = members._refuse_without_manager
    monkeypatch.setattr(members, "_refuse_without_manager", meeting.before(guard))
    raised = at_once(
        lambda: members.end(second.pk, actor=one),
        lambda: members.end(first.pk, actor=other),
    )
    assert sum(error is None for error in raised) == 1
    assert association.memberships.active().filter(role=MANAGER).count() == 1
