"""The quarterly workbook as leadership opens it: typed, linked, set up for paper, every total added up again."""

import io
import time
import tracemalloc
import zipfile
from base64 import b64encode
from dataclasses import replace
from datetime import date, datetime
from random import Random

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from reports.quarter import Definition, canonical, facts_sha256, restore, take_snapshot
from reports.quarter.alterations import MOST_SHOWN, Alterations, alterations_of, cover_identity, open_quarterly
from reports.quarter.book import build_workbook, describe_book
from reports.quarter.book.checks import ALL_SAME, SAME, SOME_DIFFERENT
from reports.xlsx import TooManyRows, WorkbookRefused, WorkbookValues, to_bytes, write_rows
from reports.xlsx import streaming as streaming_module
from reports.xlsx.sheets import Book, Cell, Chart, Column, Series, Sheet
from tasks.models import AcceptedProgress, ActionItem, Assignment, ItemRevision, ProgressReport
from tests.support import demonstration
from tests.support.factories import (
    ISSUED,
    accepted_report,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    make_plan,
    make_section,
    moment,
)
from tests.support.hostile import repacked
from tests.support.ooxml import faults

NOW = moment("2016-10-12 18:00")
ORDER = [
    *("封面与说明", "总体情况", "分部分", "部分走势", "分单位", "单位排名", "责任矩阵", "任务台账"),
    *(
        "量化指标",
        "本期变化",
        "逾期与未报",
        "存在问题与下一步",
        "节点",
        "批示",
        "总数明细",
        "报送明细",
        "上期末明细",
        "校核",
    ),
]
DANGEROUS = ["=1+1", "+86", "-1", "@SUM(A1)", "\t=cmd", '=HYPERLINK("http://x")', "＝1"]


def taken(*plans, period="2016Q3", **fields):
    return take_snapshot(Definition(tuple(plan.slug for plan in plans), period, NOW, **fields))


def opened(content, **how):
    return load_workbook(io.BytesIO(content), **how)


def head_of(sheet):
    return {cell.value: cell.column - 1 for cell in sheet[3] if cell.value}


def column(sheet, title):
    place = head_of(sheet)[title]
    return [row[place].value for row in sheet.iter_rows(min_row=4)]


def verdicts(content):
    head, *rows = opened(content, data_only=True)["校核"].iter_rows(min_row=3, values_only=True)
    *lines, total = [row[head.index("结论")] for row in rows if row[head.index("结论")]]
    return lines, total


@pytest.fixture
def snapshot(demo):
    return demonstration.snapshot()


@pytest.fixture
def content(snapshot):
    return demonstration.workbook()


# ── the demonstration's quarter, one workbook for every question ─────────────────────────────────────────────────


def test_the_demonstrations_workbook_is_what_was_promised(snapshot, content):
    """One long test: building the stage takes longer than all the questions."""
    workbook, told = opened(content), snapshot.plans[0]
    assert workbook.sheetnames == ORDER
    assert faults(content) == []
    # As to paper and screen.
    for sheet in workbook.worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
        assert sheet.oddHeader.right.text == "截至2016-10-12"
        assert "2016年三季度督办情况（演示数据）" in sheet.oddHeader.left.text
        assert not sheet.merged_cells.ranges
        if sheet.title != "封面与说明":
            assert sheet.print_title_rows == "$3:$3"
            assert sheet.freeze_panes[-1] == "4"
    ledger = workbook["任务台账"]
    assert ledger.auto_filter.ref == f"A3:AL{3 + len(told.rows)}"
    assert ledger.print_area.startswith("'任务台账'!$A$1:$K$")
    assert ledger.freeze_panes == "C4"
    # Typed cells.
    first = {title: ledger.cell(4, place + 1) for title, place in head_of(ledger).items()}
    assert (first["进度"].value, first["进度"].number_format) == (0.66, "0%")
    assert (first["完成时限"].value, first["完成时限"].number_format) == (datetime(2016, 12, 31), "yyyy-mm-dd")
    assert isinstance(first["序号"].value, int)
    assert first["公文原文"].value == told.items[0].text
    assert first["出处"].value == told.items[0].provenance
    assert (first["时限出处"].value, first["公文时限原文"].value) == ("推定", None)
    # One row for each item and lead; every item's text verbatim.
    assert len(column(ledger, "负责单位")) == len(told.rows) == 79
    assert set(column(ledger, "公文原文")) == {item.text for item in told.items}
    # Lights by their words, wherever sorting puts them.
    assert {rule.formula[0] for each in ledger.conditional_formatting for rule in each.rules} >= {'LEFT(G4,1)="▲"'}
    assert "▲ 黄 滞后" in column(ledger, "亮灯")
    # Charts with axes, and with values for programs that don't read cells.
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 5
    assert all('<delete val="0"/>' in chart and "numCache" in chart and "strCache" in chart for chart in charts)
    # Links from the summary to the rows.
    links = [
        link for sheet in workbook.worksheets for row in sheet.iter_rows() for cell in row if (link := cell.hyperlink)
    ]
    assert len(links) > 300
    assert workbook["分部分"]["A4"].hyperlink.location == "'任务台账'!A4:AL33"
    # The cover says what it is of.
    cover = {row[0].value: row[1].value for row in workbook["封面与说明"].iter_rows() if len(row) > 1}
    assert cover["截至"].startswith("2016-10-12")
    assert cover["比较"] == "二季度报送截止日（7月15日）"
    assert cover["小数"].startswith("四舍五入")
    assert "▲ 黄 滞后" in cover
    assert "× 灰 已撤销" not in cover
    # What it is made of stands where totals are checked, which takes one page.
    assert not {"生成条件", "数据校验码"} & set(cover)
    checks = workbook["校核"]
    told_of = [(row[0].value, row[1].value) for row in checks.iter_rows() if row[1].value]
    assert "".join(text for name, text in told_of if name == "生成条件") == snapshot.definition.to_json()
    assert ("数据校验码", facts_sha256(snapshot)) in told_of
    assert (checks.page_setup.fitToWidth, checks.page_setup.fitToHeight) == (1, 1)
    # Every verdict, and the results that viewers show.
    found, whole = verdicts(content)
    assert len(found) == 1 + 1 + len(told.sections) + len(told.agencies) + 8
    assert (set(found), whole) == ({SAME}, ALL_SAME)
    formulas = [cell.value for row in checks.iter_rows(min_row=4) for cell in row]
    assert sum(str(formula).startswith("=") for formula in formulas) > 600


def test_it_is_built_in_a_second_and_a_half(demo):
    start = time.process_time()
    build_workbook(taken(demo))
    assert time.process_time() - start < 1.5


def saved(workbook):
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def from_outside(content):
    return open_quarterly(io.BytesIO(content))


def test_a_workbook_read_back_is_the_one_that_was_built_until_a_cell_is_altered(snapshot, content):
    built = WorkbookValues(io.BytesIO(content))
    identity = cover_identity(built)
    assert (identity.definition, identity.facts_sha256) == (snapshot.definition, facts_sha256(snapshot))
    workbook = opened(content)
    assert alterations_of(from_outside(saved(workbook)), built) == Alterations(0, [])
    workbook["任务台账"]["F5"] = 0.99
    workbook["总体情况"]["B4"] = 18
    workbook["任务台账"]["AB90"] = "添一行"
    del workbook["量化指标"]
    found = alterations_of(from_outside(saved(workbook)), built).shown
    assert [(one.sheet, one.cell) for one in found] == [
        *(("量化指标", ""), ("总体情况", "B4"), ("任务台账", "F5"), ("任务台账", "AB90")),
    ]
    assert (found[1].built, found[1].found) == ("17", "18")


def test_a_large_workbook_is_compared_cell_by_cell_in_less_memory_than_it_takes_packed():
    random = Random(76)
    rows = [[Cell(f"任务{n}"), Cell(b64encode(random.randbytes(24_000)).decode())] for n in range(120)]

    def written(rows):
        return to_bytes(Book("大", datetime(2016, 10, 12), [Sheet("任务台账", rows, has_own_heights=False)]))

    built, altered = written(rows), written([*rows[:-1], [rows[-1][0], Cell("改")]])
    tracemalloc.start()
    found = alterations_of(from_outside(altered), WorkbookValues(io.BytesIO(built)))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(one.cell, one.found) for one in found.shown] == [("B120", "改")]
    assert most < len(altered)


def test_of_very_many_alterations_the_first_are_shown():
    def written(text):
        rows = [[Cell(text)] for _ in range(MOST_SHOWN + 1)]
        return to_bytes(Book("改", datetime(2016, 10, 12), [Sheet("任务台账", rows)]))

    found = alterations_of(from_outside(written("后")), WorkbookValues(io.BytesIO(written("前"))))
    assert (found.count, len(found.shown)) == (MOST_SHOWN + 1, MOST_SHOWN)
    assert found.shown[-1].cell == f"A{MOST_SHOWN}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<row r="4"', b'<row r="2"'),
        (b'<row r="4"', b'<row r="99999999"'),
        (b'<c r="A4"', b'<c r="4"'),
        (b"</sheetData>", b""),
    ],
)
def test_a_sheet_that_is_not_in_order_is_refused(content, old, new):
    def change(members):
        name = "xl/worksheets/sheet2.xml"
        members[name] = members[name].replace(old, new)

    workbook = from_outside(repacked(content, change))
    with pytest.raises(WorkbookRefused, match="损坏"):
        list(workbook.rows("总体情况"))


WRONG = {
    "items": "任务",
    "red": "红逾期",
    "behind": "欠进度",
    "percent": "进度",
    "expected": "序时",
    "accepted": "已通过",
    "waiting": "待审",
    "late": "其中迟报",
    "missing": "未报送",
    "owed": "应报",
    "waived": "免报",
}


def test_every_total_that_is_wrong_is_found_and_named_by_the_check(snapshot):
    kept = snapshot.plans[0]
    totals = replace(kept.totals, **{key: getattr(kept.totals, key) + 1 for key in WRONG})
    found, whole = verdicts(build_workbook(replace(snapshot, plans=(replace(kept, totals=totals),))))
    assert whole == SOME_DIFFERENT
    assert [word for word in WRONG.values() if f"{word} " not in found[0].removeprefix("不一致：")] == []


def test_what_is_said_of_the_close_before_a_section_or_an_agency_is_checked_too(snapshot):
    [kept] = snapshot.plans
    [section, *sections], [agency, *agencies] = kept.sections, kept.agencies

    def found(**fields):
        lines, _ = verdicts(build_workbook(replace(snapshot, plans=(replace(kept, **fields),))))
        return [place for place, verdict in enumerate(lines) if verdict != SAME]

    assert found(previous=replace(kept.previous, green=16)) == [1]
    assert found(previous=replace(kept.previous, ahead=11)) == [1]
    assert found(sections=(replace(section, previous_percent=1.0), *sections)) == [2]
    wrong = replace(agency, totals=replace(agency.totals, waiting=agency.totals.waiting + 1))
    assert found(agencies=(wrong, *agencies))[0] == 5
    assert found(agencies=(replace(agency, previous_percent=1.0), *agencies)) == [5]


def test_what_is_no_workbook_of_ours_is_refused():
    with pytest.raises(WorkbookRefused):
        cover_identity(
            from_outside(to_bytes(Book("x", datetime(2016, 1, 1), [Sheet("填报", [[Cell("甲"), Cell("乙")]])])))
        )
    with pytest.raises(WorkbookRefused):
        from_outside(b"PK\x03\x04")


# ── whatever the plan ────────────────────────────────────────────────────────────────────────────────────────────


def test_texts_from_people_are_never_formulas(plan, period):
    for number, text in enumerate(DANGEROUS):
        item = make_item(plan, title=text, text=text)
        lead = make_assignment(item, make_agency(f"{text}厅{number}"))
        accepted_report(
            lead, 40, at=moment("2016-10-01"), progress=text, problems=text, next_steps=text, delay_reason=text
        )
    content = build_workbook(taken(plan))
    assert faults(content) == []
    sheets = [sheet for sheet in opened(content).worksheets if sheet.title != "校核"]
    assert [
        cell.coordinate for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    ] == []
    assert set(column(opened(content)["任务台账"], "进展情况")) == set(DANGEROUS)
    found, _ = verdicts(content)
    assert set(found) == {SAME}


@pytest.mark.parametrize("period_code", ["2016Q3", "2016"])
def test_a_plan_of_odd_shapes_and_no_reports_is_told_and_adds_up(plan, period_code):
    make_period(plan, "2016Q2"), make_period(plan, "2016Q3")
    make_item(plan)
    make_assignment(make_item(plan, due_on=None), make_agency('“*?~"厅'))
    make_assignment(make_item(section=make_section(plan, title='部分"*' + "长" * 290)), make_agency("<b>厅"), weight=3)
    content = build_workbook(taken(plan, period=period_code))
    assert faults(content) == []
    found, whole = verdicts(content)
    assert (set(found), whole) == ({SAME}, ALL_SAME)
    assert column(opened(content)["任务台账"], "负责单位")[0] == "未明确"
    assert column(opened(content)["任务台账"], "完成时限")[1] == "持续推进"


def test_a_plan_of_nothing_is_a_workbook_too(plan, period):
    content = build_workbook(taken(plan))
    assert faults(content) == []
    assert verdicts(content)[1] == ALL_SAME


def test_several_plans_stand_side_by_side_and_add_up(plan, lead, period):
    other = make_plan()
    make_period(other, "2016Q3")
    accepted_report(make_assignment(make_item(other), lead.agency), 80, at=moment("2016-10-01"))
    content = build_workbook(taken(plan, other))
    assert faults(content) == []
    found, whole = verdicts(content)
    assert (set(found), whole) == ({SAME}, ALL_SAME)
    workbook = opened(content)
    assert workbook.sheetnames == ORDER
    assert column(workbook["任务台账"], "行动计划") == [plan.document_number, other.document_number]
    assert column(workbook["总体情况"], "总体进度") == ["尚无通过的报告", 0.8, 0.4]


@pytest.mark.parametrize(("agencies", "pages", "side"), [(20, 1, None), (80, 3, "$A:$B")])
def test_a_matrix_of_many_agencies_is_printed_on_several_pages_side_by_side(plan, period, agencies, pages, side):
    item = make_item(plan)
    for _ in range(agencies):
        make_assignment(item, make_agency())
    book = describe_book(taken(plan))
    book.sheets = [sheet for sheet in book.sheets if sheet.name == "责任矩阵"]
    sheet = opened(to_bytes(book)).active
    assert sheet.page_setup.fitToWidth == pages
    assert sheet.print_title_cols == side


@pytest.fixture
def hundreds(plan, period):
    """Three hundred items under forty agencies, with reports of ordinary length."""
    section, agencies = make_section(plan), [make_agency() for _ in range(40)]
    items = ActionItem.objects.bulk_create(
        ActionItem(plan=plan, section=section, number=n + 1, label=f"（{n + 1}）", title=f"任务{n}", start=0, end=0)
        for n in range(300)
    )
    ItemRevision.objects.bulk_create(
        ItemRevision(item=item, due_on=plan.due_on, reason="时限", recorded_at=ISSUED) for item in items
    )
    assignments = Assignment.objects.bulk_create(
        Assignment(item=item, agency=agencies[n % 40], role="lead", recorded_at=ISSUED) for n, item in enumerate(items)
    )
    at = moment("2016-10-01")
    reports = ProgressReport.objects.bulk_create(
        ProgressReport(assignment=each, period=period, percent=40, progress="按计划推进。" * 12, recorded_at=at)
        for each in assignments
    )
    AcceptedProgress.objects.bulk_create(
        AcceptedProgress(assignment=report.assignment, report=report, percent=40, recorded_at=at) for report in reports
    )
    return plan


@pytest.mark.untraced
def test_hundreds_of_items_are_a_workbook_of_a_second_or_two_that_can_be_read_back(hundreds):
    start = time.process_time()
    content = build_workbook(taken(hundreds))
    assert time.process_time() - start < 2.5
    workbook, (found, whole) = from_outside(content), verdicts(content)
    assert [set(found), whole] == [{SAME}, ALL_SAME]
    assert cover_identity(workbook).definition.plans == (hundreds.slug,)
    assert len(list(workbook.rows("任务台账"))) == 3 + 300


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("suffix", ["xlsx", "docx"])
def test_the_command_writes_the_same_file_twice(plan, lead, period, tmp_path, capsys, settings, suffix):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)
    for name in ("a", "b"):
        call_command("build_report", period="2016Q3", out=tmp_path / f"{name}.{suffix}")
    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()
    assert "2016年三季度，截至2016-10-12" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a.{suffix}", f"b.{suffix}"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"period": "2019Q1"}, "没有报告期“2019Q1”"),
        ({"period": "第三季度"}, "没有报告期"),
        ({"period": "2016Q"}, "写法有误"),
        ({"as_of": "2016-10-13"}, "晚于今天"),
        ({"as_of": "昨天"}, "写法有误"),
        ({"as_of": "2016-08-01"}, "才开放填报"),
        ({"plan": ["nix"]}, "没有行动计划“nix”"),
        ({"out": "x.pdf"}, "结尾"),
        ({"out": "."}, "是一个文件夹"),
        ({"out": "nix/x.xlsx"}, "不存在"),
    ],
)
def test_the_command_says_what_is_wrong_and_writes_nothing(plan, period, lead, tmp_path, settings, options, says):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)
    out = tmp_path / options.pop("out", "x.xlsx")
    with pytest.raises(CommandError, match=says):
        call_command("build_report", **{"period": "2016Q3", **options}, out=out)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_leaves_nothing_behind(plan, period, lead, tmp_path, settings, monkeypatch):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)
    (tmp_path / "x.xlsx").write_text("先前的")

    def refuse(*paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(CommandError, match="写不进去"):
        call_command("build_report", period="2016Q3", out=tmp_path / "x.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["x.xlsx"]
    assert (tmp_path / "x.xlsx").read_text() == "先前的"


# ── long tables, as a stream ─────────────────────────────────────────────────────────────────────────────────────

COLUMNS = [
    *(Column("序号", 8, "0"), Column("进展", 40, is_wrapped=True), Column("时限", 12, "yyyy-mm-dd")),
    *(Column("报送时间", 18, "yyyy-mm-dd hh:mm"), Column("进度", 9, "0.0%")),
]
ROW = [1, "甲<乙>&丙\n丁", date(2016, 9, 30), datetime(2016, 10, 8, 9, 15), 0.5]


def streamed(rows):
    target = io.BytesIO()
    count = write_rows(target, COLUMNS, iter(rows), title="台账 & 明细", written_at=NOW)
    return count, target.getvalue()


def test_a_streamed_table_is_sound_typed_and_the_same_every_time():
    count, content = streamed([ROW, *([2, text, None, None, None] for text in DANGEROUS)])
    sheet = opened(content).active
    assert (count, faults(content), content) == (
        8,
        [],
        streamed([ROW, *([2, t, None, None, None] for t in DANGEROUS)])[1],
    )
    assert [cell.value for cell in sheet[2]] == [
        1,
        "甲<乙>&丙\n丁",
        datetime(2016, 9, 30),
        datetime(2016, 10, 8, 9, 15),
        0.5,
    ]
    assert [row[1].value for row in sheet.iter_rows(min_row=3)] == DANGEROUS
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A2", "A1:E9", "$1:$1")
    assert sheet.row_dimensions[2].height == 34


def test_a_streamed_table_may_be_empty_and_has_an_end(monkeypatch):
    assert faults(streamed([])[1]) == []
    monkeypatch.setattr(streaming_module, "LAST_ROW", 3)
    with pytest.raises(TooManyRows):
        streamed([ROW] * 4)


def test_a_formulas_result_is_kept_beside_it_and_a_chart_keeps_its_axes():
    rows = [
        [Cell("甲"), Cell(3)],
        [Cell("乙"), Cell(True, formula="B1>2")],
        [Cell(None), Cell("3<4", formula='B1&"<4"')],
    ]
    chart = Chart("图", "D1", "'表'!$A$1:$A$2", ("甲", "乙"), (Series("数", "'表'!$B$1:$B$2", (3, 1), "336699"),))
    content = to_bytes(Book("书", datetime(2016, 10, 12), [Sheet("表", rows, charts=[chart])]))
    assert faults(content) == []
    shown, written = opened(content, data_only=True).active, opened(content).active
    assert [shown["B2"].value, shown["B3"].value] == [True, "3<4"]
    assert [written["B2"].value, written["B3"].value] == ["=B1>2", '=B1&"<4"']


def test_facts_kept_by_an_earlier_build_give_the_same_workbook(snapshot, content):
    assert build_workbook(restore(canonical(snapshot))) == content


def test_a_chart_s_kept_labels_are_those_of_the_cells_that_it_names(plan, lead, period):
    other = make_plan(slug="2016-other")
    make_assignment(make_item(other))
    make_period(other, "2016Q3")
    definition = Definition((plan.slug, other.slug), "2016Q3", moment("2016-10-12 18:00"))
    workbook = load_workbook(io.BytesIO(build_workbook(take_snapshot(definition))))
    charts = [chart for sheet in workbook.worksheets for chart in sheet._charts]
    assert charts
    for chart in charts:
        labels = chart.series[0].cat.strRef
        name, _, cells = labels.f.rpartition("!")
        kept = [point.v for point in labels.strCache.pt]
        assert [cell.value for (cell,) in workbook[name.strip("'")][cells.replace("$", "")]] == kept
