"""The quarterly briefing: what it says, that its figures are the snapshot's, and that the file is as GB/T 9704 asks."""

import io
import re
import zipfile
from datetime import date

import pytest
from docx import Document
from docx.oxml.ns import qn

from qa_plan import clock
from reports.briefing import Paragraph, WordingError, build_briefing, check_wording, compose, to_docx, typed_numbers
from reports.briefing.text import Style
from reports.quarter import Definition, take_snapshot
from tests.support import demonstration
from tests.support.factories import (
    accepted_report,
    make_assignment,
    make_indicator,
    make_item,
    make_period,
    make_plan,
    moment,
)

OFFICE = "省质量工作领导小组办公室"
FIGURES = {"任务数": "17", "总体进度": "71.4%"}


def snapshot_of(plan, day="2016-10-12", period="2016Q3"):
    return take_snapshot(Definition((plan.slug,), period, clock.end_of(date.fromisoformat(day))))


def told(snapshot, wordings=None):
    return "\n".join(paragraph.text for paragraph in compose(snapshot, wordings or {}, OFFICE).paragraphs)


# ── wording ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_figure_is_filled_in_where_its_name_stands():
    paragraph = Paragraph(Style.BODY, "共{任务数}项，进度{总体进度}。", FIGURES)
    assert paragraph.text == "共17项，进度71.4%。"
    assert list(paragraph.parts) == [("共", False), ("17", True), ("项，进度", False), ("71.4%", True), ("。", False)]


def test_words_may_change_and_figures_may_be_left_out():
    assert check_wording("总体进度达到{总体进度}。", FIGURES) == "总体进度达到{总体进度}。"


def test_full_width_braces_and_line_breaks_are_put_right():
    assert check_wording("进度｛总体进度｝\n良好", FIGURES) == "进度{总体进度} 良好"


@pytest.mark.parametrize(
    ("wording", "reason"),
    [
        ("  ", "请填写措辞"),
        ("进度{进度}", "没有名为“进度”的数据项"),
        ("进度{总体进度", "花括号没有成对"),
        ("进度总体进度}", "花括号没有成对"),
    ],
)
def test_a_wording_that_touches_a_figure_is_refused(wording, reason):
    with pytest.raises(WordingError, match=reason):
        check_wording(wording, FIGURES)


def test_numbers_that_people_type_are_pointed_out():
    assert typed_numbers("请于10月31日前，{任务数}项完成90.5%。") == ["10", "31", "90.5%"]


# ── what it says ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_laggards_are_named_by_unit_with_their_item_numbers(plan, lead, period):
    make_period(plan, "2016Q2")
    red = make_item(plan, due_on=date(2016, 9, 30), label="（二）")
    make_assignment(red, lead.agency)
    text = told(snapshot_of(plan))
    assert "（一）逾期：1个单位1项（次）。" in text
    assert "\n省商务厅：第二项任务2（尚无通过的报告，序时100%，时限2016年9月30日；" in text
    assert "（二）滞后：1个单位1项（次）。" in text
    assert "报送期未满，尚未报送的有1个单位2份：省商务厅（第1、二项）。" in text


@pytest.mark.django_db
def test_where_nothing_is_wrong_nothing_is_asked_but_to_go_on(plan, lead, period):
    accepted_report(lead, 90, at=moment("2016-10-10"))
    text = told(snapshot_of(plan))
    assert "没有应予通报的逾期或滞后事项。" in text
    assert "应报1份，已报1份（已通过1份），报送率100.0%。" in text
    assert "\n各单位要保持工作力度" in text


@pytest.mark.django_db
def test_where_nobody_has_filed_no_progress_is_claimed(plan, lead, period):
    text = told(snapshot_of(plan))
    assert "各单位尚无通过的报告，总体进度按零计，序时进度63.8%，比序时慢63.8个百分点。" in text
    assert "应于10月14日（含当日）前报送，应报1份，已报0份，未报1份，报送率0.0%。" in text
    assert "超进度0项" not in text


@pytest.mark.django_db
def test_a_task_without_an_agency_is_not_told_as_closed(plan, lead, period):
    make_item(plan)
    text = told(snapshot_of(plan))
    assert "未明确单位1项。" in text
    assert "已办结" not in text
    assert "落实责任单位。第2项尚未明确负责单位，要尽快明确。" in text


@pytest.mark.django_db
def test_a_year_s_briefing_names_the_year_once_and_every_due_date(demo):
    text = told(snapshot_of(demo, period="2016"))
    assert "2016年二季度、三季度进展报告（二季度7月15日、三季度10月14日截止，均含当日）应报149份" in text


@pytest.mark.django_db
def test_progress_that_has_not_moved_is_level_with_a_day_that_is_named(plan, lead, period):
    make_period(plan, "2016Q2")
    accepted_report(lead, 30, at=moment("2016-07-10"), period="2016Q2")
    assert "较二季度报送截止日（7月15日）的30.0%，总体进度没有变化。" in told(snapshot_of(plan))


@pytest.mark.django_db
def test_a_title_of_several_plans_names_the_first_and_counts_them(plan, lead, period):
    other = make_plan()
    make_period(other, "2016Q3")
    both = take_snapshot(Definition((plan.slug, other.slug), "2016Q3", clock.end_of(date(2016, 10, 12))))
    briefing = compose(both, {}, OFFICE)
    title = briefing.paragraphs[0].text
    assert title == f"关于《{plan.name}》等2个行动计划2016年三季度进展情况的通报"
    assert [table.title for table in briefing.tables][-1] == f"附件4　任务进展情况一览表（{other.document_number}）"
    document = Document(io.BytesIO(to_docx(briefing, both.definition.as_of)))
    [written] = [one.text for one in document.paragraphs if one.text.startswith("关于")]
    assert written.endswith("\n2016年三季度进展情况的通报")


@pytest.mark.django_db
def test_indicators_are_told_with_target_and_reading(plan, item, lead, period):
    indicator = make_indicator(item)
    accepted_report(lead, 60, at=moment("2016-10-10"), readings={indicator: 85})
    assert "安徽名牌目标170个，完成85个（50.0%）" in told(snapshot_of(plan))


@pytest.mark.django_db
def test_a_reason_is_quoted_as_its_agency_gave_it_without_making_fields_of_it(plan, lead, period):
    make_period(plan, "2016Q2")
    accepted_report(lead, 5, at=moment("2016-10-10"), delay_reason="原料涨价。", problems="{总体进度}等待{批复}")
    text = told(snapshot_of(plan))
    assert "原因：原料涨价）" in text
    assert "\n省商务厅（第1项）：（总体进度）等待（批复）。" in text


@pytest.mark.django_db
def test_a_coordinator_s_wording_takes_the_place_of_the_composed_one(plan, lead, period):
    snapshot = snapshot_of(plan)
    text = told(snapshot, {"p1.overall": "全省总体进度{总体进度}。", "number": "第3期"})
    assert "全省总体进度0.0%。" in text
    assert "截至2016年10月12日，" not in text
    assert compose(snapshot, {"number": "第3期"}, OFFICE).number.text == "第3期"


@pytest.mark.django_db
def test_of_several_plans_each_is_a_chapter(plan, lead, period):
    other = make_plan(slug="2016-other")
    make_assignment(make_item(other))
    make_period(other, "2016Q3")
    definition = Definition((plan.slug, other.slug), "2016Q3", clock.end_of(date(2016, 10, 12)))
    headings = [
        one.text for one in compose(take_snapshot(definition), {}, OFFICE).paragraphs if one.style == Style.HEADING_1
    ]
    assert [heading[:2] for heading in headings] == ["一、", "二、"]
    assert all(plan.document_number in heading for plan, heading in zip((plan, other), headings, strict=True))


# ── the demonstration's file ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def facts(demo):
    return demonstration.snapshot()


@pytest.fixture
def content(facts):
    return demonstration.briefing()


def test_the_file_is_a4_with_the_margins_of_the_standard_and_22_lines(content):
    section = Document(io.BytesIO(content)).sections[0]
    assert [round(length.mm) for length in (section.page_width, section.page_height)] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    pitch = int(section._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch"))) / 20
    assert 225 / 25.4 * 72 // pitch == 22


def test_every_figure_of_the_text_is_the_snapshot_s(facts, content):
    """The words as the file has them, read without the code that composed them."""
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)
    totals = facts.plans[0].totals
    [overall] = re.findall(r"(\d+)个部分(\d+)项任务，由(\d+)个单位.*总体进度([\d.]+)%，序时进度([\d.]+)%", text)
    assert overall == ("3", str(totals.items), "24", f"{totals.percent:.1f}", f"{totals.expected:.1f}")
    [line] = [line for line in text.splitlines() if line.startswith("按亮灯统计")]
    lights = dict(re.findall(r"(逾期|滞后|临期|正常|已办结)(\d+)项", line))
    assert lights == {"逾期": "2", "滞后": "4", "临期": "2", "正常": "8", "已办结": "1"}
    [filing] = re.findall(r"应报(\d+)份，已报(\d+)份", text)
    assert filing == (str(totals.owed), str(totals.filed))
    late = re.findall(r"(?:逾期|滞后)：\d+个单位(\d+)项（次）", text)
    assert sum(map(int, late)) == len(facts.plans[0].overdue) + len(facts.plans[0].behind)


def test_the_tables_have_a_line_for_each_agency_and_each_task(facts, content):
    agencies, items = Document(io.BytesIO(content)).tables
    rows = [[cell.text for cell in row.cells] for row in agencies.rows][1:]
    assert [row[1] for row in rows] == [agency.name for agency in facts.plans[0].agencies]
    assert sum(int(row[-3]) for row in rows) == facts.plans[0].totals.owed
    assert [row.cells[1].text for row in items.rows][1:] == [item.title for item in facts.plans[0].items]


def test_the_same_facts_give_the_same_bytes(facts, content):
    assert build_briefing(facts) == content


def test_fonts_are_named_with_others_in_their_place_and_none_is_embedded(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        fonts = archive.read("word/fontTable.xml").decode()
        names = archive.namelist()
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="FangSong,仿宋"/>' in fonts
    assert not [name for name in names if "fonts/" in name or name.endswith(".jpeg")]


def test_every_part_that_is_referred_to_is_there(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        for rels in (name for name in names if name.endswith(".rels")):
            folder = rels.replace("_rels/", "").rpartition("/")[0]
            for target in re.findall(r'Target="([^"]+)"(?![^>]*External)', archive.read(rels).decode()):
                path = target.lstrip("/") if target.startswith("/") else "/".join(filter(None, [folder, target]))
                while "/../" in path:
                    path = re.sub(r"[^/]+/\.\./", "", path, count=1)
                assert path.removeprefix("../") in names, (rels, target)


@pytest.mark.django_db
def test_the_tables_are_named_below_the_text(plan, lead, period):
    lines = [paragraph.text for paragraph in compose(snapshot_of(plan), {}, OFFICE).paragraphs]
    assert lines[-4:-2] == ["附件：1.各单位进展情况表", "　　　2.任务进展情况一览表"]
