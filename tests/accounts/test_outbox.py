"""What people are told: once, in their language, whatever happens to the broker."""

import re
import smtplib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import timezone, translation
from kombu.exceptions import OperationalError

from accounts import notifications, outbox, tasks
from accounts.enums import MailState
from accounts.mailbox import MailboxBackend
from accounts.models import Mail, Outbox
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """Names of the tasks called."""
    names = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, **kwargs: names.append(name)
    )
    return names


def tell(*people, key="", **context):
    context.setdefault("file_name", "list.xlsx")
    outbox.tell(
        people, "job_done", subject=("job", 7), context=context, key=key, path="/me/"
    )


def test_each_recipient_is_told_once(sent):
    one, two = UserFactory.create_batch(2)
    tell(one, two)
    tell(one, two)
    tell(one, key="again")
    assert [row.recipient for row in Outbox.objects.order_by("pk")] == [one, two, one]


def test_the_worker_is_called_after_the_commit_only(
    sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        tell(UserFactory())
        assert sent == []
    assert sent == ["accounts.tasks.deliver"]


def test_nothing_is_told_of_what_was_rolled_back(sent):
    with transaction.atomic():
        tell(UserFactory())
        transaction.set_rollback(rollback=True)
    assert Outbox.objects.count() == 0


def test_every_task_called_by_name_exists():
    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert scheduled | {outbox.DELIVER} <= set(current_app.tasks)


def test_without_a_broker_the_request_goes_on(
    monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def refuse(*_args, **_kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr(current_app, "send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        tell(UserFactory())
    assert Outbox.objects.due().count() == 1
    assert "accounts.tasks.deliver waits for the sweep" in caplog.text


def test_a_mail_leaves_in_the_language_of_its_reader():
    tell(UserFactory(language="ar"), UserFactory(language="fr"))
    with translation.override("fr"):
        assert tasks.deliver() == 2
    arabic, french = mail.outbox
    assert arabic.extra_headers["Content-Language"] == "ar"
    assert 'dir="rtl"' in arabic.alternatives[0].content
    assert "/ar/me/" in arabic.body
    assert french.extra_headers["Content-Language"] == "fr"
    assert 'dir="ltr"' in french.alternatives[0].content
    assert "/fr/me/" in french.body


def test_a_delivered_mail_is_not_sent_again():
    tell(UserFactory())
    tasks.deliver()
    tasks.deliver()
    assert len(mail.outbox) == 1
    row = Outbox.objects.get()
    assert (row.mail_state, row.attempts) == (MailState.SENT, 1)
    assert row.sent_at


def test_the_same_row_is_the_same_mail():
    tell(UserFactory())
    row = Outbox.objects.get()
    first = notifications.mail_of(row).message()["Message-ID"]
    second = notifications.mail_of(row).message()["Message-ID"]
    assert first == second


def test_a_refused_mail_waits_and_the_others_go(monkeypatch):
    refused, accepted = UserFactory.create_batch(2)
    tell(refused, accepted)
    send = EmailBackend.send_messages

    def refuse(self, messages):
        if messages[0].to == [refused.email]:
            raise smtplib.SMTPRecipientsRefused({})
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    before = timezone.now()
    tasks.deliver()
    assert [message.to for message in mail.outbox] == [[accepted.email]]
    row = Outbox.objects.get(recipient=refused)
    assert (row.mail_state, row.error) == (MailState.PENDING, "SMTPRecipientsRefused")
    assert row.try_at >= before + timedelta(minutes=1)


def test_a_mail_is_given_up_after_its_last_attempt(monkeypatch):
    tell(UserFactory())
    Outbox.objects.update(attempts=tasks.MAX_ATTEMPTS - 1)

    def refuse(*_args):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    tasks.deliver()
    assert Outbox.objects.get().mail_state == MailState.FAILED
    assert not Outbox.objects.due().exists()


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (30, 360)]
)
def test_waits_double_up_to_six_hours(attempts, minutes):
    assert tasks.wait_after(attempts) == timedelta(minutes=minutes)


def test_a_closed_account_gets_no_mail():
    tell(UserFactory(is_active=False))
    tasks.deliver()
    assert mail.outbox == []
    assert Outbox.objects.get().mail_state == MailState.NONE


def test_values_come_back_as_they_were_told():
    tell(
        UserFactory(),
        granted_amount=Decimal("50000.10"),
        due_on=date(2026, 12, 15),
        name_ar="الأمل",
        name_fr="",
    )
    row = Outbox.objects.get()
    with translation.override("fr"):
        values = notifications._values(row)
    assert values["granted_amount"] == Decimal("50000.10")
    assert values["due_on"] == date(2026, 12, 15)
    assert values["name"] == "الأمل"


def test_a_name_in_a_mail_is_text():
    person = UserFactory(name="A & <b>B</b>", language="fr")
    tell(person)
    tasks.deliver()
    [message] = mail.outbox
    assert "A & <b>B</b>" in message.body
    assert "A &amp; &lt;b&gt;B&lt;/b&gt;" in message.alternatives[0].content


def test_the_sweep_calls_for_what_is_due(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()
    assert sent == []
    tell(UserFactory())
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()
    assert sent == ["accounts.tasks.deliver"]


@pytest.mark.parametrize(
    "path", sorted(Path(settings.BASE_DIR, "templates/emails").glob("*.txt")), ids=str
)
def test_figures_and_dates_of_mails_are_plain_text(path):
    """``<bdi>`` is for pages: in a mail the filter ``plain`` follows."""
    shown = re.findall(
        r"\|(?:money|number|ltr|day|moment|hour|date_words)\b[^\s}]*", path.read_text()
    )
    assert [filters for filters in shown if "|plain" not in filters] == []


def test_the_mailbox_keeps_a_mail_once():
    tell(UserFactory())
    message = notifications.mail_of(Outbox.objects.get())
    MailboxBackend().send_messages([message])
    MailboxBackend().send_messages([message])
    kept = Mail.objects.get()
    assert (kept.to, kept.subject) == (message.to[0], message.subject)
    assert kept.html == message.alternatives[0].content
