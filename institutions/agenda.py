"""What the record asks of an association today; files and calls ask more above."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from institutions import succession, update
from institutions.enums import AssociationStatus, UpdateState
from institutions.models import AnnualUpdate, Association

BOARD_NOTICE_DAYS = 60


@dataclass(frozen=True)
class Task:
    """``tone`` as the components know it; ``is_waiting``: the association must act."""

    title: str
    why: str
    url: str
    label: str
    tone: str = ""
    icon: str = ""
    due_on: date | None = None
    is_waiting: bool = True


def record_tasks(association: Association, user: Any) -> list[Task]:
    """The most pressing first; at the end what is done or in other hands."""
    tasks = [
        *_succession(association),
        *_status(association),
        *_update(association, user),
        *_board(association),
    ]
    return sorted(
        tasks, key=lambda task: (not task.is_waiting, task.due_on or date.max)
    )


def _succession(association: Association) -> list[Task]:
    """Nothing to do, but nobody should learn of it afterwards."""
    asked = succession.pending(association)
    if asked is None:
        return []
    return [
        Task(
            title=_("A new president was announced"),
            why=_(
                "%(person)s. Until the delegation decides, nothing changes. If this is "
                "wrong, call the delegation."
            )
            % {"person": f"\u2068{asked.contact_name}\u2069"},
            url=reverse("institutions:members"),
            label=asked.get_state_display(),
            tone="now",
            icon="hourglass-split",
            is_waiting=False,
        )
    ]


def _status(association: Association) -> list[Task]:
    if association.status not in (
        AssociationStatus.REFUSED,
        AssociationStatus.SUSPENDED,
    ):
        return []
    return [
        Task(
            title=_("Your association needs your attention"),
            why=association.status_reason,
            url=reverse("institutions:record"),
            label=association.get_status_display(),
            tone="stop",
        )
    ]


def _update(association: Association, user: Any) -> list[Task]:
    round_ = update.current_round()
    if round_ is None:
        return []
    rows = AnnualUpdate.objects.visible_to(user)
    found = rows.filter(association=association, round=round_).first()
    title = _("Annual update for %(year)s") % {"year": round_.year}
    url = reverse("institutions:update")
    if found is None:
        why = _("Bring your data up to date: no application is possible without it.")
        return [_todo(title, why, url, _("to begin"), due_on=round_.due_on)]
    found.association = association
    found.round = round_
    match found.state:
        case UpdateState.BEGUN:
            left = len(update.remaining(found))
            return [_todo(title, _left(left), url, _("begun"), due_on=round_.due_on)]
        case UpdateState.SENT_BACK:
            title = _("Correct the update for %(year)s") % {"year": round_.year}
            why = found.sent_back_reason
            return [_todo(title, why, url, _("to correct"), tone="stop")]
        case UpdateState.CONFIRMED:
            why = _("Your delegation verifies it; you have nothing to do.")
            label = _("confirmed")
            return [Task(title, why, url, label, "now", is_waiting=False)]
        case _:
            why = _("Your delegation has verified it.")
            return [Task(title, why, url, _("verified"), "done", is_waiting=False)]


def _left(count: int) -> str:
    if not count:
        return _("Every section is answered: confirm the update.")
    text = ngettext(
        "%(count)s section left before confirming.",
        "%(count)s sections left before confirming.",
        count,
    )
    return text % {"count": count}


def _todo(  # noqa: PLR0913 -- what one line of the page shows
    title: str,
    why: str,
    url: str,
    label: str,
    *,
    tone: str = "wait",
    due_on: date | None = None,
) -> Task:
    return Task(title, why, url, label, tone, due_on=due_on)


def _board(association: Association) -> list[Task]:
    day = association.board_ends_on
    if day is None or (day - timezone.localdate()).days > BOARD_NOTICE_DAYS:
        return []
    is_over = day < timezone.localdate()
    why = (
        _("The term of the board ended on %(on)s.")
        if is_over
        else _("The term of the board ends on %(on)s.")
    )
    return [
        Task(
            title=_("Renew the board"),
            why=why % {"on": f"{day:%d/%m/%Y}"},
            url=reverse("institutions:record"),
            label=_("over") if is_over else _("ends soon"),
            tone="stop" if is_over else "wait",
            due_on=day,
        )
    ]
