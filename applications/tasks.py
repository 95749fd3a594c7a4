"""What the worker does for files: their letters, and deadlines that pass."""

import hashlib
import logging
from datetime import timedelta

from celery import shared_task
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts import jobs
from accounts.outbox import wake
from applications import exports, workflow
from applications.enums import State
from applications.models import Application, Letter
from applications.pdf.render import render

logger = logging.getLogger(__name__)

# A letter not made after this time was left behind by a worker that died.
LEFT_BEHIND = timedelta(minutes=2)


@shared_task(name="applications.tasks.make_letter")
def make_letter(letter_pk: int) -> None:
    """Make the PDF of a letter once; a second run finds it made and does nothing."""
    with transaction.atomic():
        letter = Letter.objects.select_for_update().get(pk=letter_pk)
        if letter.made_at is not None:
            return
        _keep(letter, render(letter))


def _keep(letter: Letter, pdf: bytes) -> None:
    """The name is that of the row, so that a run cut short leaves no second file."""
    path = f"letters/{letter.token}.pdf"
    default_storage.delete(path)
    letter.file.name = default_storage.save(path, ContentFile(pdf))
    letter.sha256 = hashlib.sha256(pdf).hexdigest()
    letter.made_at = timezone.now()
    letter.save(update_fields=["file", "sha256", "made_at"])


@shared_task(name="applications.tasks.sweep_letters")
def sweep_letters() -> None:
    """Ask again for the letters that no worker finished."""
    late = Letter.objects.filter(
        made_at=None, created_at__lt=timezone.now() - LEFT_BEHIND
    )
    for pk in late.values_list("pk", flat=True):
        wake("applications.tasks.make_letter", pk)


@shared_task(name="applications.tasks.pass_deadlines")
def pass_deadlines() -> None:
    """Files not completed in time go back to the delegation as they are.

    One transaction each: a file that somebody moves meanwhile stops none of the others.
    """
    overdue = Application.objects.filter(
        state=State.RETURNED, return_due_on__lt=timezone.localdate()
    )
    for pk in overdue.values_list("pk", flat=True):
        try:
            workflow.resubmit_as_is(pk)
        except (ValidationError, Application.DoesNotExist):
            logger.info("file %s moved before its deadline was passed", pk)


@shared_task(name="applications.tasks.export_applications")
def export_applications(job_pk: str) -> None:
    """Write a long list for its owner, as the owner may see it now."""
    with jobs.run(job_pk) as job:
        if job is None or job.owner is None:
            return
        total = exports.chosen(job.owner, job.params).count()
        job.advance(0, of=total)
        with exports.made(job.owner, job.params, advance=job.advance) as export:
            job.finish(export.content, name=export.name)
