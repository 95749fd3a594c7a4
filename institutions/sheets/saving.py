"""A sheet that was looked at: asked to be saved, saved by the worker, exactly once.

The asking is a row, like the reading: a worker killed in the middle has written
nothing, and the sweep has it done again. What is saved already is never saved twice,
for the state of the sheet changes in the transaction of its rows.
"""

from typing import Any

from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    ValidationError,
)
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import jobs
from accounts.enums import JobState
from institutions import notifications, update
from institutions.enums import SheetState
from institutions.models import SheetImport
from institutions.sheets import receiving
from institutions.sheets.applying import StaleList, apply
from institutions.sheets.receiving import STALE, SUBJECT

SAVE = "institutions.tasks.save_sheet"


@transaction.atomic
def ask(sheet_pk: int, *, actor: Any, removes: bool) -> SheetImport:
    """Have the worker save it; a second click finds the first one's work.

    ``removes``: people missing from the sheet leave this year's list. Raises
    ``ValidationError`` when it is not ready.
    """
    sheet = receiving.locked(sheet_pk, actor)
    if sheet.state == SheetState.SAVING:
        return sheet
    if sheet.state != SheetState.READY:
        raise ValidationError(_("This sheet can no longer be saved. Send it again."))
    sheet.state = SheetState.SAVING
    _request(sheet, actor, removes=removes)
    return sheet


def _request(sheet: SheetImport, actor: Any, *, removes: bool) -> None:
    sheet.job = jobs.request(
        SAVE,
        owner=actor,
        subject=(SUBJECT, sheet.pk),
        params={"removes": removes},
        language=translation.get_language() or "ar",
    )
    sheet.save(update_fields=["state", "job"])


@transaction.atomic
def again(sheet_pk: int, *, actor: Any) -> SheetImport:
    """The worker gave up reading or saving: ask it once more."""
    sheet = receiving.locked(sheet_pk, actor)
    if sheet.state != SheetState.SAVING or sheet.job is None:
        return receiving.read_again(sheet_pk, actor=actor)
    if sheet.job.state == JobState.FAILED:
        _request(sheet, actor, removes=sheet.job.params["removes"])
    return sheet


def save(job: jobs.Run) -> None:
    """The worker's part."""
    wanted = SheetImport.objects.filter(job=job.pk, state=SheetState.SAVING)
    counts = wanted.values_list("added_count", "changed_count").first()
    if counts is not None:
        job.advance(0, of=max(sum(counts), 1))
        with translation.override(job.language):
            if not _save(job):
                return
    job.finish()


def _save(job: jobs.Run) -> bool:
    """Whether its work is done: a list that changed is answered by another reading."""
    round_ = update.current_round()
    try:
        if round_ is None:
            raise ValidationError(
                _("This sheet can no longer be saved. Send it again.")
            )
        apply(job, round_)
    except StaleList:
        _read_again(job)
    except (ValidationError, PermissionDenied, ObjectDoesNotExist):
        _put_back(job)
        return False
    return True


@transaction.atomic
def _read_again(job: jobs.Run) -> None:
    """The list was changed meanwhile: whoever saves it is told, and looks again."""
    owner: Any = job.owner
    pk: Any = job.object_id
    sheet = receiving.locked(pk, owner)
    if sheet.job_id == job.pk and sheet.state == SheetState.SAVING:
        sheet = receiving.read_again(sheet.pk, actor=owner, after=STALE)
        notifications.sheet_is_stale(sheet, owner)


@transaction.atomic
def _put_back(job: jobs.Run) -> None:
    """The round ended, or its sender may no longer enter: the sheet stays unsaved."""
    rows = SheetImport.objects.filter(job=job.pk, state=SheetState.SAVING)
    rows.update(state=SheetState.READY)
    job.fail("refused")
