"""The delay, across midnight in Morocco, holidays and suspensions (decision 9)."""

from datetime import UTC, date, datetime

import pytest

from applications import clock
from applications.enums import ClockStart, State
from applications.models import Application, Call, Holiday

pytestmark = pytest.mark.django_db


def a_file(**call):
    call.setdefault("closes_at", datetime(2027, 3, 31, 16, 30, tzinfo=UTC))
    return Application(call=Call(**call), state=State.SUBMITTED)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2027, 2, 5), True),  # a Friday
        (date(2027, 2, 6), False),
        (date(2027, 2, 7), False),
        (date(2027, 1, 11), False),  # the manifesto of independence
        (date(2027, 7, 30), False),  # the feast of the throne
    ],
)
def test_week_ends_and_holidays_are_not_worked(day, is_working):
    assert clock.is_working_day(day) is is_working


def test_the_centre_corrects_the_calendar_both_ways():
    Holiday.objects.create(day=date(2027, 2, 5), is_off=True)
    Holiday.objects.create(day=date(2027, 7, 30), is_off=False)
    assert clock.working_day_from(date(2027, 2, 5)) == date(2027, 2, 8)
    assert clock.is_working_day(date(2027, 7, 30))


def test_day_one_is_the_day_after_the_submission():
    application = a_file(decision_days=1)
    clock.start(application, on=date(2027, 2, 1))
    assert application.due_on == date(2027, 2, 2)


def test_sixty_days_that_end_on_a_saturday_move_to_monday():
    application = a_file()
    clock.start(application, on=date(2027, 2, 2))  # day 60 is Saturday 3 April
    assert application.due_on == date(2027, 4, 5)


def test_a_call_may_count_from_its_close():
    application = a_file(clock_start=ClockStart.CLOSE)
    clock.start(application, on=date(2027, 2, 2))
    assert application.clock_on == date(2027, 3, 31)
    clock.start(application, on=date(2027, 4, 2))  # with a late code
    assert application.clock_on == date(2027, 4, 2)


def test_the_delay_stands_still_while_the_association_completes():
    application = a_file(decision_days=15, completion_days=15)
    clock.start(application, on=date(2027, 2, 1))
    clock.suspend(application, on=date(2027, 2, 10))
    assert (application.due_on, application.return_due_on) == (None, date(2027, 2, 25))
    clock.resume(application, on=date(2027, 2, 17))
    # 15 days and the 7 of the suspension: 23 February.
    assert application.suspended_days == 7
    assert application.due_on == date(2027, 2, 23)
    assert application.return_due_on is None


def test_days_before_the_delay_began_were_not_lost():
    application = a_file(clock_start=ClockStart.CLOSE)
    clock.start(application, on=date(2027, 3, 1))
    clock.suspend(application, on=date(2027, 3, 10))
    clock.resume(application, on=date(2027, 4, 2))
    assert application.suspended_days == 2  # from the close, 31 March


def test_an_extension_adds_its_days():
    application = a_file(decision_days=30)
    clock.start(application, on=date(2027, 2, 1))
    clock.extend(application, days=10)
    assert application.due_on == date(2027, 3, 15)  # 13 March is a Saturday


def test_overdue_is_the_day_after_and_ends_at_publication():
    application = a_file()
    application.due_on = date(2027, 3, 1)
    assert not clock.is_overdue(application, on=date(2027, 3, 1))
    assert clock.is_overdue(application, on=date(2027, 3, 2))
    application.published_at = datetime(2027, 3, 2, tzinfo=UTC)
    assert not clock.is_overdue(application, on=date(2027, 3, 2))
