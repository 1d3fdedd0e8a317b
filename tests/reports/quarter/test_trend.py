"""部分走势 and 单位排名 in the quarter's facts and workbook, with native charts that read the sheets' own cells."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from qa_plan.clock import end_of
from reports.quarter import Definition, take_snapshot
from reports.quarter.book import build_workbook
from reports.quarter.canonical import canonical, restore
from tests.support.factories import accepted_report, make_agency, make_assignment, make_item, make_period, moment

pytestmark = pytest.mark.django_db
DAY = date(2016, 10, 12)


@pytest.fixture
def snapshot(plan, lead):
    make_period(plan, "2016Q2")
    make_period(plan, "2016Q3")
    accepted_report(lead, percent=40, at=moment("2016-07-05"), period="2016Q2")
    accepted_report(lead, percent=70, at=moment("2016-10-05"))
    behind = make_assignment(make_item(plan), make_agency("省林业厅"))
    accepted_report(behind, percent=10, at=moment("2016-10-06"))
    return take_snapshot(Definition((plan.slug,), "2016Q3", end_of(DAY)))


def rows_of(snapshot, name):
    sheet = load_workbook(BytesIO(build_workbook(snapshot)))[name]
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    names = [str(cell or "").split("\n")[0] for cell in head]
    return sheet, [dict(zip(names, row, strict=True)) for row in rows if row[0] is not None]


def test_the_facts_have_each_close_and_survive_the_canonical_text(snapshot, lead):
    points = {(row.kind, row.key): row.percent for row in snapshot.plans[0].trend}
    assert points["agency", lead.agency_id] == 40
    assert points["section", lead.item.section.number] == 20
    assert {row.closed_on for row in snapshot.plans[0].trend} == {date(2016, 7, 15)}
    assert restore(canonical(snapshot)) == snapshot


def test_agencies_are_ranked_with_their_course(snapshot, lead):
    sheet, rows = rows_of(snapshot, "单位排名")
    assert [(row["名次"], row["单位"]) for row in rows[:2]] == [(1, str(lead.agency)), (2, "省林业厅")]
    assert (rows[0]["2016年二季度"], rows[0]["现进度"], rows[0]["较上期"]) == (0.4, 0.7, 30)
    (chart,) = sheet._charts
    assert chart.type == "bar"


def test_sections_have_a_line_each_over_the_periods(snapshot):
    sheet, rows = rows_of(snapshot, "部分走势")
    assert rows[0]["现进度"] == 0.4
    (chart,) = sheet._charts
    assert chart.tagname == "lineChart"
    (line,) = chart.series
    assert line.val.numRef.f == "'部分走势'!$B$4:$C$4"
    assert line.cat.strRef.f == "'部分走势'!$B$3:$C$3"
    assert [point.v for point in line.val.numRef.numCache.pt] == [0.2, 0.4]
    assert line.marker.symbol == "circle"


def test_the_same_facts_give_the_same_bytes(snapshot):
    assert build_workbook(snapshot) == build_workbook(restore(canonical(snapshot)))
