"""Long work: asked for in a transaction, done by a worker, shown as it goes.

A task does ``with jobs.run(job_pk) as job:`` and stops when ``job`` is ``None``: the
work is done, stopped, or in other hands. Work left by a killed worker is taken up
again after ``LEASE``; each attempt has its number, and only the last one may finish.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import PurePath
from typing import Any, BinaryIO
from uuid import UUID, uuid4

import pghistory
from django.core.cache import cache
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.enums import JobState
from accounts.models import Job, User
from accounts.outbox import plain_values, tell, wake

logger = logging.getLogger(__name__)

# A worker that has not touched its row for so long is taken for dead.
LEASE = timedelta(minutes=5)
KEPT_FOR = timedelta(days=7)
TOLD_BY = "job_done"


class Stopped(Exception):
    """The owner stopped the work, or another worker took it up."""


def request(
    task: str,
    *,
    owner: User | None,
    subject: tuple[str, int | None] = ("", None),
    params: dict[str, Any] | None = None,
    language: str = "ar",
) -> Job:
    """Insert the row and call the task by name with its key, on commit."""
    object_kind, object_id = subject
    job = Job.objects.create(
        task=task,
        owner=owner,
        object_kind=object_kind,
        object_id=object_id,
        params=plain_values(params or {}),
        language=language,
    )
    wake(task, str(job.pk))
    return job


class Run:
    """One attempt at a job: what the task sees of it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.pk = job.pk
        self.params = job.params
        self.owner = job.owner
        self.language = job.language
        self.object_id = job.object_id

    def _mine(self):
        """The row while this attempt holds it."""
        return Job.objects.filter(
            pk=self.pk, state=JobState.RUNNING, attempts=self.job.attempts
        )

    def advance(self, done: int, *, of: int | None = None) -> None:
        """Show how far the work is; raises ``Stopped`` when it is no longer wanted."""
        values = {"done_count": done, "touched_at": timezone.now()}
        if of is not None:
            values["total_count"] = of
        if not self._mine().update(**values):
            raise Stopped(str(self.pk))

    def show(self, done: int) -> None:
        """How far the work is, from within its transaction: the row would say so
        only when all is done."""
        cache.set(_shown(self.job), done, LEASE.total_seconds())

    def finish(
        self, content: bytes | BinaryIO | None = None, *, name: str = ""
    ) -> None:
        """Keep the file for its owner, and tell that it is ready."""
        stored = self._store(content, name) if content is not None else ""
        now = timezone.now()
        with transaction.atomic():
            changed = self._mine().update(
                state=JobState.DONE,
                file=stored,
                file_name=name,
                touched_at=now,
                finished_at=now,
                expires_at=now + KEPT_FOR if stored else None,
                error="",
            )
            if changed and stored:
                self._tell(name)
        if not changed:
            if stored:
                Job.file.field.storage.delete(stored)
            raise Stopped(str(self.pk))

    def _store(self, content: bytes | BinaryIO, name: str) -> str:
        data = ContentFile(content) if isinstance(content, bytes) else File(content)
        path = f"jobs/{uuid4()}{PurePath(name).suffix}"
        return Job.file.field.storage.save(path, data)

    def _tell(self, name: str) -> None:
        """A notice in the portal only: whoever waits is there, and mails are many."""
        if self.owner is None:
            return
        tell(
            [self.owner],
            TOLD_BY,
            subject=("job", 0),
            context={"file_name": name},
            path=f"/me/jobs/{self.pk}/",
            key=str(self.pk),
            mailed=False,
        )

    def fail(self, error: str) -> None:
        """Give up for good, with a sentence without personal data."""
        now = timezone.now()
        self._mine().update(
            state=JobState.FAILED, error=error[:300], touched_at=now, finished_at=now
        )

    def postpone(self, error: str) -> None:
        """Leave the work to the next sweep, or give up after the last attempt."""
        if self.job.attempts >= Job.MAX_ATTEMPTS:
            self.fail(error)
            return
        self._mine().update(
            state=JobState.WAITING, error=error[:300], touched_at=timezone.now()
        )


def _shown(job: Job) -> str:
    return f"job:{job.pk}:{job.attempts}"


def done_of(job: Job) -> int:
    """What its page shows: the row, or more where a transaction is under way."""
    if job.state != JobState.RUNNING:
        return job.done_count
    return max(job.done_count, cache.get(_shown(job)) or 0)


@contextmanager
def run(job_pk: str | UUID) -> Iterator[Run | None]:
    """Hold a job while its task works; an error leaves it to a later attempt."""
    job = claim(job_pk)
    if job is None:
        yield None
        return
    attempt = Run(job)
    try:
        # The history of the record says who asked for the work.
        with pghistory.context(user=job.owner_id, job=job.task):
            yield attempt
    except Stopped:
        logger.info("job %s stopped", job_pk)
    except Exception as error:
        attempt.postpone(type(error).__name__)
        raise


def claim(job_pk: str | UUID) -> Job | None:
    """Take an open job, unless another worker holds it or it was tried too often."""
    with transaction.atomic():
        job = (
            Job.objects.filter(free(), pk=job_pk)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("owner")
            .first()
        )
        if job is None:
            return None
        job.touched_at = timezone.now()
        if job.attempts >= Job.MAX_ATTEMPTS:
            job.state, job.finished_at = JobState.FAILED, job.touched_at
            job.save(update_fields=["state", "finished_at", "touched_at"])
            return None
        job.state, job.attempts = JobState.RUNNING, job.attempts + 1
        job.save(update_fields=["state", "attempts", "touched_at"])
        return job


def free() -> Q:
    """Waiting, or running in the hands of a worker that went silent."""
    silent = Q(state=JobState.RUNNING, touched_at__lt=timezone.now() - LEASE)
    return Q(state=JobState.WAITING) | silent


def stop(job: Job) -> bool:
    """The owner no longer wants it; a running task notices at its next step."""
    now = timezone.now()
    return bool(
        Job.objects.filter(
            pk=job.pk, state__in=[JobState.WAITING, JobState.RUNNING]
        ).update(state=JobState.CANCELLED, touched_at=now, finished_at=now)
    )
