"""报告期安排: a coordinator sees the periods to come, and changes them before they open."""

from datetime import date

import pytest

from agencies.models import Change
from tasks.models import PeriodRevision, ReportingPeriod
from tasks.workflow.daily import daily_round
from tests.support.factories import ASSIST, LEAD, lock, make_agency, make_assignment, make_item, make_plan, moment


@pytest.fixture(autouse=True)
def june(settings):
    settings.QA_PLAN_TODAY = date(2016, 6, 21)


@pytest.fixture
def plan(db):
    """Issued on 24 May 2016; its first period, the second quarter, is open."""
    plan = make_plan(imported_at=moment("2016-05-24 09:00"))
    make_item(plan)
    list(daily_round(date(2016, 6, 21)))
    return plan


@pytest.fixture
def url(plan):
    return f"/plans/{plan.slug}/periods/"


def revise_url(url, code):
    return f"{url}{code}/revise/"


def sent(page, **typed):
    return {**page.values(), **typed}


def test_the_page_lists_what_has_opened_and_what_is_to_come(as_coordinator, as_lead, url, plan):
    page = as_coordinator.get(url)
    assert [" ".join(row) for row in page.rows()] == [
        "2016年二季度 2016Q2 开放2016-06-20 截止2016-07-15 已开放",
        "2016年三季度 2016Q3 开放2016-09-20 截止2016-10-14 未开放 调整",
        "2016年四季度 2016Q4 开放2016-12-20 截止2017-01-13 未开放 调整",
    ]
    lock(plan.periods.get(), at=moment("2016-06-21 09:00"))
    assert as_coordinator.get(url).rows()[0][-1] == "已锁定"
    page = as_lead.get(url)
    assert len(page.rows()) == 3
    assert page.all("//main//form") == []


def test_a_period_to_come_gets_other_days_with_a_reason(as_coordinator, url, plan):
    page = as_coordinator.get(revise_url(url, "2016Q3"))
    typed = sent(page, opens_on="2016-09-26", due_on="2016-10-21", reason="国庆调休")
    page = as_coordinator.post_and_follow(revise_url(url, "2016Q3"), **typed)
    assert page.messages == ["2016年三季度：已调整，原因留存。"]
    assert page.rows()[1][1:3] == ["开放2016-09-26", "截止2016-10-21"]
    list(daily_round(date(2016, 9, 23)))
    assert not plan.periods.filter(code="2016Q3").exists()
    list(daily_round(date(2016, 9, 26)))
    period = plan.periods.get(code="2016Q3")
    assert (period.opens_on, period.due_on) == (date(2016, 9, 26), date(2016, 10, 21))
    as_coordinator.get(revise_url(url, "2016Q3"), 404)


def test_opened_by_hand_it_opens_at_once(as_coordinator, url, plan):
    page = as_coordinator.get(revise_url(url, "2016Q3"))
    typed = sent(page, opens_on="2016-06-21", due_on="2016-10-14", reason="提前部署")
    page = as_coordinator.post(revise_url(url, "2016Q3"), 200, **typed)
    as_coordinator.post(revise_url(url, "2016Q3"), 302, **page.values())
    assert plan.periods.get(code="2016Q3").opens_on == date(2016, 6, 21)


def test_before_it_opens_at_once_the_page_says_who_will_owe_and_who_has_no_account(
    as_coordinator, url, plan, lead_agency, lead_liaison, assisting_agency, other_agency
):
    for agency, role in ((lead_agency, LEAD), (assisting_agency, LEAD), (other_agency, ASSIST)):
        make_assignment(plan.items.get(), agency, role, at=plan.imported_at)
    typed = {"code": "2017Q1", "opens_on": "2016-06-21", "due_on": "2017-04-14", "reason": "提前"}
    page = as_coordinator.post(url, 200, **sent(as_coordinator.get(url), **typed))
    said = page.text("//section[@id='preview']")
    assert "2017年一季度即刻开放" in said
    assert "2家单位应报2份，2017年4月14日截止。" in said
    assert "1家还没有账号，不能填报：合肥海关。" in said
    assert not plan.periods.filter(code="2017Q1").exists()
    assert "与您刚才核对的不同" not in said
    changed = as_coordinator.post(url, 200, **{**page.values(), "due_on": "2017-04-17"})
    assert "与您刚才核对的不同，请再核对一次。2家单位应报2份，2017年4月17日截止。" in changed.main
    make_assignment(plan.items.get(), make_agency("省审计厅"), LEAD, at=plan.imported_at)
    more = as_coordinator.post(url, 200, **changed.values())
    assert "与您刚才核对的不同，请再核对一次。3家单位应报3份，2017年4月17日截止。" in more.main
    as_coordinator.post(url, 302, **more.values())
    assert plan.periods.get(code="2017Q1").due_on == date(2017, 4, 17)


def test_what_could_not_open_is_refused_before_it_is_shown(as_coordinator, url):
    typed = {"code": "2016Q2", "opens_on": "2016-06-21", "due_on": "2016-10-14", "reason": "提前"}
    page = as_coordinator.post(url, 422, **sent(as_coordinator.get(url), **typed))
    assert page.errors == {"code": "2016年二季度已于2016-06-20开放填报，不能再调整。"}


def test_a_period_can_be_dropped_and_held_after_all(as_coordinator, url, plan):
    page = as_coordinator.get(revise_url(url, "2016Q3"))
    as_coordinator.post(revise_url(url, "2016Q3"), 302, **sent(page, reason="并入年度", action="drop"))
    assert as_coordinator.get(url).rows()[1][3] == "不设 恢复"
    list(daily_round(date(2016, 9, 30)))
    assert [period.code for period in plan.periods.all()] == ["2016Q2"]
    page = as_coordinator.get(revise_url(url, "2016Q3"))
    as_coordinator.post(revise_url(url, "2016Q3"), 302, **sent(page, reason="仍须报送", action="save"))
    list(daily_round(date(2016, 9, 30)))
    assert [period.code for period in plan.periods.all()] == ["2016Q2", "2016Q3"]


def test_one_more_is_added_by_hand_where_nothing_else_is_planned(as_coordinator, url, plan):
    page = as_coordinator.get(url)
    typed = {"opens_on": "2017-03-20", "due_on": "2017-04-14", "reason": "延续一季"}
    refused = as_coordinator.post(url, 422, **sent(page, code="2016M12", **typed))
    assert refused.errors == {"code": "十二月与已安排的2016年四季度重叠，请先撤销后者。"}
    page = as_coordinator.post_and_follow(url, **sent(page, code="2017Q1", **typed))
    assert page.messages == ["已增设2017年一季度报告期。"]
    assert page.rows()[-1][0] == "2017年一季度 2017Q1"
    list(daily_round(date(2017, 3, 20)))
    assert plan.periods.filter(code="2017Q1").exists()


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"opens_on": "2016-06-20"}, "opens_on", "开放日期不能早于今天。"),
        ({"opens_on": "2016-09-24"}, "opens_on", "2016-09-24不是工作日，请另选一天。"),
        ({"due_on": "2016-10-15"}, "due_on", "2016-10-15不是工作日，请另选一天。"),
        ({"due_on": "2016-09-20"}, "due_on", "报送截止须晚于开放日期。"),
        ({"reason": ""}, "reason", "请写明原因。"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(as_coordinator, url, typed, field, message):
    page = as_coordinator.get(revise_url(url, "2016Q3"))
    page = as_coordinator.post(revise_url(url, "2016Q3"), 422, **sent(page, **{"reason": "顺延", **typed}))
    assert page.errors == {field: message}
    assert not PeriodRevision.objects.exists()


def test_none_is_added_from_before_the_plan(as_coordinator, url, plan):
    page = as_coordinator.get(url)
    typed = {"code": "2010Q3", "opens_on": "2016-10-12", "due_on": "2016-10-21", "reason": "补报"}
    refused = as_coordinator.post(url, 422, **sent(page, **typed))
    assert refused.errors == {"code": f"2010年三季度早于行动计划开始（{plan.begins_on:%Y-%m-%d}）。"}
    assert not PeriodRevision.objects.exists()


def test_sent_twice_it_is_one_change_and_a_stale_one_is_refused(as_coordinator, url):
    page = as_coordinator.get(revise_url(url, "2016Q3"))
    typed = sent(page, opens_on="2016-09-26", due_on="2016-10-21", reason="国庆调休")
    for _ in range(2):
        as_coordinator.post(revise_url(url, "2016Q3"), 302, **typed)
    assert (PeriodRevision.objects.count(), Change.objects.filter(action="调整报告期").count()) == (1, 1)
    page = as_coordinator.post(
        revise_url(url, "2016Q4"), 422, **{**typed, "opens_on": "2016-12-22", "due_on": "2017-01-13"}
    )
    assert page.errors == {"": "内容已被更新，本次未保存：报告期安排已被他人调整。请刷新页面，核对后再改。"}


def test_the_frequency_and_the_last_period_are_settings(as_coordinator, url, plan):
    settings_url = f"/plans/{plan.slug}/settings/"
    page = as_coordinator.get(settings_url)
    typed = sent(page, frequency="month", last_period="2016M08", reason="按月调度")
    as_coordinator.post(settings_url, 302, **typed)
    rows = [row[0] for row in as_coordinator.get(url).rows()]
    assert rows == ["2016年二季度 2016Q2", "2016年七月 2016M07", "2016年八月 2016M08"]
    assert "报告频次：季报→月报" in as_coordinator.get(settings_url).main


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"frequency": "month", "filing_day": "25"}, "filing_day", "月报的截止日不能晚于19日，否则与下一期填报重叠。"),
        ({"last_period": "2016年底"}, "last_period", "写法有误"),
        ({"first_period": "2016Q4", "last_period": "2016Q3"}, "last_period", "末个报告期不能早于首个报告期。"),
    ],
)
def test_settings_that_make_no_calendar_are_refused(as_coordinator, plan, typed, field, message):
    settings_url = f"/plans/{plan.slug}/settings/"
    page = as_coordinator.get(settings_url)
    page = as_coordinator.post(settings_url, 422, **sent(page, reason="试", **typed))
    assert message in page.errors[field]


@pytest.mark.parametrize(
    ("frequency", "codes"),
    [
        ("month", [f"2016M{month:02}" for month in range(5, 13)]),
        ("two_months", ["2016B3", "2016B4", "2016B5", "2016B6"]),
        ("quarter", ["2016Q2", "2016Q3", "2016Q4"]),
        ("half_year", ["2016H1", "2016H2"]),
    ],
)
def test_a_plan_of_every_frequency_goes_through_its_year(db, frequency, codes):
    plan = make_plan(imported_at=moment("2016-05-24 09:00"), frequency=frequency)
    make_item(plan)
    for day in (date(2016, month, 28) for month in range(5, 13)):
        list(daily_round(day))
    assert list(ReportingPeriod.objects.filter(plan=plan).values_list("code", flat=True)) == codes
