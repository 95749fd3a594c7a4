"""How far each file of the demonstration came, and on which days."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from accounts.enums import Programme
from accounts.models import User
from applications.demo.accounts import Offices
from applications.demo.chance import chance
from applications.demo.clock import Season
from applications.demo.places import AZILAL
from applications.demo.record import Record
from applications.models import Call
from institutions.models import Institution


class Step(StrEnum):
    """One act in the life of a file; each leaves one event."""

    START = "start"
    SUBMIT = "submit"
    RETURN = "return"
    ANSWER = "answer"
    AS_IS = "as_is"
    RECOMMEND = "recommend"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    REFUSE = "refuse"
    RECONSIDER = "reconsider"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Fate:
    """The steps of a file; ``days`` is when it was submitted, from today."""

    steps: tuple[Step, ...]
    days: tuple[int, int]
    opinion: str = "favourable"
    is_on_behalf: bool = False


START, SUBMIT, RETURN, ANSWER = Step.START, Step.SUBMIT, Step.RETURN, Step.ANSWER
SENT = (START, SUBMIT)
COMPLETED = (*SENT, RETURN, ANSWER)
READY = (*SENT, Step.RECOMMEND)

FATES = {
    "draft": Fate((START,), (-50, -3)),
    "submitted": Fate(SENT, (-30, -2)),
    "late": Fate(SENT, (-73, -64)),
    "returned": Fate((*SENT, RETURN), (-24, -18)),
    "overdue": Fate((*SENT, RETURN), (-58, -48)),
    "completed": Fate(COMPLETED, (-50, -42)),
    "as_is": Fate((*SENT, RETURN, Step.AS_IS), (-66, -58)),
    "favourable": Fate(READY, (-60, -40)),
    "favourable_after": Fate((*COMPLETED, Step.RECOMMEND), (-70, -62)),
    "reserved": Fate(READY, (-60, -40), "reserved"),
    "unfavourable": Fate(READY, (-60, -40), "unfavourable"),
    "sent_back": Fate((*READY, Step.SEND_BACK), (-60, -45)),
    "approved": Fate((*READY, Step.APPROVE), (-72, -52)),
    "approved_after": Fate((*COMPLETED, Step.RECOMMEND, Step.APPROVE), (-72, -66)),
    "approved_less": Fate((*READY, Step.APPROVE), (-72, -52), "reserved"),
    "refused": Fate((*READY, Step.REFUSE), (-72, -52), "unfavourable"),
    "again": Fate((*READY, Step.APPROVE, Step.RECONSIDER), (-72, -55)),
    "withdrawn": Fate((*SENT, Step.WITHDRAW), (-60, -30)),
    "withdrawn_draft": Fate((START, Step.WITHDRAW), (-60, -30)),
    "on_behalf": Fate(SENT, (-30, -8), is_on_behalf=True),
}
# What the files of this year became, in turn, by how far their region is.
AZILAL_TURN = ("submitted", "late", "completed", "submitted", "returned", "favourable")
SITTING_OPEN = (
    *("favourable", "approved", "reserved", "refused", "unfavourable", "returned"),
    *("overdue", "withdrawn", "draft", "again", "sent_back", "as_is", "submitted"),
    *("approved_after", "on_behalf", "favourable", "approved_less", "late"),
)
SITTING_HELD = (
    *("approved", "refused", "submitted", "approved_after", "draft", "favourable"),
    *("approved_less", "withdrawn_draft", "returned", "approved", "late"),
)
UNDER_REVIEW = (
    *("submitted", "draft", "favourable", "returned", "late", "completed"),
    *("draft", "favourable_after", "submitted", "reserved", "withdrawn", "on_behalf"),
)
PAST_TURN = (
    *("approved", "approved_after", "approved", "approved_less", "approved"),
    *("refused", "approved_after", "approved", "draft", "approved", "withdrawn"),
)
PAST_DAYS = (-30, 21)
OPEN_REGIONS, HELD_REGIONS = ("05", "01", "10"), ("04", "08", "11")
# Of a hundred units, those that ask: in the past years, and this year.
ASKING = {True: 24, False: 50}


@dataclass
class File:
    """One file to be: whose, under which call, with which steps and days."""

    call: Call
    record: Record
    institution: Institution | None
    season: Season
    fate: Fate
    manager: User
    delegate: User
    coordinator: User
    pk: int = 0  # until it is begun
    done: int = 0
    is_stopped: bool = False
    moments: list[datetime] = field(default_factory=list)

    @property
    def random(self) -> Random:
        return chance(self.record.seed, self.call.programme, self.call.year, self.name)

    @property
    def name(self) -> str:
        unit = self.institution
        return f"{self.record.index}/{unit.authorisation_number if unit else ''}"


def files(
    call: Call,
    records: list[Record],
    *,
    season: Season,
    offices: Offices,
    managers: dict[int, User],
) -> Iterator[File]:
    """The files of one call, each with its days."""
    turns: Counter[tuple[str, ...]] = Counter()
    for record, institution in units(call, records):
        if not _asks(record, institution, season):
            continue
        delegation = (institution or record.association).delegation
        file = File(
            call,
            record,
            institution,
            season,
            _fate(record, season, turns),
            manager=managers[record.association.pk],
            delegate=offices.delegates[delegation.pk],
            coordinator=offices.coordinators[delegation.region_id],
        )
        file.moments = list(moments(file))
        yield file


def units(
    call: Call, records: list[Record]
) -> Iterator[tuple[Record, Institution | None]]:
    for record in records:
        if call.programme == Programme.EPS:
            for institution in record.institutions:
                yield record, institution
        elif record.runs_schooling:
            yield record, None


def _asks(record: Record, institution: Institution | None, season: Season) -> bool:
    """Those who have an update; all of the crowded places, half of the others."""
    if not season.is_past and (record.index % 30 == 22 or record.index % 15 == 14):
        return False
    if record.index == 0:
        return season.is_past
    if record.index < 12 and not season.is_past:
        return True
    name = institution.authorisation_number if institution else "association"
    random = chance(record.seed, "asks", season.year, record.index, name)
    return random.randrange(100) < ASKING[season.is_past]


def _fate(record: Record, season: Season, turns: Counter) -> Fate:
    """The next of the turn of its place; the demo associations have their own."""
    if season.is_past:
        if record.index == 0:
            return FATES["approved"]
        return _next(turns, ("past",), PAST_TURN)
    if record.index == 1:
        return FATES["draft"]
    if record.index % 15 == 12:
        return FATES["submitted"]
    if record.association.delegation.code == AZILAL:
        return _next(turns, (AZILAL,), AZILAL_TURN)
    region = record.association.delegation.code[:2]
    if region in OPEN_REGIONS:
        return _next(turns, (region,), SITTING_OPEN)
    if region in HELD_REGIONS:
        return _next(turns, (region,), SITTING_HELD)
    return _next(turns, ("review",), UNDER_REVIEW)


def _next(turns: Counter, key: tuple[str, ...], names: tuple[str, ...]) -> Fate:
    turns[key] += 1
    return FATES[names[(turns[key] - 1) % len(names)]]


# Days from one step to the next.
GAPS = {
    Step.SUBMIT: (2, 6),
    Step.RETURN: (5, 9),
    Step.ANSWER: (4, 8),
    Step.AS_IS: (20, 22),
    Step.RECOMMEND: (6, 12),
    Step.SEND_BACK: (3, 7),
    Step.WITHDRAW: (4, 9),
}
# Days after the opening of the sitting.
IN_SITTING = {Step.APPROVE: (0, 3), Step.REFUSE: (0, 3), Step.RECONSIDER: (4, 5)}


def moments(file: File) -> Iterator[datetime]:
    """When each step was taken, in order and never after now."""
    random, season = file.random, file.season
    first, last = PAST_DAYS if season.is_past else file.fate.days
    day = random.randint(first, last) - random.randint(*GAPS[Step.SUBMIT])
    before: datetime | None = None
    for step in file.fate.steps:
        if step in IN_SITTING:
            day = sits_on(season) + random.randint(*IN_SITTING[step])
        elif step in GAPS:
            day += random.randint(*GAPS[step])
        moment = season.moment(max(day, Season.OPENS + 1), random)
        if before is not None:
            moment = max(moment, before + timedelta(minutes=random.randint(20, 90)))
        before = moment
        yield moment


def sits_on(season: Season) -> int:
    """The day of the sittings: after the close, or some weeks before today."""
    return season.SITS if season.is_past else -16
