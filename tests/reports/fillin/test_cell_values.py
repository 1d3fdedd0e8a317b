"""What people write into cells: understood where it has one meaning, refused where it could have two."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.fillin.cell_values import SERIAL_START, Unreadable, date_in, number_in, percent_in, text_of, yes_in

DAY = date(2016, 9, 30)
DAYS = st.dates(date(1950, 1, 1), date(2199, 12, 31))
WIDE = str.maketrans("0123456789-/.%", "０１２３４５６７８９－／．％")
BLANKS = st.text(" \u3000\n\t\u200b", max_size=3)


@pytest.mark.parametrize(
    "value",
    [
        DAY,
        datetime(2016, 9, 30, 8, 30),
        42643,
        42643.0,
        "42643",
        "2016-09-30",
        "2016-9-30",
        "2016/9/30",
        "2016.9.30",
        "2016年9月30日",
        "2016年09月30",
        " 2016 年 9 月 30 日\n",
        "２０１６．９．３０",
        "2016-09-30 00:00:00",
    ],
)
def test_a_date_is_understood_in_every_spelling_with_one_meaning(value):
    assert date_in(value) == DAY


@pytest.mark.parametrize("value", ["9/10/2016", "10-9-2016", "9.10.16", "09/10/16"])
def test_a_date_that_could_mean_two_days_is_refused(value):
    with pytest.raises(Unreadable, match="分不清月和日"):
        date_in(value)


@pytest.mark.parametrize(
    "value",
    [
        "九月底",
        "2016-02-30",
        "2016-13-01",
        "2016-9/30",
        "2016年9-30",
        "20160930",
        True,
        0,
        -5,
        1e300,
        float("nan"),
        3e6,
        time(8),
    ],
)
def test_what_is_no_date_is_refused(value):
    with pytest.raises(Unreadable):
        date_in(value)


@given(DAYS, BLANKS, BLANKS)
def test_every_day_survives_every_spelling(day, before, after):
    spellings = [
        day,
        (day - SERIAL_START).days,
        f"{day:%Y-%m-%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y-%m-%d}".translate(WIDE),
    ]
    for spelling in spellings:
        assert date_in(f"{before}{spelling}{after}" if isinstance(spelling, str) else spelling) == day


@pytest.mark.parametrize(
    ("value", "number_format"),
    [
        (85, "General"),
        (85.0, "0"),
        (0.85, "0%"),
        (0.85, "0.00%"),
        ("85", "@"),
        ("85%", "General"),
        ("８５", "General"),
        ("８５％", "General"),
        (" 85 \n", "General"),
        ("85.0", "General"),
        (85, '0"%"'),
    ],
)
def test_a_percentage_is_understood_as_number_or_text(value, number_format):
    assert percent_in(value, number_format) == 85


@given(st.integers(0, 100))
def test_every_percentage_survives_as_fraction_text_and_full_width(percent):
    for value, number_format in [
        (percent, "General"),
        (percent / 100, "0%"),
        (f"{percent}%", "@"),
        (str(percent).translate(WIDE), "@"),
        (f"{percent}.00", "@"),
    ]:
        assert percent_in(value, number_format) == percent


@pytest.mark.parametrize("value", [101, -1, 85.5, 0.85, "八十五", "85左右", "8 5 %%", True, DAY, "1e2", "--5", 1e40])
def test_what_is_no_percentage_is_refused(value):
    with pytest.raises(Unreadable):
        percent_in(value)


def test_an_empty_cell_is_nothing():
    for value in (None, "", "  ", "\u3000\n"):
        assert (percent_in(value), number_in(value), date_in(value), yes_in(value), text_of(value)) == (
            None,
            None,
            None,
            False,
            "",
        )


@pytest.mark.parametrize(
    ("value", "number"),
    [(170, "170"), (1.5, "1.5"), ("1,234,567.5", "1234567.5"), ("１７０", "170"), ("12.50", "12.5")],
)
def test_a_number_is_understood(value, number):
    assert number_in(value) == Decimal(number)


@pytest.mark.parametrize(
    ("value", "answer"), [("是", True), ("√", True), (True, True), ("否", False), (None, False), (1, True)]
)
def test_yes_and_no_are_understood(value, answer):
    assert yes_in(value) is answer


def test_what_is_neither_yes_nor_no_is_refused():
    with pytest.raises(Unreadable, match="大概"):
        yes_in("大概")


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(VALUES, st.text('0%#.@"\\年yd', max_size=6))
def test_any_cell_at_all_is_either_understood_or_refused(value, number_format):
    assert isinstance(text_of(value), str)
    for read in (
        lambda: number_in(value, number_format),
        lambda: percent_in(value, number_format),
        lambda: date_in(value),
        lambda: yes_in(value),
    ):
        with suppress(Unreadable):
            read()


@given(st.text())
def test_a_text_is_tidied_once_and_for_all(text):
    assert text_of(text_of(text)) == text_of(text)
    assert "\r" not in text_of(text)


def test_a_time_span_is_no_number():
    with pytest.raises(Unreadable, match="日期或时间"):
        number_in(timedelta(days=1))
