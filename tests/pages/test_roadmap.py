"""路线图: a plan's milestones and due dates over its months, as of any day; and what a notice's deadlines propose."""

import re
from datetime import date

import pytest

from tasks.models import Milestone
from tests.support.factories import (
    close,
    make_assignment,
    make_item,
    make_measure,
    make_milestone,
    make_section,
    milestone_done,
    moment,
    move_to,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def road(plan, lead):
    """Four milestones of an item: late, near, planned and moved, and one that was reported done."""
    make_milestone(lead.item, "出口计划", on=date(2016, 9, 20))
    make_milestone(lead.item, "中期验收", on=date(2016, 10, 26))
    moved = make_milestone(lead.item, "现场考评", on=date(2016, 10, 20))
    move_to(moved, date(2016, 11, 10), at=moment("2016-09-14"))
    done = make_milestone(lead.item, "细则修订", on=date(2016, 7, 15))
    milestone_done(done, lead, at=moment("2016-07-14"), on=date(2016, 7, 13))
    return f"/plans/{plan.slug}/roadmap/"


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_the_first_sentence_counts_by_state_and_every_count_opens(as_leader, road):
    page = text(as_leader.client.get(road))
    assert "4个节点中" in page
    for state, words in (("late", "1个逾期未完成"), ("soon", "1个临近"), ("waiting", "1个已完成待确认")):
        assert f'<a href="?state={state}">{words}</a>' in page
    assert '<a href="?moved=on">1个改过期</a>' in page


def test_a_lane_has_its_marks_at_their_days_and_says_them(as_leader, road):
    page = text(as_leader.client.get(road))
    assert 'aria-label="（1）07-15 细则修订 已完成待确认；09-20 出口计划 逾期未完成，逾期22天；' in page
    assert "原定10-20" in page
    assert '<circle class="mk-old" r="5"/>' in page


def test_years_are_named_where_the_months_are_of_more_than_one(as_leader, road, plan):
    make_assignment(make_item(plan, due_on=date(2017, 6, 30)))
    make_assignment(far := make_item(plan, due_on=date(2019, 3, 31)))
    make_milestone(far, "终期评估", on=date(2019, 2, 1))
    page = text(as_leader.client.get(road))
    for year in ("2016年", "2017年", "2018年"):
        assert page.count(f'<text class="year" x="6" y="29">{year}</text>') == 1
    assert "时限2017-06-30" in page
    assert '<text class="beyond at-e" x="100%" dx="-12" y="11">→ 2019-03-31</text>' in page  # the months end before it
    assert "→ 2019-02-01 终期评估" in page
    assert "；时限2019-03-31" in page
    assert "今天 10-12" in page
    assert plan.name in page.split("<h1>")[0].split('<div class="plan">')[1]


def test_a_day_after_the_last_month_is_named_at_the_edge(as_leader, road, settings):
    settings.QA_PLAN_TODAY = date(2017, 3, 1)
    page = text(as_leader.client.get(road))
    assert "今天 → 2017-03-01" in re.sub(r"\s+", " ", page)
    assert "时限2016-12-31" in page


def test_on_a_past_day_it_is_as_it_was(as_leader, road):
    page = text(as_leader.client.get(f"{road}?as_of=2016-09-13"))
    assert "改过期" not in page
    assert "出口计划 临近，还有7天" in page
    assert "截至 09-13" in page


def test_filters_narrow_it(as_leader, road, plan, lead):
    other = make_item(plan, section=make_section(plan))
    make_assignment(other)
    make_milestone(other, "年度评估", on=date(2016, 12, 20))
    assert "年度评估" in text(as_leader.client.get(road))
    for query in ("state=late", "section=1", f"agency={lead.agency_id}", "moved=on"):
        assert "年度评估" not in text(as_leader.client.get(f"{road}?{query}"))
    assert "出口计划" not in text(as_leader.client.get(f"{road}?moved=on"))
    assert "没有符合条件的任务和节点" in text(as_leader.client.get(f"{road}?state=withdrawn"))


def test_an_agencys_roadmap_has_the_milestones_it_answers_for(as_leader, road, plan, lead, assist):
    make_milestone(lead.item, "通关便利", on=date(2016, 12, 1), agency=assist.agency)
    theirs = text(as_leader.client.get(f"{road}?agency={assist.agency_id}"))
    assert "通关便利" in theirs
    assert "出口计划" not in theirs  # names nobody: the leads answer, whoever else has a part
    assert "任务1" in theirs
    ours = text(as_leader.client.get(f"{road}?agency={lead.agency_id}"))
    assert "出口计划" in ours
    assert "通关便利" not in ours
    close(lead, at=moment("2016-10-10"))
    close(assist, at=moment("2016-10-10"))
    assert "出口计划" in text(as_leader.client.get(f"{road}?agency={lead.agency_id}"))


def test_what_makes_no_sense_in_the_address_is_left_out(as_leader, road):
    assert "出口计划" in text(as_leader.client.get(f"{road}?state=purple&section=x&agency=999999&page=abc"))


def test_a_plan_without_milestones_shows_its_due_dates(as_leader, plan, lead):
    assert "尚未设置节点；图上只有各项任务的完成时限" in text(as_leader.client.get(f"/plans/{plan.slug}/roadmap/"))


def test_what_the_notice_dates_is_proposed_and_planned_in_one_deed(as_coordinator, plan, lead):
    for number, due_on in enumerate((date(2016, 6, 30), date(2016, 9, 30)), 1):
        measure = make_measure(lead.item, f"完成第{number}批审查。")
        measure.due_on, measure.due_words, measure.due_start = due_on, f"{due_on.month}月底前", number
        measure.save()
    url = f"/plans/{plan.slug}/roadmap/propose/"
    page = text(as_coordinator.client.get(url))
    assert page.count("checked") == 2
    first = lead.item.measures.first()
    for _ in range(2):  # sent twice is one deed
        response = as_coordinator.client.post(url, {"proposal": [f"m{first.pk}-20160630"]}, follow=True)
        assert "已按公文时限新增1个节点" in text(response)
    made = Milestone.objects.get()
    assert (made.name, made.measure, made.plans.get().reason) == ("完成第1批审查", first, "公文载明“6月底前”")
    assert text(as_coordinator.client.get(url)).count('name="proposal"') == 1  # what is planned is not proposed again


def test_nothing_ticked_is_said(as_coordinator, plan, lead):
    response = as_coordinator.client.post(f"/plans/{plan.slug}/roadmap/propose/")
    assert response.status_code == 422
    assert "请选择要新增的节点。" in response.content.decode()
