"""The annual update (تحيين المعطيات): begun → confirmed → verified, or sent back."""

from institutions.update import remarks
from institutions.update.answers import (
    answer_complete,
    answer_unchanged,
    keep_draft,
    save_section,
)
from institutions.update.life import (
    NotComplete,
    StaleUpdate,
    accepted_update,
    begin,
    confirm,
    current_round,
    current_rounds,
    may_confirm,
    may_verify,
    send_back,
    verify,
)
from institutions.update.progress import SectionState, progress, remaining
from institutions.update.remarks import save_remark
from institutions.update.reminders import may_remind, remind

__all__ = [
    "NotComplete",
    "SectionState",
    "StaleUpdate",
    "accepted_update",
    "answer_complete",
    "answer_unchanged",
    "begin",
    "confirm",
    "current_round",
    "current_rounds",
    "keep_draft",
    "may_confirm",
    "may_remind",
    "may_verify",
    "progress",
    "remaining",
    "remarks",
    "remind",
    "save_remark",
    "save_section",
    "send_back",
    "verify",
]
