"""What a number format shows of a value, and which formats show the same."""

from datetime import datetime

import pytest

from reports.xlsx.display import show_same, shown

DAY = datetime(2016, 12, 31)


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.708, "0.0%", "70.8%"),
        (0.708, "0%", "71%"),
        (0.705, "0%", "71%"),
        (0.708, '"99.9%"', "99.9%"),
        (0.708, ";;;", ""),
        (0.708, "General", "0.708"),
        (0.71, '"▲ "0%', "▲ 71%"),
        (-2.8, "+0.0;-0.0;0.0", "-2.8"),
        (2.8, "+0.0;-0.0;0.0", "+2.8"),
        (0.0, "+0.0;-0.0;0.0", "0.0"),
        (-3.0, "0", "-3"),
        (5.0, "#,##0.##", "5."),
        (12345.5, "#,##0.0", "12,345.5"),
        (12345.0, "#,##0", "12,345"),
        (17.0, '0"项"', "17项"),
        (17.0, "[Red]0_)", "17"),
        (17.0, "[$¥-804]0.00", "¥17.00"),
        (1500.0, "0,", "2"),
        ("正常", "0.0%", "正常"),
        ("正常", 'General;General;General;"别的"', "别的"),
        ("正常", '"灯："@', "灯：正常"),
        (True, "General", "TRUE"),
        (None, "0", ""),
        (DAY, "yyyy-mm-dd", "2016-12-31"),
        (datetime(2016, 12, 31, 9, 5), "yyyy-mm-dd hh:mm", "2016-12-31 9:5"),
    ],
)
def test_a_format_shows(value, code, text):
    assert shown(value, code) == text


@pytest.mark.parametrize(
    ("value", "one", "other"),
    [
        (0.708, "0.0%", "[Red]0.0%"),
        (0.71, '"▲ "0%', r"\▲\ 0%"),
        (17.0, "0", "[Blue]0"),
        (17.0, "0", "General"),
        (DAY, "yyyy-mm-dd", r"yyyy\-mm\-dd"),
        (DAY, "yyyy-mm-dd", 'yyyy"年"m"月"d"日"'),
        (DAY, "yyyy-mm-dd", "[$-804]yyyy/m/d;@"),
        ("正常", "0.0%", "@"),
    ],
)
def test_these_formats_show_the_same(value, one, other):
    assert show_same(value, one, other)


@pytest.mark.parametrize(
    ("value", "one", "other"),
    [
        (0.708, "0.0%", '"99.9%"'),
        (0.708, "0.0%", "0%"),
        (0.708, "0.0%", "[>0.5]0.0%;0%"),
        (0.708, "0.0%", "0.0E+00"),
        (17.0, "0", '0"5"'),
        (-2.8, "+0.0;-0.0;0.0", "+0.0;+0.0;0.0"),
        (DAY, "yyyy-mm-dd", "yyyy-mm"),
        (DAY, "yyyy-mm-dd", '"2017"-mm-dd'),
    ],
)
def test_these_formats_show_something_else(value, one, other):
    assert not show_same(value, one, other)
