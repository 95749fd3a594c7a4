"""What is said of a file: its state, who must act and until when, its history.

By audience (decision 34): ``"association"`` never learns of an opinion, an amount or a
decision before it is published; ``"staff"`` reads the state as it is. No function here
asks the database anything but ``history``; ``call`` is expected to be loaded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import DECIDED, LetterKind, State
from applications.models import Application, Event

ASSOCIATION, STAFF = "association", "staff"

# Sign and tone of the status component, by state as the reader knows it.
SIGNS: dict[str, tuple[str, str]] = {
    State.DRAFT: ("now", "pencil"),
    State.SUBMITTED: ("wait", "inbox"),
    State.RETURNED: ("stop", "chat-left-text"),
    State.RECOMMENDED: ("wait", "hourglass-split"),
    State.APPROVED: ("done", "check-lg"),
    State.REFUSED: ("stop", "x-octagon"),
    State.WITHDRAWN: ("", "x-lg"),
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of the timeline. ``state``: done, now or next."""

    title: str
    at: datetime | date | None = None
    when: str = ""
    state: str = "done"
    note: str = ""
    letter: str = ""


def _seen(application: Application, audience: str) -> State:
    state = application.state if audience == STAFF else application.seen_state
    return State(state)


def state_label(application: Application, audience: str) -> str:
    """The state in one or two words; to staff, whether a decision is still hidden."""
    seen = _seen(application, audience)
    if seen in DECIDED and not application.is_published:
        return _("%(state)s, not published yet") % {"state": seen.label}
    return str(seen.label)


def tone(application: Application, audience: str) -> str:
    """A refusal is a result to its association, not an error to mend."""
    seen = _seen(application, audience)
    if audience == ASSOCIATION and seen == State.REFUSED:
        return ""
    return SIGNS[seen][0]


def icon(application: Application, audience: str) -> str:
    return SIGNS[_seen(application, audience)][1]


def who_acts(application: Application, audience: str) -> str:
    """Who must act now, and until when, in one sentence."""
    seen = _seen(application, audience)
    if application.is_published:
        return _published_sentence(seen, audience)
    return SENTENCES[audience][seen](application)


def _published_sentence(seen: State, audience: str) -> str:
    if audience == STAFF:
        return _("Nobody: the decision is published.")
    if seen == State.APPROVED:
        return _("Nothing is asked of you now: follow the instalments below.")
    return _("You may appeal; the decision letter says how.")


def _your_draft(application: Application) -> str:
    call = application.call
    closes_at = timezone.localtime(call.closes_at)
    values = {"day": _day(closes_at.date()), "hour": f"{closes_at:%H:%M}"}
    if call.is_open():
        return (
            _("You: complete the file and send it before %(day)s at %(hour)s.") % values
        )
    return _("The call closed on %(day)s at %(hour)s: this file was not sent.") % values


def _until(sentence: Promise, bare: Promise, name: str) -> Callable[[Application], str]:
    """``sentence`` with the day stored in the column ``name``, else ``bare``."""

    def say(application: Application) -> str:
        day = getattr(application, name)
        return str(sentence) % {"day": _day(day)} if day else str(bare)

    return say


def _always(sentence: Promise) -> Callable[[Application], str]:
    return lambda application: str(sentence)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


COORDINATION_ACTS = _until(
    gettext_lazy("The regional coordination decides by %(day)s."),
    gettext_lazy("The regional coordination decides."),
    "due_on",
)
DELEGATION_ACTS = _until(
    gettext_lazy("The delegation examines the file; decision by %(day)s."),
    gettext_lazy("The delegation examines the file."),
    "due_on",
)
SENTENCES: dict[str, dict[State, Callable[[Application], str]]] = {
    ASSOCIATION: {
        State.DRAFT: _your_draft,
        State.SUBMITTED: DELEGATION_ACTS,
        State.RETURNED: _until(
            gettext_lazy(
                "You: answer every remark and send the file again by %(day)s."
            ),
            gettext_lazy("You: answer every remark and send the file again."),
            "return_due_on",
        ),
        State.RECOMMENDED: COORDINATION_ACTS,
        State.WITHDRAWN: _always(
            gettext_lazy("Nobody: the association withdrew this file.")
        ),
    },
    STAFF: {
        State.DRAFT: _always(gettext_lazy("The association is filling it in.")),
        State.SUBMITTED: DELEGATION_ACTS,
        State.RETURNED: _until(
            gettext_lazy("The association completes it by %(day)s."),
            gettext_lazy("The association completes it."),
            "return_due_on",
        ),
        State.RECOMMENDED: COORDINATION_ACTS,
        State.APPROVED: _always(
            gettext_lazy("The central services, once the sitting has been held.")
        ),
        State.REFUSED: _always(
            gettext_lazy("The central services, once the sitting has been held.")
        ),
        State.WITHDRAWN: _always(
            gettext_lazy("Nobody: the association withdrew this file.")
        ),
    },
}

# What happened, by transition; those that are absent stay between the offices.
TITLES: dict[str, Promise] = {
    "start": gettext_lazy("Begun"),
    "submit": gettext_lazy("Sent"),
    "return_for_completion": gettext_lazy("Sent back to be completed"),
    "resubmit_as_is": gettext_lazy("Taken back as it was: the time had run out"),
    "recommend": gettext_lazy("Transmitted to the regional coordination"),
    "send_back": gettext_lazy("Examined again by the delegation"),
    "extend": gettext_lazy("Delay extended"),
    "withdraw": gettext_lazy("Withdrawn"),
    "publish": gettext_lazy("Decision published"),
}
STAFF_TITLES: dict[str, Promise] = {
    **TITLES,
    "fill": gettext_lazy("Filled in by the delegation"),
    "authorise_second_return": gettext_lazy("Second return authorised"),
    "approve": gettext_lazy("Approved in a sitting"),
    "refuse": gettext_lazy("Refused in a sitting"),
    "reconsider": gettext_lazy("Decision reconsidered"),
}
LETTERS = {
    "submit": LetterKind.RECEIPT,
    "return_for_completion": LetterKind.COMPLETION,
    "publish": LetterKind.DECISION,
}
# Reasons written for the association; the others are between the offices.
TOLD_REASONS = ("extend", "withdraw")


def history(application: Application, audience: str) -> list[Step]:
    """What happened, what is happening and what comes.

    The association sees the published moves only: a hidden decision leaves no gap.
    """
    events = application.events.order_by("pk")
    titles = STAFF_TITLES
    if audience == ASSOCIATION:
        titles = TITLES
        events = events.filter(transition__in=TITLES)
    found = [_past(event, titles, audience) for event in events]
    return [*found, *_to_come(application, audience)]


def _past(event: Event, titles: dict[str, Promise], audience: str) -> Step:
    is_told = audience == STAFF or event.transition in TOLD_REASONS
    return Step(
        title=str(titles.get(event.transition, event.transition)),
        at=event.at,
        note=event.reason if is_told else "",
        letter=LETTERS.get(event.transition, ""),
    )


def _to_come(application: Application, audience: str) -> list[Step]:
    if application.is_published or application.state == State.WITHDRAWN:
        return []
    now = Step(
        title=state_label(application, audience),
        state="now",
        note=who_acts(application, audience),
    )
    expected = application.due_on
    if expected is None:
        return [now]
    return [now, Step(title=_("Decision expected"), at=expected, state="next")]
