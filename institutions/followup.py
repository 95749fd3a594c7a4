"""Who has not begun, begun, confirmed, sent back, verified: by delegation, for a round.

Counted where the seat is; associations that may not act (refused, suspended, merged)
are not waited for.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Outbox
from institutions.enums import AssociationStatus, UpdateState
from institutions.models import Association, Membership, UpdateRound
from territories.models import Delegation

NOT_BEGUN = "not_begun"
LABELS = {
    NOT_BEGUN: _("not begun"),
    **{state.value: state.label for state in UpdateState},
}
# A reminder is for those who still have something to do.
REMINDED = (NOT_BEGUN, UpdateState.BEGUN.value, UpdateState.SENT_BACK.value)
REMINDER = "update_reminder"
SUBJECT = "association"


@dataclass(frozen=True)
class Wanted:
    """What of the round is asked for; empty is everything in the reader's scope."""

    round: UpdateRound
    region: int | None = None
    delegation: int | None = None
    state: str = ""

    def everything(self) -> "Wanted":
        return replace(self, state="")


@dataclass
class Line:
    """Counts of one delegation, by state."""

    delegation: Delegation
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def cells(self) -> list[tuple[str, int]]:
        return [(state, self.counts.get(state, 0)) for state in LABELS]


def associations(user: Any, wanted: Wanted) -> Any:
    """``this`` is the update of the round, or nothing."""
    rows = Association.objects.current().visible_to(user)
    rows = rows.filter(delegation__in=places(user, wanted).values("pk"))
    rows = rows.filter(
        status__in=[AssociationStatus.TO_VERIFY, AssociationStatus.VERIFIED]
    )
    this = FilteredRelation("updates", condition=Q(updates__round=wanted.round))
    rows = rows.annotate(this=this)
    if wanted.state == NOT_BEGUN:
        return rows.filter(this__isnull=True)
    return rows.filter(this__state=wanted.state) if wanted.state else rows


def places(user: Any, wanted: Wanted) -> Any:
    """Delegations of the reader's territory, narrowed by what is asked for."""
    rows = Delegation.objects.within(user.scope)
    if wanted.region:
        rows = rows.filter(region=wanted.region)
    return rows.filter(pk=wanted.delegation) if wanted.delegation else rows


def table(user: Any, wanted: Wanted) -> list[Line]:
    """A line for each delegation that has associations: two questions in all."""
    rows = associations(user, wanted.everything()).order_by()
    counted = rows.values_list("delegation", "this__state").annotate(n=Count("pk"))
    lines: dict[int, Line] = {}
    known = {
        row.pk: row for row in places(user, wanted).select_related("region").order_by()
    }
    for pk, state, number in counted:
        line = lines.setdefault(pk, Line(known[pk]))
        line.counts[state or NOT_BEGUN] = number
    return sorted(
        lines.values(),
        key=lambda line: (line.delegation.region_id, line.delegation.code),
    )


def totals(lines: list[Line]) -> dict[str, int]:
    return {state: sum(line.counts.get(state, 0) for line in lines) for state in LABELS}


def shown(user: Any, wanted: Wanted, *, start: int, size: int) -> list[Association]:
    """One page, and one row more when there is a next: keys first, then the rows."""
    keys = associations(user, wanted).order_by("pk").values_list("pk", flat=True)
    chosen = list(keys[start : start + size + 1])
    rows = associations(user, wanted.everything()).filter(pk__in=chosen)
    rows = rows.annotate(
        state=F("this__state"),
        update_pk=F("this__pk"),
        begun_at=F("this__begun_at"),
        confirmed_at=F("this__confirmed_at"),
        verified_at=F("this__verified_at"),
    )
    return list(rows.select_related("delegation").order_by("pk"))


def to_remind(user: Any, wanted: Wanted) -> Any:
    """Those of a state who have somebody to tell, and were not told today."""
    members = Membership.objects.active().filter(
        association=OuterRef("pk"), user__is_active=True
    )
    return (
        associations(user, wanted)
        .filter(Exists(members))
        .exclude(pk__in=told_today().values("object_id"))
    )


def told_today() -> Any:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return Outbox.objects.filter(
        kind=REMINDER, object_kind=SUBJECT, created_at__gte=midnight
    )
