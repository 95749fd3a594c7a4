"""The review page of a file: its address, and what is posted to it."""

from django.urls import reverse

from applications import findings
from applications.models import FindingAnswer
from tests.factories import score_everything


def address(file):
    return reverse("admin:applications_application_change", args=[file.pk])


def post(client, file, action, **values):
    values.setdefault("version", file.version)
    return client.post(address(file), {"action": action, **values})


def state_of(file):
    file.refresh_from_db()
    return file.state


def settle(file, user):
    """Everything that an opinion needs: scores, and every finding set aside."""
    score_everything(file)
    for finding in findings.check(file):
        FindingAnswer.objects.create(
            application=file, code=finding.code, reason="مبرر", answered_by=user
        )


def opinion(**changes):
    return {
        "opinion": "favourable",
        "reason": "ملف مكتمل",
        "proposed_amount": "48 000,00",
        **changes,
    }
