"""State and next actor of files, as the staff reads them."""

from collections.abc import Iterable
from dataclasses import dataclass

from applications import wording
from applications.models import Application


@dataclass(frozen=True)
class Badge:
    """What the status component takes."""

    label: str
    tone: str
    icon: str


def dress(rows: Iterable[Application]) -> list[Application]:
    """Sets ``badge`` and ``who_acts`` on each file; no query."""
    dressed = []
    for row in rows:
        row.badge = Badge(
            label=str(wording.state_label(row, "staff")),
            tone=wording.tone(row, "staff"),
            icon=wording.icon(row, "staff"),
        )
        row.who_acts = str(wording.who_acts(row, "staff"))
        dressed.append(row)
    return dressed
