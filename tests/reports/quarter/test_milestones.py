"""节点 in the quarter's facts and workbook."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from qa_plan.clock import end_of
from reports.quarter import Definition, take_snapshot
from reports.quarter.book import build_workbook
from reports.quarter.canonical import canonical, restore
from tasks.models import MilestoneWithdrawal
from tests.support.factories import make_milestone, milestone_done, moment, move_to

pytestmark = pytest.mark.django_db
DAY = date(2016, 10, 12)


@pytest.fixture
def snapshot(plan, item, lead, period):
    moved = make_milestone(item, "现场考评", on=date(2016, 9, 20))
    move_to(moved, date(2016, 9, 30), at=moment("2016-09-01"))
    done = make_milestone(item, "细则修订", on=date(2016, 7, 15))
    milestone_done(done, lead, at=moment("2016-07-20"), on=date(2016, 7, 20))
    gone = make_milestone(item, "论坛", on=date(2016, 11, 1))
    MilestoneWithdrawal.objects.create(milestone=gone, reason="合并", recorded_at=moment("2016-08-01"))
    return take_snapshot(Definition((plan.slug,), "2016Q3", end_of(DAY)))


def test_the_facts_have_those_in_force_with_their_places_and_survive_the_canonical_text(snapshot):
    done, moved = snapshot.plans[0].milestones
    assert (done.name, done.state_word, done.done_on, done.tail) == (
        *("细则修订", "已完成待确认", date(2016, 7, 20), "晚5天"),
    )
    assert (moved.former, moved.planned_on, moved.reason) == (*((date(2016, 9, 20),), date(2016, 9, 30), "汛期顺延"),)
    assert restore(canonical(snapshot)) == snapshot


def test_the_workbook_lists_them_with_the_old_place_beside_the_new(snapshot):
    sheet = load_workbook(BytesIO(build_workbook(snapshot)))["节点"]
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    lines = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(line["节点"], line["状态"], line["迟早"]) for line in lines] == [
        ("细则修订", "◎ 已完成待确认", "晚5天"),
        ("现场考评", "■ 逾期未完成", "逾期12天"),
    ]
    assert (lines[1]["原定日期"], lines[1]["改期原因"], lines[1]["责任单位"]) == (
        *("2016-09-20", "汛期顺延", "各负责单位"),
    )
    assert "2个：逾期未完成1，已完成待确认1" in sheet["A2"].value


def test_a_plan_without_any_has_an_empty_sheet(plan, item, lead, period):
    snapshot = take_snapshot(Definition((plan.slug,), "2016Q3", end_of(DAY)))
    sheet = load_workbook(BytesIO(build_workbook(snapshot)))["节点"]
    assert sheet["A4"].value == "（无）"
    assert "尚未设置节点" in sheet["A2"].value
