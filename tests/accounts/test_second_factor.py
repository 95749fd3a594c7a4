"""The second factor of the staff, with real codes (decision 45)."""

import time
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.urls import reverse

from accounts.adapters import MFAAdapter
from accounts.encryption import UnreadableValueError
from accounts.second_factor import count_stale_secrets, rotate_secrets
from tests.factories import PASSWORD, DelegateFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _required(settings):
    settings.MFA_REQUIRED_FOR_STAFF = True


@pytest.fixture
def officer():
    return DelegateFactory()


def code_for(secret, *, steps=0):
    """That of this half minute: the one before and the one after are accepted too."""
    counters = list(yield_hotp_counters_from_time())
    counter = counters[len(counters) // 2] + steps
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


def rotated(**options):
    told = StringIO()
    call_command("rotate_keys", stdout=told, stderr=StringIO(), **options)
    return [line for line in told.getvalue().splitlines() if "second" in line]


@pytest.fixture
def keys(settings):
    old, new = settings.FIELD_KEYS[0], Fernet.generate_key().decode()

    def begin():
        settings.FIELD_KEYS = [new, old]

    def drop_the_old():
        settings.FIELD_KEYS = [new]

    return begin, drop_the_old


def test_a_device_set_up_under_an_older_key_still_opens(
    client, officer, keys, monkeypatch
):
    begin, drop_the_old = keys
    secret = set_up(client, officer)
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    begin()
    assert rotated(dry_run=True) == ["second factor: 2 rows to rewrite"]
    assert count_stale_secrets() == 2
    assert rotated() == ["second factor: 2 rows rewritten"]
    stored = list(Authenticator.objects.order_by("pk").values("pk", "data"))
    assert rotated() == ["second factor: 0 rows rewritten"]
    assert list(Authenticator.objects.order_by("pk").values("pk", "data")) == stored
    drop_the_old()
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    for answer in (code_for(secret), codes[0]):
        client.logout()
        sign_in(client, officer)
        client.post(reverse("mfa_authenticate"), {"code": answer})
        assert client.session["_auth_user_id"] == str(officer.pk)


def test_a_used_recovery_code_stays_used(client, officer, keys):
    begin, drop_the_old = keys
    set_up(client, officer)
    code = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]
    client.logout()
    sign_in(client, officer)
    client.post(reverse("mfa_authenticate"), {"code": code})
    begin()
    assert list(rotate_secrets(batch_size=1)) == [1, 1]
    drop_the_old()
    client.logout()
    sign_in(client, officer)
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert "_auth_user_id" not in client.session


def test_codes_brought_from_elsewhere_follow(officer, keys):
    begin, drop_the_old = keys
    wrapped = [MFAAdapter().encrypt(code) for code in ("11111111", "22222222")]
    row = Authenticator.objects.create(
        user=officer, type="recovery_codes", data={"migrated_codes": wrapped}
    )
    begin()
    assert list(rotate_secrets()) == [1]
    drop_the_old()
    row.refresh_from_db()
    assert row.wrap().get_unused_codes() == ["11111111", "22222222"]


def test_a_lost_key_changes_nothing(client, officer, settings):
    set_up(client, officer)
    stored = list(Authenticator.objects.order_by("pk").values("pk", "data"))
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(UnreadableValueError):
        list(rotate_secrets())
    assert list(Authenticator.objects.order_by("pk").values("pk", "data")) == stored
