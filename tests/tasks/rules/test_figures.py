"""A number that people type has one meaning, or is asked."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.rules.figures import NotAFigure, figure_in

WIDE = str.maketrans("0123456789-.,%", "０１２３４５６７８９－．，％")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("65", "65"),
        ("65.5", "65.5"),
        ("65%", "65"),
        ("65 ％", "65"),
        ("１２３", "123"),
        ("1,234", "1234"),
        (" 1,234,567.5\n", "1234567.5"),
        ("−3", "-3"),
        ("+3", "3"),
        (".5", "0.5"),
        ("6\u200b5", "65"),
    ],
)
def test_a_number_is_what_was_typed(typed, number):
    assert figure_in(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["", " ", "\u3000\n"])
def test_nothing_typed_is_no_number(typed):
    assert figure_in(typed) is None


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("六十五", "请用阿拉伯数字填写"),
        ("八成", "请用阿拉伯数字填写"),
        ("1,23", "逗号分不清"),
        ("0,123", "逗号分不清"),
        ("1,234,5", "逗号分不清"),
        ("80\n85", "分不清是一个数还是几个数"),
        ("1 234", "分不清是一个数还是几个数"),
        *[
            (typed, "不是数字")
            for typed in ("85左右", "约85", "85个", "65。5", "10²", "½", "①", "٨٥", "1e2", "NaN", "%")
        ],
        ("1" * 16, "数字过大"),
    ],
)
def test_what_could_mean_something_else_is_asked(typed, message):
    with pytest.raises(NotAFigure, match=message):
        figure_in(typed)


@given(st.integers(-(10**12), 10**12), st.booleans(), st.booleans())
def test_every_number_survives_full_width_and_grouped(number, is_wide, is_grouped):
    typed = f"{number:,}" if is_grouped else str(number)
    assert figure_in(typed.translate(WIDE) if is_wide else typed) == number


@given(st.text())
def test_any_text_is_a_number_or_refused_in_words(typed):
    with suppress(NotAFigure):
        assert isinstance(figure_in(typed), Decimal | None)
