"""The night's work on the record, and what is long to make."""

from celery import shared_task

from accounts import jobs
from institutions import (
    comparison,
    expiry,
    pdf,
    previews,
    scanning,
    stored_files,
)
from institutions.models import Association


@shared_task(name="institutions.tasks.sweep_incoming")
def sweep_incoming() -> int:
    """Finish interrupted moves and remove uploads that belong to no document."""
    return stored_files.sweep()


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
