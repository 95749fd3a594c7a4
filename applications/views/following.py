"""Where a file is, said to its association: state, who must act, steps, money."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import wording
from applications.enums import InstalmentState, SettlementState, State
from applications.models import Award, Letter
from applications.programmes import get_rules

AUDIENCE = "association"


@dataclass(frozen=True)
class Badge:
    """What the component of a state takes."""

    label: str
    tone: str
    icon: str


def dress(file):
    """Sets ``badge`` and ``who`` in the association's words; no query."""
    file.badge = Badge(
        label=str(wording.state_label(file, AUDIENCE)),
        tone=wording.tone(file, AUDIENCE),
        icon=wording.icon(file, AUDIENCE),
    )
    file.who = str(wording.who_acts(file, AUDIENCE))
    return file


@dataclass(frozen=True)
class SectionRow:
    """One section of a draft: done, or what is left in it."""

    title: str
    url: str
    why: str
    is_done: bool

    @property
    def badge(self) -> Badge:
        if self.is_done:
            return Badge(_("done"), "done", "check-lg")
        return Badge(_("to complete"), "wait", "pencil")


def section_rows(file, missing, kept) -> list[SectionRow]:
    """``missing``: what the rules ask; ``kept``: what was typed and is not valid."""
    rows = []
    for section in get_rules(file.programme).sections:
        left = [str(m.message) for m in missing if m.section == section.code]
        draft = kept.get(section.code)
        if draft and draft.raw:
            left.insert(0, _("Some points of what you typed are to be corrected."))
        rows.append(
            SectionRow(
                title=str(section.title),
                url=reverse("applications:section", args=[file.pk, section.code]),
                why=left[0] if left else str(section.hint),
                is_done=not left,
            )
        )
    return rows


def follow_up(file) -> dict[str, Any]:
    letters = list(file.letters.order_by("pk"))
    award = _award(file)
    return {
        "file": dress(file),
        "letters": letters,
        "steps": steps(file, letters),
        "award": award,
        "instalments": instalments(award) if award else [],
    }


def steps(file, letters) -> list[dict[str, Any]]:
    """What happened, what is happening, what comes: published moves only."""
    made: dict[str, list[Letter]] = {}
    for letter in letters:
        made.setdefault(letter.kind, []).append(letter)
    return [_with_letter(step, made) for step in wording.history(file, AUDIENCE)]


def _with_letter(step, made) -> dict[str, Any]:
    """The nth return has the nth request: letters go by their order."""
    found = vars(step) | {"url": "", "url_label": ""}
    waiting = made.get(step.letter, [])
    letter = waiting.pop(0) if waiting else None
    if letter and letter.made_at:
        found["url"] = reverse("applications:letter", args=[letter.pk])
        found["url_label"] = letter.get_kind_display()
    return found


def _award(file) -> Award | None:
    """Exists from publication only."""
    if not file.is_published or file.state != State.APPROVED:
        return None
    prefetch_related_objects([file.award], "instalments", "settlements")
    return file.award


def instalments(award) -> list[dict[str, Any]]:
    """Each share, and in one sentence what blocks the one that waits."""
    is_settled = all(
        settlement.state == SettlementState.ACCEPTED
        for settlement in award.settlements.all()
    )
    return [
        {
            "label": _("Instalment %(rank)s") % {"rank": row.rank},
            "amount": row.amount,
            "badge": Badge(row.get_state_display(), *TONES[row.state]),
            "note": _why(row, is_settled=is_settled),
            "paid_on": row.paid_on,
            "reference": row.reference,
        }
        for row in award.instalments.all()
    ]


TONES = {
    InstalmentState.BLOCKED: ("stop", "lock"),
    InstalmentState.DUE: ("now", "hourglass-split"),
    InstalmentState.ORDERED: ("now", "send"),
    InstalmentState.PAID: ("done", "check-lg"),
}


def _why(instalment, *, is_settled) -> str:
    if instalment.state == InstalmentState.DUE:
        return _("Nothing is asked of you: the central services order the payment.")
    if instalment.state == InstalmentState.ORDERED:
        return _("The order has left for the treasury.")
    if instalment.state != InstalmentState.BLOCKED:
        return ""
    if instalment.rank == 1:
        return _("Paid once the agreement is signed, where there is one.")
    if is_settled:
        return _("Paid after the previous instalment.")
    return _("Blocked until the support received before has been justified.")


def appeal(file) -> dict[str, Any]:
    """The way of appeal, counted from the day the decision was read."""
    informed = file.read_at or timezone.now()
    until = timezone.localdate(informed) + timedelta(days=file.call.appeal_days)
    return {"appeal_days": file.call.appeal_days, "appeal_until": until}
