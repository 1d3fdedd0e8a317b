"""A table of tasks, in Word, Excel or on a page, is a plan: its rows are the tasks, its columns say who and when."""

from __future__ import annotations

import pytest

from tasks.notice import Notice, read_notice
from tasks.notice.files import read_document, web
from tasks.notice.files.document import composed
from tasks.notice.files.packages import contents
from tests.support.notice_files import cell, sheet, table, word, workbook

HEAD = (
    "某省人民政府办公厅关于印发2021年重点工作任务分解的通知",
    "某政办发〔2021〕9号",
    "各市人民政府：",
    "现印发给你们。",
    "某省人民政府办公厅",
    "2021年3月5日",
    "2021年重点工作任务分解表",
)
WHOLE_ROW = '<w:gridSpan w:val="5"/>'
BEGINS = '<w:vMerge w:val="restart"/>'
GOES_ON = cell("", properties="<w:vMerge/>")


def plan(*rows: tuple[str, ...]) -> Notice:
    notice = read_notice(word(*HEAD, table(*rows)))
    for item in notice.items:
        assert notice.text[item.start : item.end] == item.text
    return notice


def told(notice: Notice) -> list[tuple[int, str, list[str], list[str]]]:
    return [
        (item.number, item.title, [unit.name for unit in item.leads], [unit.name for unit in item.assists])
        for item in notice.items
    ]


def test_rows_are_tasks_and_rows_of_one_cell_are_sections() -> None:
    notice = plan(
        ("序号", "任务", "牵头单位", "责任单位", "完成时限"),
        (cell("一、推进建设", properties=WHOLE_ROW),),
        (
            "1",
            cell("推广绿色建筑。", "1.占比达到30%。", "2.抓好认证。"),
            "省住房城乡建设厅",
            cell("省财政厅", "省教育厅"),
            "6月底前",
        ),
        ("2", "抓好水利。", "省水利厅", "各市人民政府", "年底前"),
        (cell("二、强化支撑", properties=WHOLE_ROW),),
        ("3", "培育企业。", "省经济和信息化厅", "", "长期坚持"),
        (cell("注：各单位按季度报送", properties=WHOLE_ROW),),
    )
    assert [(section.number, section.title, len(section.items)) for section in notice.sections] == [
        (1, "推进建设", 2),
        (2, "强化支撑", 1),
    ]
    assert told(notice) == [
        (1, "推广绿色建筑", ["省住房城乡建设厅"], ["省财政厅", "省教育厅"]),
        (2, "抓好水利", ["省水利厅"], ["各市人民政府"]),
        (3, "培育企业", ["省经济和信息化厅"], []),
    ]
    assert notice.items[0].text == (
        "1.推广绿色建筑。\n1.占比达到30%。\n2.抓好认证。\n牵头单位：省住房城乡建设厅\n责任单位：省财政厅、省教育厅\n完成时限：6月底前"
    )
    assert "注：" not in notice.items[-1].text
    assert notice.title == HEAD[0]


def test_a_number_in_characters_without_anybody_names_a_section() -> None:
    notice = plan(
        ("序号", "重点任务", "责任单位"), ("一", "推进建设", ""), ("1", "推广建筑。", "省财政厅"), ("2", "认证。", "")
    )
    assert [(section.number, section.title) for section in notice.sections] == [(1, "推进建设")]
    assert [(item.number, len(item.leads)) for item in notice.items] == [(1, 1), (2, 0)]


def test_cells_that_reach_over_several_rows_name_sections() -> None:
    notice = plan(
        ("类别", "序号", "重点任务", "工作举措", "责任单位"),
        (cell("深化改革", properties=BEGINS), "1", "推进甲", "开展甲。", "省财政厅、省水利厅"),
        (GOES_ON, "2", "推进乙", "开展乙。", "省水利厅"),
        (cell("扩大开放", properties=BEGINS), "3", "推进丙", "开展丙。", "省商务厅"),
    )
    assert [(section.title, len(section.items)) for section in notice.sections] == [("深化改革", 2), ("扩大开放", 1)]
    assert notice.items[0].title == "推进甲"
    assert [measure.text for measure in notice.items[0].measures] == ["开展甲。"]


def test_a_number_before_several_rows_is_that_of_their_group() -> None:
    notice = plan(
        ("序号", "重点任务", "具体措施", "责任单位"),
        (cell("1", properties=BEGINS), cell("优化环境", properties=BEGINS), "精简审批。", "省政务服务局"),
        (GOES_ON, GOES_ON, "规范执法。", "省司法厅"),
        ("2", "扩大投资", "抓项目。", "省发展改革委"),
    )
    assert [(section.number, section.title) for section in notice.sections] == [(1, "优化环境"), (2, "扩大投资")]
    assert [item.number for item in notice.items] == [1, 2, 3]


def test_a_merged_cell_of_units_answers_for_each_of_its_rows() -> None:
    notice = plan(
        ("序号", "任务", "责任单位"),
        ("1", "甲。", cell("省财政厅", properties=BEGINS)),
        ("2", "乙。", GOES_ON),
        ("3", "丙。", "省水利厅"),
    )
    assert [leads for _, _, leads, _ in told(notice)] == [["省财政厅"], ["省财政厅"], ["省水利厅"]]


def test_the_first_of_a_column_leads_where_its_header_says_so() -> None:
    notice = plan(("序号", "任务", "责任单位（排第一位的为牵头单位）"), ("1", "甲。", "省财政厅、省水利厅"))
    assert told(notice) == [(1, "甲", ["省财政厅"], ["省水利厅"])]


def test_a_header_that_stands_once_more_on_a_new_page_is_no_task() -> None:
    header = ("序号", "任务", "责任单位")
    assert len(plan(header, ("1", "甲。", "省财政厅"), header, ("2", "乙。", "省水利厅")).items) == 2


def test_a_name_that_the_cells_width_broke_is_one_name() -> None:
    notice = plan(("序号", "任务", "责任单位"), ("1", "甲。", cell("省住房城乡", "建设厅", "省财政厅")))
    assert told(notice)[0][2] == ["省住房城乡建设厅", "省财政厅"]


def test_labels_within_a_cell_say_who_does_what() -> None:
    notice = plan(("序号", "任务", "责任单位"), ("1", "甲。", cell("牵头单位：省财政厅", "配合单位：省水利厅")))
    assert told(notice) == [(1, "甲", ["省财政厅"], ["省水利厅"])]


def test_beside_a_plan_in_prose_a_table_repeats_it() -> None:
    prose = ("一、主要任务", "（一）甲事项。抓好甲。（省财政厅负责）", "（二）乙事项。抓好乙。（省水利厅负责）", "附表")
    notice = read_notice(word(*HEAD[:-1], *prose, table(("序号", "任务", "责任单位"), ("1", "甲。", "省教育厅"))))
    assert [item.title for item in notice.items] == ["甲事项", "乙事项"]
    assert [problem.reason for problem in notice.problems] == ["附表中的责任分工没有读入，请核对"]


def test_a_table_of_many_tasks_is_the_plan_though_the_prose_names_somebody() -> None:
    rows = [(str(each), f"第{each}项工作。", "省教育厅") for each in range(1, 9)]
    prose = ("一、组织领导", "（一）加强统筹。抓好统筹。（省财政厅负责）")
    notice = read_notice(word(*HEAD[:-1], *prose, table(("序号", "任务", "责任单位"), *rows)))
    assert len(notice.items) == 8


def test_other_tables_are_lines_of_the_text() -> None:
    document = composed(contents(word("前", table(("指标", "目标"), ("增加值", "8%")), "后")))
    assert (document.text, document.tables) == ("前\n指标\t目标\n增加值\t8%\n后", ())


def test_a_table_on_a_page_is_a_plan_also_within_a_frame() -> None:
    rows = "<tr><td>序号<td>任务<td>责任单位</tr><tr><td>1<td>抓好甲。<td>省财政厅<br>省水利厅</tr>"
    head = "".join(f"<p>{line}</p>" for line in HEAD)
    page = f"<html><table><tr><td>{head}<table>{rows}</table></td></tr></table></html>"
    assert len(composed(web.contents(page.encode())).tables) == 1
    assert told(read_notice(page.encode())) == [(1, "抓好甲", ["省财政厅", "省水利厅"], [])]


# ── workbooks ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_workbook_reads_as_it_is_shown() -> None:
    first = sheet(
        ["2021年重点工作任务分解表"],
        ["序号", "工作任务", "责任单位", "", "完成时限"],
        ["", "", "牵头", "配合", ""],
        ["<c><v>1</v></c>", "推广绿色建筑。", '<c t="s"><v>0</v></c>', "省财政厅", '<c s="1"><v>44377</v></c>'],
        ["<c><v>2</v></c>", "完成率。", "省水利厅", '<c t="e"><v>#NAME?</v></c>', '<c s="2"><v>0.85</v></c>'],
        ["填表人：某某"],
        merged=["A1:E1", "C2:D2", "A2:A3", "B2:B3", "E2:E3"],
    )
    data = workbook(first, strings=["省住房城乡建设厅"], formats=[r"yyyy\年m\月d\日", "0%"])
    document = read_document(data, "分解表.xlsx")
    assert document.text.split("\n") == [
        "2021年重点工作任务分解表",
        "1.推广绿色建筑。",
        "牵头：省住房城乡建设厅",
        "配合：省财政厅",
        "完成时限：2021年6月30日",
        "2.完成率。",
        "牵头：省水利厅",
        "完成时限：85%",
        "填表人：某某",
    ]
    assert [[root.number for root in table.roots] for table in document.tables] == [[1, 2]]
    assert not any(root.children for table in document.tables for root in table.roots)


def test_groups_of_a_workbook_may_be_named_in_their_first_row_alone() -> None:
    data = workbook(
        sheet(
            ["类别", "任务", "责任单位"],
            ["改革", "甲。", "省财政厅"],
            ["", "乙。", "省水利厅"],
            ["开放", "丙。", "省商务厅"],
            ["", "丁。", "省教育厅"],
        )
    )
    (outline,) = read_document(data).tables
    assert [len(root.children) for root in outline.roots] == [2, 2]


def test_hidden_sheets_rows_and_columns_are_left_out() -> None:
    rows = sheet(["甲", "密"], ["密", "密"], columns='<cols><col min="2" max="2" hidden="1"/></cols>')
    rows = rows.replace('<row r="2">', '<row r="2" hidden="1">')
    assert read_document(workbook(rows, sheet(["密"]), hidden=[2])).text == "甲"


@pytest.mark.parametrize(
    ("value", "pattern", "shown"),
    [
        ("0.708", "0.0%", "70.8%"),
        ("44256", "yyyy/m/d", "2021年3月1日"),
        ("44256", 'yyyy"年"m"月"', "2021年3月"),
        ("44256", "m月d日", "3月1日"),
        ("12.50", "General", "12.5"),
        ("1E3", "", "1000"),
        ("0.1000000000000001", "", "0.1"),
    ],
)
def test_numbers_are_shown_by_their_format(value: str, pattern: str, shown: str) -> None:
    data = workbook(sheet([f'<c s="1"><v>{value}</v></c>', "甲"]), formats=[pattern])
    assert read_document(data).text == f"{shown}\t甲"
