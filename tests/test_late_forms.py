"""A form that comes too late is kept, sent again by its author, and by nobody else."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from institutions import update
from institutions.models import Invitation
from tests import factories
from tests.factories import YEAR
from tests.factories.accounts import MemberFactory

pytestmark = pytest.mark.django_db
TYPED = {"name": "مريم", "note": ['<b>"x"</b>', "second"], "csrfmiddlewaretoken": "old"}


@pytest.fixture
def strict():
    return Client(enforce_csrf_checks=True)


def fields_of(response):
    page = response.content.decode().split("<main", 1)[1]
    return re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)


def post(client, path, origin="http://testserver", **data):
    return client.post(path, {**TYPED, **data}, headers={"Origin": origin})


def profile(language="ar"):
    with override(language):
        return reverse("accounts:profile")


def test_a_stale_token_keeps_what_was_typed(strict):
    response = post(strict, profile())
    assert response.status_code == 403
    kept = [pair for pair in fields_of(response) if pair[0] != "csrfmiddlewaretoken"]
    assert kept == [
        ("name", "مريم"),
        ("note", "&lt;b&gt;&quot;x&quot;&lt;/b&gt;"),
        ("note", "second"),
    ]
    assert f'action="{profile()}"' in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_a_form_from_elsewhere_is_not_offered_for_sending(strict):
    response = post(strict, profile(), origin="https://elsewhere.example")
    assert response.status_code == 403
    assert fields_of(response) == []
    assert "مريم" not in response.content.decode()


def test_a_form_with_a_password_is_opened_again_instead(strict):
    response = post(strict, profile(), password="secret")
    assert fields_of(response) == []
    assert "secret" not in response.content.decode()


def test_a_session_that_ended_keeps_what_was_typed(client):
    response = client.post(profile("fr"), TYPED)
    assert response.status_code == 401
    assert ("name", "مريم") in fields_of(response)
    assert "Votre session est terminée" in response.content.decode()


def test_the_kept_form_is_accepted_with_its_fresh_token(strict):
    author = MemberFactory(language="ar")
    strict.force_login(author)
    with override("ar"):
        path = reverse("accounts:language")
    late = post(strict, path, language="fr")
    token = dict(fields_of(late))["csrfmiddlewaretoken"]
    again = strict.post(path, {"language": "fr", "csrfmiddlewaretoken": token})
    author.refresh_from_db()
    assert (again.status_code, author.language) == (302, "fr")


def test_the_autosave_is_told_in_its_own_words(client):
    response = client.post(profile(), TYPED, headers={"Accept": "application/json"})
    assert (response.status_code, response.json()) == (401, {"error": "signed_out"})


def test_reading_while_signed_out_leads_to_the_door(client):
    response = client.get(profile())
    assert response.status_code == 302
    assert response.url.startswith("/ar/accounts/login/?next=")


# Pages of the record: signed out, then sent again by its author, from the kept page.


@pytest.fixture
def manager():
    return MemberFactory()


@pytest.fixture
def association(manager):
    factories.UpdateRoundFactory()
    row = factories.AssociationFactory(manager=manager, bank_name="")
    update.begin(row.pk, actor=manager, year=YEAR)
    return row


def sent_late(client, manager, path, typed):
    """What the kept page sends again, once its author has signed in beside it."""
    late = client.post(path, typed)
    assert late.status_code == 401
    kept = dict(fields_of(late))
    del kept["csrfmiddlewaretoken"]
    client.force_login(manager)
    return client.post(path, kept)


def test_a_section_of_the_record_typed_too_late_is_saved(client, manager, association):
    path = reverse("institutions:update_change", args=["bank", 0])
    typed = {"version": "0", "bank_name": "بنك المغرب", "rib": ""}
    assert sent_late(client, manager, path, typed).status_code == 302
    association.refresh_from_db()
    assert association.bank_name == "بنك المغرب"


def test_an_invitation_typed_too_late_is_sent(client, manager, association):
    path = reverse("institutions:members")
    typed = {"email": "late@example.ma", "role": "editor"}
    assert sent_late(client, manager, path, typed).status_code == 302
    found = Invitation.objects.values_list("association", "email", "role")
    assert list(found) == [(association.pk, "late@example.ma", "editor")]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("ar", "لا تُحفظ الملفات"),
        ("fr", "Les fichiers ne sont pas conservés"),
    ],
)
def test_a_spreadsheet_sent_too_late_is_chosen_again(
    client, manager, association, language, sentence
):
    """No browser sends a chosen file a second time: the page says so and leads back."""
    centre = factories.CentreFactory(association=association)
    with override(language):
        path = reverse("institutions:sheet", args=[centre.pk, "children"])
    file = SimpleUploadedFile("liste.xlsx", b"PK")
    late = client.post(path, {"file": file, "idempotency_key": "x"})
    assert late.status_code == 401
    page = late.content.decode()
    assert sentence in page
    assert f'action="{path}"' in page
    client.force_login(manager)
    again = client.post(path, {"idempotency_key": "x"})
    assert list(again.context["form"].errors) == ["file"]


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_a_page_that_is_not_there_tells_nothing(client, language):
    response = client.get(f"/{language}/nowhere/12/")
    page = response.content.decode()
    assert response.status_code == 404
    assert f'<html lang="{language}"' in page
    assert "nowhere" not in page.split("<main", 1)[1]
