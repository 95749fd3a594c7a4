"""Where an update stands, section by section."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from institutions import drafts, sections
from institutions.enums import Answer, UpdateState
from institutions.models import AnnualUpdate, SectionAnswer, UpdateRemark
from institutions.snapshots import UPDATE
from institutions.update import remarks

TODO, INVALID, DONE, REMARK = "todo", "invalid", "done", "remark"


@dataclass(frozen=True)
class SectionState:
    """One section of one update. ``state``: todo, invalid, done, or remark where the
    delegation asks for a correction: ``remarks`` says which."""

    code: str
    unit: int
    title: str
    unit_name: str
    hint: str
    state: str
    answer: str = ""
    answered_by: Any = None
    answered_at: datetime | None = None
    explanation: str = ""
    remarks: tuple[UpdateRemark, ...] = ()

    @property
    def label(self) -> str:
        waiting = {
            REMARK: _("to correct"),
            INVALID: _("to finish"),
            TODO: _("to do"),
        }
        return waiting.get(self.state) or self.answer_label

    @property
    def answer_label(self) -> str:
        return _("unchanged") if self.answer == Answer.UNCHANGED else _("changed")

    @property
    def tone(self) -> str:
        return {INVALID: "stop", REMARK: "stop", TODO: "wait", DONE: "done"}[self.state]

    icon = ""

    @property
    def step(self) -> str:
        """As the line of progress shows it."""
        return "is-done" if self.state == DONE else ""

    @property
    def url(self) -> str:
        return reverse("institutions:update_section", args=[self.code, self.unit])

    @property
    def name(self) -> str:
        return f"{self.title} — {self.unit_name}" if self.unit_name else self.title


def progress(
    update: AnnualUpdate, *, keys: list[sections.Key] | None = None
) -> list[SectionState]:
    """Every section with its state, in order; a number of queries that never grows.

    ``keys``: the sections, where they were read already.
    """
    answers = {
        sections.slug(answer.section, answer.unit): answer
        for answer in update.answers.select_related("answered_by")
    }
    kept = drafts.read_all(UPDATE, update.pk)
    asked = _remarks(update)
    return [
        _state(
            key,
            answers.get(key.slug),
            kept.get(key.slug, drafts.NOTHING),
            asked.get(key.slug, []),
        )
        for key in keys or sections.keys_of(update.association)
    ]


def remaining(update: AnnualUpdate) -> list[SectionState]:
    """What stands between the association and *confirm*."""
    return [section for section in progress(update) if section.state != DONE]


def _remarks(update: AnnualUpdate) -> dict[str, list[UpdateRemark]]:
    """What waits for a correction, by section."""
    found: dict[str, list[UpdateRemark]] = defaultdict(list)
    if update.state == UpdateState.SENT_BACK:
        for remark in remarks.of_update(update):
            found[sections.slug(remark.section, remark.unit)].append(remark)
    return found


def _state(
    key: sections.Key,
    answer: SectionAnswer | None,
    draft: drafts.Draft,
    asked: list[UpdateRemark],
) -> SectionState:
    state = DONE if answer else TODO
    if asked:
        state = REMARK
    if draft.raw is not None:
        state = INVALID
    said: dict[str, Any] = {}
    if answer:
        said = {
            "answer": answer.answer,
            "answered_by": answer.answered_by,
            "answered_at": answer.answered_at,
            "explanation": answer.explanation,
        }
    return SectionState(
        code=key.code,
        unit=key.unit_id,
        title=str(key.section.title),
        unit_name=key.unit.name if key.unit else "",
        hint=str(key.section.hint),
        state=state,
        remarks=tuple(asked),
        **said,
    )
