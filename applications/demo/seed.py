"""Conducts the demonstration: the record, then year after year as it happened.

Each association, each update and each step of a file is one transaction. What stands
already is left alone: after an interruption the same command continues.
"""

from collections.abc import Callable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from accounts.enums import Programme
from applications.demo import (
    accounts,
    calls,
    clock,
    fates,
    joining,
    money,
    moves,
    notices,
    places,
    sittings,
    storing,
    updates,
)
from applications.demo.chance import chance
from applications.demo.clock import Season, at
from applications.demo.fates import File, Step
from applications.demo.record import Record
from applications.models import Application, Call, Sitting
from institutions import followed, update

FULL_SIZE = 300
LEAST_SIZE = 12
Say = Callable[[str], object]


def make(*, scale: float, seed: int, say: Say) -> None:
    """All of it, from an empty or a half-made demonstration."""
    today = timezone.localdate()
    seasons = clock.seasons(today)
    count = max(round(FULL_SIZE * scale), LEAST_SIZE)
    with clock.quietly():
        _relax()
        everywhere = places.all_places()
        first_day = seasons[0].moment(Season.ROUND_OPENS - 60, chance(seed))
        offices = accounts.make_offices(everywhere, since=first_day, seed=seed)
        say(f"{count} associations with their record …")
        records = storing.store_all(
            places.spread(everywhere, count, seed), seed=seed, seasons=seasons
        )
        _analyse()
        people = accounts.managers(records)
        for season in seasons:
            _make_year(records, season, offices=offices, managers=people, say=say)
            _pay(records, season, today=today)
        joining.make()
        _look(say)
        notices.settle()
        accounts.make_administrator(since=first_day, seed=seed)
    _analyse()


def _look(say: Say) -> None:
    """What every night looks for in the record."""
    current = update.current_round()
    if current is None:
        return
    rows = followed.all_associations().select_related("delegation").order_by("pk")
    found = [followed.look(row, update_round=current) for row in rows]
    followed.note_night(len(found))
    say(f"{sum(found)} findings of the record …")


def _relax() -> None:
    """No wait for the disk at each of ten thousand small commits."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


def _analyse() -> None:
    """Tables that were just filled, as the planner should see them."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _make_year(
    records: list[Record],
    season: Season,
    *,
    offices: accounts.Offices,
    managers: dict,
    say: Say,
) -> None:
    """The round and both calls, the updates, then the files day by day."""
    calls.make_round(season)
    found: list[File] = []
    for programme in Programme:
        call = calls.make_call(
            programme, season, actor=offices.central, records=records
        )
        found += fates.files(
            call, records, season=season, offices=offices, managers=managers
        )
    asking = {file.record.index for file in found}
    turns = [
        turn
        for turn in updates.turns(records, season, offices=offices, managers=managers)
        if not season.is_past or turn.record.index in asking
    ]
    say(f"{season.year}: {len(turns)} annual updates …")
    for turn in turns:
        updates.run(turn)
    say(f"{season.year}: {len(found)} files …")
    stopped = _live_through(found, central=offices.central)
    if stopped:
        say(f"{season.year}: {stopped} files stay drafts, for something is missing.")


def _live_through(files: list[File], *, central) -> int:
    """Every step of every file and sitting, in the order of their moments."""
    _resume(files)
    agenda: list[tuple[datetime, int, Callable[[], None]]] = []
    for file in files:
        for rank, (step, moment) in enumerate(
            zip(file.fate.steps, file.moments, strict=True)
        ):
            agenda.append((moment, rank, _file_step(file, step, rank)))
    for call in {file.call.pk: file.call for file in files}.values():
        of_call = [file for file in files if file.call == call]
        for desk in sittings.desks(of_call, central=central):
            for rank, (moment, deed) in enumerate(desk.days):
                agenda.append((moment, rank, _sitting_step(desk, deed)))
    agenda.sort(key=lambda entry: entry[:2])
    for moment, _rank, act in agenda:
        with transaction.atomic(), at(moment):
            act()
            notices.hush()
    return sum(file.is_stopped for file in files)


def _file_step(file: File, step: Step, rank: int) -> Callable[[], None]:
    def act() -> None:
        if file.is_stopped or rank < file.done:
            return
        try:
            with transaction.atomic():
                moves.MOVES[step](file, chance(file.name, file.call.pk, step))
        except (ValidationError, Sitting.DoesNotExist):
            # A document expired or is missing: what the portal would answer too. A
            # file of an interrupted run may have had other steps before it.
            if step != Step.SUBMIT and not file.done:
                raise
            file.is_stopped = True

    return act


def _sitting_step(desk: sittings.Desk, act: str) -> Callable[[], None]:
    return lambda: sittings.ACTS[act](desk)


def _resume(files: list[File]) -> None:
    """How many steps an interrupted run had taken: each left one event."""
    known = {
        (row.call_id, row.association_id, row.institution_id): row
        for row in Application.objects.filter(
            call__in={file.call.pk for file in files}
        ).prefetch_related("events")
    }
    for file in files:
        key = (
            file.call.pk,
            file.record.association.pk,
            file.institution.pk if file.institution else None,
        )
        row = known.get(key)
        if row is not None:
            file.pk = row.pk
            file.done = sum(event.transition != "fill" for event in row.events.all())


def _pay(records: list[Record], season: Season, *, today: date) -> None:
    if not season.is_past:
        return
    for call in Call.objects.filter(year=season.year):
        money.pay(
            call,
            is_last_year=season.year == today.year,
            demo_association=records[0].association.pk,
            today=today,
        )
