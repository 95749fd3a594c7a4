"""The queue's entry point: ``celery -A entraide``."""

import os
from logging.config import dictConfig

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entraide.settings")

app = Celery("entraide")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logs(**_kwargs):
    """Celery would write lines of its own kind, personal data included."""
    dictConfig(settings.LOGGING)
