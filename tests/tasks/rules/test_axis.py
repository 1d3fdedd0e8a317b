"""The line of time of the roadmap."""

from datetime import date

import pytest

from tasks.rules.axis import MOST_MONTHS, Axis


def test_it_reaches_from_the_first_month_to_the_end_of_the_last():
    axis = Axis.over(date(2016, 5, 24), [date(2016, 12, 20), date(2016, 9, 1)])
    assert (axis.first, axis.last) == (date(2016, 5, 1), date(2016, 12, 31))
    assert [month.first.month for month in axis.months] == list(range(5, 13))
    assert sum(month.days for month in axis.months) == 245


def test_days_stand_at_their_share_and_those_outside_at_the_edge():
    axis = Axis.over(date(2016, 5, 24), [date(2016, 12, 31)])
    assert axis.x(date(2016, 5, 1)) == 0
    assert axis.x(date(2016, 10, 12)) == pytest.approx(100 * 164 / 245, abs=0.01)
    assert (axis.x(date(2015, 1, 1)), axis.x(date(2018, 1, 1))) == (0, 100)
    assert (axis.is_beyond(date(2016, 12, 31)), axis.is_beyond(date(2017, 1, 1))) == (False, True)


def test_a_year_may_turn_and_a_day_far_away_does_not_stretch_it_without_end():
    assert Axis.over(date(2016, 11, 3), [date(2017, 2, 1)]).last == date(2017, 2, 28)
    assert len(Axis.over(date(2016, 5, 24), [date(2030, 1, 1)]).months) == MOST_MONTHS
