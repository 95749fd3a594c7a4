"""What waits for an officer, oldest first: the home of the staff site.

Each queue counts to a bound and shows one page of rows, so that the home costs the
same at a thousand files and at a hundred thousand.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Job, User
from applications.enums import DECIDED, SittingState, State
from applications.models import Application, Call, Envelope, Remark, Sitting
from institutions import joining
from institutions.enums import AssociationStatus, UpdateState
from institutions.models import AnnualUpdate, Association, UpdateRound

BOUND = 1_000
SHOWN = 30
UNDECIDED = (State.SUBMITTED, State.RETURNED, State.RECOMMENDED)


@dataclass
class Queue:
    """One list of things to do. ``kind`` names the template of its rows.

    ``is_own`` is false for what others do first: counted beside it, and not with it.
    """

    code: str
    label: str | Promise
    why: str | Promise
    rows: Any
    kind: str = "files"
    is_own: bool = True

    @cached_property
    def count(self) -> int:
        return self.rows.order_by()[: BOUND + 1].values("pk").count()

    @property
    def has_more(self) -> bool:
        return self.count > SHOWN

    @cached_property
    def shown(self) -> list:
        return list(self.rows[:SHOWN])


def files(rows) -> Any:
    """Files of a queue: what its rows show, and nothing fetched per row."""
    return rows.select_related("association", "institution", "delegation").annotate(
        waits_since=Coalesce("submitted_at", "created_at")
    )


def _of_programme(rows, user) -> Any:
    return rows.filter(programme=user.programme) if user.programme else rows


def without_officer(user) -> Any:
    """Submitted files of delegations where nobody can act (decision 7)."""
    officers = User.objects.active().filter(
        role=Role.DELEGATE, delegation=OuterRef("delegation")
    )
    rows = Application.objects.visible_to(user).filter(state=State.SUBMITTED)
    rows = rows.filter(~Exists(officers)).order_by("due_on", "pk")
    return _of_programme(rows, user)


def second_returns_asked(user) -> Any:
    """Files returned once whose delegate wrote new remarks (decision 23)."""
    drafts = Remark.objects.filter(application=OuterRef("pk"), request=None)
    rows = Application.objects.visible_to(user).filter(
        Exists(drafts),
        state=State.SUBMITTED,
        return_count=1,
        is_second_return_authorised=False,
    )
    return _of_programme(rows.order_by("due_on", "pk"), user)


def overdue(user) -> Any:
    rows = Application.objects.visible_to(user).filter(
        Q(state__in=UNDECIDED) | Q(state__in=DECIDED, published_at=None),
        due_on__lt=timezone.localdate(),
    )
    return rows.order_by("due_on", "pk")


def of_delegate(user) -> list[Queue]:
    updates = AnnualUpdate.objects.visible_to(user).filter(
        state=UpdateState.CONFIRMED, association__delegation=user.delegation_id
    )
    to_verify = Association.objects.current().filter(
        status=AssociationStatus.TO_VERIFY, delegation=user.delegation_id
    )
    return [
        Queue(
            "files",
            _("Applications"),
            _("Files submitted, to be reviewed before their due date."),
            files(Application.objects.waiting_for(user)),
        ),
        Queue(
            "updates",
            _("Annual updates"),
            _("Confirmed by their association, to be verified."),
            updates.select_related("association", "round").order_by(
                "confirmed_at", "pk"
            ),
            "updates",
        ),
        Queue(
            "associations",
            _("Associations to verify"),
            _("New in the portal: check their papers before they apply."),
            to_verify.order_by("created_at", "pk"),
            "associations",
        ),
        Queue(
            "requests",
            _("Requests to join"),
            _("People who ask for an account, or announce a new president."),
            joining.waiting(user).select_related("association"),
            "requests",
        ),
    ]


def requests_of_others(user) -> Queue:
    """In the territory: their delegation answers, the officer above may."""
    rows = joining.waiting(user).select_related("association", "delegation")
    return Queue(
        "requests",
        _("Requests to join"),
        _("With the delegations of your territory: you may answer in their place."),
        rows,
        "requests",
        is_own=False,
    )


def of_coordinator(user) -> list[Queue]:
    sittings = Sitting.objects.visible_to(user).filter(state=SittingState.OPEN)
    return [
        Queue(
            "files",
            _("Files to decide"),
            _("Transmitted by the delegations, to be decided in a sitting."),
            files(Application.objects.waiting_for(user)),
        ),
        Queue(
            "second",
            _("Second returns asked"),
            _("The delegation wrote new remarks: a second return needs your reason."),
            files(second_returns_asked(user)),
        ),
        Queue(
            "alone",
            _("Without an officer"),
            _("Their delegation has no active officer: you may act in its place."),
            files(without_officer(user)),
        ),
        Queue(
            "sittings",
            _("Open sittings"),
            _("To be held once every file of the sitting is decided."),
            sittings.select_related("call", "region").order_by("sits_on", "pk"),
            "sittings",
        ),
        requests_of_others(user),
    ]


def of_central(user) -> list[Queue]:
    held = Sitting.objects.visible_to(user).filter(state=SittingState.HELD)
    return [
        Queue(
            "sittings",
            _("Sittings to validate"),
            _("Held by their region: validation publishes the decisions."),
            held.select_related("call", "region").order_by("held_at", "pk"),
            "sittings",
        ),
        Queue(
            "late",
            _("Overdue files"),
            _("Their due date has passed without a published decision."),
            files(overdue(user)),
        ),
        Queue(
            "calls",
            _("Calls to prepare"),
            _("Not published yet."),
            Call.objects.filter(is_published=False).order_by("opens_at", "pk"),
            "calls",
        ),
        requests_of_others(user),
    ]


QUEUES = {
    Role.DELEGATE: of_delegate,
    Role.COORDINATOR: of_coordinator,
    Role.CENTRAL: of_central,
}


def queues(user) -> list[Queue]:
    """The queues of the officer's role; none for those who only read."""
    make = QUEUES.get(user.role)
    return make(user) if make else []


def first_with_work(queues: list[Queue]) -> Queue | None:
    """The queue shown when none was chosen."""
    with_work = (queue for queue in queues if queue.is_own and queue.count)
    return next(with_work, queues[0] if queues else None)


def returned(user) -> list[Application]:
    """What the delegation waits for from associations, nearest date first."""
    if user.role != Role.DELEGATE:
        return []
    rows = Application.objects.visible_to(user).filter(state=State.RETURNED)
    rows = _of_programme(rows, user).select_related("association", "institution")
    return list(rows.order_by(F("return_due_on").asc(nulls_last=True), "pk")[:5])


def draft_count(user) -> int:
    """Drafts begun in one's territory: a number only, their content is private."""
    if user.role not in (Role.DELEGATE, Role.COORDINATOR, Role.CENTRAL):
        return 0
    now = timezone.now()
    rows = Application.objects.within(user.scope).filter(
        state=State.DRAFT, call__closes_at__gte=now
    )
    return _of_programme(rows, user)[: BOUND + 1].values("pk").count()


def jobs(user) -> list[Job]:
    """The long works one asked for, latest first."""
    return list(Job.objects.filter(owner=user).order_by("-created_at")[:3])


@dataclass(frozen=True)
class EnvelopeLine:
    """What a region has left of one call, in MAD."""

    envelope: Envelope
    granted: Decimal

    @property
    def left(self) -> Decimal:
        return self.envelope.amount - self.granted


def envelopes(user) -> list[EnvelopeLine]:
    """The envelopes of the coordinator's region for the latest year: two queries."""
    if user.role != Role.COORDINATOR:
        return []
    rows = Envelope.objects.visible_to(user).filter(
        call__is_published=True,
        call__year=Subquery(Call.objects.published().values("year")[:1]),
    )
    found = list(rows.select_related("call").order_by("call"))
    sums = (
        Application.objects.filter(
            region=user.region_id,
            call__in=[row.call_id for row in found],
            state=State.APPROVED,
        )
        .order_by()
        .values_list("call")
        .annotate(Sum("granted_amount"))
    )
    granted = dict(sums)
    return [
        EnvelopeLine(envelope=row, granted=granted.get(row.call_id) or Decimal(0))
        for row in found
    ]


def latest_round(user) -> UpdateRound | None:
    """The round that the centre has to follow, and to open when it is last year's."""
    if user.role != Role.CENTRAL:
        return None
    return UpdateRound.objects.order_by("-year").first()
