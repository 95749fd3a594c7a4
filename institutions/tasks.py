"""The night's work on the record."""

from celery import shared_task

from institutions import vault


@shared_task(name="institutions.tasks.sweep_incoming")
def sweep_incoming() -> int:
    """Finish interrupted moves and remove uploads that belong to no document."""
    return vault.sweep()
