"""Workbook and briefing of one snapshot: every figure that both give is the same, read from the files alone."""

import io
import re
from functools import cache

import openpyxl
import pytest
from docx import Document

from tests.support import demonstration

LIGHTS = ("逾期", "滞后", "临期", "正常", "已办结")


@cache
def opened():
    book = openpyxl.load_workbook(io.BytesIO(demonstration.workbook()), data_only=True)
    return book, Document(io.BytesIO(demonstration.briefing()))


@pytest.fixture
def files(demo):
    return opened()


def text_of(document):
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def by_head(sheet, first):
    """The rows below the head whose first cell says so, each by the head's words."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    start = next(number for number, row in enumerate(rows) if row[0] == first)
    return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :] if row[0] is not None]


def shown(share):
    """A share of the workbook as the briefing writes percentages of plans, sections and targets."""
    return f"{share * 100:.1f}%"


def whole(share):
    """The same for tasks and agencies."""
    return f"{share * 100:.0f}%"


def test_totals_agree(files):
    book, briefing = files
    text = text_of(briefing)
    totals = {row["项目"]: row["本期"] for row in by_head(book["总体情况"], "项目")}
    said = re.search(r"(\d+)个部分(\d+)项任务.*总体进度([\d.]+%)，序时进度([\d.]+%)，比序时慢([\d.]+)个百分点", text)
    assert said.groups() == (
        str(book["分部分"].max_row - 4),
        str(totals["任务总数（项）"]),
        shown(totals["总体进度"]),
        shown(totals["序时进度"]),
        f"{-totals['较序时（百分点）']:.1f}",
    )
    lights = {
        name.split()[-1].removesuffix("（项）"): count for name, count in totals.items() if name.startswith("亮灯")
    }
    for light, count in zip(LIGHTS, lights.values(), strict=True):
        assert f"{light}{count}项" in text
    for pace in ("超进度", "按序时", "欠进度"):
        assert f"{pace}{totals[f'进度类别：{pace}（项）']}项" in text.split("按任务平均进度")[1]


def test_what_was_filed_agrees(files):
    book, briefing = files
    totals = {row["项目"]: row["本期"] for row in by_head(book["总体情况"], "项目")}
    filed = {
        word: totals[f"报送：{word}（份）"]
        for word in ("应报", "已报", "已通过", "待审", "未报", "未报送", "退回待重报")
    }
    assert (
        f"应报{filed['应报']}份，已报{filed['已报']}份（已通过{filed['已通过']}份、待审{filed['待审']}份），"
        f"未报{filed['未报']}份（未报送{filed['未报送']}份、退回待重报{filed['退回待重报']}份），"
        f"报送率{shown(totals['报送率'])}。"
    ) in text_of(briefing)


def test_sections_and_indicators_agree(files):
    book, briefing = files
    text = text_of(briefing)
    for row in by_head(book["分部分"], "部分")[:-1]:
        title = row["部分"].partition("、")[2]
        assert f"“{title}”{row['任务']}项，进度{shown(row['进度'])}" in text
    indicators = by_head(book["量化指标"], "序号")
    for row in indicators:
        done = f"完成{row['现值（累计）']:g}{row['单位']}（{shown(row['完成率'])}）"
        assert f"{row['指标']}目标{row['目标值']:g}{row['单位']}，{done}" in text
    behind = sum("低于序时" in row["状态"] for row in indicators)
    assert f"共{len(indicators)}项量化指标" in text
    assert f"个百分点的{behind}项：" in text


def test_agencies_agree_line_by_line(files):
    book, briefing = files
    table = briefing.tables[0]
    head = [cell.text for cell in table.rows[0].cells]
    lines = {
        line["单位"]: line
        for row in table.rows[1:]
        if (line := dict(zip(head, (c.text for c in row.cells), strict=True)))
    }
    rows = [row for row in by_head(book["分单位"], "单位") if row["单位"] in lines]
    assert len(rows) == len(lines) == 24
    for row in rows:
        line = lines[row["单位"]]
        assert [line[name] for name in ("负责", "协助", "平均进度", "序时进度", "应报", "已报", "未报")] == [
            str(row["负责"]),
            str(row["协助"]),
            whole(row["进度"]),
            whole(row["序时进度"]),
            str(row["应报"]),
            str(row["已报"]),
            str(row["未报"]),
        ]
        assert [line[light] for light in LIGHTS] == [
            str(row[name]) for name in ("红\n逾期", "黄\n滞后", "蓝\n临期", "绿\n正常", "灰\n已办结")
        ]


def test_tasks_and_laggards_agree(files):
    book, briefing = files
    ledger = by_head(book["任务台账"], "序号")
    table = briefing.tables[1]
    tasks = [[cell.text for cell in row.cells] for row in table.rows[1:]]
    assert [task[1] for task in tasks] == list(dict.fromkeys(row["任务"].partition("）")[2] for row in ledger))
    text = text_of(briefing)
    for word in ("逾期", "滞后"):
        late = [row for row in ledger if row["亮灯"].endswith(word)]
        assert f"{word}：{len({row['负责单位'] for row in late})}个单位{len(late)}项（次）。" in text
        for row in late:
            against = whole(row["序时进度"])
            title = row["任务"].partition("）")[2]
            assert f"{title}（进度{row['进度'] * 100:.0f}%，序时{against}" in text
