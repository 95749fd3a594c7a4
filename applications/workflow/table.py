"""The whole life of a file on one screen (product.md, section 5).

Nothing else writes ``Application.state``. ``docs/workflow.md`` is written from here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications import notifications
from applications.enums import State
from applications.models import Application, Event
from applications.workflow import effects, guards
from applications.workflow.order import Capacity, Manner, Step, capacity_of

UNDECIDED = (State.SUBMITTED, State.RETURNED, State.RECOMMENDED)
HIDDEN = (State.APPROVED, State.REFUSED)
LIVE = (State.DRAFT, *UNDECIDED, *HIDDEN)

MANAGER = {Capacity.MANAGER: Manner.OWN}
MANAGER_OR_ON_BEHALF = {**MANAGER, Capacity.DELEGATE: Manner.ON_BEHALF}
DELEGATION = {Capacity.DELEGATE: Manner.OWN, Capacity.COORDINATOR: Manner.DEPUTY}
COORDINATION = {Capacity.COORDINATOR: Manner.OWN}
COORDINATION_OR_CENTRE = {**COORDINATION, Capacity.CENTRAL: Manner.OWN}
CENTRE = {Capacity.CENTRAL: Manner.OWN}
SYSTEM = {Capacity.SYSTEM: Manner.OWN}


@dataclass(frozen=True)
class Condition:
    """What the row itself must say; also decides whether the button is shown."""

    holds: Callable[[Application], bool]
    sentence: str | Promise


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One row of the table. ``target`` is ``None`` where the state stays.

    ``guard`` refuses, ``effect`` changes the locked file, ``after`` writes what
    follows: letters and notices, as rows of the same transaction.
    """

    name: str
    label: str | Promise
    sources: frozenset[State]
    target: State | None
    by: Mapping[Capacity, Manner]
    needs: str = ""
    needs_reason: bool = False
    in_sitting: bool = False
    conditions: tuple[Condition, ...] = ()
    guard: Callable[[Step], None] | None = None
    effect: Callable[[Step], None] | None = None
    after: tuple[Callable[[Step, Event], None], ...] = ()


UNPUBLISHED = Condition(
    lambda row: row.published_at is None, _("The decision has been published.")
)
MAY_BE_RETURNED = Condition(
    lambda row: (
        row.return_count == 0
        or (row.return_count == 1 and row.is_second_return_authorised)
    ),
    _("A file is returned once; a second time only if the coordination allows it."),
)
WAS_RETURNED_ONCE = Condition(
    lambda row: row.return_count == 1 and not row.is_second_return_authorised,
    _("Only the second return of a file is authorised, once."),
)
NEVER_EXTENDED = Condition(
    lambda row: row.extended_days == 0, _("The delay has been extended already.")
)


def _tell(notify: Callable[[Application, Event], None]):
    return lambda step, event: notify(step.application, event)


def _row(name: str, label: Any, *sources: State, **options: Any) -> Transition:
    options["conditions"] = (UNPUBLISHED, *options.get("conditions", ()))
    return Transition(name=name, label=label, sources=frozenset(sources), **options)


# Opens a file: there is no row to lock yet (see ``filling.start``).
START = Transition(
    name="start",
    label=_("Start an application"),
    sources=frozenset(),
    target=State.DRAFT,
    by={
        Capacity.MANAGER: Manner.OWN,
        Capacity.EDITOR: Manner.OWN,
        Capacity.DELEGATE: Manner.ON_BEHALF,
    },
    needs="call open or late code; annual update confirmed",
)
# All the files of a sitting at once (see ``publication``).
PUBLISH = Transition(
    name="publish",
    label=_("Publish the decision"),
    sources=frozenset(HIDDEN),
    target=None,
    by=CENTRE,
    needs="sitting held, every file of it decided",
)

TRANSITIONS: dict[str, Transition] = {
    row.name: row
    for row in [
        _row(
            "submit",
            _("Submit"),
            State.DRAFT,
            State.RETURNED,
            target=State.SUBMITTED,
            by=MANAGER_OR_ON_BEHALF,
            needs=(
                "certified; call open or late code, complete, no blocking finding; "
                "after a return: every remark answered"
            ),
            guard=guards.can_be_submitted,
            effect=effects.submit,
            after=(effects.write_receipt, _tell(notifications.submitted)),
        ),
        _row(
            "withdraw",
            _("Withdraw"),
            *LIVE,
            target=State.WITHDRAWN,
            by=MANAGER,
            needs="sitting not validated",
            in_sitting=True,
            guard=guards.can_be_withdrawn,
            effect=effects.withdraw,
            after=(_tell(notifications.withdrawn),),
        ),
        _row(
            "return_for_completion",
            _("Return for completion"),
            State.SUBMITTED,
            target=State.RETURNED,
            by=DELEGATION,
            needs="a remark; first return, or second one authorised",
            conditions=(MAY_BE_RETURNED,),
            guard=guards.can_be_returned,
            effect=effects.return_for_completion,
            after=(effects.write_completion_request, _tell(notifications.returned)),
        ),
        _row(
            "authorise_second_return",
            _("Authorise a second return"),
            State.SUBMITTED,
            target=None,
            by=COORDINATION,
            needs="returned once",
            needs_reason=True,
            conditions=(WAS_RETURNED_ONCE,),
            effect=effects.authorise_second_return,
            after=(_tell(notifications.second_return_authorised),),
        ),
        _row(
            "resubmit_as_is",
            _("Send back as it is"),
            State.RETURNED,
            target=State.SUBMITTED,
            by=SYSTEM,
            needs="time to complete run out",
            guard=guards.deadline_has_passed,
            effect=effects.resubmit_as_is,
            after=(_tell(notifications.resubmitted_as_is),),
        ),
        _row(
            "recommend",
            _("Transmit to the coordination"),
            State.SUBMITTED,
            target=State.RECOMMENDED,
            by=DELEGATION,
            needs=(
                "update verified, criteria scored, findings answered, opinion, "
                "proposed amount within the computed maximum"
            ),
            needs_reason=True,
            guard=guards.can_be_recommended,
            effect=effects.recommend,
            after=(_tell(notifications.recommended),),
        ),
        _row(
            "send_back",
            _("Send back to the delegation"),
            State.RECOMMENDED,
            target=State.SUBMITTED,
            by=COORDINATION,
            needs_reason=True,
            effect=effects.send_back,
            after=(_tell(notifications.sent_back),),
        ),
        _row(
            "approve",
            _("Approve"),
            State.RECOMMENDED,
            target=State.APPROVED,
            by=COORDINATION,
            needs="open sitting, amount within what is left of the envelope",
            in_sitting=True,
            guard=guards.can_be_approved,
            effect=effects.approve,
        ),
        _row(
            "refuse",
            _("Refuse"),
            State.RECOMMENDED,
            target=State.REFUSED,
            by=COORDINATION,
            needs="open sitting",
            needs_reason=True,
            in_sitting=True,
            guard=guards.can_be_decided,
            effect=effects.refuse,
        ),
        _row(
            "reconsider",
            _("Reconsider"),
            *HIDDEN,
            target=State.RECOMMENDED,
            by=COORDINATION_OR_CENTRE,
            needs=("coordinator: sitting open; centre: a reason, sitting open or held"),
            in_sitting=True,
            guard=guards.can_be_reconsidered,
            effect=effects.reconsider,
        ),
        _row(
            "extend",
            _("Extend the delay"),
            *UNDECIDED,
            *HIDDEN,
            target=None,
            by=CENTRE,
            needs="not extended yet",
            needs_reason=True,
            conditions=(NEVER_EXTENDED,),
            guard=guards.can_be_extended,
            effect=effects.extend,
            after=(_tell(notifications.extended),),
        ),
    ]
}


def manner_of(
    transition: Transition, application: Application, capacity: Capacity | None
) -> Manner | None:
    """How this capacity may make the move; ``None`` where it may not."""
    manner = transition.by.get(capacity) if capacity else None
    if manner is Manner.ON_BEHALF and not application.is_on_behalf:
        return None
    return manner


def available(application: Application, user: Any) -> list[Transition]:
    """The moves to offer to this user, for buttons, in the order of the table."""
    capacity = capacity_of(application, user)
    return [
        transition
        for transition in TRANSITIONS.values()
        if application.state in transition.sources
        and manner_of(transition, application, capacity) is not None
        and all(condition.holds(application) for condition in transition.conditions)
    ]
