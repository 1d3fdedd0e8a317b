"""The Chinese office calendar: weekends, holidays and make-up days. Pure: the office's corrections are an argument."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

DAY = timedelta(days=1)
Overrides = Mapping[date, bool]


def is_known(year: int) -> bool:
    """Whether the built-in calendar has that year; without it, Monday to Friday is assumed and pages say so."""
    try:
        chinese_calendar.is_workday(date(year, 12, 31))
    except NotImplementedError:
        return False
    return True


def is_workday(day: date, overrides: Overrides) -> bool:
    """Whether offices work on that day: the override where there is one, then the built-in calendar, then Mon–Fri."""
    return overrides[day] if day in overrides else _is_workday(day)


@lru_cache(10_000)  # what the built-in calendar says never changes, and it takes long to say it
def _is_workday(day: date) -> bool:
    if is_known(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


def on_or_before(day: date, overrides: Overrides) -> date:
    """The last working day up to and including that day."""
    while not is_workday(day, overrides):
        day -= DAY
    return day


def on_or_after(day: date, overrides: Overrides) -> date:
    """The first working day from that day on."""
    while not is_workday(day, overrides):
        day += DAY
    return day


def workdays_after(day: date, count: int, overrides: Overrides) -> date:
    """The day that is so many working days after that day."""
    for _ in range(count):
        day = on_or_after(day + DAY, overrides)
    return day


def shifted(day: date, count: int, overrides: Overrides) -> date:
    """The working day so many working days after that day, or before it; 0 is the last one up to it."""
    if count > 0:
        return workdays_after(day, count, overrides)
    day = on_or_before(day, overrides)
    for _ in range(-count):
        day = on_or_before(day - DAY, overrides)
    return day


def workdays_until(day: date, due_on: date, overrides: Overrides) -> int:
    """How many working days are left after `day`, up to and including `due_on`; 0 when it is past."""
    count = 0
    while day < due_on:
        day += DAY
        count += is_workday(day, overrides)
    return count


def missing_year(day: date, overrides: Overrides) -> int | None:
    """The year, begun or beginning within a month, that the calendar lacks and for which no correction was entered."""
    for year in (day.year, (day + 31 * DAY).year):
        if not is_known(year) and not any(other.year == year for other in overrides):
            return year
    return None


class Calendar:
    """The working days around one day, counted once, so that any number of dates can be held against it at once.

    A day off counts as the last working day before it: what is due on a Sunday is due today on the Friday, and one
    working day ago on the Monday.
    """

    REACH = 400  # calendar days to either side: more than 250 working days, the longest offset of a rule

    def __init__(self, day: date, overrides: Overrides) -> None:
        around = (day + DAY * n for n in range(-self.REACH, self.REACH + 1))
        self.day = day
        self.overrides = overrides
        self._workdays = [other for other in around if is_workday(other, overrides)]
        self._number = bisect_right(self._workdays, day)

    def offset(self, anchor: date) -> int:
        """How many working days the day lies after that date; negative before it. Beyond reach, the reach."""
        return self._number - bisect_right(self._workdays, anchor)

    def latest(self, offset: int) -> date | None:
        """The last date of which the day is so many working days after, or more; None where no date in reach is it."""
        place = self._number - offset
        if place < 0:
            return None
        return self._workdays[place] - DAY if place < len(self._workdays) else date.max
