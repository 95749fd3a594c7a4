"""What the worker does for this room: deliver, sweep, beat, tidy up."""

import logging
import time
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.apps import apps
from django.contrib import admin
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone, translation

from accounts import jobs, list_exports
from accounts.enums import MailState
from accounts.models import IdempotencyKey, Job, Outbox
from accounts.notifications import mail_of
from accounts.outbox import DELIVER, wake

logger = logging.getLogger(__name__)

HEARTBEAT = "worker:heartbeat"
MAX_ATTEMPTS = 10
LONGEST_WAIT = timedelta(hours=6)
KEYS_KEPT_FOR = timedelta(days=7)
# A job that waits longer than this was not heard: its call is repeated.
UNHEARD_AFTER = timedelta(seconds=45)
ORPHANS_AFTER = timedelta(days=1)


@shared_task
def deliver() -> int:
    """Send every mail that is due; as many workers as there are may run it."""
    count = 0
    while deliver_one():
        count += 1
    return count


@transaction.atomic
def deliver_one() -> bool:
    """One mail, its row locked until it is gone; ``False`` when none is due.

    A worker killed in between leaves the row due: the next one sends the same
    Message-ID.
    """
    notice = (
        Outbox.objects.due()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("recipient")
        .order_by("try_at", "pk")
        .first()
    )
    if notice is None:
        return False
    notice.attempts += 1
    if not notice.reader.is_active:
        notice.mail_state = MailState.NONE
    else:
        _send(notice)
    notice.save(update_fields=["attempts", "mail_state", "try_at", "sent_at", "error"])
    return True


def _send(notice: Outbox) -> None:
    """A refusal concerns one mail: the others go on."""
    try:
        with transaction.atomic():
            mail_of(notice).send()
    except Exception as error:
        logger.warning("notice %s not sent", notice.pk, exc_info=True)
        notice.error = type(error).__name__
        notice.try_at = timezone.now() + wait_after(notice.attempts)
        if notice.attempts >= MAX_ATTEMPTS:
            notice.mail_state = MailState.FAILED
    else:
        notice.mail_state = MailState.SENT
        notice.sent_at = timezone.now()
        notice.error = ""


def wait_after(attempts: int) -> timedelta:
    """1, 2, 4, 8 … minutes, at most six hours."""
    return min(timedelta(minutes=2 ** (attempts - 1)), LONGEST_WAIT)


@shared_task
def sweep() -> None:
    """Call again what nobody heard: the broker was away, or a worker died."""
    if Outbox.objects.due().exists():
        wake(DELIVER)
    unheard = Job.objects.filter(
        jobs.free(), touched_at__lt=timezone.now() - UNHEARD_AFTER
    )
    for pk, task in unheard.values_list("pk", "task"):
        wake(task, str(pk))


@shared_task
def export_list(job_pk: str) -> None:
    """Write a long list of the staff site for its owner, as the owner sees it now."""
    with jobs.run(job_pk) as job:
        if job is None or job.owner is None:
            return
        model_admin: Any = admin.site.get_model_admin(
            apps.get_model(job.params["model"])
        )
        with translation.override(job.language):
            request = list_exports.asked(job.owner, job.params)
            model_admin.write_long_export(request, job)


@shared_task
def heartbeat() -> None:
    """Read by ``/readyz``."""
    cache.set(HEARTBEAT, time.time(), timeout=None)


@shared_task
def housekeeping() -> dict[str, int]:
    """Answered forms after seven days, files of jobs after their term, lost files."""
    now = timezone.now()
    keys, _ = IdempotencyKey.objects.filter(created_at__lt=now - KEYS_KEPT_FOR).delete()
    expired = Job.objects.filter(expires_at__lt=now).exclude(file="")
    files = sum(_forget_file(job) for job in expired)
    return {"keys": keys, "files": files, "orphans": _sweep_files()}


def _forget_file(job: Job) -> int:
    """The row first: a row never points to a file that is gone."""
    stored = str(job.file.name)
    Job.objects.filter(pk=job.pk).update(file="")
    Job.file.field.storage.delete(stored)
    return 1


def _sweep_files() -> int:
    """Files that no row points to: a worker died between the two."""
    storage = Job.file.field.storage
    if not storage.exists("jobs"):
        return 0
    paths = [f"jobs/{name}" for name in storage.listdir("jobs")[1]]
    known = set(Job.objects.filter(file__in=paths).values_list("file", flat=True))
    limit = timezone.now() - ORPHANS_AFTER
    lost = [
        path
        for path in paths
        if path not in known and storage.get_modified_time(path) < limit
    ]
    for path in lost:
        storage.delete(path)
    return len(lost)
