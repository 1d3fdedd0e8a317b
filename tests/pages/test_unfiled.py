"""催报: who has not filed, by agency, all of them in one click, and the slips of all in one print."""

from datetime import date

import pytest

from tasks.models import Message, Urge
from tests.support.factories import (
    answer,
    file_report,
    lock,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    make_request,
    make_urge,
    moment,
    review,
    sign_receipt,
    waive,
)


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def period(plan):
    return make_period(plan)


@pytest.fixture
def others(plan):
    """Two tasks of one more agency."""
    agency = make_agency("省水利厅")
    return [make_assignment(make_item(plan), agency) for _ in range(2)]


def address(plan):
    return f"/plans/{plan.slug}/periods/2016Q3/unfiled/"


def proposed(page):
    """What the form holds when it comes, as a browser sends it."""
    ticked = [box.get("value") for box in page.all("//input[@name='agency'][@checked]")]
    return {
        "agency": ticked,
        "text": page.one("//textarea[@name='text']").text_content().strip(),
        "reply_by": page.one("//input[@name='reply_by']").get("value"),
    }


def test_all_who_owe_are_listed_by_agency_and_ticked_the_one_that_owes_most_first(
    as_coordinator, plan, lead, others, period
):
    page = as_coordinator.get(address(plan))
    rows = page.rows("//table//tbody/tr")
    assert [(row[1], row[2]) for row in rows] == [("省水利厅", "2"), ("省商务厅", "1")]
    assert len(page.all("//input[@name='agency'][@checked]")) == 2


def test_one_press_sends_each_agency_one_notice_that_names_its_tasks_and_the_duty(
    as_coordinator, as_lead, plan, lead, others, period
):
    said = proposed(as_coordinator.get(address(plan)))
    assert said["reply_by"] == "2016-10-14"
    slips = as_coordinator.post_and_follow(address(plan), **said)
    assert len(slips.all("//article[@class='slip']")) == 2
    notices = {str(one.agency): one.text for one in Urge.objects.all()}
    assert (
        "三季度进展报告尚有2份未报：（2）任务2、（3）任务3。请于10月14日（周五）前登录系统报送。" in notices["省水利厅"]
    )
    assert "尚有1份未报：（1）任务1。" in notices["省商务厅"]
    assert "请于2016年10月14日（含当日）前报送三季度进展报告" in slips.main


def test_who_was_urged_today_is_not_ticked_again(as_coordinator, plan, lead, others, period):
    make_urge(lead, at=moment("2016-10-12 09:00"))
    page = as_coordinator.get(address(plan))
    assert len(page.all("//input[@name='agency'][@checked]")) == 1
    assert "今天已催" in page.main


def test_what_is_filed_or_waived_is_not_owed_and_what_was_sent_back_is(
    as_coordinator, coordinator, plan, lead, others, period
):
    file_report(lead, 60, at=moment("2016-10-10"))
    waive(others[0], at=moment("2016-10-10"))
    back = file_report(others[1], 60, at=moment("2016-10-10"))
    review(back, "sent_back", at=moment("2016-10-11"))
    [row] = as_coordinator.get(address(plan)).rows("//table//tbody/tr")
    assert (row[1], row[2]) == ("省水利厅", "1")
    assert "退回待重报" in row[4]


def test_of_what_a_request_waits_for_nobody_is_urged(as_coordinator, plan, lead, period):
    sign_receipt(lead, at=moment("2016-05-26"))
    make_request(lead, "completion", at=moment("2016-10-10"))
    page = as_coordinator.get(address(plan))
    assert "申请办结，不催" in page.main
    assert not page.all("//input[@name='agency']")


def test_none_ticked_is_said_at_the_list_and_nothing_is_sent(as_coordinator, plan, lead, period):
    page = as_coordinator.get(f"{address(plan)}?choose=none")
    assert not page.all("//input[@name='agency'][@checked]")
    page = as_coordinator.post(address(plan), 422, text="请报送。", reply_by="2016-10-14")
    assert "请选择要催报的单位" in page.main
    assert not Urge.objects.exists()


def test_sent_twice_it_is_one_notice(as_coordinator, plan, lead, period):
    said = proposed(as_coordinator.get(address(plan)))
    as_coordinator.post(address(plan), **said)
    as_coordinator.post(address(plan), **said)
    assert Urge.objects.count() == 1


def test_in_a_locked_period_nobody_is_asked_to_file(as_coordinator, plan, lead, period):
    lock(period, at=moment("2016-10-11"))
    assert "已锁定" in as_coordinator.get(address(plan)).main


def test_after_its_day_the_notice_says_so_and_leaves_some_days(settings, as_coordinator, plan, lead, period):
    settings.QA_PLAN_TODAY = date(2016, 10, 17)
    said = proposed(as_coordinator.get(address(plan)))
    assert said["reply_by"] == "2016-10-20"
    assert said["text"].startswith("三季度进展报告应于10月14日（周五）前报送")


def test_whoever_files_all_that_a_notice_asked_for_has_answered_it(as_coordinator, as_lead, plan, lead, period):
    as_coordinator.post(address(plan), **proposed(as_coordinator.get(address(plan))))
    urge = Urge.objects.get()
    as_lead.post(f"/my/{lead.pk}/", action="submit", percent="60", progress="已完成六成。", delay_reason="原因")
    assert "三季度进展报告" in urge.reply.text
    assert not Message.objects.filter(text__contains="答复督催").exists()


def test_agencies_may_not_see_it(as_lead, plan, lead, period):
    as_lead.get(address(plan), 403)


def test_an_answer_that_was_given_before_stays(as_coordinator, as_lead, plan, lead, period):
    as_coordinator.post(address(plan), **proposed(as_coordinator.get(address(plan))))
    answer(Urge.objects.get(), at=moment("2016-10-12 10:00"))
    as_lead.post(f"/my/{lead.pk}/", action="submit", percent="60", progress="已完成六成。", delay_reason="原因")
    assert Urge.objects.get().reply.text != ""
