"""What a move changes on the locked file, and the rows that follow from it."""

from typing import Any

from django.db import connection
from django.utils import timezone

from applications import clock
from applications.enums import LetterKind
from applications.models import Application, CallCounter, CompletionRequest, Event
from applications.programmes import get_rules
from applications.reading import Reading
from applications.workflow import letters
from applications.workflow.order import Step
from institutions import snapshots

SNAPSHOT_KIND = "application"
CERTIFIED = (
    "number",
    "subject",
    "purpose",
    "contact_name",
    "contact_phone",
    "requested_amount",
)
# The row stays locked until the end of the transaction, as with an explicit lock, and
# two first files of a region wait for each other as well.
COUNTERS = CallCounter._meta.db_table
NEXT_NUMBER = f"""
    INSERT INTO {COUNTERS} (call_id, region_id, last) VALUES (%s, %s, 1)
    ON CONFLICT (call_id, region_id) DO UPDATE SET last = {COUNTERS}.last + 1
    RETURNING last
"""  # noqa: S608 -- the name of the table is the model's own


def submit(step: Step) -> None:
    """Number, figures, snapshot and clock. Each submission freezes a version."""
    application, now = step.application, timezone.now()
    today = timezone.localdate(now)
    application.submitted_at = now
    is_first = application.first_submitted_at is None
    if is_first:
        application.first_submitted_at = now
        _settle_territory(application)
        clock.start(application, on=today)
        application.number = next_number(application)
    else:
        application.completion_requests.filter(answered_at=None).update(answered_at=now)
        clock.resume(application, on=today)
    application.requested_amount = sum((line.amount for line in step.reading.lines), 0)
    application.is_incomplete = False
    _freeze(step.reading, is_first=is_first)


def _settle_territory(application: Application) -> None:
    """Where the unit stands on the day of submission; never changed afterwards (12)."""
    delegation = application.unit.delegation
    application.delegation = delegation
    application.region_id = delegation.region_id


def next_number(application: Application) -> str:
    """``EPS-2026-10-00042``, from the locked counter of the call (decision 10)."""
    call, region = application.call, application.region
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, [call.pk, region.pk])
        last = cursor.fetchone()[0]
    prefix = get_rules(application.programme).prefix
    return f"{prefix}-{application.year}-{region.code}-{last:05d}"


def _freeze(reading: Reading, *, is_first: bool) -> None:
    application = reading.application
    figures = get_rules(application.programme).freeze(reading)
    snapshots.freeze(
        SNAPSHOT_KIND,
        application.pk,
        association=application.association,
        year=application.year,
        content={
            "record": reading.record_content,
            "figures": figures,
            "application": content_of(reading),
        },
        is_first=is_first,
    )


def content_of(reading: Reading) -> dict[str, Any]:
    """What the association certified of its request, ready for the snapshot."""
    application = reading.application
    return {
        **{name: getattr(application, name) for name in CERTIFIED},
        "institution_id": application.institution_id,
        "lines": [
            [line.key, line.declared_count, line.eligible_count, line.amount]
            for line in reading.lines
        ],
        "budget": {line.head: line.amount for line in reading.budget},
        "documents": sorted(row.document.sha256 for row in reading.attachments),
    }


def withdraw(step: Step) -> None:
    """The amount returns to the envelope; the event keeps what it was (28)."""
    _undo_decision(step)
    step.application.sitting = None
    step.application.due_on = None
    step.application.return_due_on = None


def return_for_completion(step: Step) -> None:
    """Every draft remark leaves at once, in one request (law 55-19)."""
    application = step.application
    application.return_count += 1
    due_on = clock.suspend(application, on=timezone.localdate())
    request = CompletionRequest.objects.create(
        application=application,
        rank=application.return_count,
        sent_by=step.order.actor,
        due_on=due_on,
    )
    application.remarks.filter(request=None).update(request=request)


def authorise_second_return(step: Step) -> None:
    step.application.is_second_return_authorised = True


def recommend(step: Step) -> None:
    application, facts = step.application, step.order.facts
    application.opinion = facts["opinion"]
    application.opinion_reason = step.order.reason
    application.proposed_amount = facts["proposed_amount"]
    application.score = sum(application.scores.values_list("points", flat=True))


def send_back(step: Step) -> None:
    step.application.sitting = None


def approve(step: Step) -> None:
    step.application.sitting = step.sitting
    step.application.granted_amount = step.order.facts["amount"]
    step.application.refusal_reason = ""


def refuse(step: Step) -> None:
    step.application.sitting = step.sitting
    step.application.granted_amount = None
    step.application.refusal_reason = step.order.reason


def reconsider(step: Step) -> None:
    """The file stays in its sitting, which cannot be validated before it is decided."""
    _undo_decision(step)


def _undo_decision(step: Step) -> None:
    step.application.granted_amount = None
    step.application.refusal_reason = ""


def extend(step: Step) -> None:
    clock.extend(step.application, days=step.order.facts["days"])


def resubmit_as_is(step: Step) -> None:
    """At the deadline the file goes back as it stands, marked incomplete."""
    now = timezone.now()
    step.application.submitted_at = now
    step.application.is_incomplete = True
    clock.resume(step.application, on=timezone.localdate(now))


def write_receipt(step: Step, event: Event) -> None:
    """One for each time the association sends the file."""
    row = letters.letter(
        step.application,
        LetterKind.RECEIPT,
        rank=step.application.return_count + 1,
        attachments=step.reading.attachments,
    )
    letters.write([row])


def write_completion_request(step: Step, event: Event) -> None:
    rank = step.application.return_count
    letters.write([letters.letter(step.application, LetterKind.COMPLETION, rank=rank)])
