"""Mails survive what happens to workers and brokers: each leaves exactly once."""

import time
from pathlib import Path

import pytest
from django.db import transaction

from accounts import outbox, tasks
from accounts.enums import MailState
from accounts.models import Mail, Outbox
from tests.accounts import worker as machines
from tests.factories import UserFactory

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]

MAILBOX = "accounts.mailbox.MailboxBackend"
SLOW = "tests.accounts.slow_mail.SlowMailbox"


def tell(people):
    with transaction.atomic():
        outbox.tell(
            people,
            "job_done",
            subject=("job", 1),
            context={"file_name": "list.xlsx"},
            key=str(time.monotonic()),
        )


def all_sent():
    return not Outbox.objects.exclude(mail_state=MailState.SENT).exists()


def test_a_worker_killed_while_it_sends_sends_nothing_twice(broker, folder, started):
    _server, url = broker
    taken = folder / "taken"
    tell(UserFactory.create_batch(3))
    slow = machines.worker(url, EMAIL_BACKEND=SLOW, MAIL_TAKEN=str(taken))
    started.append(slow)
    machines.wait_for(taken.exists)
    assert (Mail.objects.count(), all_sent()) == (1, False)
    slow.kill()
    started.append(machines.worker(url, EMAIL_BACKEND=MAILBOX))
    tasks.sweep()
    machines.wait_for(all_sent)
    assert Mail.objects.count() == 3
    assert {mail.to for mail in Mail.objects.all()} == {
        row.recipient.email for row in Outbox.objects.select_related("recipient")
    }


def test_without_a_broker_work_goes_on_and_leaves_when_it_is_back(broker, started):
    server, url = broker
    server.kill()
    begun = time.monotonic()
    tell(UserFactory.create_batch(2))
    assert time.monotonic() - begun < 5
    assert Outbox.objects.due().count() == 2
    Path(url.removeprefix("redis+socket://")).unlink(missing_ok=True)
    server.start()
    started.append(machines.worker(url, EMAIL_BACKEND=MAILBOX))
    machines.wait_for(Path(url.removeprefix("redis+socket://")).exists)
    tasks.sweep()
    machines.wait_for(all_sent)
    assert Mail.objects.count() == 2
