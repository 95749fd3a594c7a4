"""Steps of an update, each written in the transaction of what it tells."""

from typing import Any

from institutions import acting, notifications
from institutions.enums import UpdateStep
from institutions.models import AnnualUpdate, UpdateEvent


def note(
    update: AnnualUpdate, step: UpdateStep, *, actor: Any, reason: str = ""
) -> UpdateEvent:
    return UpdateEvent.objects.create(
        update=update, step=step, actor=actor, reason=reason
    )


def note_entry(update: AnnualUpdate, *, actor: Any) -> None:
    """An officer enters on behalf: one step until somebody else does something.

    The association is told, for it is the one who confirms (decision 29).
    """
    if not acting.is_on_behalf(actor):
        return
    last = update.events.last()
    if last and last.step == UpdateStep.ENTERED and last.actor_id == actor.pk:
        return
    event = note(update, UpdateStep.ENTERED, actor=actor)
    notifications.update_entered(update, event)


def was_entered_by(update: AnnualUpdate, actor: Any) -> bool:
    return update.events.filter(step=UpdateStep.ENTERED, actor=actor.pk).exists()
