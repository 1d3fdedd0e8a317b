"""The leadership's first screen, what is new since a look, ranking and trend, and the wall of the meeting room."""

from datetime import date

import pytest

from reports.dashboard.overview import Overview
from reports.dashboard.ranking import ranking
from reports.leading.looks import look
from reports.models import LastLook
from tasks.models import LightChange, WeightRevision
from tasks.rules.asof import AsOf
from tests.support.factories import (
    accepted_report,
    close,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    moment,
)

TODAY = date(2016, 10, 12)


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = TODAY


def test_a_leader_is_led_to_a_dashboard_that_answers_in_one_look(as_leader, plan, lead, period):
    page = as_leader.get("/", follow=True)
    assert "单位排名" in page.text()
    assert page.all(f"//div[@id='news']//a[@href='/plans/{plan.slug}/news/']")


def test_by_keyboard_the_files_are_reached_from_the_top(as_leader, as_coordinator, plan, lead, period):
    url = plan.get_absolute_url()
    assert as_leader.get(url).all("//body//a/@href")[:2] == ["#main", "#files"]
    assert len(as_leader.get(url).all("//*[@id='files']")) == 1  # the way to them, until they have come
    assert as_leader.get(f"{url}news/").text("//*[@id='files']//h2") == "季度文件"
    assert not as_coordinator.get(url).all("//a[@href='#files']")


def test_others_and_past_days_have_the_dashboard_as_it_was(as_leader, as_coordinator, plan, lead, period):
    url = plan.get_absolute_url()
    assert "单位排名" not in as_coordinator.get(url).text()
    assert "单位排名" not in as_leader.get(f"{url}?as_of=2016-10-01").text()
    assert "近两周变化" in as_coordinator.get(url).text()


def test_a_look_is_remembered_by_days_and_stays_for_the_day(leader, plan):
    assert look(leader, plan, date(2016, 10, 1)) is None
    assert look(leader, plan, date(2016, 10, 1)) is None
    assert look(leader, plan, date(2016, 10, 9)) == date(2016, 10, 1)
    assert look(leader, plan, date(2016, 10, 9)) == date(2016, 10, 1)
    assert look(leader, plan, TODAY) == date(2016, 10, 9)
    assert LastLook.objects.count() == 1


def test_what_is_new_is_net_of_what_went_to_and_fro(as_leader, plan, lead, period, leader):
    LastLook.objects.create(user=leader, plan=plan, day=date(2016, 10, 3))
    item, steady = lead.item, make_item(plan)
    make_assignment(steady, make_agency())
    now = {row.pk: row.light for row in Overview(plan, AsOf(TODAY, TODAY)).items}
    for subject, day, previous, light in (
        (item, date(2016, 10, 4), "green", "yellow"),
        (item, date(2016, 10, 6), "yellow", now[item.pk]),
        (steady, date(2016, 10, 5), now[steady.pk], "yellow"),
        (steady, date(2016, 10, 7), "yellow", now[steady.pk]),
        (steady, date(2016, 10, 1), "red", now[steady.pk]),
    ):
        LightChange.objects.create(item=subject, day=day, previous=previous, light=light, reason="因")
    accepted_report(lead, percent=60, at=moment("2016-10-05"))
    page = as_leader.get(f"/plans/{plan.slug}/news/")
    assert "10月3日以来" in page.text()
    assert "您上次查看" in page.text()
    named = [link.get("href") for link in page.all("//ul[@class='list']//a")]
    assert named == ([f"/plans/{plan.slug}/items/{item.number}/"] if now[item.pk] != "green" else [])
    assert "通过1份" in page.text()


def test_who_looks_first_is_told_of_two_weeks(as_leader, plan, lead, period):
    page = as_leader.get(f"/plans/{plan.slug}/news/")
    assert "9月28日以来" in page.text()
    assert "首次查看" in page.text()


def test_the_ranking_goes_by_the_distance_to_what_is_expected_and_shares_places(plan, lead, period):
    good, same = (make_assignment(make_item(plan), make_agency()) for _ in range(2))
    for part in (good, same):
        accepted_report(part, percent=90, at=moment("2016-10-05"))
    rows = ranking(Overview(plan, AsOf(TODAY, TODAY)))
    assert [(row.place, row.row.agency.pk) for row in rows] == [
        *((1, good.agency_id), (1, same.agency_id), (3, lead.agency_id)),
    ]


def test_the_trend_says_what_the_overview_of_that_day_said(plan, lead):
    """Weights, ended and suspended parts included: the figures are those that the page of that day shows."""
    closed = make_period(plan, "2016Q2")
    make_period(plan, "2016Q3")
    second = make_assignment(lead.item, make_agency())
    gone = make_assignment(make_item(plan), make_agency())
    WeightRevision.objects.create(assignment=second, weight=3, reason="牵头", recorded_at=moment("2016-07-01"))
    accepted_report(lead, percent=40, at=moment("2016-07-05"), period="2016Q2")
    accepted_report(second, percent=80, at=moment("2016-07-06"), period="2016Q2")
    close(gone, at=moment("2016-07-07"), kind="suspended")
    accepted_report(lead, percent=90, at=moment("2016-10-05"))
    now = Overview(plan, AsOf(TODAY, TODAY))
    then = Overview(plan, AsOf(closed.due_on, TODAY))
    assert [period.code for period in now.trend.periods] == ["2016Q2"]
    for row in then.agency_rows:
        wanted = row.total.percent if row.total.counted else None
        assert now.trend.of_agency(row.agency.pk) == [wanted], row.agency
    for row in then.sections:
        wanted = row.total.percent if row.total.counted else None
        assert now.trend.of_section(row.section.number) == [pytest.approx(wanted) if wanted is not None else None]
    (moved,) = (rank.moved for rank in ranking(now) if rank.row.agency.pk == lead.agency_id)
    assert moved == 50


def test_ranking_and_trend_are_for_any_day(as_other, plan, lead, period):
    url = f"/plans/{plan.slug}/ranking/"
    assert "各部分走势" in as_other.get(url).text()
    assert str(lead.agency) in as_other.get(f"{url}?as_of=2016-09-01").text()


def test_one_day_alone_is_no_course_and_is_not_drawn(as_other, plan, lead):
    make_period(plan, "2016Q2")
    accepted_report(lead, percent=40, at=moment("2016-07-05"), period="2016Q2")
    url = f"/plans/{plan.slug}/ranking/"
    drawn = "//main//svg[contains(@class, 'trend')] | //main//td[@class='spark']"
    assert as_other.get(url).all(drawn)
    before = as_other.get(f"{url}?as_of=2016-06-20")
    assert str(lead.agency) in before.text()
    assert not before.all(drawn)


def test_the_wall_turns_by_itself_and_can_be_stopped(as_leader, plan, lead, period):
    url = f"/plans/{plan.slug}/wall/"
    page = as_leader.get(url)
    assert page.one("//meta[@http-equiv='refresh']").get("content") == "20;url=?screen=2"
    assert not page.all("//script")
    still = as_leader.get(f"{url}?screen=2&still=1")
    assert not still.all("//meta[@http-equiv='refresh']")
    as_leader.get(f"{url}?screen=0", 404)
    as_leader.get(f"{url}?screen=99", 404)


def test_the_last_screen_leads_to_the_first(as_leader, plan, lead, period):
    url = f"/plans/{plan.slug}/wall/"
    last = len(as_leader.get(url).all("//footer//a[not(contains(text(), '页')) and not(contains(text(), '大屏'))]"))
    assert as_leader.get(f"{url}?screen={last}").one("//meta[@http-equiv='refresh']").get("content") == (
        "20;url=?screen=1"
    )


def test_a_day_of_the_past_stays_on_the_wall(as_leader, plan, lead, period):
    page = as_leader.get(f"/plans/{plan.slug}/wall/?as_of=2016-10-01")
    assert page.one("//meta[@http-equiv='refresh']").get("content") == "20;url=?screen=2&as_of=2016-10-01"
