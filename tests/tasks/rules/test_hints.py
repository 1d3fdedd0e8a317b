"""What is said of a text that could be better, and never refused: no figure, or nearly last period's."""

import pytest

from tasks.rules.hints import hints
from tasks.rules.unchanged import split_reason, with_reason

NO_FIGURE, REPEATED = "进展中没有数据，建议写明数量或比例。", "与上次通过的内容八成以上相同，请核对是否为本期进展。"


@pytest.mark.parametrize("text", ["培训12期。", "培训１２期。", "培训十二期。", "完成百分之六十。", "新增一家企业。"])
def test_a_figure_is_seen_in_digits_and_in_words(text):
    assert hints(text) == []


@pytest.mark.parametrize("text", ["进一步推进相关工作。", "统一部署，加强宣传。", "一是开展培训，二是加强监管。"])
def test_a_text_without_a_figure_is_noticed(text):
    assert hints(text) == [NO_FIGURE]


def test_nothing_written_gets_no_hint():
    assert hints(" \n", "上次") == []


@pytest.mark.parametrize(("new", "is_repeated"), [("1234567890", True), ("12345678xy", True), ("1234567xyz", False)])
def test_from_eighty_percent_on_a_text_counts_as_last_period_s(new, is_repeated):
    assert hints(new, "1234567890") == ([REPEATED] if is_repeated else [])


def test_spaces_and_lines_make_no_difference():
    assert hints("培训 12 期，\n检查 30 家。", "培训12期，检查30家。") == [REPEATED]


def test_the_reason_for_no_change_stands_first_and_is_taken_off_again():
    text = with_reason("按计划\n推进", "培训12期。\n检查30家。")
    assert text == "无变化原因：按计划 推进\n培训12期。\n检查30家。"
    assert split_reason(text) == ("按计划 推进", "培训12期。\n检查30家。")


def test_a_text_without_a_reason_is_itself():
    assert split_reason("培训12期。\n检查30家。") == ("", "培训12期。\n检查30家。")
