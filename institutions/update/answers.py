"""*Unchanged* or *changed*, one section at a time (decisions 17 and 47)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from institutions import acting, carry, changes, drafts, sections, writing
from institutions.enums import Answer, UpdateState
from institutions.models import AnnualUpdate, SectionAnswer
from institutions.snapshots import UPDATE
from institutions.update import events, remarks


@transaction.atomic
def answer_unchanged(
    update_pk: int, section: str, unit: int, *, actor: Any
) -> AnnualUpdate:
    """Keep last year's values. What was typed and not saved is given up.

    Raises ``ValidationError`` when there is nothing to keep, or when there are rows of
    this year: *unchanged* must never undo somebody's work.
    """
    update = locked(update_pk, actor)
    key = sections.find(update.association, section, unit)
    if not is_open(update):
        raise ValidationError(_("This update has been confirmed already."))
    if _answers(update, key).filter(answer=Answer.UNCHANGED).exists():
        _give_up_draft(update, key, actor)
        _answer(update, key, Answer.UNCHANGED, actor)
        return update
    if carry.has_rows(key, carry.year_of(key, update.round)):
        raise ValidationError(
            _("This section was changed this year: say that it is right.")
        )
    if not _has_something(key, update):
        raise ValidationError(_("Nothing was entered last year: fill this section in."))
    _give_up_draft(update, key, actor)
    _answer(update, key, Answer.UNCHANGED, actor)
    return update


@transaction.atomic
def answer_complete(
    update_pk: int, section: str, unit: int, *, actor: Any, explanation: str = ""
) -> AnnualUpdate:
    """The rows of this year are right as they stand: a list is complete.

    What was typed and not saved is given up. Raises ``changes.NeedsExplanation``.
    """
    update = locked(update_pk, actor)
    key = sections.find(update.association, section, unit)
    if not is_open(update):
        raise ValidationError(_("This update has been confirmed already."))
    year = carry.year_of(key, update.round)
    if not key.section.is_list and not carry.has_rows(key, year):
        raise ValidationError(_("Nothing was entered this year: fill this section in."))
    text = changes.check_explained(key, update.round, explanation)
    _give_up_draft(update, key, actor)
    _answer(update, key, Answer.CHANGED, actor, explanation=text)
    return update


@transaction.atomic
def save_section(  # noqa: PLR0913 -- the section takes three words, what is saved four
    update_pk: int,
    section: str,
    unit: int,
    *,
    actor: Any,
    version: int,
    raw: drafts.Raw,
    cleaned: Mapping[str, Any] | None,
    explanation: str = "",
) -> drafts.Draft:
    """Save a section, or keep what was typed where ``cleaned`` is ``None``.

    ``version`` is that of the draft the page showed. Raises ``StaleSection``, and
    ``changes.NeedsExplanation`` when nothing is said of a large change. After
    *confirm* the record may still be changed: the answers stay as they were
    confirmed, and the difference is a finding (decision 8).
    """
    update = locked(update_pk, actor)
    key = sections.find(update.association, section, unit)
    if cleaned is None:
        return drafts.keep(
            UPDATE, update.pk, key.slug, actor=actor, version=version, raw=raw
        )
    draft = drafts.clear(UPDATE, update.pk, key.slug, actor=actor, version=version)
    writing.write(key, update.round, cleaned)
    if is_open(update):
        text = changes.check_explained(key, update.round, explanation)
        _answer(update, key, Answer.CHANGED, actor, explanation=text)
    else:
        events.note_entry(update, actor=actor)
    return draft


def keep_draft(  # noqa: PLR0913 -- see save_section
    update_pk: int, section: str, unit: int, *, actor: Any, version: int, raw: Any
) -> drafts.Draft:
    """Autosave: nothing is checked, nothing is answered."""
    return save_section(
        update_pk,
        section,
        unit,
        actor=actor,
        version=version,
        raw=raw,
        cleaned=None,
    )


def is_open(update: AnnualUpdate) -> bool:
    return update.state in (UpdateState.BEGUN, UpdateState.SENT_BACK)


def locked(update_pk: int, actor: Any) -> AnnualUpdate:
    """The row, locked. Out of scope ``DoesNotExist``; ``PermissionDenied`` for staff
    who may not enter on behalf."""
    rows = AnnualUpdate.objects.visible_to(actor).select_for_update(of=("self",))
    update = rows.select_related("association__delegation", "round").get(pk=update_pk)
    acting.check_entry(actor, update.association)
    return update


def _has_something(key: sections.Key, update: AnnualUpdate) -> bool:
    """What can be left as it was; the rows of last year then become this year's."""
    if key.section.is_yearly:
        return bool(carry.keep_last_year(key, update.round))
    return key.section is not sections.BOARD or key.association.board.exists()


def _give_up_draft(update: AnnualUpdate, key: sections.Key, actor: Any) -> None:
    draft = drafts.read(UPDATE, update.pk, key.slug)
    if draft.version:
        drafts.clear(UPDATE, update.pk, key.slug, actor=actor, version=draft.version)


def _answers(update: AnnualUpdate, key: sections.Key) -> Any:
    return SectionAnswer.objects.filter(
        update=update, section=key.code, unit=key.unit_id
    )


def _answer(
    update: AnnualUpdate,
    key: sections.Key,
    answer: str,
    actor: Any,
    *,
    explanation: str = "",
) -> None:
    row = SectionAnswer(
        update=update,
        section=key.code,
        unit=key.unit_id,
        answer=answer,
        answered_by=actor,
        explanation=explanation,
    )
    SectionAnswer.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["update", "section", "unit"],
        update_fields=["answer", "answered_by", "explanation", "answered_at"],
    )
    if update.state == UpdateState.SENT_BACK:
        remarks.answer(update, key)
    events.note_entry(update, actor=actor)
