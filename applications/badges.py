"""State and next actor of files, as the staff reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import wording
from applications.enums import State
from applications.models import Application

STAFF = "staff"


@dataclass(frozen=True)
class Badge:
    """What the status component takes."""

    label: str
    tone: str
    icon: str


def dress(rows: Iterable[Any]) -> list[Any]:
    """Sets ``badge``, ``in_hands_of`` and ``who_acts`` on each file; no query."""
    dressed = []
    for row in rows:
        row.badge = Badge(
            label=str(SHORT.get(State(row.state)) or row.get_state_display()),
            tone=wording.tone(row, STAFF),
            icon=wording.icon(row, STAFF),
        )
        row.in_hands_of = in_hands_of(row)
        row.who_acts = str(wording.who_acts(row, STAFF))
        dressed.append(row)
    return dressed


# Decision 34 has two lengths of this one.
SHORT = {State.RECOMMENDED: gettext_lazy("transmitted")}


def in_hands_of(row: Application) -> str:
    """Who acts next, in two words for lists; the dates have their own column."""
    if row.is_published:
        return ""
    hands = {
        State.DRAFT: _("with the association"),
        State.SUBMITTED: _("with the delegation"),
        State.RETURNED: _("with the association"),
        State.RECOMMENDED: _("with the coordination"),
        State.APPROVED: _("not published yet"),
        State.REFUSED: _("not published yet"),
    }
    return hands.get(State(row.state), "")
