"""Signing in: by e-mail, in one's language, back where one was."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation

from accounts import tasks
from accounts.models import Outbox
from tests.factories import PASSWORD, DelegateFactory, UserFactory

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "quatre mots bien choisis"


def sign_in(client, user, password=PASSWORD, **data):
    return client.post(
        reverse("account_login"), {"login": user.email, "password": password, **data}
    )


def test_the_page_is_ours_in_both_languages(client, language):
    response = client.get(reverse("account_login"))
    html = response.content.decode()
    direction = "rtl" if language == "ar" else "ltr"
    assert response.status_code == 200
    assert f'<html lang="{language}" dir="{direction}">' in re.sub(r"\s+", " ", html)
    assert 'autocomplete="username"' in html
    assert 'autocomplete="current-password"' in html
    assert "placeholder" not in html


def test_the_e_mail_may_be_typed_in_capitals(client):
    user = UserFactory(email="contact@example.ma")
    response = client.post(
        reverse("account_login"),
        {"login": " Contact@Example.MA ", "password": PASSWORD},
    )
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("account_language", ["ar", "fr"])
def test_one_lands_in_the_language_of_the_account(client, account_language):
    with translation.override("fr" if account_language == "ar" else "ar"):
        response = sign_in(client, UserFactory(language=account_language))
    assert response["Location"] == f"/{account_language}/home/"


def test_one_comes_back_to_the_page_asked_for(client):
    response = client.get("/fr/me/notices/?page=2")
    assert response["Location"] == "/fr/accounts/login/?next=/fr/me/notices/%3Fpage%3D2"
    html = client.get(response["Location"]).content.decode()
    assert 'name="next" value="/fr/me/notices/?page=2"' in html
    with translation.override("fr"):
        answer = sign_in(
            client, UserFactory(language="ar"), next="/fr/me/notices/?page=2"
        )
    assert answer["Location"] == "/ar/me/notices/?page=2"


def test_one_is_not_sent_to_another_host(client):
    response = sign_in(client, UserFactory(), next="https://example.com/")
    assert response["Location"] == "/ar/home/"


def test_a_wrong_password_and_an_unknown_e_mail_answer_alike(client):
    user = UserFactory()
    wrong = sign_in(client, user, "not the password")
    unknown = sign_in(client, UserFactory.build(email="nobody@example.ma"))
    assert wrong.status_code == unknown.status_code == 200
    messages = [
        list(response.context["form"].non_field_errors())
        for response in (wrong, unknown)
    ]
    assert messages[0] == messages[1] != []


def test_a_closed_account_stays_out(client):
    response = sign_in(client, UserFactory(is_active=False))
    assert response["Location"] == reverse("account_inactive")
    assert client.get(response["Location"]).status_code == 200
    assert "_auth_user_id" not in client.session


def test_guessing_a_password_is_stopped(client):
    user = UserFactory()
    for _ in range(5):
        sign_in(client, user, "not the password")
    response = sign_in(client, user)
    assert "_auth_user_id" not in client.session
    [message] = response.context["form"].non_field_errors()
    assert message == translation.gettext(
        "Too many attempts with this e-mail. Wait five minutes, then try again, or "
        "ask for a new password."
    )


def test_the_neighbours_in_the_office_still_sign_in(client):
    for _ in range(6):
        sign_in(client, UserFactory.build(email="a@example.ma"), "not the password")
    assert sign_in(client, UserFactory()).status_code == 302


def test_too_many_requests_get_a_page_of_ours(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    for _ in range(2):
        client.post(reverse("account_login"))
    response = client.post(reverse("account_login"))
    assert response.status_code == 429
    assert "429.html" in [template.name for template in response.templates]


def test_nobody_signs_up_alone(client):
    for path in ("signup/", "email/", "login/code/"):
        assert client.get(f"/ar/accounts/{path}").status_code == 404


def test_signing_out_asks_first(client):
    client.force_login(UserFactory())
    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def link_in(message):
    return re.search(r"http://[^/]+(/\S+/password/reset/key/\S+)", message.body)[1]


def test_a_forgotten_password_is_replaced(client):
    user = UserFactory(language="fr")
    response = client.post(reverse("account_reset_password"), {"email": user.email})
    assert response["Location"] == reverse("account_reset_password_done")
    assert mail.outbox == []
    tasks.deliver()
    [message] = mail.outbox
    assert message.to == [user.email]
    assert message.extra_headers["Content-Language"] == "fr"
    page = client.get(link_in(message))
    form = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post(page["Location"], form).status_code == 302
    assert sign_in(client, user, NEW_PASSWORD).status_code == 302
    assert client.get(link_in(message), follow=True).context["token_fail"]


def test_no_secret_link_stands_in_the_database(client):
    user = UserFactory()
    client.post(reverse("account_reset_password"), {"email": user.email})
    row = Outbox.objects.get()
    assert (row.context, row.path) == ({}, "")


def test_an_unknown_address_is_answered_alike_and_gets_nothing(client):
    response = client.post(
        reverse("account_reset_password"), {"email": "nobody@example.ma"}
    )
    assert response["Location"] == reverse("account_reset_password_done")
    assert Outbox.objects.count() == 0
    assert mail.outbox == []


@pytest.mark.parametrize("weak", ["court", "1234567890", "password12", "aaaaaaaaaa "])
def test_a_weak_password_is_refused(client, weak):
    client.force_login(user := UserFactory())
    response = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": weak, "password2": weak},
    )
    assert response.status_code == 200
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_changed_password_ends_the_session(client):
    client.force_login(user := UserFactory())
    client.post(
        reverse("account_change_password"),
        {
            "oldpassword": PASSWORD,
            "password1": NEW_PASSWORD,
            "password2": NEW_PASSWORD,
        },
    )
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert "_auth_user_id" not in client.session


def test_the_staff_site_uses_the_same_door(client):
    client.force_login(DelegateFactory())
    client.logout()
    response = client.get("/ar/admin/", follow=True)
    assert response.templates[0].name == "account/login.html"
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_every_page_of_signing_in_shows(client, language):
    for name in (
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_inactive",
    ):
        assert client.get(reverse(name)).status_code == 200
    client.force_login(UserFactory())
    for name in ("account_change_password", "account_reauthenticate", "mfa_index"):
        assert client.get(reverse(name)).status_code == 200


def test_the_staff_change_their_password_on_the_same_page(client):
    client.force_login(DelegateFactory())
    response = client.get(reverse("admin:password_change"))
    assert response["Location"] == reverse("account_change_password")
