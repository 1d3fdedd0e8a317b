"""The workbook of plans of every kind: what nobody leads, what has ended, what never ends, what nobody reported."""

import io
import json
import re
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from reports.quarter import Definition, canonical, restore, take_snapshot
from reports.quarter.book import build_workbook
from reports.quarter.book.checks import ALL_SAME
from tasks.models import LightChange
from tests.support import demonstration
from tests.support.factories import (
    ASSIST,
    accepted_report,
    close,
    file_report,
    make_agency,
    make_assignment,
    make_indicator,
    make_item,
    make_period,
    make_plan,
    make_request,
    make_section,
    moment,
    review,
    revise,
    waive,
)
from tests.support.ooxml import faults

NOW = moment("2016-10-12 18:00")


def built(*plans):
    content = build_workbook(take_snapshot(Definition(tuple(plan.slug for plan in plans), "2016Q3", NOW)))
    assert faults(content) == []
    return load_workbook(io.BytesIO(content), data_only=True)


def lines(sheet):
    """The rows below the head, each by the head's words without their line breaks."""
    head = [str(cell.value).replace("\n", "") for cell in sheet[3]]
    return [dict(zip(head, row, strict=True)) for row in sheet.iter_rows(min_row=4, values_only=True)]


def totals(workbook):
    return {row["项目"]: row["本期"] for row in lines(workbook["总体情况"])}


def of_item(workbook, title, sheet="任务台账"):
    return [row for row in lines(workbook[sheet]) if row["任务"] and row["任务"].endswith(title)]


def test_the_ledger_says_where_a_due_date_comes_from_in_the_notices_words(plan, lead_agency):
    make_period(plan, "2016Q3")
    dates = (("甲", date(2016, 6, 30), "6月底前完成"), ("乙", None, "长期坚持"), ("丙", date(2017, 3, 1), ""))
    for title, due_on, words in dates:
        item = make_item(plan, title=title)
        make_assignment(item, lead_agency)
        revise(item, due_on, at=moment("2016-06-01"), due_words=words)
    make_assignment(make_item(plan, title="丁"), lead_agency)
    workbook = built(plan)
    shown = [[row[name] for name in ("完成时限", "时限出处", "公文时限原文")] for row in lines(workbook["任务台账"])]
    assert shown == [
        [datetime(2016, 6, 30), "公文载明", "6月底前完成"],
        ["持续推进", "公文载明", "长期坚持"],
        [datetime(2017, 3, 1), "调整", None],
        [datetime(2016, 12, 31), "推定", None],
    ]
    about = {row[0]: row[1] for row in workbook["封面与说明"].iter_rows(values_only=True)}
    assert about["时限"].startswith("公文写明的为公文载明")


def test_an_edition_from_before_the_words_is_built_again_as_it_was(plan, lead):
    make_period(plan, "2016Q3")
    told = take_snapshot(Definition((plan.slug,), "2016Q3", NOW))
    kept = json.loads(canonical(told))
    for item in kept["plans"][0]["items"]:
        del item["due_words"]
    again = restore(json.dumps(kept).encode())
    assert [item.due_source for item in again.plans[0].items] == ["inferred"]
    assert again.plans == told.plans


@pytest.fixture
def odd(plan):
    """Seven items: unassigned, endless, behind and sent back, half suspended, cancelled, settling, suspended."""
    make_period(plan, "2016Q2"), make_period(plan, "2016Q3")
    jia, yi, bing = make_agency("省甲厅"), make_agency("省乙厅"), make_agency("省丙局")
    make_item(plan, title="无单位")
    endless = make_assignment(make_item(plan, title="持续推进", due_on=None), jia)
    behind = make_assignment(make_item(plan, title="滞后"), yi)
    half = make_item(section=make_section(plan, title="第二部分"), title="一半中止")
    stopped, running = make_assignment(half, bing), make_assignment(half, jia, weight=2)
    cancelled = make_assignment(make_item(section=half.section, title="撤销"), bing)
    settling = make_assignment(make_item(section=half.section, title="待销号", due_on=date(2016, 9, 30)), yi)
    suspended = make_assignment(make_item(section=half.section, title="中止"), yi)
    make_assignment(half, make_agency("省体育局"), role=ASSIST)
    accepted_report(endless, 35, at=moment("2016-07-01"), period="2016Q2")
    accepted_report(running, 33, at=moment("2016-07-01"), period="2016Q2")
    accepted_report(settling, 100, at=moment("2016-10-01"))
    make_request(settling, at=moment("2016-10-02"))
    review(file_report(behind, 90, at=moment("2016-10-08")), "sent_back", comment="请附佐证")
    file_report(endless, 60, at=moment("2016-10-08"))
    waive(running, at=moment("2016-10-01"))
    for assignment, kind in ((cancelled, "cancelled"), (suspended, "suspended"), (stopped, "suspended")):
        close(assignment, kind, at=moment("2016-09-01"))
    for light, previous, day in (("red", "green", date(2016, 8, 1)), ("green", "red", date(2016, 8, 9))):
        LightChange.objects.create(item=behind.item, day=day, light=light, previous=previous, reason="")
    LightChange.objects.create(item=settling.item, day=date(2016, 10, 1), light="red", previous="blue", reason="")
    return plan


def test_what_has_ended_and_what_nobody_leads_is_called_what_it_is_and_counted_apart(odd):
    workbook = built(odd)
    found = {name: count for name, count in totals(workbook).items() if name.startswith("亮灯")}
    assert found == {
        "亮灯：红 逾期（项）": 1,
        "亮灯：黄 滞后（项）": 2,
        "亮灯：蓝 临期（项）": 0,
        "亮灯：绿 正常（项）": 1,
        "亮灯：灰 已中止（项）": 1,
        "亮灯：灰 已办结（项）": 0,
        "亮灯：灰 已撤销（项）": 1,
        "亮灯：未明确单位（项）": 1,
    }
    legend = {row[0].value for row in workbook["封面与说明"].iter_rows()}
    assert {"□ 灰 已中止", "× 灰 已撤销", "○ 未明确单位", "▲ 黄 滞后"} <= legend
    [row] = of_item(workbook, "无单位")
    assert (row["负责单位"], row["亮灯"], row["进度"], row["任务进度"]) == ("未明确", "○ 未明确单位", None, "—")
    assert of_item(workbook, "）撤销")[0]["任务进度"] == "—"


def test_only_lights_that_occur_have_columns_beside_the_usual_five(plan, lead, period):
    head = [cell.value for cell in built(plan)["分单位"][3]]
    assert [title for title in head if title and title[0] in "红黄蓝绿灰未"] == [
        *("红\n逾期", "黄\n滞后", "蓝\n临期", "绿\n正常", "灰\n已办结"),
        *("未报", "未报送", "未报任务"),
    ]


def test_no_accepted_report_is_said_and_never_nought_percent(odd):
    workbook = built(odd)
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert not (cell.value == 0 and cell.number_format.endswith("%")), f"{sheet.title}!{cell.coordinate}"
    [row] = of_item(workbook, "）滞后")
    assert (row["进度"], row["较序时（百分点）"], row["任务进度"]) == ("尚无通过的报告", None, "尚无通过的报告")
    assert "▲ 尚无" in [cell.value for line in workbook["责任矩阵"].iter_rows() for cell in line]


def test_times_of_red_are_told_apart(odd):
    workbook = built(odd)
    assert of_item(workbook, "）滞后")[0]["曾逾期、现逾期"] == "2016-08-01逾期，2016-08-09解除"
    assert of_item(workbook, "）待销号")[0]["曾逾期、现逾期"] == "现逾期（2016-10-01起）"


def test_what_waits_to_be_closed_is_no_laggard(odd):
    workbook = built(odd)
    [row] = of_item(workbook, "）待销号")
    assert (row["亮灯"], row["办理状态"]) == ("■ 红 逾期（待销号）", "待销号")
    assert [line["类别"] for line in lines(workbook["逾期与未报"])] == ["滞后", "待销号", "退回待重报"]


def test_an_assisting_agency_has_nothing_expected_no_difference_and_no_light(odd):
    workbook = built(odd)
    [row] = [line for line in lines(workbook["总数明细"]) if line["所属数字"] == "协助分工"]
    assert [row[name] for name in ("单位", "进度", "序时进度", "较序时（百分点）", "亮灯", "进度类别")] == [
        *("省体育局", None, None, None, None, None),
    ]
    [agency] = [line for line in lines(workbook["分单位"]) if line["单位"] == "省体育局"]
    assert [agency[name] for name in ("协助", "进度", "序时进度", "红逾期")] == [1, None, None, None]


def test_words_for_filing_add_up(odd):
    found = totals(built(odd))
    owed, filed, accepted, waiting, late, unfiled, missing, sent_back, waived = (
        found[f"报送：{word}（份）"]
        for word in ("应报", "已报", "已通过", "待审", "其中迟报", "未报", "未报送", "退回待重报", "免报")
    )
    assert (owed, filed, unfiled) == (filed + unfiled, accepted + waiting, missing + sent_back)
    assert (owed, accepted, waiting, late, sent_back, waived) == (3, 1, 1, 0, 1, 1)
    assert found["报送率"] == 0.667


def opened_rows(workbook, cell):
    """How many rows a figure leads to."""
    name, first, last = re.fullmatch(r"'(.+)'!A(\d+):[A-Z]+(\d+)", cell.hyperlink.location).groups()
    assert int(last) <= workbook[name].max_row
    return int(last) - int(first) + 1


def figures_that_open(workbook):
    """Checks that every figure leads to as many rows as it counts; how many did."""
    figures = [value for _, value in workbook["总体情况"].iter_rows(min_row=4, max_col=2)]
    figures += [cell for row in workbook["分单位"].iter_rows(min_row=4, min_col=2) for cell in row]
    counts = [cell for cell in figures if cell.hyperlink and isinstance(cell.value, int) and cell.value]
    assert [cell.coordinate for cell in counts if opened_rows(workbook, cell) != cell.value] == []
    assert not [cell.coordinate for cell in figures if cell.hyperlink and not cell.value]
    return len(counts)


def test_every_figure_opens_to_exactly_its_rows(odd):
    assert figures_that_open(built(odd)) > 20


def test_every_figure_of_the_demonstration_opens_to_exactly_its_rows(demo):
    demonstration.snapshot()
    assert figures_that_open(load_workbook(io.BytesIO(demonstration.workbook()))) > 100


def rows_with_terms(workbook):
    for sheet in workbook.worksheets[1:-1]:
        head = {str(cell.value).replace("\n", ""): cell.column - 1 for cell in sheet[3]}
        if {"进度", "序时进度", "较序时（百分点）"} <= set(head):
            for row in sheet.iter_rows(min_row=4):
                yield [row[head[name]] for name in ("进度", "序时进度", "较序时（百分点）")]


def test_every_line_adds_up_by_hand_and_holds_what_it_shows(demo):
    demonstration.snapshot()
    checked = 0
    for percent, expected, gap in rows_with_terms(load_workbook(io.BytesIO(demonstration.workbook()))):
        if isinstance(gap.value, (int, float)):
            places = percent.number_format.count("0") - 1
            assert (expected.number_format, gap.number_format.count("0")) == (percent.number_format, 3 * (places + 1))
            assert percent.value == round(percent.value, places + 2)
            assert round(100 * (percent.value - expected.value), places) == pytest.approx(gap.value, abs=1e-9)
            checked += 1
    assert checked > 200


def test_no_number_is_shown_with_a_bare_point(plan, lead, period):
    indicator = make_indicator(lead.item, target=5)
    accepted_report(lead, 50, at=moment("2016-10-01"), readings={indicator: "2.5"})
    workbook = built(plan)
    cells = {cell.number_format for sheet in workbook.worksheets for row in sheet.iter_rows() for cell in row}
    assert not [code for code in cells if re.search(r"\.#|\.(?![0#])", code)]
    [row] = list(workbook["量化指标"].iter_rows(min_row=4))
    assert [(cell.value, cell.number_format) for cell in row[4:6]] == [(5, "#,##0"), (2.5, "#,##0.0")]


def test_comparisons_name_their_day(demo):
    demonstration.snapshot()
    workbook = load_workbook(io.BytesIO(demonstration.workbook()))
    head = "二季度报送截止日\n（7月15日）"
    assert workbook["总体情况"]["C3"].value == head
    assert head in [cell.value for cell in workbook["任务台账"][3]]
    assert f"进度\n{head}" in [cell.value for cell in workbook["分单位"][3]]
    assert workbook["本期变化"]["A2"].value.endswith("与二季度报送截止日（7月15日）比较")
    texts = [str(cell.value) for sheet in workbook.worksheets for row in sheet.iter_rows(max_row=3) for cell in row]
    assert not [text for text in texts if "第3季度" in text or "欠进度任务" in text or text.startswith("上期末进度")]


def test_several_odd_plans_add_up(odd):
    other = make_plan()
    make_period(other, "2016Q3")
    accepted_report(make_assignment(make_item(other), make_agency()), 80, at=moment("2016-10-01"))
    workbook = built(odd, other)
    assert [row["结论"] for row in lines(workbook["校核"]) if row["结论"]][-1] == ALL_SAME
    summary = workbook["总体情况"]
    linked = [cell for cell in summary[4] if cell.hyperlink and isinstance(cell.value, int) and cell.column > 2]
    assert len(linked) > 8
    for cell in linked:
        assert opened_rows(workbook, cell) == cell.value
