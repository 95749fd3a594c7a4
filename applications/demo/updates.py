"""Annual updates of the demonstration, through the functions of the portal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from applications.demo.accounts import Offices
from applications.demo.chance import chance
from applications.demo.clock import Season, at
from applications.demo.notices import hush
from applications.demo.papers import Paper, keep
from applications.demo.record import Record
from applications.demo.storing import has_current_rows
from institutions import sections, update
from institutions.enums import Answer, DocumentLevel
from institutions.models import (
    AnnualUpdate,
    Document,
    DocumentType,
    SectionAnswer,
)

# Kept until they change, and renewed every year.
LASTING = ("statutes", "receipt", "rib_certificate")
OF_BOARD = ("board_list", "assembly_minutes")
YEARLY = ("activity_report", "financial_report", "request_letter")
OF_INSTITUTION = ("authorisation", "insurance")
FIRST_SECTIONS = 4
REASONS = (
    "عدد المستفيدين المصرح به لا يطابق لائحة المؤسسة، المرجو المراجعة.",
    "المرجو إرفاق محضر آخر جمع عام وتصحيح مدة صلاحية المكتب.",
)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One association in one year, with those who act."""

    record: Record
    season: Season
    manager: User
    officer: User

    def moment(self, offset: int, spread: int) -> datetime:
        """A moment of this association, ``spread`` days wide."""
        random = chance(self.record.seed, self.record.index, self.season.year, offset)
        return self.season.moment(offset + random.randrange(spread), random)


def turns(
    records: list[Record],
    season: Season,
    *,
    offices: Offices,
    managers: dict[int, User],
) -> Iterator[Turn]:
    for record in records:
        association = record.association
        yield Turn(
            record=record,
            season=season,
            manager=managers[association.pk],
            officer=offices.delegates[association.delegation_id],
        )


def run(turn: Turn) -> AnnualUpdate | None:
    """From *begun* to *verified*, or as far as this association came.

    What stands already is left as it is, so that an interrupted run continues.
    """
    record, season = turn.record, turn.season
    known = AnnualUpdate.objects.filter(
        association=record.association, round__year=season.year
    ).first()
    if known is not None:
        return known
    with transaction.atomic():
        done = _go_through(turn)
        hush()
    return done


def _go_through(turn: Turn) -> AnnualUpdate | None:
    record, is_past = turn.record, turn.season.is_past
    if not is_past and record.index % 30 == 22:
        return None
    added_at = turn.moment(Season.ROUND_OPENS + 1, 12)
    _add_papers(turn, added_at)
    with at(added_at):
        found = update.begin(
            record.association.pk, actor=turn.manager, year=turn.season.year
        )
    if not is_past and not has_current_rows(record):
        with at(turn.moment(-12, 6)):
            _answer_a_few(turn, found)
        return found
    with at(turn.moment(Season.ROUND_OPENS + 14, 14)):
        _answer_all(turn, found)
        found = update.confirm(found.pk, actor=turn.manager, version=found.version)
    return _review(turn, found)


def _review(turn: Turn, found: AnnualUpdate) -> AnnualUpdate:
    """Verified within weeks; this year some still wait, and some came back."""
    fate = turn.record.index % 15 if not turn.season.is_past else 0
    if fate == 12:
        return found
    with at(turn.moment(Season.OPENS - 4, 12)):
        if fate == 14:
            return update.send_back(
                found.pk,
                actor=turn.officer,
                version=found.version,
                reason=REASONS[turn.record.index % 2],
            )
        return update.verify(found.pk, actor=turn.officer, version=found.version)


def _answer_a_few(turn: Turn, found: AnnualUpdate) -> None:
    """The first sections only: the rest is still to do."""
    keys = sections.keys_of(turn.record.association)
    for key in keys[:FIRST_SECTIONS]:
        update.answer_unchanged(found.pk, key.code, key.unit_id, actor=turn.manager)


def _answer_all(turn: Turn, found: AnnualUpdate) -> None:
    """One insert for all answers: yearly rows stand already, nothing is to copy."""
    SectionAnswer.objects.bulk_create(
        SectionAnswer(
            update=found,
            section=key.code,
            unit=key.unit_id,
            answer=Answer.CHANGED if key.section.is_yearly else Answer.UNCHANGED,
            answered_by=turn.manager,
        )
        for key in sections.keys_of(turn.record.association)
    )


def _add_papers(turn: Turn, added_at: datetime) -> None:
    """What is new in the vault this year."""
    types = DocumentType.objects.in_bulk(field_name="code")
    held = _held(turn.record, added_at)
    papers = []
    for code in (*LASTING, *OF_BOARD, *YEARLY):
        is_yearly = code in YEARLY
        if code in held and not is_yearly:
            continue
        if code == YEARLY[1] and turn.record.index % 17 == 16:
            continue
        papers.append(_paper(turn, types[code], added_at))
    for institution in turn.record.institutions:
        for code in OF_INSTITUTION:
            if code == OF_INSTITUTION[0] and not institution.authorisation_number:
                continue
            if (code, institution.pk) not in held:
                papers.append(
                    _paper(turn, types[code], added_at, institution=institution)
                )
    keep(papers)


def _held(record: Record, on: datetime) -> set:
    """Types good on that day: by code, or by code and institution."""
    rows = Document.objects.current().filter(association=record.association)
    day = on.date()
    return {
        row.type.code
        if row.institution_id is None
        else (row.type.code, row.institution_id)
        for row in rows.select_related("type")
        if not row.is_expired(day)
    }


def _paper(turn: Turn, type: DocumentType, added_at: datetime, **about) -> Paper:
    return Paper(
        association=turn.record.association,
        type=type,
        added_at=added_at,
        actor_pk=turn.manager.pk,
        expires_on=_expiry(turn, type, added_at),
        **about,
    )


def _expiry(turn: Turn, type: DocumentType, added_at: datetime):
    """By the rule of the type; a board's papers end with its term."""
    day = added_at.date()
    association = turn.record.association
    if type.code in OF_BOARD:
        ends = association.board_ends_on
        started = association.last_assembly_on
        if started and day < started:
            return started
        return ends if ends and ends > day else None
    if type.code in YEARLY:
        return day.replace(day=min(day.day, 28), year=day.year + 1)
    if type.level == DocumentLevel.INSTITUTION:
        random = chance(turn.record.seed, turn.record.index, type.code, day.year)
        return day.replace(day=1, year=day.year + random.randrange(1, 4))
    return None
