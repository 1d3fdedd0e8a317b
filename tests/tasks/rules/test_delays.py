"""滞后原因 that can be chosen: each is a whole reason, with the day by which the agency catches up."""

from datetime import date

import pytest

from tasks.rules.delays import CAUSES, reasons, with_choice


@pytest.mark.parametrize(
    ("ends_on", "days"),
    [
        (date(2016, 6, 30), ["7月底前", "9月底前"]),
        (date(2016, 9, 30), ["10月底前", "12月底前"]),
        (date(2016, 12, 31), ["明年1月底前", "明年3月底前"]),
    ],
)
def test_people_catch_up_next_month_or_by_the_next_quarter_s_end(ends_on, days):
    assert [day for day, _ in reasons(ends_on)] == days
    assert reasons(ends_on)[0][1][0] == f"招标采购延期，预计{days[0]}赶上。"


@pytest.mark.parametrize("month", range(1, 13))
def test_all_of_them_fit_into_the_drop_down_of_a_workbook(month):
    """Excel takes 255 characters, and parts them at commas."""
    every = [reason for _, found in reasons(date(2016, month, 28)) for reason in found]
    assert len(every) == len(set(every)) == 2 * len(CAUSES)
    assert len(",".join(every)) <= 255
    assert not [reason for reason in every if "," in reason or '"' in reason]


def test_what_is_typed_stands_below_what_is_chosen_and_nothing_twice():
    assert with_choice("甲。", "") == "甲。"
    assert with_choice("甲。", "乙。") == "甲。\n乙。"
    assert with_choice("甲。", "甲。\n乙。") == "甲。\n乙。"
    assert with_choice("", "乙。") == "乙。"
