"""Periods of every frequency: codes, names, days. Whatever the frequency, the year is covered once and in order."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.rules.periods import (
    Frequency,
    PeriodChange,
    Series,
    coded,
    is_code,
    last_period_ends,
    may_have_opened,
    name_in_year,
    parsed,
    period_name,
    period_of,
    periods_between,
    span,
)
from tasks.rules.workdays import is_workday

DAYS = st.dates(date(2015, 1, 1), date(2026, 12, 31))
CODES = [coded(2016, frequency, number) for frequency in Frequency for number in range(1, 12 // frequency.months + 1)]


@pytest.mark.parametrize(
    ("code", "name", "starts_on", "ends_on"),
    [
        ("2016M01", "一月", date(2016, 1, 1), date(2016, 1, 31)),
        ("2016M02", "二月", date(2016, 2, 1), date(2016, 2, 29)),
        ("2016M09", "九月", date(2016, 9, 1), date(2016, 9, 30)),
        ("2016M12", "十二月", date(2016, 12, 1), date(2016, 12, 31)),
        ("2016B1", "一至二月", date(2016, 1, 1), date(2016, 2, 29)),
        ("2016B5", "九至十月", date(2016, 9, 1), date(2016, 10, 31)),
        ("2016B6", "十一至十二月", date(2016, 11, 1), date(2016, 12, 31)),
        ("2016Q3", "三季度", date(2016, 7, 1), date(2016, 9, 30)),
        ("2016H1", "上半年", date(2016, 1, 1), date(2016, 6, 30)),
        ("2016H2", "下半年", date(2016, 7, 1), date(2016, 12, 31)),
    ],
)
def test_a_code_says_which_days_it_is_of_and_how_officials_call_it(code, name, starts_on, ends_on):
    assert (name_in_year(code), period_name(code), span(code)) == (name, f"2016年{name}", (starts_on, ends_on))


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_read_back(code):
    assert is_code(code)
    assert coded(*parsed(code)) == code
    assert len(code) <= 7


@pytest.mark.parametrize(
    "code", ["", "2016", "2016Q5", "2016M13", "2016M9", "2016B7", "2016H3", "2016X1", "1999Q1", "2016Q３"]
)
def test_what_is_no_code_is_refused(code):
    assert not is_code(code)
    with pytest.raises(ValueError, match=code or "^$"):
        parsed(code)


@given(st.sampled_from(Frequency), DAYS, st.integers(1, 900), st.integers(1, 19))
def test_periods_follow_one_another_without_a_gap_and_open_and_fall_due_on_working_days(
    frequency, start, length, filing_day
):
    end = start + timedelta(days=length)
    periods = list(periods_between(start, end, Series(frequency, filing_day), overrides={}))
    assert periods[0].starts_on <= start <= periods[0].ends_on
    assert periods[-1].starts_on <= end <= periods[-1].ends_on
    for before, after in pairwise(periods):
        assert after.starts_on == before.ends_on + timedelta(days=1)
        assert before.due_on < after.opens_on
    for period in periods:
        assert period.starts_on <= period.opens_on < period.due_on
        assert period.due_on > period.ends_on
        assert is_workday(period.opens_on, {})
        assert is_workday(period.due_on, {})


@given(st.sampled_from(Frequency), DAYS, st.integers(0, 800))
def test_whatever_has_opened_may_have_opened(frequency, start, length):
    day, series = start + timedelta(days=length), Series(frequency)
    opened = {period.code for period in periods_between(start, day, series, overrides={}) if period.opens_on <= day}
    assert opened <= may_have_opened(start, day, series)


def codes(series, start=date(2016, 1, 1), end=date(2016, 12, 31)):
    return [period.code for period in periods_between(start, end, series, overrides={})]


def test_a_series_has_a_first_and_a_last_period():
    series = Series(Frequency.MONTH, first="2016M06", last="2016M08")
    assert codes(series) == ["2016M06", "2016M07", "2016M08"]
    assert codes(Series(Frequency.HALF_YEAR, last="2016H1")) == ["2016H1"]


def test_a_period_can_have_other_days_be_left_out_and_be_added_by_hand():
    changes = {
        "2016Q2": PeriodChange("2016Q2", date(2016, 6, 27), date(2016, 7, 22)),
        "2016Q3": PeriodChange("2016Q3", date(2016, 9, 20), date(2016, 10, 14), is_held=False),
        "2016M09": PeriodChange("2016M09", date(2016, 9, 20), date(2016, 10, 14)),
        "2016M10": PeriodChange("2016M10", date(2016, 10, 20), date(2016, 11, 14)),  # overlaps with the fourth quarter
    }
    series = Series(changes=changes)
    assert codes(series) == ["2016Q1", "2016Q2", "2016Q4", "2016M09"]
    second = list(periods_between(date(2016, 1, 1), date(2016, 12, 31), series, overrides={}))[1]
    assert (second.opens_on, second.due_on) == (date(2016, 6, 27), date(2016, 7, 22))
    assert may_have_opened(date(2016, 4, 1), date(2016, 6, 21), series) == set()


@pytest.mark.parametrize(
    ("frequency", "ends"),
    [
        (Frequency.MONTH, [("九月末", date(2016, 9, 30)), ("八月末", date(2016, 8, 31))]),
        (Frequency.TWO_MONTHS, [("七至八月末", date(2016, 8, 31)), ("五至六月末", date(2016, 6, 30))]),
        (Frequency.QUARTER, [("三季度末", date(2016, 9, 30)), ("二季度末", date(2016, 6, 30))]),
        (Frequency.HALF_YEAR, [("上半年末", date(2016, 6, 30))]),
    ],
)
def test_days_worth_looking_back_to_are_the_ends_of_the_last_two_periods(frequency, ends):
    assert last_period_ends(date(2016, 5, 24), date(2016, 10, 12), frequency) == ends


def test_a_month_opens_and_falls_due_like_a_quarter():
    september = period_of("2016M09", filing_day=15, overrides={})
    assert (september.opens_on, september.due_on) == (date(2016, 9, 20), date(2016, 10, 14))
