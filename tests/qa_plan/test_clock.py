"""The product's clock: real, or standing still on the evening of the demonstration's day."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from qa_plan import clock

SHANGHAI = timedelta(hours=8)


@pytest.fixture
def frozen(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def real(settings):
    settings.QA_PLAN_TODAY = None


def test_a_frozen_clock_shows_the_evening_of_its_day_and_never_moves(frozen):
    assert clock.now() == clock.now() == datetime(2016, 10, 12, 10, 0, tzinfo=UTC)
    assert (clock.now().time(), clock.now().utcoffset()) == (time(18, 0), SHANGHAI)
    assert clock.today() == date(2016, 10, 12)


def test_a_real_clock_shows_the_present_moment_in_shanghai(real):
    before = datetime.now(UTC)
    now = clock.now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == SHANGHAI


def test_today_is_the_day_in_shanghai(real):
    before = (datetime.now(UTC) + SHANGHAI).date()
    assert before <= clock.today() <= (datetime.now(UTC) + SHANGHAI).date()


def test_a_time_of_a_day_is_meant_in_shanghai():
    assert clock.at(date(2016, 5, 24)) == datetime(2016, 5, 23, 16, 0, tzinfo=UTC)
    assert clock.at(date(2016, 5, 24), time(9, 30)) == datetime(2016, 5, 24, 1, 30, tzinfo=UTC)
    assert clock.at(date(2016, 5, 24), time(9, 30)).utcoffset() == SHANGHAI


def test_a_day_ends_a_microsecond_before_the_next(frozen):
    end = clock.end_of(date(2016, 12, 31))
    assert end == clock.at(date(2017, 1, 1)) - timedelta(microseconds=1)
    assert (end.date(), end.time()) == (date(2016, 12, 31), time(23, 59, 59, 999999))
    assert clock.at(date(2016, 10, 12)) < clock.now() < clock.end_of(clock.today())
