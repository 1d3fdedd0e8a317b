"""One section; the agencies, and one agency with what it leads, what it assists with, and what it reported."""

import re

import pytest

from agencies.models import Agency
from tests.support.factories import (
    ASSIST,
    SENT_BACK,
    accepted_report,
    file_report,
    make_agency,
    make_assignment,
    make_indicator,
    moment,
    review,
    withdraw,
)

PLAN = "/plans/2016-76/"


def agency_url(plan, agency):
    return f"/plans/{plan.slug}/agencies/{agency.pk}/"


# ── one section ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_section_shows_its_own_items_and_matrix(demo_leader):
    page = demo_leader.get(f"{PLAN}sections/2/")
    assert page.title == "二、夯实质量品牌升级基础"
    items = page.all("//tr[starts-with(@id, 'item-')]/@id")
    assert items == [f"item-{number}" for number in range(7, 12)]
    assert len(page.all("//table[@class='matrix']//a[starts-with(@class, 'cell')]")) == 19
    assert "本部分5项任务中" in page.text("//p[@class='lede']")


def test_its_figures_are_those_of_the_dashboard(demo_leader):
    [_, _, percent, expected, gap] = demo_leader.get(PLAN).rows("//table[@class='bars big']/tbody/tr")[2]
    lede = demo_leader.get(f"{PLAN}sections/2/").text("//p[@class='lede']")
    assert f"进度 {percent}，序时进度 {expected}，相差 {gap} 个百分点" in lede


def test_a_section_that_the_plan_has_not_is_not_found(demo_leader):
    demo_leader.get(f"{PLAN}sections/4/", 404)


# ── the list of agencies ─────────────────────────────────────────────────────────────────────────────────────────


def all_rows(visitor, url):
    rows = []
    while url:
        page = visitor.get(url)
        rows += page.rows("//main//tbody/tr")
        url = next((link.url for link in page.links() if link.text == "下一页"), None)
    return rows


def test_agencies_stand_in_the_order_of_the_notice_and_lead_and_assist_add_up(demo_leader):
    rows = all_rows(demo_leader, f"{PLAN}agencies/")
    assert [row[0] for row in rows] == list(Agency.objects.values_list("name", flat=True))
    leads, assists = ([int(re.sub(r"\D", "", row[n]) or 0) for row in rows] for n in (1, 2))
    assert (sum(leads), sum(assists)) == (79, 90)


def test_by_lateness_the_most_overdue_come_first(demo_leader):
    rows = all_rows(demo_leader, f"{PLAN}agencies/?sort=late")
    ranks = [tuple(int(re.sub(r"\D", "", row[n]) or 0) for n in (3, 4, 10)) for row in rows]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[0][0] == 1


def test_a_plan_without_agencies_says_so(as_leader, plan):
    assert "没有单位承担" in as_leader.get(f"/plans/{plan.slug}/agencies/").main


# ── one agency ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_agency_s_leads_are_listed_worst_first_and_assisting_ones_apart(demo_leader):
    page = demo_leader.get(f"{PLAN}agencies/{Agency.objects.get(name='省商务厅').pk}/")
    lights = [row[2] for row in page.rows("//section[.//h2='负责任务']//tbody/tr")]
    order = ["红 逾期", "黄 滞后", "蓝 临期", "绿 正常"]
    assert lights == sorted(lights, key=order.index)
    assert lights.count("黄 滞后") == 3
    assert "其中 3项滞后" in page.text("//p[@class='lede']")
    assert len(page.all("//section[.//h2='协助任务']//li")) == 4


def test_its_reports_are_listed_newest_first(demo_leader):
    page = demo_leader.get(f"{PLAN}agencies/{Agency.objects.get(name='省商务厅').pk}/")
    days = [row[2] for row in page.rows("//section[.//h2='报告']//tbody/tr")]
    assert days == sorted(days, reverse=True)
    assert len(days) > 5


def test_its_indicators_are_those_that_it_reads(as_leader, plan, lead):
    brands, other = make_indicator(lead.item, "安徽名牌"), make_indicator(lead.item, "驰名商标")
    accepted_report(lead, 40, at=moment("2016-09-21"), readings={brands: 68})
    colleague = make_assignment(lead.item, make_agency("省林业厅"))
    accepted_report(colleague, 40, at=moment("2016-09-21"), readings={other: 3})
    page = as_leader.get(agency_url(plan, lead.agency) + "?as_of=2016-09-30")
    assert re.findall("安徽名牌|驰名商标", page.text("//section[.//h2='量化指标']")) == ["安徽名牌"]


def test_an_agency_that_only_assists_has_a_page_too(as_leader, plan, item, assisting_agency):
    make_assignment(item, assisting_agency, ASSIST)
    page = as_leader.get(agency_url(plan, assisting_agency))
    assert "合肥海关没有负责任务" in page.main
    assert "负责0项 · 协助1项" in page.main


def test_an_agency_without_a_part_in_the_plan_is_not_found_there(as_leader, plan, lead, other_agency):
    as_leader.get(agency_url(plan, other_agency), 404)
    as_leader.get(agency_url(plan, other_agency).replace(str(other_agency.pk), "99999999999999999999"), 404)


def test_an_agency_whose_part_was_withdrawn_keeps_its_page(as_leader, plan, lead):
    accepted_report(lead, 40, at=moment("2016-07-12"))
    withdraw(lead, at=moment("2016-08-01"))
    page = as_leader.get(agency_url(plan, lead.agency))
    assert "没有负责任务" in page.main
    assert "已完成40%。" in page.main


@pytest.fixture
def filed(lead, assist, period):
    """What 省商务厅 filed: one accepted, one sent back, one that waits."""
    accepted_report(lead, 30, at=moment("2016-07-12"), period="2016Q2", progress="通过的文字")
    review(file_report(lead, 40, at=moment("2016-09-21"), progress="退回的文字"), SENT_BACK, comment="内部意见")
    file_report(lead, 45, at=moment("2016-09-22"), progress="待审的文字")


def test_what_is_not_accepted_is_for_the_agency_and_for_those_who_oversee_it(
    visitor, plan, lead, filed, lead_liaison, approver, coordinator, leader, assisting_liaison, other_liaison
):
    texts = ("通过的文字", "退回的文字", "待审的文字", "内部意见")
    for seen, people in (
        (texts, (lead_liaison, approver, coordinator, leader)),
        (("通过的文字",), (assisting_liaison, other_liaison)),
    ):
        for person in people:
            page = visitor(person).get(agency_url(plan, lead.agency))
            assert tuple(text for text in texts if text in page.main) == seen, person


def test_reports_beyond_the_first_page_are_on_the_next(as_leader, plan, lead):
    for n in range(22):
        accepted_report(lead, n, at=moment(f"2016-08-{n + 1:02} 10:00"), progress=f"第{n}次")
    page = as_leader.get(agency_url(plan, lead.agency) + "?as_of=2016-09-30")
    assert len(page.rows("//section[.//h2='报告']//tbody/tr")) == 20
    rest = as_leader.get(page.link("下一页").url)
    assert [row[4] for row in rest.rows("//section[.//h2='报告']//tbody/tr")] == ["第1次", "第0次"]
