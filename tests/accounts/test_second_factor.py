"""The second factor of the staff, with real codes (decision 45)."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.urls import reverse

from tests.factories import PASSWORD, DelegateFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _required(settings):
    settings.MFA_REQUIRED_FOR_STAFF = True


@pytest.fixture
def officer():
    return DelegateFactory()


def code_for(secret, *, steps=0):
    counter = next(iter(yield_hotp_counters_from_time())) + steps
    return format_hotp_value(hotp_value(secret, counter))


def sign_in(client, user):
    return client.post(
        reverse("account_login"), {"login": user.email, "password": PASSWORD}
    )


def set_up(client, user):
    """Sign in for the first time and answer the page; returns the secret."""
    sign_in(client, user)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    response = client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})
    assert response["Location"] == reverse("mfa_view_recovery_codes")
    return secret


def test_staff_set_it_up_before_anything_else(client, officer):
    sign_in(client, officer)
    for page in (reverse("admin:index"), reverse("accounts:notices"), reverse("home")):
        assert client.get(page)["Location"] == reverse("mfa_activate_totp")
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    assert page.context["form"].secret in page.content.decode()


def test_then_their_pages_open(client, officer):
    set_up(client, officer)
    assert client.get(reverse("accounts:notices")).status_code == 200
    codes = client.get(reverse("mfa_view_recovery_codes"))
    assert codes.status_code == 200
    assert len(codes.context["unused_codes"]) == 10


def test_a_wrong_code_sets_nothing_up(client, officer):
    sign_in(client, officer)
    response = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert response.context["form"].errors["code"]
    assert not Authenticator.objects.exists()


def test_the_next_sign_in_asks_for_a_code(client, officer, monkeypatch):
    secret = set_up(client, officer)
    client.logout()
    assert sign_in(client, officer)["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("mfa_authenticate")).status_code == 200
    refused = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert refused.context["form"].errors["code"]
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    assert client.session["_auth_user_id"] == str(officer.pk)


def test_a_recovery_code_opens_once(client, officer):
    set_up(client, officer)
    code = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]
    for is_open in (True, False):
        client.logout()
        sign_in(client, officer)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert ("_auth_user_id" in client.session) is is_open


def test_staff_cannot_turn_it_off(client, officer):
    set_up(client, officer)
    page = client.post(reverse("mfa_deactivate_totp"))
    assert page.context["form"].errors
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).count() == 1


def test_a_later_change_asks_who_it_is(client, officer, monkeypatch):
    set_up(client, officer)
    later = time.time() + 301
    monkeypatch.setattr(time, "time", lambda: later)
    response = client.get(reverse("mfa_generate_recovery_codes"))
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    page = client.get(response["Location"])
    assert page.status_code == 200
    again = client.post(response["Location"], {"password": PASSWORD})
    assert again["Location"] == reverse("mfa_generate_recovery_codes")


def test_the_secret_is_encrypted(client, officer):
    secret = set_up(client, officer)
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP).data
    assert secret not in str(stored)


def test_members_do_without(client):
    sign_in(client, MemberFactory())
    assert client.get(reverse("accounts:notices")).status_code == 200


def test_the_demonstration_does_without(client, officer, settings):
    settings.MFA_REQUIRED_FOR_STAFF = False
    sign_in(client, officer)
    assert client.get(reverse("accounts:notices")).status_code == 200


def test_every_page_of_it_shows(client, officer, language):
    set_up(client, officer)
    for name in (
        "mfa_index",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_reauthenticate",
        "mfa_deactivate_totp",
    ):
        assert client.get(reverse(name)).status_code == 200
