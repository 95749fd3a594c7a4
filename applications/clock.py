"""The delay to decide, in calendar days of Morocco (decision 9).

Day 1 is the day after the first submission; the delay stands still from a return to
the resubmission; a due date on a week-end or a holiday moves to the next working day;
the centre extends it once. Dates are those of Africa/Casablanca.
"""

from datetime import date, timedelta

import holidays
from django.utils import timezone

from applications.enums import ClockStart
from applications.models import Application, Call, Holiday

SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Neither week-end nor holiday; the centre's table corrects the estimates."""
    if day.weekday() >= SATURDAY:
        return False
    correction = Holiday.objects.filter(day=day).values_list("is_off", flat=True)
    for is_off in correction:
        return not is_off
    return day not in holidays.country_holidays("MA", years=day.year)


def working_day_from(day: date) -> date:
    """``day`` itself, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def starts_on(call: Call, submitted_on: date) -> date:
    """The day before day 1: of the receipt, or of the close of the call."""
    if call.clock_start == ClockStart.CLOSE:
        return max(submitted_on, timezone.localdate(call.closes_at))
    return submitted_on


def due_on(application: Application) -> date | None:
    """When the decision is due; ``None`` while nothing runs."""
    if application.clock_on is None or application.suspended_on is not None:
        return None
    days = (
        application.call.decision_days
        + application.suspended_days
        + application.extended_days
    )
    return working_day_from(application.clock_on + timedelta(days=days))


def start(application: Application, *, on: date) -> None:
    application.clock_on = starts_on(application.call, on)
    application.due_on = due_on(application)


def suspend(application: Application, *, on: date) -> date:
    """Stands still from ``on``; the association has until ``return_due_on``."""
    application.suspended_on = on
    application.due_on = None
    last_day = working_day_from(on + timedelta(days=application.call.completion_days))
    application.return_due_on = last_day
    return last_day


def resume(application: Application, *, on: date) -> None:
    """Days before the delay began to run were not lost to anybody."""
    if application.suspended_on is None or application.clock_on is None:
        return
    since = max(application.suspended_on, application.clock_on)
    application.suspended_days += max((on - since).days, 0)
    application.suspended_on = None
    application.return_due_on = None
    application.due_on = due_on(application)


def extend(application: Application, *, days: int) -> None:
    application.extended_days = days
    application.due_on = due_on(application)


def is_overdue(application: Application, *, on: date | None = None) -> bool:
    """Past its date and not published: sorts and warns, changes nothing."""
    if application.due_on is None or application.published_at is not None:
        return False
    return application.due_on < (on or timezone.localdate())
