"""Stores the record of the demonstration: one association, one transaction."""

from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.demo import DEMO_PASSWORD
from applications.demo import accounts, figures, houses, people, record
from applications.demo.chance import chance
from applications.demo.clock import Season, at
from applications.demo.places import Place
from applications.demo.record import Record
from institutions.models import (
    AccountLine,
    Association,
    BoardMember,
    Centre,
    Child,
    Enrolment,
    FunctionCount,
    FundingLine,
    Headcount,
    Institution,
    SeasonCount,
    StaffCount,
    StaffMember,
    UnmetRequests,
)


def store_all(places: list[Place], *, seed: int, seasons: list[Season]) -> list[Record]:
    """Every association, those already stored being read instead of made again."""
    password, today = make_password(DEMO_PASSWORD), seasons[-1].today
    since = seasons[0].moment(Season.ROUND_OPENS - 40, chance(seed, "start"))
    return [
        store(
            record.make(index, place, seed=seed, today=today),
            seasons,
            password=password,
            since=since,
        )
        for index, place in enumerate(places)
    ]


def store(
    made: Record, seasons: list[Season], *, password: str, since: datetime
) -> Record:
    known = Association.objects.filter(
        delegation=made.association.delegation,
        receipt_number=made.association.receipt_number,
    ).first()
    if known is not None:
        return _read(made, known)
    with transaction.atomic(), at(since):
        made.association.save()
        BoardMember.objects.bulk_create(made.board)
        houses.describe(made)
        Institution.objects.bulk_create(made.institutions)
        Centre.objects.bulk_create(made.centres)
        accounts.make_members(made, password=password, since=since)
        _store_years(made, seasons)
    return made


def has_current_rows(made: Record) -> bool:
    """The first association has begun its update and one in thirty has not."""
    return made.index != 0 and made.index % 30 != 22


def _store_years(made: Record, seasons: list[Season]) -> None:
    """Head-counts, accounts, children and staff of every year."""
    kept = seasons if has_current_rows(made) else seasons[:-1]
    years = [season.year for season in kept]
    for year in years:
        rows = figures.of_year(made, year, accounts_year=accounts_year(year))
        Headcount.objects.bulk_create(rows.headcounts)
        StaffCount.objects.bulk_create(rows.staff)
        UnmetRequests.objects.bulk_create(rows.unmet)
        AccountLine.objects.bulk_create(rows.accounts)
        _store_houses(made, year, is_first=year == years[0])
    _store_people(made, years, today=seasons[-1].today)


def _store_houses(made: Record, year: int, *, is_first: bool) -> None:
    """The diagnosis of the student houses."""
    rows = houses.of_year(
        made, year, accounts_year=accounts_year(year), is_first=is_first
    )
    SeasonCount.objects.bulk_create(rows.seasons)
    FunctionCount.objects.bulk_create(rows.functions)
    FundingLine.objects.bulk_create(rows.funding)


def _store_people(made: Record, years: list[int], *, today: date) -> None:
    if not made.centres:
        return
    found = people.of(made, years, today=today)
    Child.objects.bulk_create(found.children)
    Enrolment.objects.bulk_create(found.enrolments)
    StaffMember.objects.bulk_create(found.staff)


def accounts_year(year: int) -> int:
    """The last financial year closed when the round opens."""
    return year - 2


def _read(made: Record, association: Association) -> Record:
    """What an interrupted run had stored."""
    made.association = association
    made.institutions = list(association.institutions.order_by("pk"))
    made.centres = list(association.centres.order_by("pk"))
    return made
