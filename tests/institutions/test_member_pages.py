"""The members' page: managers decide, editors see, strangers find nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from institutions.enums import JoinKind, MembershipRole
from institutions.models import Invitation, JoinRequest
from tests import factories
from tests.factories import FES, delegation
from tests.files import pdfs

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(association):
    return factories.MembershipFactory(
        association=association, role=MembershipRole.EDITOR
    )


def url(name, *args):
    return reverse(f"institutions:{name}", args=args)


def actions(association, editor):
    """Every page that changes something, with what it is sent."""
    invitation = factories.InvitationFactory(association=association)
    return [
        ("members", [], {"email": "a@example.ma", "role": "editor"}),
        ("invitation_resend", [invitation.pk], {}),
        ("invitation_revoke", [invitation.pk], {}),
        ("member_role", [editor.pk], {"role": "manager"}),
        ("member_end", [editor.pk], {}),
        ("succession", [], {}),
    ]


def test_a_manager_invites(client, manager, association):
    client.force_login(manager)
    client.post(url("members"), {"email": "New@Example.ma", "role": "manager"})
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role) == ("new@example.ma", "manager")
    assert "new@example.ma" in client.get(url("members")).content.decode()


def test_a_refused_invitation_keeps_what_was_typed(client, manager, association):
    officer = factories.DelegateFactory()
    client.force_login(manager)
    page = client.post(url("members"), {"email": officer.email, "role": "editor"})
    assert list(page.context["form"].errors) == ["email"]
    assert page.context["form"]["email"].value() == officer.email


def test_an_editor_sees_and_changes_nothing(client, association, editor):
    client.force_login(editor.user)
    page = client.get(url("members"))
    assert page.status_code == 200
    assert page.context["form"] is None
    for name, args, data in actions(association, editor):
        assert client.post(url(name, *args), data).status_code == 403, name


def test_those_of_another_association_find_nothing(client, association, editor):
    stranger = factories.MemberFactory()
    factories.AssociationFactory(manager=stranger)
    client.force_login(stranger)
    for name, args, data in actions(association, editor)[1:5]:
        assert client.post(url(name, *args), data).status_code == 404, name
    assert client.post(url("member_end", editor.pk)).status_code == 404
    editor.refresh_from_db()
    assert editor.ended_at is None


def test_roles_and_ends(client, manager, association, editor):
    client.force_login(manager)
    client.post(url("member_role", editor.pk), {"role": "manager"})
    editor.refresh_from_db()
    assert editor.role == MembershipRole.MANAGER
    own = association.memberships.get(user=manager)
    assert client.post(url("member_end", own.pk)).url == reverse("home")
    own.refresh_from_db()
    assert own.ended_at is not None


def announcement(**other):
    return {
        "contact_name": "الرئيسة الجديدة",
        "cnie": "K123456",
        "email": "new@example.ma",
        "phone": "0661000001",
        "assembly_on": "12/09/2026",
        "board_term_months": "48",
        **other,
    }


def minutes():
    return SimpleUploadedFile("minutes.pdf", pdfs.good())


def test_a_manager_announces_the_new_president(client, manager, association):
    client.force_login(manager)
    client.post(url("succession"), announcement(file=minutes()))
    row = JoinRequest.objects.get()
    assert (row.kind, row.association) == (JoinKind.SUCCESSION, association)
    assert (row.requested_by, row.evidence_name) == (manager, "minutes.pdf")
    assert row.email_confirmed_at is not None
    for name in ("members", "succession"):
        assert "الرئيسة الجديدة" in client.get(url(name)).content.decode()


def test_the_minutes_survive_an_error_and_are_asked_for(client, manager, association):
    client.force_login(manager)
    page = client.post(url("succession"), announcement())
    assert list(page.context["form"].errors) == ["file"]
    client.post(url("succession"), announcement(cnie="", file=minutes()))
    client.post(url("succession"), announcement())
    assert JoinRequest.objects.get().evidence_name == "minutes.pdf"


def test_an_officer_is_not_announced_as_president(client, manager, association):
    officer = factories.DelegateFactory(delegation=delegation(FES))
    client.force_login(manager)
    page = client.post(
        url("succession"), announcement(email=officer.email, file=minutes())
    )
    assert list(page.context["form"].errors) == ["email"]
    assert not JoinRequest.objects.exists()


def test_the_page_costs_the_same_for_many(
    client, manager, association, django_assert_max_num_queries
):
    client.force_login(manager)
    client.get(url("members"))
    factories.MembershipFactory.create_batch(5, association=association)
    factories.InvitationFactory.create_batch(5, association=association)
    with django_assert_max_num_queries(12):
        client.get(url("members"))
