"""市县落实 in the quarter's facts, workbook, briefing and on the one page: only where offices lie below."""

from datetime import date
from io import BytesIO

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from qa_plan.clock import end_of
from reports.briefing import compose
from reports.packages.onepage import OnePage
from reports.quarter import Definition, Filters, canonical, restore, take_snapshot
from reports.quarter.book import build_workbook
from reports.quarter.book.checks import ALL_SAME, SAME
from tasks.models import Assignment, Plan
from tests.support.factories import (
    accepted_report,
    close,
    correspond,
    file_report,
    make_agency,
    make_assignment,
    make_item,
    make_local_plan,
    make_milestone,
    make_office,
    make_period,
    milestone_done,
    moment,
)

pytestmark = pytest.mark.django_db
DAY = date(2016, 10, 12)
SEPTEMBER = moment("2016-09-30 10:00")


def taken(plan, **fields):
    return take_snapshot(Definition((plan.slug,), "2016Q3", end_of(DAY), **fields))


@pytest.fixture
def cities(plan, item, lead, period):
    """合肥 carries out the first of two items by two of its own, one of which has two leads; 亳州 has no plan."""
    make_assignment(make_item(section=item.section, title="严打违法行为"))
    hefei, _ = make_office("合肥市", code="340100"), make_office("亳州市", code="341600")
    local = make_local_plan(plan, hefei, document_number="合政办〔2016〕9号")
    make_period(local, "2016Q3")
    first, second, added = (make_item(local, title=title) for title in ("培育品牌", "建设园区", "举办论坛"))
    for percent in (33, 40, 60):
        part = make_assignment(first, make_agency(f"合肥市第{percent}局"))
        accepted_report(part, percent, at=SEPTEMBER, progress=f"已完成{percent}%。")
    milestone = make_milestone(first, on=date(2016, 9, 30))
    milestone_done(milestone, part, at=SEPTEMBER, on=date(2016, 9, 30))
    file_report(make_assignment(second), 80, at=SEPTEMBER)
    make_assignment(added)
    for each in (first, second):
        correspond(each, item)
    correspond(added)
    make_local_plan(local, make_office("肥东县", parent=hefei))
    return hefei


def sheet_of(book, name):
    head, *rows = [[cell.value for cell in row] for row in book[name].iter_rows(min_row=3)]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_where_no_office_lies_below_neither_facts_nor_files_know_of_any(plan, item, lead, period):
    snapshot = taken(plan)
    assert b"local" not in canonical(snapshot)
    book = load_workbook(BytesIO(build_workbook(snapshot)))
    assert not [name for name in book.sheetnames if "市县" in name]
    assert "市县" not in "".join(paragraph.text for paragraph in compose(snapshot, {}, "办公室").paragraphs)
    assert OnePage(snapshot.plans[0], None).local == ""


def test_the_facts_hold_what_was_known_and_survive_the_canonical_text(plan, cities):
    snapshot = taken(plan)
    hefei, bozhou = snapshot.plans[0].local
    assert (hefei.asked, hefei.covered, hefei.lacking, hefei.items, hefei.counties) == (2, 1, (2,), 3, 1)
    assert (hefei.percent, hefei.owed, hefei.filed, hefei.kept) == (pytest.approx(133 / 9, abs=1e-6), 5, 4, 1)
    assert (bozhou.is_issued, bozhou.percent, bozhou.gap) == (False, None, None)
    assert restore(canonical(snapshot)) == snapshot


def test_a_part_of_a_plan_says_nothing_of_its_cities(plan, cities, lead):
    assert taken(plan, filters=Filters(agencies=(lead.agency_id,))).plans[0].local == ()


def test_the_workbook_has_a_sheet_of_the_offices_and_one_of_what_each_does(plan, cities):
    book = load_workbook(BytesIO(build_workbook(taken(plan))))
    hefei, bozhou, total = sheet_of(book, "市县落实")
    assert (hefei["市县"], hefei["发文字号"], hefei["覆盖"], hefei["空缺"]) == ("合肥市", "合政办〔2016〕9号", 1, 1)
    assert (hefei["进度"], hefei["写明时限"], hefei["按期完成"], hefei["已报"]) == (0.148, 0, 1, 4)
    assert hefei["空缺的任务"].endswith("严打违法行为")
    assert (bozhou["发文字号"], bozhou["覆盖"], bozhou["进度"], bozhou["县区"]) == ("未印发", None, None, "不设")
    assert (total["市县"], total["空缺"], total["县区已印发"]) == ("合计", 1, 1)
    rows = sheet_of(book, "市县明细")
    assert [(row["市县"], row["序号"], row["情况"], row["本地任务"]) for row in rows] == [
        ("合肥市", 1, "已列", "（1）培育品牌"),
        ("合肥市", 1, "已列", "（2）建设园区"),
        ("合肥市", 2, "方案未列", None),
        ("合肥市", None, "本地增加", "（3）举办论坛"),
        ("亳州市", None, "未印发", None),
    ]
    assert (rows[0]["进度"], rows[0]["最近进展"], rows[0]["报送单位"]) == (0.44, "已完成60%。", "合肥市第60局")
    assert rows[1]["进度"] == "尚无通过的报告"
    assert [(row["到期节点"], row["按期完成"]) for row in rows[:3]] == [(1, 1), (0, 0), (None, None)]


def test_every_figure_of_the_offices_is_added_up_again_from_the_rows(plan, cities):
    content = build_workbook(taken(plan))
    *lines, verdict = [
        row for row in sheet_of(load_workbook(BytesIO(content), data_only=True), "校核") if row.get("结论")
    ]
    by_subject = {row["重新计算"]: row for row in lines}
    hefei, total = by_subject["合肥市"], by_subject["“市县落实”合计"]
    assert (hefei["结论"], total["结论"], verdict["结论"]) == (SAME, SAME, ALL_SAME)
    assert (hefei["任务"], hefei["进度"], hefei["覆盖"], hefei["空缺"]) == (3, 0.148, 1, 1)
    assert (hefei["到期节点"], hefei["按期完成"]) == (1, 1)
    assert (total["应报"], total["已报"], total["到期节点"], total["按期完成"]) == (5, 4, 1, 1)
    formulas = sheet_of(load_workbook(BytesIO(content)), "校核")
    [line] = [row for row in formulas if row["重新计算"] == "合肥市"]
    assert line["覆盖"].startswith("=COUNTIFS('市县明细'!")
    assert line["进度"].startswith("=ROUND(ROUND(SUMIFS('市县明细'!")
    assert line["按期完成"].startswith("=SUMIFS('市县明细'!")


def test_a_light_that_only_some_city_shows_has_its_column_of_checks(plan, cities):
    close(Assignment.objects.get(item__title="举办论坛"), "cancelled", at=SEPTEMBER)
    book = load_workbook(BytesIO(build_workbook(taken(plan))), data_only=True)
    [hefei] = [row for row in sheet_of(book, "校核") if row["重新计算"] == "合肥市"]
    assert (hefei["灰\n已撤销"], hefei["结论"]) == (1, SAME)


def test_the_briefing_says_it_in_fields_and_the_one_page_in_a_line(plan, cities):
    snapshot = taken(plan)
    told = {paragraph.key: paragraph for paragraph in compose(snapshot, {}, "办公室").paragraphs if paragraph.key}
    sentence = (
        "2个市中，1个已印发本地方案，亳州市未印发；已印发的方案平均覆盖1项（应覆盖2项），空缺1处。"
        "县（市、区）应印发1个，已印发1个。"
    )
    assert told["p1.local"].text == sentence
    assert OnePage(snapshot.plans[0], None).local == (
        "市县落实：2个市中1个已印发本地方案；已印发的方案平均覆盖1项（应覆盖2项），空缺1处。"
    )
    assert told["p1.local_standing"].text == (
        "各地方案共列3项任务，写明时限的占0%，设有节点的占33%，到期节点1个、按期完成1个；平均进度14.8%，平均序时进度63.8%；"
        "0项逾期、0项滞后；最近一期应报5份、已报4份。本地进展不计入以上各数。"
    )
    assert told["p1.local_gaps"].text.endswith("严打违法行为（合肥市）。")
    assert told["p1.local"].figures["未印发市县"] == "亳州市"


def test_a_plan_without_an_accepted_report_reads_none_yet_and_is_not_compared(plan, item, lead, period):
    fuyang = make_local_plan(plan, make_office("阜阳市", code="341200"), document_number="阜政办〔2016〕3号")
    make_period(fuyang, "2016Q3")
    file_report(make_assignment(make_item(fuyang)), 50, at=SEPTEMBER)
    snapshot = restore(canonical(taken(plan)))
    book = load_workbook(BytesIO(build_workbook(snapshot)), data_only=True)
    [line, _] = sheet_of(book, "市县落实")
    assert (line["进度"], line["序时"], line["较序时"]) == ("尚无", 0.638, None)
    [checks] = [row for row in sheet_of(book, "校核") if row["重新计算"] == "阜阳市"]
    assert (checks["任务"], checks["进度"], checks["结论"]) == (1, None, SAME)
    told = {paragraph.key: paragraph.text for paragraph in compose(snapshot, {}, "办公室").paragraphs if paragraph.key}
    assert "；尚无通过的报告，平均序时进度63.8%；" in told["p1.local_standing"]


def test_one_office_alone_is_named_and_not_counted(plan, cities):
    local = Plan.objects.get(parent=plan)
    make_assignment(make_item(local, title="又一项"))
    snapshot = taken(local)
    told = {paragraph.key: paragraph.text for paragraph in compose(snapshot, {}, "办公室").paragraphs if paragraph.key}
    assert told["p1.local"].startswith("肥东县已印发本地方案；覆盖0项（应覆盖")
    assert OnePage(snapshot.plans[0], None).local.startswith("县区落实：肥东县已印发本地方案；覆盖0项")


def test_where_none_has_issued_a_plan_the_briefing_says_that_and_no_more(plan, item, lead, period):
    for area in ("合肥市", "亳州市"):
        make_office(area)
    snapshot = taken(plan)
    told = {paragraph.key: paragraph.text for paragraph in compose(snapshot, {}, "办公室").paragraphs if paragraph.key}
    assert told["p1.local"] == "2个市均未印发本地方案。"
    assert OnePage(snapshot.plans[0], None).local == "市县落实：2个市均未印发本地方案。"


def test_the_offices_stand_on_one_page_of_paper_side_by_side(plan, cities):
    sheet = load_workbook(BytesIO(build_workbook(taken(plan))))["市县落实"]
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.orientation) == (1, "landscape")


def test_the_commands_mean_the_own_plan_whatever_was_issued_below_since(plan, item, lead, cities, tmp_path, settings):
    settings.QA_PLAN_TODAY = DAY
    local = Plan.objects.get(office=cities)
    Plan.objects.filter(pk=local.pk).update(issued_on=date(2016, 9, 1))
    call_command("build_report", period="2016Q3", out=tmp_path / "q.xlsx")
    assert "市县落实" in load_workbook(tmp_path / "q.xlsx").sheetnames
    for name in (lead.agency.name, "合肥市第33局"):
        call_command("build_fill_in", agency=name, period="2016Q3", out=tmp_path / "f.xlsx")
        assert (tmp_path / "f.xlsx").exists()
        (tmp_path / "f.xlsx").unlink()
