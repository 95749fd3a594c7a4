"""One's own pages: notices, long work, language, mailbox; nobody else's."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.template import engines
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts import context_processors, jobs, outbox
from accounts.demo import DEMO_ACCOUNTS, DEMO_PASSWORD
from accounts.enums import Access, JobState
from accounts.models import AccessLog, Job, Mail, Outbox
from tests.factories import AdministratorFactory, DelegateFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    user = UserFactory(language="fr")
    client.force_login(user)
    return user


def tell(person, file_name="list.xlsx", path="/me/"):
    outbox.tell(
        [person],
        "job_done",
        subject=("job", 1),
        context={"file_name": file_name},
        path=path,
        key=file_name,
    )


def finished_job(owner):
    job = jobs.request("some.task", owner=owner)
    with jobs.run(job.pk) as run:
        run.finish(b"content", name="قائمة.csv")
    return Job.objects.get(pk=job.pk)


def test_notices_are_those_of_the_reader(client, person):
    tell(person, "mine.xlsx")
    tell(UserFactory(), "theirs.xlsx")
    html = client.get(reverse("accounts:notices")).content.decode()
    assert "mine.xlsx" in html
    assert "theirs.xlsx" not in html


def test_staff_have_theirs_too(client):
    client.force_login(DelegateFactory())
    assert client.get(reverse("accounts:notices")).status_code == 200


def test_opening_a_notice_marks_it_read_and_leads_on(client, person):
    tell(person)
    notice = Outbox.objects.get()
    response = client.get(reverse("accounts:notice", args=[notice.pk]))
    assert response["Location"] == "/ar/me/"
    notice.refresh_from_db()
    first_read = notice.read_at
    assert first_read is not None
    client.get(reverse("accounts:notice", args=[notice.pk]))
    notice.refresh_from_db()
    assert notice.read_at == first_read


def test_the_notice_of_another_does_not_exist(client, person):
    tell(UserFactory())
    notice = Outbox.objects.get()
    page = reverse("accounts:notice", args=[notice.pk])
    assert client.get(page).status_code == 404


def test_all_are_marked_read_at_once(client, person):
    tell(person, "a.xlsx")
    tell(person, "b.xlsx")
    tell(other := UserFactory(), "c.xlsx")
    client.post(reverse("accounts:read_all"))
    unread = Outbox.objects.unread()
    assert [notice.recipient for notice in unread] == [other]


def test_unread_notices_are_counted_once_and_only_when_shown(
    person, django_assert_num_queries
):
    tell(person, "a.xlsx")
    tell(person, "b.xlsx")
    request = RequestFactory().get("/")
    request.user = person
    with django_assert_num_queries(0):
        context = context_processors.portal(request)
    template = engines["django"].from_string("{{ unread_count }}{{ unread_count }}")
    with django_assert_num_queries(1):
        assert template.render(context) == "22"


def test_the_count_never_goes_beyond_99(person, monkeypatch):
    monkeypatch.setattr(context_processors, "MOST_SHOWN", 2)
    for name in "abc":
        tell(person, name)
    assert context_processors.unread_count(person) == 2


def test_the_list_costs_the_same_for_one_and_for_three(
    client, person, django_assert_max_num_queries
):
    tell(person, "a.xlsx")
    client.get(reverse("accounts:notices"))
    for name in "bc":
        tell(person, name)
    with django_assert_max_num_queries(5):
        client.get(reverse("accounts:notices"))


@pytest.mark.parametrize("wanted", ["ar", "fr"])
def test_the_language_chosen_is_kept(client, person, wanted):
    person.language = "fr" if wanted == "ar" else "ar"
    person.save()
    response = client.post(
        reverse("accounts:language"),
        {"language": wanted, "next": f"/{person.language}/me/notices/?page=1"},
    )
    person.refresh_from_db()
    assert person.language == wanted
    assert response["Location"] == f"/{wanted}/me/notices/?page=1"


def test_a_language_that_is_not_ours_is_refused(client, person):
    response = client.post(reverse("accounts:language"), {"language": "de"})
    assert response.status_code == 400
    person.refresh_from_db()
    assert person.language == "fr"


def test_the_switch_leads_to_no_other_host(client, person):
    response = client.post(
        reverse("accounts:language"), {"language": "ar", "next": "https://example.com/"}
    )
    assert response["Location"] == "/ar/home/"


def test_work_in_progress_says_so_and_can_be_stopped(client, person):
    job = jobs.request("some.task", owner=person)
    page = reverse("accounts:job", args=[job.pk])
    html = client.get(page).content.decode()
    assert 'http-equiv="refresh"' in html
    assert f'data-poll="{page}"' in html
    client.post(reverse("accounts:job_stop", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert 'http-equiv="refresh"' not in client.get(page).content.decode()


def test_the_file_is_given_to_its_owner_and_logged(client, person):
    job = finished_job(person)
    page = client.get(reverse("accounts:job", args=[job.pk])).content.decode()
    file_url = reverse("accounts:job_file", args=[job.pk])
    assert f'href="{file_url}"' in page
    response = client.get(file_url)
    assert b"".join(response.streaming_content) == b"content"
    assert response["Content-Disposition"].startswith("attachment;")
    entry = AccessLog.objects.get()
    assert (entry.user, entry.action) == (person, Access.DOWNLOAD)


def test_the_file_expires(client, person):
    job = finished_job(person)
    Job.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    file_url = reverse("accounts:job_file", args=[job.pk])
    assert client.get(file_url).status_code == 404
    page = client.get(reverse("accounts:job", args=[job.pk])).content.decode()
    assert file_url not in page


@pytest.mark.parametrize("name", ["job", "job_file"])
def test_the_work_of_another_does_not_exist(client, person, name):
    job = finished_job(UserFactory())
    page = reverse(f"accounts:{name}", args=[job.pk])
    assert client.get(page).status_code == 404


def test_the_work_of_another_is_not_stopped(client, person):
    job = jobs.request("some.task", owner=UserFactory())
    page = reverse("accounts:job_stop", args=[job.pk])
    assert client.post(page).status_code == 404
    job.refresh_from_db()
    assert job.state == JobState.WAITING


def mails(person):
    other = UserFactory()
    return [
        Mail.objects.create(message_id=who.email, to=who.email, subject=who.email)
        for who in (person, other)
    ]


def test_the_mailbox_shows_ones_own_mails(client, person, settings):
    settings.PORTAL_DEMO = True
    mine, theirs = mails(person)
    html = client.get(reverse("accounts:mailbox")).content.decode()
    assert mine.subject in html
    assert theirs.subject not in html
    assert client.get(reverse("accounts:mail", args=[mine.pk])).status_code == 200
    assert client.get(reverse("accounts:mail", args=[theirs.pk])).status_code == 404


def test_the_administrator_of_the_demonstration_sees_all_mails(client, settings):
    settings.PORTAL_DEMO = True
    client.force_login(administrator := AdministratorFactory())
    for mail in mails(administrator):
        assert client.get(reverse("accounts:mail", args=[mail.pk])).status_code == 200


def test_outside_the_demonstration_there_is_no_mailbox(client, person, settings):
    settings.PORTAL_DEMO = False
    [mine, _] = mails(person)
    assert client.get(reverse("accounts:mailbox")).status_code == 404
    assert client.get(reverse("accounts:mail", args=[mine.pk])).status_code == 404


def test_my_account_shows_in_both_languages(client, person, language):
    html = client.get(reverse("accounts:profile")).content.decode()
    assert person.email in html


def test_the_demo_accounts_are_printed(settings, capsys):
    settings.PORTAL_DEMO = True
    email = next(iter(DEMO_ACCOUNTS))
    UserFactory(email=email)
    call_command("demo_accounts")
    printed = capsys.readouterr().out
    assert email in printed
    assert DEMO_PASSWORD in printed
    assert all(other not in printed for other in list(DEMO_ACCOUNTS)[1:])
