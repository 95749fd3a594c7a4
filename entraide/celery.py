"""The queue's entry point: ``celery -A entraide``."""

import os
from logging.config import dictConfig

import pghistory
from celery import Celery, Task
from celery.signals import setup_logging
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entraide.settings")


class NamedTask(Task):
    """What a task changes in the record bears its name in the history."""

    abstract = True

    def __call__(self, *args, **kwargs):
        with pghistory.context(job=self.name):
            return super().__call__(*args, **kwargs)


app = Celery("entraide", task_cls=NamedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logs(**_kwargs):
    """Celery would write lines of its own kind, personal data included."""
    dictConfig(settings.LOGGING)
