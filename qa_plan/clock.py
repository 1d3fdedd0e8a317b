"""The product's clock, read by views, jobs and commands only; everything below them takes the time as an argument.

A demonstration stands still at `QA_PLAN_TODAY`: its clock shows the evening of that day and never moves, so that
facts recorded in it are ordered by their key. A real installation has no such setting and runs on the real clock.
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

FROZEN_TIME_OF_DAY = time(18, 0)
# The days that the product reckons with. One beyond them is a slip, and no calendar or database need hold it.
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2199, 12, 31)
BEYOND = f"日期应在{FIRST_DAY.year}年至{LAST_DAY.year}年之间。"


def now() -> datetime:
    """The present moment, aware, in the product's time zone."""
    if settings.QA_PLAN_TODAY is not None:
        return at(settings.QA_PLAN_TODAY, FROZEN_TIME_OF_DAY)
    return timezone.localtime()


def today() -> date:
    return now().date()


def at(day: date, time_of_day: time = time.min) -> datetime:
    """That time of that day in the product's time zone."""
    return datetime.combine(day, time_of_day, tzinfo=timezone.get_default_timezone())


@lru_cache(1024)
def end_of(day: date) -> datetime:
    """The last instant of the day: what `?as_of=<day>` speaks for."""
    return at(day + timedelta(days=1)) - timedelta(microseconds=1)
