"""What the validation of a sitting publishes, in one transaction (25 and 26).

A sitting may hold hundreds of files: rows are read and written in bulk, so that the
number of queries does not grow with them.
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

from django.db.models import F, prefetch_related_objects
from django.utils import timezone

from accounts.models import User
from applications import amounts, notifications
from applications.enums import InstalmentState, LetterKind, SettlementState, State
from applications.models import (
    Application,
    Award,
    Event,
    Instalment,
    InstalmentShare,
    Settlement,
    Sitting,
)
from applications.workflow import letters
from applications.workflow.order import Order
from applications.workflow.table import PUBLISH
from institutions.models import Membership


def publish(sitting: Sitting, order: Order) -> None:
    """Dates, awards, events, letters and notices of every file of the sitting."""
    now = timezone.now()
    sitting.validated_at = sitting.published_at = now
    sitting.validated_by = order.actor
    prefetch_related_objects([sitting.call], "instalment_shares")
    files = _locked_files(sitting)
    Application.objects.filter(pk__in=[file.pk for file in files]).update(
        published_at=now, due_on=None, version=F("version") + 1
    )
    for file in files:
        file.published_at = now
        file.call, file.sitting = sitting.call, sitting
    _award([file for file in files if file.state == State.APPROVED], sitting)
    Event.objects.bulk_create(_event(file, order.actor) for file in files)
    letters.write([letters.letter(file, LetterKind.DECISION) for file in files])
    _tell(files)


def _locked_files(sitting: Sitting) -> list[Application]:
    return list(
        sitting.applications.select_for_update(of=("self",), no_key=True)
        .select_related("association", "institution", "delegation", "region")
        .order_by("pk")
    )


def _event(file: Application, actor: Any) -> Event:
    return Event(
        application=file,
        transition=PUBLISH.name,
        from_state=file.state,
        to_state=file.state,
        actor=actor,
        actor_role=actor.role,
        reason=file.refusal_reason,
        requested_amount=file.requested_amount,
        proposed_amount=file.proposed_amount,
        granted_amount=file.granted_amount,
    )


def _award(files: list[Application], sitting: Sitting) -> None:
    """Awards with their instalments, and the settlement each one will owe."""
    today = timezone.localdate(sitting.published_at)
    awards = Award.objects.bulk_create(
        Award(
            application=file,
            amount=cast(Decimal, file.granted_amount),
            granted_on=today,
        )
        for file in files
    )
    shares = sorted(sitting.call.instalment_shares.all(), key=lambda row: row.rank)
    unsettled = _units_unsettled(files)
    Instalment.objects.bulk_create(
        instalment
        for award in awards
        for instalment in instalments(
            award, shares, is_blocked=_unit(award.application) in unsettled
        )
    )
    Settlement.objects.bulk_create(
        Settlement(award=award, year=award.application.year) for award in awards
    )


def instalments(
    award: Award, shares: list[InstalmentShare], *, is_blocked: bool
) -> list[Instalment]:
    """The first is due, unless an earlier year is unsettled; the others wait.

    Without shares in the call the award is paid at once.
    """
    ranks = [(share.rank, share.percent) for share in shares] or [(1, amounts.WHOLE)]
    parts = amounts.split(award.amount, [percent for _rank, percent in ranks])
    first = InstalmentState.BLOCKED if is_blocked else InstalmentState.DUE
    return [
        Instalment(
            award=award,
            rank=rank,
            percent=percent,
            amount=part,
            state=first if position == 0 else InstalmentState.BLOCKED,
        )
        for position, ((rank, percent), part) in enumerate(
            zip(ranks, parts, strict=True)
        )
    ]


def _unit(file: Application) -> tuple[str, int, int | None]:
    return file.programme, file.association_id, file.institution_id


def _units_unsettled(files: list[Application]) -> set[tuple[str, int, int | None]]:
    """Units with an earlier settlement that is still to be submitted."""
    if not files:
        return set()
    rows = Settlement.objects.filter(
        state=SettlementState.OPEN,
        year__lt=max(file.year for file in files),
        award__application__association__in={file.association_id for file in files},
    )
    return set(
        rows.values_list(
            "award__application__programme",
            "award__application__association",
            "award__application__institution",
        )
    )


def _tell(files: Iterable[Application]) -> None:
    people: dict[int, list[User]] = defaultdict(list)
    memberships = Membership.objects.active().filter(
        association__in={file.association_id for file in files}, user__is_active=True
    )
    for membership in memberships.select_related("user").order_by("pk"):
        people[membership.association_id].append(membership.user)
    notifications.published_together(
        [(file, people[file.association_id]) for file in files]
    )
