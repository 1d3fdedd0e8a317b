"""Working days with holidays and make-up days, and the quarters that open and fall due on them."""

from datetime import date, timedelta

import pytest

from tasks.models import WorkdayOverride
from tasks.rules.periods import Period, Series, may_have_opened, period_of, periods_between
from tasks.rules.workdays import Calendar, is_known, is_workday, on_or_after, on_or_before, workdays_until

# ── working days ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2016, 10, 12), True),  # a Wednesday
        (date(2016, 10, 15), False),  # a Saturday
        (date(2016, 10, 16), False),
        (date(2016, 6, 9), False),  # Dragon Boat, a Thursday
        (date(2016, 6, 12), True),  # the Sunday that makes up for it
        (date(2016, 9, 15), False),  # Mid-Autumn
        (date(2016, 9, 18), True),
        (date(2016, 10, 1), False),  # National Day
        (date(2016, 10, 3), False),
        (date(2016, 10, 7), False),
        (date(2016, 10, 8), True),  # Saturday and Sunday, made up
        (date(2016, 10, 9), True),
        (date(2026, 1, 1), False),
        (date(2026, 1, 2), False),
        (date(2026, 1, 4), True),  # a Sunday, made up
        (date(2026, 2, 14), True),  # a Saturday, made up
        (date(2026, 2, 17), False),  # Spring Festival
        (date(2026, 6, 19), False),  # Dragon Boat, a Friday
        (date(2026, 9, 20), True),  # a Sunday, made up
        (date(2026, 10, 10), True),
        (date(2026, 12, 31), True),
    ],
)
def test_offices_work_on_weekdays_and_make_up_days_but_not_on_holidays(day, works):
    assert is_workday(day, {}) is works


@pytest.mark.parametrize(("year", "known"), [(2003, False), (2004, True), (2016, True), (2026, True), (2027, False)])
def test_the_calendar_says_which_years_it_knows(year, known):
    assert is_known(year) is known


def test_in_a_year_that_it_lacks_monday_to_friday_are_working_days():
    monday = date(2027, 2, 8)  # in the week of the Spring Festival, which nobody has announced yet
    assert [is_workday(monday + timedelta(days=n), {}) for n in range(7)] == [True] * 5 + [False] * 2


@pytest.mark.parametrize("offset", [-30, -3, 0, 1, 7, 250])
def test_the_latest_date_so_many_working_days_ago_is_the_last_of_all(offset):
    calendar = Calendar(date(2016, 10, 9), {})  # a Sunday, made up for National Day
    dates = [date(2015, 9, 15) + timedelta(days=n) for n in range(600)]
    assert calendar.latest(offset) == max(day for day in dates if calendar.offset(day) >= offset)


def test_beyond_the_calendar_s_reach_no_date_is_long_enough_ago_and_every_one_to_come_is_near():
    calendar = Calendar(date(2016, 10, 9), {})
    assert (calendar.latest(1000), calendar.latest(-1000)) == (None, date.max)


@pytest.mark.parametrize(
    ("day", "built_in"), [(date(2016, 10, 12), True), (date(2016, 10, 3), False), (date(2027, 1, 1), True)]
)
def test_the_office_s_own_corrections_win(day, built_in):
    assert is_workday(day, {}) is built_in
    assert is_workday(day, {day: not built_in}) is not built_in
    assert is_workday(day, {day + timedelta(days=1): not built_in}) is built_in


@pytest.mark.django_db
def test_corrections_are_rows():
    WorkdayOverride.objects.create(day=date(2027, 1, 1), is_workday=False, name="元旦")
    WorkdayOverride.objects.create(day=date(2027, 1, 3), is_workday=True, name="元旦调休上班")
    assert WorkdayOverride.objects.as_overrides() == {date(2027, 1, 1): False, date(2027, 1, 3): True}


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        (date(2016, 10, 12), date(2016, 10, 12), date(2016, 10, 12)),
        (date(2016, 10, 15), date(2016, 10, 14), date(2016, 10, 17)),
        (date(2016, 10, 4), date(2016, 9, 30), date(2016, 10, 8)),
        (date(2026, 2, 18), date(2026, 2, 14), date(2026, 2, 24)),
        (date(2027, 1, 2), date(2027, 1, 1), date(2027, 1, 4)),
    ],
)
def test_the_nearest_working_day_before_and_after(day, before, after):
    assert on_or_before(day, {}) == before
    assert on_or_after(day, {}) == after


def test_corrections_move_the_nearest_working_day():
    thursday_and_friday_off = {date(2016, 10, 13): False, date(2016, 10, 14): False}
    assert on_or_before(date(2016, 10, 15), thursday_and_friday_off) == date(2016, 10, 12)
    assert on_or_after(date(2016, 10, 13), {**thursday_and_friday_off, date(2016, 10, 15): True}) == date(2016, 10, 15)


@pytest.mark.parametrize(
    ("day", "due_on", "left"),
    [
        (date(2016, 10, 12), date(2016, 10, 14), 2),
        (date(2016, 10, 13), date(2016, 10, 14), 1),
        (date(2016, 10, 14), date(2016, 10, 14), 0),
        (date(2016, 10, 15), date(2016, 10, 14), 0),
        (date(2016, 9, 30), date(2016, 10, 14), 7),  # 8 and 9 October are worked
        (date(2016, 10, 14), date(2016, 10, 16), 0),
    ],
)
def test_working_days_left_do_not_count_the_day_itself(day, due_on, left):
    assert workdays_until(day, due_on, {}) == left


def test_corrections_count_among_the_working_days_left():
    assert workdays_until(date(2016, 10, 12), date(2016, 10, 14), {date(2016, 10, 13): False}) == 1


# ── quarters ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "starts_on", "ends_on", "opens_on", "due_on"),
    [
        ("2016Q1", date(2016, 1, 1), date(2016, 3, 31), date(2016, 3, 21), date(2016, 4, 15)),
        ("2016Q2", date(2016, 4, 1), date(2016, 6, 30), date(2016, 6, 20), date(2016, 7, 15)),
        ("2016Q3", date(2016, 7, 1), date(2016, 9, 30), date(2016, 9, 20), date(2016, 10, 14)),
        ("2016Q4", date(2016, 10, 1), date(2016, 12, 31), date(2016, 12, 20), date(2017, 1, 13)),
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31), date(2026, 3, 20), date(2026, 4, 15)),
        ("2026Q2", date(2026, 4, 1), date(2026, 6, 30), date(2026, 6, 22), date(2026, 7, 15)),  # after Dragon Boat
        ("2026Q3", date(2026, 7, 1), date(2026, 9, 30), date(2026, 9, 20), date(2026, 10, 15)),  # a Sunday, made up
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31), date(2026, 12, 21), date(2027, 1, 15)),
        ("2027Q2", date(2027, 4, 1), date(2027, 6, 30), date(2027, 6, 21), date(2027, 7, 15)),
    ],
)
def test_a_quarter_opens_on_the_20th_or_the_next_working_day_and_is_due_on_the_15th_or_the_last_before(
    code, starts_on, ends_on, opens_on, due_on
):
    quarter = period_of(code, filing_day=15, overrides={})
    assert quarter == Period(code, starts_on, ends_on, opens_on, due_on)


@pytest.mark.parametrize(
    ("filing_day", "due_on"),
    [
        (10, date(2016, 10, 10)),
        (9, date(2016, 10, 9)),
        (7, date(2016, 10, 8)),
        (1, date(2016, 10, 8)),
        (28, date(2016, 10, 28)),
    ],
)
def test_the_filing_day_is_data_of_the_plan_and_never_falls_into_the_quarter(filing_day, due_on):
    """Seven days off begin the fourth quarter: where the last working day before them is September's, 顺延."""
    assert period_of("2016Q3", filing_day=filing_day, overrides={}).due_on == due_on


def test_corrections_move_both_days():
    overrides = {date(2016, 9, 20): False, date(2016, 10, 15): True}
    quarter = period_of("2016Q3", filing_day=15, overrides=overrides)
    assert (quarter.opens_on, quarter.due_on) == (date(2016, 9, 21), date(2016, 10, 15))


@pytest.mark.parametrize(
    ("start", "end", "codes"),
    [
        (date(2016, 5, 24), date(2016, 12, 31), ["2016Q2", "2016Q3", "2016Q4"]),
        (date(2016, 4, 1), date(2016, 4, 1), ["2016Q2"]),
        (date(2016, 3, 31), date(2016, 4, 1), ["2016Q1", "2016Q2"]),
        (date(2016, 12, 31), date(2017, 1, 1), ["2016Q4", "2017Q1"]),
        (date(2026, 8, 15), date(2027, 6, 30), ["2026Q3", "2026Q4", "2027Q1", "2027Q2"]),
        (date(2017, 1, 1), date(2016, 12, 31), []),
    ],
)
def test_a_plan_reports_on_every_quarter_that_it_touches(start, end, codes):
    assert [quarter.code for quarter in periods_between(start, end, Series(), overrides={})] == codes


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2027, 6, 19), set()),
        (date(2027, 6, 20), {"2027Q2"}),  # a Sunday that may be made a working day
        (date(2028, 3, 19), {"2027Q2", "2027Q3", "2027Q4"}),
        (date(2028, 3, 20), {"2027Q2", "2027Q3", "2027Q4", "2028Q1"}),
    ],
)
def test_a_quarter_may_have_opened_from_its_20th_on_whatever_is_corrected(day, codes):
    assert may_have_opened(date(2027, 5, 24), day, Series()) == codes
    corrected = periods_between(date(2027, 5, 24), day, Series(), overrides={date(2027, 6, 20): True})
    assert {quarter.code for quarter in corrected if quarter.opens_on <= day} == codes
