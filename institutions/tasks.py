"""The night's work on the record, and what is long to make."""

from collections.abc import Iterator

from celery import shared_task

from accounts import jobs
from accounts.models import User
from institutions import (
    comparison,
    evidence,
    expiry,
    followed,
    pdf,
    previews,
    scanning,
    stored_files,
    update,
)
from institutions.models import Association
from institutions.sheets import receiving, saving


@shared_task(name="institutions.tasks.sweep_incoming")
def sweep_incoming() -> int:
    """Finish interrupted moves and remove uploads that belong to nothing."""
    return stored_files.sweep() + evidence.sweep()


@shared_task(name="institutions.tasks.print_years")
def print_years(job_pk: str) -> None:
    """Two certified years on paper, as their reader may see them now."""
    with jobs.run(job_pk) as job:
        if job is None or job.owner is None:
            return
        rows = Association.objects.visible_to(job.owner).select_related("delegation")
        association = rows.get(pk=job.object_id)
        found = comparison.certified_years(association, job.owner)
        before, after = (found[job.params[name]] for name in ("before", "after"))
        content = pdf.years(
            association,
            comparison.of_snapshots(before, after),
            language=job.language,
        )
        job.finish(content, name=f"{before.year}-{after.year}.pdf")


@shared_task(name="institutions.tasks.scan_document")
def scan_document(pk: int) -> None:
    scanning.scan(pk)


@shared_task(name="institutions.tasks.sweep_scans")
def sweep_scans() -> int:
    """Scan again what could not be, or what nobody heard of."""
    return scanning.sweep()


@shared_task(name="institutions.tasks.make_preview")
def make_preview(pk: int) -> None:
    previews.make(pk)


@shared_task(name="institutions.tasks.mind_validity")
def mind_validity() -> int:
    """Every morning: ends of validity, and who is told of them."""
    return expiry.mind()


@shared_task(name="institutions.tasks.find_every_night")
def find_every_night() -> int:
    """Look at the whole record; how many findings are open."""
    found = list(_look())
    if found:
        followed.note_night(len(found))
    return sum(found)


@shared_task(name="institutions.tasks.find_findings")
def find_findings(job_pk: str) -> None:
    """The same for one officer's territory, now."""
    with jobs.run(job_pk) as job:
        if job is None or job.owner is None:
            return
        total = followed.associations_seen_by(job.owner).count()
        for done, _found in enumerate(_look(job.owner), 1):
            job.advance(done, of=total)
        job.finish()


def _look(user: User | None = None) -> Iterator[int]:
    """Nothing before the first round: the checks need its year."""
    current = update.current_round()
    if current is None:
        return
    keys = followed.associations_seen_by(user).order_by("pk").values_list("pk")
    for (pk,) in list(keys):
        association = Association.objects.select_related("delegation").get(pk=pk)
        yield followed.look(association, update_round=current)


@shared_task(name="institutions.tasks.read_sheet")
def read_sheet(job_pk: str) -> None:
    """Read, check and compare a spreadsheet that was sent; nothing is saved."""
    with jobs.run(job_pk) as job:
        if job is not None and job.owner is not None:
            receiving.read(job)
            job.finish()


@shared_task(name="institutions.tasks.save_sheet")
def save_sheet(job_pk: str) -> None:
    """Save a spreadsheet that was looked at, in one transaction."""
    with jobs.run(job_pk) as job:
        if job is not None and job.owner is not None:
            saving.save(job)


@shared_task(name="institutions.tasks.sweep_sheets")
def sweep_sheets() -> int:
    """Forget the spreadsheets that nobody saved in time."""
    return receiving.sweep()
