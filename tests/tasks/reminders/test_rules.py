"""When a rule is reached: every one that an installation begins with, around holidays and make-up days of two years.

Pure: the expected days were counted on the office calendars that the State Council published.
"""

from datetime import date, timedelta
from functools import cache

import pytest

from tasks.migrations import _rules
from tasks.models import ReminderRule
from tasks.reminders.deciding import Stages, stage_of
from tasks.rules.workdays import Calendar, is_workday, missing_year

RULES = [ReminderRule(**dict(zip(_rules.COLUMNS, row, strict=True))) for row in _rules.RULES]
DAY = timedelta(days=1)

OFFSETS = (-30, -15, -7, -3, -1, 0, 1, 3, 7, 15)
# A date, and the days that lie so many working days from it.
EDGES = {
    # National Day 2016: 1–7 October off; the 8th and 9th, a weekend, made up.
    "2016-10-10": "08-23 09-13 09-26 09-30 10-09 10-10 10-11 10-13 10-19 10-31",  # the Monday after
    "2016-10-03": "08-18 09-08 09-21 09-27 09-29 09-30 10-08 10-10 10-14 10-26",  # in the holiday
    "2016-10-08": "08-19 09-09 09-22 09-28 09-30 10-08 10-09 10-11 10-17 10-27",  # a Saturday that is made up
    # Spring Festival 2016: 7–13 February off; Saturday the 6th and Sunday the 14th made up.
    "2016-02-15": "12-29 01-20 02-01 02-05 02-14 02-15 02-16 02-18 02-24 03-07",
    "2016-02-09": "12-25 01-18 01-28 02-03 02-05 02-06 02-14 02-16 02-22 03-03",
    # National Day 2026: 1–7 October off; Sunday 20 September and Saturday 10 October made up; Mid-Autumn on the 25th.
    "2026-10-08": "08-20 09-10 09-21 09-28 09-30 10-08 10-09 10-12 10-16 10-28",
    "2026-10-05": "08-19 09-09 09-20 09-24 09-29 09-30 10-08 10-10 10-15 10-27",
    # Spring Festival 2026: 15–23 February off; Saturdays the 14th and the 28th made up.
    "2026-02-24": "01-06 01-27 02-06 02-12 02-14 02-24 02-25 02-27 03-04 03-16",
    "2026-02-18": "01-05 01-26 02-05 02-11 02-13 02-14 02-24 02-26 03-03 03-13",
    "2026-02-28": "01-12 02-02 02-12 02-25 02-27 02-28 03-02 03-04 03-10 03-20",
}


def expected_days(anchor, text):
    """December of the year before stands in January's place."""
    year = int(anchor[:4])
    for offset, day in zip(OFFSETS, text.split(), strict=True):
        month = int(day[:2])
        yield offset, date(year - (month == 12 and offset < 0), month, int(day[3:]))


CASES = [(date.fromisoformat(anchor), *pair) for anchor, text in EDGES.items() for pair in expected_days(anchor, text)]


@cache
def calendar(day):
    return Calendar(day, {})


def reached(rule, day, anchor, since=None):
    stages = Stages([rule], [calendar(day)])
    return bool(stages.reached(rule.kind, anchor, since or min(anchor, day)))


def beside(day, step):
    """The working day next to it."""
    day += step
    while not is_workday(day, {}):
        day += step
    return day


@pytest.mark.parametrize(("anchor", "offset", "day"), CASES, ids=lambda value: f"{value}")
def test_every_rule_is_reached_on_its_working_day_across_holidays_and_make_up_days(anchor, offset, day):
    before, after = beside(day, -DAY), beside(day, DAY)
    for rule in (rule for rule in RULES if rule.offset == offset):
        assert reached(rule, day, anchor)
        assert not reached(rule, before, anchor)
        assert reached(rule, after, anchor) is rule.repeats


def test_every_rule_that_an_installation_begins_with_is_in_the_table():
    assert {rule.offset for rule in RULES} == set(OFFSETS)
    assert len({rule.code for rule in RULES}) == len(RULES) == 50


def test_a_stage_is_told_on_exactly_one_working_day_and_a_repeated_one_on_all_that_follow():
    anchor = date(2016, 10, 3)
    days = [anchor + DAY * n for n in range(-60, 60)]
    workdays = [day for day in days if is_workday(day, {})]
    for rule in RULES:
        told_on = [day for day in workdays if reached(rule, day, anchor)]
        if rule.repeats:
            assert told_on == [day for day in workdays if day >= told_on[0]]
        else:
            assert len(told_on) == 1


@pytest.mark.parametrize(
    ("since", "told_on"),
    [
        (date(2016, 6, 1), date(2016, 10, 11)),
        (date(2016, 10, 10), date(2016, 10, 11)),
        (date(2016, 10, 12), date(2016, 10, 13)),  # the date was past when it was set
        (date(2016, 10, 15), date(2016, 10, 17)),  # on a Saturday
    ],
)
def test_a_date_set_into_the_past_is_overdue_from_the_day_on_which_it_was_set(since, told_on):
    [overdue] = [rule for rule in RULES if rule.code == "overdue"]
    anchor = date(2016, 10, 10)
    days = [anchor + DAY * n for n in range(1, 15)]
    assert next(day for day in days if is_workday(day, {}) and reached(overdue, day, anchor, since)) == told_on


def test_a_date_far_outside_of_the_calendar_is_far_away():
    for anchor, expected in ((date(1990, 1, 1), {"overdue", "overdue-3-approver"}), (date(2099, 1, 1), set())):
        codes = {rule.code for rule in RULES if rule.kind == "due" and reached(rule, date(2016, 10, 12), anchor)}
        assert codes == expected


def test_the_office_s_own_corrections_move_the_days():
    """10 October, a Monday, is declared off: three days after the 9th is the 13th."""
    off = {date(2016, 10, 10): False}
    assert Calendar(date(2016, 10, 13), off).offset(date(2016, 10, 9)) == 3
    assert Calendar(date(2016, 10, 12), {}).offset(date(2016, 10, 9)) == 3


def test_a_year_that_the_calendar_lacks_has_mondays_to_fridays():
    assert Calendar(date(2027, 10, 4), {}).offset(date(2027, 9, 30)) == 2


@pytest.mark.parametrize(
    ("day", "corrections", "missing"),
    [
        (date(2026, 11, 30), {}, None),
        (date(2026, 12, 1), {}, 2027),
        (date(2027, 6, 1), {}, 2027),
        (date(2026, 12, 1), {date(2027, 1, 1): False}, None),  # somebody has entered that year's
        (date(2016, 12, 20), {}, None),
    ],
)
def test_a_year_that_the_calendar_lacks_is_missed_a_month_ahead(day, corrections, missing):
    assert missing_year(day, corrections) == missing


def test_a_stage_has_a_name_that_stays():
    assert [stage_of(rule) for rule in RULES if rule.kind == "due"] == [
        *("due-30", "due-15", "due-7", "due-3", "due-1", "due+0", "due+1", "due+3", "due+7", "due+15")
    ]
