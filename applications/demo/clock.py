"""The time of the demonstration: years that went by, and the moments in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from unittest.mock import patch

from django.utils import timezone

from applications.clock import working_day_from

# Whole weeks, so that a Monday of this year was a Monday of the last one.
A_YEAR = timedelta(weeks=52)
PAST_YEARS = 2


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """What is written inside was written at ``moment``."""
    with patch("django.utils.timezone.now", return_value=moment):
        yield


@contextmanager
def quietly() -> Iterator[None]:
    """No worker is called for what is made up: the sweep finds what is left."""
    with patch("accounts.outbox._send"):
        yield


@dataclass(frozen=True)
class Season:
    """One year (برسم سنة) of the demonstration, in days counted from its today.

    ``today`` is the day that stands, in that year, where today stands in this one.
    """

    year: int
    today: date
    is_past: bool

    OPENS, CLOSES = -75, 25
    ROUND_OPENS, ROUND_DUE = -110, 20
    SITS, HELD, VALIDATED = 60, 64, 78

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def moment(self, offset: int, random: Random) -> datetime:
        """In office hours of a working day; never after now in the current year."""
        day = _working_day_from(self.day(offset))
        if not self.is_past and day >= self.today:
            day = previous_working_day(self.today)
        hour = time(random.randrange(9, 16), random.randrange(60), random.randrange(60))
        return aware(day, hour)


@cache
def _working_day_from(day: date) -> date:
    return working_day_from(day)


def aware(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))


def previous_working_day(day: date) -> date:
    day -= timedelta(days=1)
    while day.weekday() >= 5:
        day -= timedelta(days=1)
    return day


def seasons(today: date) -> list[Season]:
    """The past years, oldest first, then the one whose calls are open today."""
    current = today.year + 1
    return [
        Season(current - back, today - back * A_YEAR, is_past=back > 0)
        for back in range(PAST_YEARS, -1, -1)
    ]
