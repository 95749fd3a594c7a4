"""The calendar of a call, in the order people live it, from its own dates."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.enums import ClockStart
from institutions.models import UpdateRound


@dataclass(frozen=True)
class Step:
    """``state`` is done, now or empty; ``until`` stays empty for what has no date."""

    title: str
    state: str = ""
    since: date | None = None
    until: date | None = None
    words: str = ""


def calendar_of(call, round_: UpdateRound | None) -> list[Step]:
    today = timezone.localdate()
    steps = []
    if round_:
        steps.append(
            _dated(_("Annual update of the data"), round_.opens_on, round_.due_on)
        )
    steps.append(_deposit(call, today))
    return [
        *steps,
        Step(_("Examination by the delegations, decision"), words=_decision(call)),
        Step(
            _("Publication of the decisions, letters"),
            words=_("All the decisions of a sitting on the same day"),
        ),
        Step(_("Appeals"), words=_appeal(call)),
    ]


def _dated(title, since, until) -> Step:
    today = timezone.localdate()
    state = "done" if until < today else "now" if since <= today else ""
    return Step(title, state=state, since=since, until=until)


def _deposit(call, today) -> Step:
    since, until = (
        timezone.localtime(moment).date() for moment in (call.opens_at, call.closes_at)
    )
    now = timezone.now()
    state = "done" if call.closes_at < now else "now" if call.opens_at <= now else ""
    return Step(_("Deposit of the applications"), state=state, since=since, until=until)


def _decision(call) -> str:
    days = call.decision_days
    if call.clock_start == ClockStart.CLOSE:
        words = ngettext(
            "Within %(count)s day of the close of the call",
            "Within %(count)s days of the close of the call",
            days,
        )
    else:
        words = ngettext(
            "Within %(count)s day of the deposit of the file",
            "Within %(count)s days of the deposit of the file",
            days,
        )
    return words % {"count": days}


def _appeal(call) -> str:
    words = ngettext(
        "Within %(count)s day of being informed of the decision",
        "Within %(count)s days of being informed of the decision",
        call.appeal_days,
    )
    return words % {"count": call.appeal_days}
