"""The project: wiring, no business."""

from entraide.celery import app as celery_app

__all__ = ["celery_app"]
