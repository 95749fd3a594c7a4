"""The administrator opens, closes and helps staff accounts."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from accounts import tasks
from accounts.enums import Role
from accounts.models import User
from tests.factories import (
    AdministratorFactory,
    CentralFactory,
    DelegateFactory,
    MemberFactory,
    delegation,
    region,
)

pytestmark = pytest.mark.django_db

ADD = "admin:accounts_user_add"


@pytest.fixture(autouse=True)
def administrator(client):
    person = AdministratorFactory()
    client.force_login(person)
    return person


def form(**values):
    return {
        "email": "Nouvelle@Example.ma",
        "name": "سعاد",
        "role": Role.DELEGATE,
        "delegation": delegation().pk,
        "region": "",
        "programme": "",
        "language": "fr",
        "is_active": "on",
        **values,
    }


def test_a_new_officer_is_invited_and_chooses_the_password(client):
    assert client.post(reverse(ADD), form()).status_code == 302
    person = User.objects.get(email="nouvelle@example.ma")
    assert person.is_staff
    assert not person.has_usable_password()
    tasks.deliver()
    [message] = mail.outbox
    assert message.to == ["nouvelle@example.ma"]
    assert "/fr/accounts/password/reset/key/" in message.body


@pytest.mark.parametrize(
    "values",
    [
        {"delegation": ""},
        {"role": Role.COORDINATOR},
        {"role": Role.CENTRAL},
        {"region": "1"},
    ],
)
def test_the_territory_matches_the_role(client, values):
    if values.get("region"):
        values = {"region": region().pk}
    response = client.post(reverse(ADD), form(**values))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert not User.objects.filter(email="nouvelle@example.ma").exists()


def test_no_member_is_made_here(client):
    response = client.post(reverse(ADD), form(role=Role.MEMBER, delegation=""))
    assert "role" in response.context["adminform"].form.errors


def test_an_account_is_closed(client):
    officer = DelegateFactory()
    page = reverse("admin:accounts_user_change", args=[officer.pk])
    data = form(email=officer.email, delegation=officer.delegation_id)
    del data["is_active"]
    assert client.post(page, data).status_code == 302
    officer.refresh_from_db()
    assert not officer.is_active


def test_one_neither_closes_nor_promotes_oneself(client, administrator):
    page = reverse("admin:accounts_user_change", args=[administrator.pk])
    data = form(email=administrator.email, role=Role.CENTRAL, delegation="")
    del data["is_active"]
    assert client.post(page, data).status_code == 302
    administrator.refresh_from_db()
    assert (administrator.is_active, administrator.role) == (True, Role.ADMINISTRATOR)


def test_a_member_keeps_the_role_of_member(client):
    member = MemberFactory(email="m@example.ma")
    page = reverse("admin:accounts_user_change", args=[member.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, form(email="other@example.ma")).status_code == 302
    member.refresh_from_db()
    assert (member.email, member.role, member.is_staff) == (
        "m@example.ma",
        Role.MEMBER,
        False,
    )


def act(client, action, *people):
    return client.post(
        reverse("admin:accounts_user_changelist"),
        {"action": action, "_selected_action": [person.pk for person in people]},
    )


def test_an_invitation_is_sent_again(client):
    officer = CentralFactory()
    act(client, "invite", officer)
    act(client, "invite", officer)
    tasks.deliver()
    assert [message.to for message in mail.outbox] == [[officer.email]] * 2


def test_a_lost_second_factor_is_reset_but_not_ones_own(client, administrator):
    officer = CentralFactory()
    for person in (officer, administrator):
        Authenticator.objects.create(user=person, type="totp", data={})
    act(client, "reset_second_factor", officer, administrator)
    assert [row.user for row in Authenticator.objects.all()] == [administrator]


def test_passwords_are_not_guessed_by_filters(client):
    officer = CentralFactory()
    forged = {"password__startswith": officer.password[:4]}
    response = client.get(reverse("admin:accounts_user_changelist"), forged)
    assert response.status_code in (302, 400)
