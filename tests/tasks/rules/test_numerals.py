from __future__ import annotations

import pytest

from tasks.rules.numerals import chinese_numeral, digits_value, numeral_value


@pytest.mark.parametrize("number", [*range(1, 130), 200, 205, 210, 215, 999])
def test_a_chinese_numeral_reads_as_the_number_it_prints(number: int) -> None:
    assert numeral_value(chinese_numeral(number)) == number


@pytest.mark.parametrize(("printed", "number"), [("十七", 17), ("一百零三", 103), ("17", 17), ("甲", None), ("", None)])
def test_a_numeral_is_read_or_refused(printed: str, number: int | None) -> None:
    assert numeral_value(printed) == number


@pytest.mark.parametrize(("printed", "number"), [("二〇一六", 2016), ("二○○六", 2006), ("2016", 2016), ("十", None)])
def test_a_year_is_read_digit_by_digit(printed: str, number: int | None) -> None:
    assert digits_value(printed) == number
