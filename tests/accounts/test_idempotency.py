"""The second click of a form changes nothing and leads to the page of the first."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.template import engines
from django.test import RequestFactory

from accounts.idempotency import FIELD
from accounts.middleware import IdempotencyMiddleware
from accounts.models import IdempotencyKey, User
from tests.factories import UserFactory


class Page:
    """A view that makes an account each time it is really answered."""

    def __init__(self, answer=None):
        self.answer = answer or HttpResponseRedirect("/ar/made/")
        self.calls = 0

    def __call__(self, _request):
        self.calls += 1
        UserFactory(email=f"made{self.calls}@example.ma")
        return self.answer


def posted(user, key, **data):
    request = RequestFactory().post("/ar/form/", {FIELD: str(key), **data})
    request.user = user
    return request


def made():
    return User.objects.filter(email__startswith="made").count()


@pytest.mark.django_db
def test_the_second_click_leads_to_the_first_answer():
    page, user, key = Page(), UserFactory(), uuid4()
    answers = [IdempotencyMiddleware(page)(posted(user, key)) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == ["/ar/made/"] * 2
    assert (page.calls, made()) == (1, 1)


@pytest.mark.django_db
def test_another_form_and_another_person_are_other_answers():
    page, user, key = Page(), UserFactory(), uuid4()
    for request in (
        posted(user, key),
        posted(user, uuid4()),
        posted(UserFactory(), key),
    ):
        IdempotencyMiddleware(page)(request)
    assert page.calls == 3


@pytest.mark.django_db
def test_a_form_shown_again_may_be_sent_again():
    page, user, key = Page(HttpResponse("errors")), UserFactory(), uuid4()
    for _ in range(2):
        IdempotencyMiddleware(page)(posted(user, key))
    assert (page.calls, IdempotencyKey.objects.count()) == (2, 0)


@pytest.mark.django_db
def test_what_failed_leaves_nothing_behind():
    page, user, key = Page(HttpResponse(status=500)), UserFactory(), uuid4()
    IdempotencyMiddleware(page)(posted(user, key))
    assert (page.calls, made(), IdempotencyKey.objects.count()) == (1, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "not a key", "1 OR 1=1"])
def test_a_form_without_a_key_is_answered_each_time(key):
    page, user = Page(), UserFactory()
    for _ in range(2):
        IdempotencyMiddleware(page)(posted(user, key))
    assert page.calls == 2


@pytest.mark.django_db
def test_visitors_and_reading_have_no_key():
    page = Page()
    IdempotencyMiddleware(page)(posted(AnonymousUser(), uuid4()))
    request = RequestFactory().get("/ar/form/", {FIELD: str(uuid4())})
    request.user = UserFactory()
    IdempotencyMiddleware(page)(request)
    assert IdempotencyKey.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_on_two_connections_make_one():
    user, key = UserFactory(), uuid4()
    inside, go_on = threading.Event(), threading.Event()
    answers = []

    def slow_page(_request):
        inside.set()
        go_on.wait(timeout=10)
        UserFactory(email=f"made{uuid4().hex}@example.ma")
        return HttpResponseRedirect("/ar/made/")

    def click():
        try:
            answers.append(IdempotencyMiddleware(slow_page)(posted(user, key)))
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for one in clicks:
        one.start()
    assert inside.wait(timeout=10)
    wait_until_one_waits()
    go_on.set()
    for one in clicks:
        one.join(timeout=20)
    assert [answer["Location"] for answer in answers] == ["/ar/made/"] * 2
    assert made() == 1


def wait_until_one_waits():
    waiting = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    )
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone():
                return
        threading.Event().wait(timedelta(milliseconds=20).total_seconds())
    pytest.fail("The second click did not wait for the first.")


def test_each_form_shown_has_its_own_key():
    template = engines["django"].from_string("{% idempotency %}")
    first, second = template.render(), template.render()
    assert first != second
    assert first.startswith(f'<input type="hidden" name="{FIELD}" value="')
