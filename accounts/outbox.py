"""What people are told: rows written in the transaction of what they tell.

The worker mails them and the portal shows them. A task is called by its name, so that
no room imports the tasks of another; the name is only a hint to hurry, for the sweep
finds every row that was left behind (decision 1).
"""

import hashlib
import json
import logging
from collections.abc import Iterable
from functools import partial
from typing import Any

from celery import current_app
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts.enums import MailState
from accounts.models import Addressee, Outbox, User

Reader = User | Addressee

logger = logging.getLogger(__name__)

DELIVER = "accounts.tasks.deliver"
# The request that woke the worker waits for nothing longer: the sweep comes anyway.
ONE_RETRY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}


def tell(recipients: Iterable[Reader], kind: str, **what: Any) -> None:
    """Tell each recipient once, of what ``notices`` is given."""
    keep(notices(recipients, kind, **what))


def notices(  # noqa: PLR0913 -- what a notice is made of, all by name
    recipients: Iterable[Reader],
    kind: str,
    *,
    subject: tuple[str, int],
    context: dict[str, Any] | None = None,
    path: str = "",
    key: str = "",
    mailed: bool = True,
) -> list[Outbox]:
    """One row for each recipient; the same event told twice is one notice.

    ``kind`` names ``templates/emails/<kind>.subject.txt`` and ``.txt``; ``subject`` is
    (kind, id) of what it is about; ``path`` is the page to open, without its language;
    ``key`` tells apart two events of one kind about one object, such as a version.
    """
    object_kind, object_id = subject
    values = plain_values(context or {})
    return [
        Outbox(
            kind=kind,
            object_kind=object_kind,
            object_id=object_id,
            **_to(recipient),
            key=f"{kind}:{object_id}:{key}:{_name(recipient)}",
            context=values,
            path=path,
            mail_state=MailState.PENDING if mailed else MailState.NONE,
        )
        for recipient in recipients
    ]


def reader_of(address: str, *, language: str) -> Reader:
    """The account of this address; without one, the address in that language."""
    found = User.objects.filter(email=address.strip().lower()).first()
    return found or Addressee(address.strip().lower(), language)


def _to(reader: Reader) -> dict[str, Any]:
    if isinstance(reader, Addressee):
        return {"address": reader.email, "language": reader.language}
    return {"recipient": reader}


def _name(reader: Reader) -> str:
    """What tells readers apart in a key, which is kept short."""
    if isinstance(reader, Addressee):
        return hashlib.sha256(reader.email.encode()).hexdigest()[:32]
    return str(reader.pk)


def keep(rows: list[Outbox]) -> None:
    """Writes notices at once; those that were written before stay as they are."""
    if not rows:
        return
    Outbox.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.mail_state == MailState.PENDING for row in rows):
        wake(DELIVER)


def plain_values(context: dict[str, Any]) -> dict[str, Any]:
    """Amounts and dates as text: what a JSON column keeps exactly."""
    return json.loads(json.dumps(context, cls=DjangoJSONEncoder))


def wake(task_name: str, *args: Any) -> None:
    """Call a task by name once the transaction is committed."""
    transaction.on_commit(partial(_send, task_name, *args))


def _send(task_name: str, *args: Any) -> None:
    """Never fails: without a broker the work waits in its row."""
    try:
        current_app.send_task(
            task_name,
            args=args,
            retry=True,
            retry_policy=ONE_RETRY,
            ignore_result=True,
        )
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("%s waits for the sweep: %s", task_name, type(error).__name__)
