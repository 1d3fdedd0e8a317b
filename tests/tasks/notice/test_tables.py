"""A plan that is a table: its rows are tasks."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.notice import Notice, NoticeError, parse
from tests.support.notice_build import notice

HEAD = "序号\t重点任务\t牵头单位\t责任单位\t完成时限"
TITLE = "某省人民政府办公厅关于印发2020年重点任务分解表的通知"


def read(*rows: str, head: str = HEAD) -> Notice:
    return parse(notice("重点任务分解表", head, *rows, title=TITLE))


def told(notice: Notice) -> list[tuple[str, str, str, str]]:
    for item in notice.items:
        assert notice.text[item.start : item.end] == item.text
        for duty in item.duties:
            assert notice.text[duty.ending_start :].startswith(duty.ending)
    return [
        (item.label, item.title, " ".join(map(str, item.leads)), " ".join(map(str, item.assists)))
        for item in notice.items
    ]


def test_a_row_is_a_task_with_its_units_and_its_deadline() -> None:
    table = read(
        "1\t建设平台。接入系统30个。\t省财政厅\t省水利厅、教育厅\t6月底前", "2\t培育企业\t省科技厅\t\t持续推进"
    )
    assert told(table) == [("1", "建设平台", "省财政厅", "省水利厅 省教育厅"), ("2", "培育企业", "省科技厅", "")]
    first, second = table.items
    assert (first.deadline, second.deadline) != (None, None)
    assert first.deadline is not None
    assert (first.deadline.text, first.deadline.on) == ("6月底前", date(2020, 6, 30))
    assert [measure.text for measure in first.measures] == ["建设平台。", "接入系统30个。"]
    assert [section.title for section in table.sections] == ["重点任务分解表"]
    assert table.problems == ()


@pytest.mark.parametrize("row", ["一、甲类工作", "一\t甲类工作\t\t\t"])
def test_a_row_that_names_nobody_but_a_section_is_one(row: str) -> None:
    table = read(row, "1\t乙\t省财政厅\t\t", "二、丙类工作", "2\t丁\t省水利厅\t\t")
    assert [(section.title, len(section.items)) for section in table.sections] == [("甲类工作", 1), ("丙类工作", 1)]


def test_a_row_may_go_on_over_lines_and_share_its_task() -> None:
    table = read("1\t建设平台。\n接入系统。\t省财政厅\t省水利厅\t6月", "\t\t省教育厅\t\t9月", "省科技厅\t\t10月")
    assert told(table) == [
        ("1", "建设平台", "省财政厅", "省水利厅"),
        ("1", "建设平台", "省教育厅", ""),
        ("1", "建设平台", "省科技厅", ""),
    ]


def test_who_answers_is_never_taken_from_another_row() -> None:
    table = read("1\t甲\t省财政厅\t\t6月", "2\t乙\t\t\t6月")
    assert told(table)[1] == ("2", "乙", "", "")
    assert [problem.reason for problem in table.problems] == ["“2乙”没有写明负责单位"]


def test_one_column_of_units_may_say_who_leads() -> None:
    table = read("1\t甲\t省财政厅牵头，省水利厅配合", head="序号\t工作任务\t责任单位")
    assert told(table) == [("1", "甲", "省财政厅", "省水利厅")]


def test_a_table_of_other_things_is_no_plan() -> None:
    with pytest.raises(NoticeError, match="没有找到分部分的正文"):
        read("1\t甲\t省财政厅", head="序号\t名称\t地址")
