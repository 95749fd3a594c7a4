"""A sheet that was sent: kept under lock, read by the worker, given up or forgotten."""

import base64
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import jobs
from accounts.encryption import UnreadableValueError, decrypt, encrypt
from accounts.enums import JobState
from institutions import acting
from institutions.enums import SheetState
from institutions.models import Centre, SheetImport
from institutions.sheets.applying import forget_file
from institutions.sheets.examining import Verdict, examine_for, refused
from institutions.sheets.plan import ADDED, CHANGED, SAME
from institutions.sheets.reading import SheetRefused

READ = "institutions.tasks.read_sheet"
SUBJECT = "institutions.sheetimport"
KEPT_FOR = timedelta(days=7)
OWNER = ("centre__association__delegation",)
OPEN = (
    SheetState.READING,
    SheetState.REFUSED,
    SheetState.READY,
    SheetState.SAVING,
)
# Why a sheet is read anew, in the job that reads it.
STALE = "stale"


@transaction.atomic
def receive(centre: Centre, kind: str, year: int, *, upload: Any, actor: Any) -> Any:
    """Keep the file, encrypted for it holds names, and have the worker read it."""
    acting.check_entry(actor, centre.association)
    sheet = SheetImport(
        centre=centre,
        kind=kind,
        year=year,
        file_name=_short(upload.name),
        created_by=actor,
    )
    sealed = encrypt(base64.b64encode(upload.read()).decode())
    sheet.file.save("", ContentFile(sealed.encode()), save=False)
    sheet.save()
    _ask(sheet, actor)
    return sheet


def _short(name: str) -> str:
    """Shown to its sender only; never a path."""
    return name.replace("\\", "/").rpartition("/")[2][-150:]


def _ask(sheet: SheetImport, actor: Any, *, after: str = "") -> None:
    sheet.job = jobs.request(
        READ,
        owner=actor,
        subject=(SUBJECT, sheet.pk),
        params={"after": after},
        language=translation.get_language() or "ar",
    )
    sheet.save(update_fields=["job"])


def content_of(sheet: SheetImport) -> bytes:
    """Raises ``SheetRefused`` when the file is gone or its key is lost."""
    try:
        with sheet.file.open() as stored:
            return base64.b64decode(decrypt(stored.read().decode()))
    except (OSError, ValueError, UnreadableValueError) as error:
        raise SheetRefused("damaged") from error


def read(job: jobs.Run) -> None:
    """The worker's part. Read twice, it says the same twice."""
    rows = SheetImport.objects.visible_to(job.owner).select_related(*OWNER)
    sheet = rows.filter(pk=job.object_id, state=SheetState.READING).first()
    if sheet is None:
        return
    with translation.override(job.language):
        try:
            content = content_of(sheet)
        except SheetRefused as refusal:
            verdict = refused(refusal)
        else:
            verdict = examine_for(
                sheet.centre,
                sheet.kind,
                sheet.year,
                content,
                advance=lambda done, of: job.advance(done, of=of),
            )
    _keep(sheet, verdict)


def _keep(sheet: SheetImport, verdict: Verdict) -> None:
    """Unless its sender gave it up meanwhile."""
    values: dict[str, Any] = {
        "errors": verdict.errors,
        "error_count": verdict.error_count,
        "state": SheetState.REFUSED,
        "rows": "",
    }
    if verdict.plan is not None and verdict.current is not None:
        plan = verdict.plan
        values |= {
            "state": SheetState.READY,
            "rows": plan.dumps(),
            "fingerprint": verdict.current.fingerprint,
            "added_count": len(plan.of(ADDED)),
            "changed_count": len(plan.of(CHANGED)),
            "same_count": len(plan.of(SAME)),
            "removed_count": len(plan.removed),
        }
    SheetImport.objects.filter(pk=sheet.pk, state=SheetState.READING).update(**values)


@transaction.atomic
def read_again(sheet_pk: int, *, actor: Any, after: str = "") -> SheetImport:
    """After the list was changed, or after the worker gave up."""
    sheet = locked(sheet_pk, actor)
    sheet.state, sheet.rows, sheet.errors, sheet.error_count = (
        SheetState.READING, "", [], 0,
    )  # fmt: skip
    sheet.save(update_fields=["state", "rows", "errors", "error_count"])
    _ask(sheet, actor, after=after)
    return sheet


@transaction.atomic
def give_up(sheet_pk: int, *, actor: Any) -> SheetImport:
    """While it is being saved, only the saving: nothing was written then."""
    sheet = locked(sheet_pk, actor)
    if sheet.job is not None:
        jobs.stop(sheet.job)
    if sheet.state == SheetState.SAVING:
        sheet.state = SheetState.READY
        sheet.save(update_fields=["state"])
    else:
        forget(sheet)
    return sheet


def locked(sheet_pk: int, actor: Any) -> SheetImport:
    rows = SheetImport.objects.visible_to(actor).select_for_update(of=("self",))
    sheet = rows.select_related("job", *OWNER).get(pk=sheet_pk)
    acting.check_entry(actor, sheet.centre.association)
    if sheet.state not in OPEN:
        raise ValidationError(_("This sheet was saved or given up already."))
    return sheet


def forget(sheet: SheetImport) -> None:
    """What it said of people goes; that it came, and what came of it, stays."""
    forget_file(sheet)
    sheet.state, sheet.rows = SheetState.CANCELLED, ""
    sheet.save(update_fields=["state", "rows", "file"])


def sweep() -> int:
    """Sheets that nobody saved within ``KEPT_FOR``."""
    old = SheetImport.objects.filter(
        state__in=OPEN, created_at__lt=timezone.now() - KEPT_FOR
    ).exclude(
        state=SheetState.SAVING, job__state__in=[JobState.WAITING, JobState.RUNNING]
    )
    count = 0
    for pk in old.values_list("pk", flat=True):
        with transaction.atomic():
            sheet = old.select_for_update(of=("self",)).filter(pk=pk).first()
            if sheet is not None:
                forget(sheet)
                count += 1
    return count
