"""Which headings and paragraphs are tasks, and what each ending in them answers for."""

from __future__ import annotations

import pytest

from tasks.notice import Notice, NoticeError, parse
from tests.support.notice_build import notice


def told(read: Notice) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each task with the leads and assists of its duties."""
    return [
        (
            f"{item.label}{item.title}",
            [(" ".join(map(str, duty.leads)), " ".join(map(str, duty.assists))) for duty in item.duties],
        )
        for item in read.items
    ]


def reasons(read: Notice) -> list[str]:
    return [problem.reason for problem in read.problems]


def test_each_ending_of_a_task_answers_for_what_stands_before_it() -> None:
    read = parse(
        notice("一、甲", "（一）乙。做一。做二。（省财政厅牵头，省水利厅配合）做三。（省水利厅负责，6月底前完成）")
    )
    (item,) = read.items
    assert [duty.ending for duty in item.duties] == ["（省财政厅牵头，省水利厅配合）", "（省水利厅负责，6月底前完成）"]
    assert [read.text[duty.start : duty.ending_start] for duty in item.duties] == ["（一）乙。做一。做二。", "做三。"]
    assert [(measure.text, measure.duty) for measure in item.measures] == [("做一。", 0), ("做二。", 0), ("做三。", 1)]
    assert ([*map(str, item.leads)], item.assists) == (["省财政厅", "省水利厅"], ())  # a lead anywhere is a lead


def test_points_below_a_tasks_own_ending_are_its_measures() -> None:
    text = notice(
        "一、甲",
        "（一）乙，做好各项工作。（省财政厅牵头，各市政府负责）具体措施：1．做一。（省水利厅负责）2．做二。（省教育厅负责）",
        "（二）丙，做好其他工作。（省审计厅负责）",
    )
    assert told(parse(text)) == [
        ("（一）乙，做好各项工作", [("省财政厅", "各市政府"), ("省水利厅", ""), ("省教育厅", "")]),
        ("（二）丙，做好其他工作", [("省审计厅", "")]),
    ]


def test_a_group_whose_points_have_endings_keeps_its_own() -> None:
    read = parse(
        notice(
            "一、甲",
            "（一）乙（牵头单位：省财政厅）",
            "1.丙。做。（责任单位：省水利厅）",
            "2.丁。做。（责任单位：省教育厅）",
        )
    )
    assert told(read) == [("1.丙", [("省水利厅", "")]), ("2.丁", [("省教育厅", "")])]
    group = read.items[0].group
    assert group is not None
    assert (group.label, group.title, [str(unit) for unit in group.duties[0].leads]) == ("（一）", "乙", ["省财政厅"])
    assert reasons(read) == ["“（一）”整个部分写明的单位（省财政厅）没有分到各项任务，请核对"]
    assert read.problems[0].words == "（牵头单位：省财政厅）"


def test_what_a_heading_says_is_inherited_by_tasks_that_say_nothing() -> None:
    read = parse(
        notice(
            "一、甲（责任单位：省财政厅）",
            "（一）乙。做。（省水利厅负责）",
            "（二）丙。做。",
            "（三）丁。（省教育厅负责）",
        )
    )
    assert told(read)[1] == ("（二）丙", [("省财政厅", "")])
    assert read.items[1].responsibility_start is None
    assert read.problems == ()


def test_a_heading_alone_that_names_who_answers_is_the_task() -> None:
    text = notice(
        "一、甲", "（一）乙（责任单位：省财政厅）", "1.做一。", "2.做二，6月底前完成。", "（二）丙。（省水利厅负责）"
    )
    read = parse(text)
    assert told(read) == [("（一）乙", [("省财政厅", "")]), ("（二）丙", [("省水利厅", "")])]
    assert [(measure.text, measure.duty) for measure in read.items[0].measures] == [
        ("做一。", 0),
        ("做二，6月底前完成。", 0),
    ]
    assert read.items[0].deadline is not None
    assert read.items[0].deadline.text == "6月底前"


def test_a_group_of_one_is_divided_as_its_neighbours_are() -> None:
    text = notice(
        "一、甲",
        "（一）乙。",
        "1.丙。（省财政厅负责）",
        "（二）丁。",
        "1.戊。（省水利厅负责）",
        "2.己。（省教育厅负责）",
    )
    assert [title for title, _ in told(parse(text))] == ["1.丙", "1.戊", "2.己"]


def test_a_last_point_that_closes_the_task_divides_nothing() -> None:
    text = notice(
        "一、甲", "（一）乙。", "1.做一。", "2.做二。", "3.做三。（省财政厅负责）", "（二）丙。做四。（省水利厅负责）"
    )
    assert [title for title, _ in told(parse(text))] == ["（一）乙", "（二）丙"]


def test_paragraphs_without_numbers_that_end_in_duties_are_tasks() -> None:
    below = parse(
        notice("一、甲", "推进乙事项。做。（省财政厅负责）", "推进丙事项。\n责任单位：省水利厅", "只是说明。")
    )
    assert told(below) == [("推进乙事项", [("省财政厅", "")]), ("推进丙事项", [("省水利厅", "")])]
    assert [section.title for section in below.sections] == ["甲"]
    bare = parse(notice("推进乙事项。做。（省财政厅负责）", "推进丙事项。（省水利厅负责）"))
    assert [title for title, _ in told(bare)] == ["推进乙事项", "推进丙事项"]
    before = parse(
        notice(
            "一、甲", "统筹推进各项工作。（省财政厅负责）", "（一）乙。（省水利厅负责）", "（二）丙。（省教育厅负责）"
        )
    )
    assert [title for title, _ in told(before)] == ["统筹推进各项工作", "（一）乙", "（二）丙"]


def test_every_annex_with_endings_is_read_and_a_letter_without_is_not() -> None:
    letter = notice("一、高度重视。要重视。", "二、加强督导。要督导。")
    annexes = (
        "附件1\n甲方案\n一、甲\n（一）乙。（省财政厅负责）\n附件2\n名单\n一、丙\n（一）丁。\n"
        "附件3\n戊方案\n1.己。（省水利厅负责）\n"
    )
    read = parse(letter + annexes)
    assert told(read) == [("（一）乙", [("省财政厅", "")]), ("1.己", [("省水利厅", "")])]
    assert [section.title for section in read.sections] == ["甲", "戊方案"]
    assert read.problems == ()


def test_an_ending_that_belongs_to_no_task_is_said() -> None:
    read = parse(notice("总体由各部门推进。（省审计厅负责）", "一、甲", "（一）乙。（省财政厅负责）"))
    assert [(problem.line, problem.words) for problem in read.problems] == [(5, "（省审计厅负责）")]


PLACES = [
    ("推进甲（省财政厅负责），推进乙（省水利厅负责）；推进丙（省教育厅牵头）。", "省财政厅 省水利厅 省教育厅"),
    ("加快建设（省财政厅、省水利厅）；推进改革（省教育厅）。", "省财政厅、省水利厅 省教育厅"),
    ("此项工作由省财政厅牵头，省水利厅配合。", "省财政厅"),
    ("提升服务水平责任单位：省财政厅、省水利厅", "省财政厅、省水利厅"),
    ("做好。\n【牵头单位】省财政厅\n【配合单位】省水利厅", "省财政厅"),
    ("做好。\n[责任单位]：省财政厅", "省财政厅"),
    ("做好。\n牵头领导：张某某\n牵头单位：省财政厅\n责任人：李某某", "省财政厅"),
    ("做好。\n部门分工：省财政厅牵头，各市配合。", "省财政厅"),
    ("做好。\n责任单位：省财政厅、\n\n省水利厅", "省财政厅、省水利厅"),
    ("做好。（省财政厅牵头）（省水利厅配合）", "省财政厅"),
    ("做好。\n责任单位：\n省财政厅\n省水利厅", "省财政厅、省水利厅"),
    ("做好。\n责任单位：省财政\n厅、省水利\n厅", "省财政厅、省水利厅"),
    ("做好。（省财政\n厅负责）", "省财政厅"),
    ("做好。（省财政厅、省水利\n厅负责，6月底前完成）", "省财政厅、省水利厅"),
    ("做好。\n责任司局：财务司；配合司局：基建司", "财务司"),
]


@pytest.mark.parametrize(("words", "leads"), PLACES)
def test_an_ending_is_found_wherever_it_stands(words: str, leads: str) -> None:
    (item,) = parse(notice("一、甲", f"（一）乙。{words}")).items
    assert " ".join("、".join(map(str, duty.leads)) for duty in item.duties) == leads


def test_a_notice_in_which_only_a_letter_speaks_of_offices_is_refused() -> None:
    with pytest.raises(NoticeError, match="没有找到分部分的正文"):
        parse(notice("请省财政厅、省水利厅认真贯彻执行。"))
