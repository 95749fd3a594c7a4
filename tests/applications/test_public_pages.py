"""What everybody may read, in both languages, without a name and without a leak."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from applications.enums import State
from applications.views.public import MISSES_ALLOWED
from tests.factories import (
    ApplicationFactory,
    CallDocumentFactory,
    CallFactory,
    LetterFactory,
)

pytestmark = pytest.mark.django_db


def page(client, name, *args, status=200):
    response = client.get(reverse(name, args=args))
    assert response.status_code == status
    return response.content.decode()


def test_home_says_the_deadline_in_words_with_day_and_hour(client):
    closes_at = timezone.make_aware(timezone.datetime(2027, 12, 14, 23, 59))
    CallFactory(closes_at=closes_at)
    with translation.override("fr"):
        html = page(client, "public_home")
    assert "mardi 14 décembre 2027" in html
    assert "23:59" in html


def test_home_without_a_call_says_so(client, language):
    html = page(client, "public_home")
    assert translation.gettext("No call is open") in html


def test_home_costs_the_same_with_one_and_with_three_calls(
    client, django_assert_num_queries
):
    CallFactory()
    with django_assert_num_queries(2):
        page(client, "public_home")
    CallFactory(schooling=True)
    CallFactory(year=2026, closed=True)
    with django_assert_num_queries(2):
        page(client, "public_home")


def test_call_shows_documents_criteria_and_rates(client, language):
    call = CallFactory()
    row = CallDocumentFactory(call=call)
    html = page(client, "applications:call", call.pk)
    assert row.type.name_in(language) in html
    assert call.criteria.get().name_in(language) in html
    assert "1\N{NO-BREAK SPACE}200,00" in html


def test_schooling_call_shows_its_rate_per_month(client, language):
    html = page(client, "applications:call", CallFactory(schooling=True).pk)
    assert translation.gettext("Rates per child and per month (MAD)") in html


def test_unpublished_call_does_not_exist(client):
    call = CallFactory(is_published=False)
    page(client, "applications:call", call.pk, status=404)


def made_letter(**kwargs):
    return LetterFactory(made_at=timezone.now(), sha256="ab12" * 16, **kwargs)


def test_check_page_shows_number_kind_date_and_print_only(client, language):
    letter = made_letter()
    file = letter.application
    html = page(client, "applications:check", letter.token)
    assert file.number in html
    assert "ab12ab12ab12" in html
    assert letter.get_kind_display() in html
    for secret in (
        file.association.name_ar,
        file.association.name_fr,
        file.institution.name_ar,
        file.contact_name,
        file.contact_phone,
    ):
        assert secret not in html


@pytest.mark.parametrize("state", [State.APPROVED, State.REFUSED])
def test_check_page_hides_the_decision_until_it_is_published(client, state):
    file = ApplicationFactory(state=state)
    letter = made_letter(application=file)
    words = [translation.gettext(w) for w in ("support granted", "support not granted")]
    before = page(client, "applications:check", letter.token)
    assert [word for word in words if word in before] == []
    file.published_at = timezone.now()
    file.save()
    after = page(client, "applications:check", letter.token)
    assert words[0 if state == State.APPROVED else 1] in after


def test_unknown_code_and_a_letter_not_made_answer_alike(client):
    waiting = LetterFactory()
    first = page(client, "applications:check", waiting.token, status=404)
    second = page(client, "applications:check", "no-such-token", status=404)
    assert first.replace(waiting.token, "") == second.replace("no-such-token", "")


def test_too_many_unknown_codes_are_stopped(client):
    letter = made_letter()
    for _ in range(MISSES_ALLOWED):
        page(client, "applications:check", "wrong", status=404)
    page(client, "applications:check", letter.token, status=429)


def test_known_codes_are_never_counted(client):
    letter = made_letter()
    for _ in range(MISSES_ALLOWED + 1):
        page(client, "applications:check", letter.token)


@pytest.mark.parametrize(
    "typed", ["{token}", " {token} ", "http://127.0.0.1:8000/fr/check/{token}/"]
)
def test_a_typed_code_leads_to_its_page(client, typed):
    letter = made_letter()
    response = client.get(
        reverse("applications:verify"), {"code": typed.format(token=letter.token)}
    )
    assert response.url == reverse("applications:check", args=[letter.token])


@pytest.mark.parametrize("typed", ["", "<script>", "x" * 40])
def test_a_code_that_cannot_be_one_stays_with_its_error(client, typed):
    response = client.get(reverse("applications:verify"), {"code": typed})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["code"]


@pytest.mark.parametrize("name", ["accessibility", "personal_data"])
def test_notices_are_public_in_both_languages(client, language, name):
    assert "<h1" in page(client, name)


def test_coming_call_is_announced(client):
    CallFactory(
        opens_at=timezone.now() + timedelta(days=3),
        closes_at=timezone.now() + timedelta(days=30),
    )
    with translation.override("fr"):
        assert "l’appel ouvre le" in page(client, "public_home")
