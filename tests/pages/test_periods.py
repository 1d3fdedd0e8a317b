"""报告期: who has filed, partly filed, filed late or is excused, and what coordinators do about it."""

from datetime import date

import pytest

from tasks.models import PeriodLock, Waiver
from tests.pages.test_numbers import counted
from tests.support.factories import (
    ASSIST,
    SENT_BACK,
    accepted_report,
    file_report,
    lock,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    moment,
    review,
    waive,
    withdraw,
)


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def url(period):
    return period.get_absolute_url()


@pytest.fixture
def every_case(plan, lead_agency, period):
    """省商务厅 leads nine items: four accepted, two waiting, one sent back, one waived, one missing."""
    leads = [make_assignment(make_item(plan), lead_agency) for _ in range(9)]
    for assignment in leads[:4]:
        accepted_report(assignment, at=moment("2016-09-28"))
    for assignment in leads[4:6]:
        file_report(assignment, at=moment("2016-10-08"))
    review(file_report(leads[6], at=moment("2016-10-08")), SENT_BACK)
    waive(leads[7], at=moment("2016-10-09"))
    return leads


def row_of(page, name):
    """The cells of an agency by their column heads."""
    heads = page.texts("//section[@id='rows']//thead//th")
    [cells] = [cells for cells in page.rows() if cells[0] == name]
    return dict(zip(heads, cells, strict=True))


# ── the numbers ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_partial_filing_is_visible_at_one_glance(as_leader, every_case, url):
    row = row_of(as_leader.get(url), "省商务厅")
    assert row == {
        "单位": "省商务厅",
        "报送情况": "",
        "已报 / 应报": "6 / 8",
        "已通过": "已通过4",
        "待审": "待审2",
        "退回待重报": "退回待重报1",
        "未报送": "未报送1",
        "迟报": "·",
        "免报": "免报1",
    }


def test_the_bar_says_in_words_what_it_shows(as_leader, every_case, url):
    labels = as_leader.get(url).all("//section[@id='rows']//tbody//svg/@aria-label")
    assert labels == ["已通过4份，待审2份，退回待重报1份，未报送1份"] * 2  # the sum and the agency


def test_the_page_says_when_the_period_opened_and_is_due_and_that_it_is_not_locked(as_leader, every_case, url):
    main = as_leader.get(url).main
    assert "开放填报2016-09-20" in main
    assert "报送截止2016-10-14 周五，还有2天" in main
    assert "锁定未锁定" in main
    assert "三季度报告应报8份，已报6份，未报2份；另有免报1份。" in main


def test_agencies_come_the_worst_first_and_the_sum_above_all(as_leader, plan, every_case, url):
    item = make_item(plan)
    prompt, idle = make_agency("省审计厅"), make_agency("省体育局")
    accepted_report(make_assignment(item, prompt), at=moment("2016-09-28"))
    for _ in range(3):
        make_assignment(make_item(plan), idle)
    page = as_leader.get(url)
    assert [cells[0] for cells in page.rows()] == ["合计", "省体育局", "省商务厅", "省审计厅"]
    assert row_of(page, "合计")["已报 / 应报"] == "7 / 12"


def test_every_number_leads_to_its_rows(as_leader, every_case, url):
    links = [link for link in as_leader.get(url).links() if link.view_name == "reports:period-reports"]
    found = {link: counted(as_leader, link)[0] for link in links if link.number is not None}
    assert found == {link: link.number for link in found}
    assert {link.url.partition("report=")[2] for link in found} == {
        *("owed", "filed", "unfiled", "waived", "accepted", "waiting", "sent_back", "missing")
    }


def test_late_is_said_apart_among_what_was_filed(as_leader, lead, url, settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 19)
    file_report(lead, at=moment("2016-10-17"))
    page = as_leader.get(url)
    assert row_of(page, "省商务厅")["迟报"] == "迟报1"
    assert "已报1份（其中迟报1份），未报0份" in page.main
    assert "已截止" in page.main
    assert "待审 迟报" in as_leader.get(page.link("迟报1份").url).text("//section[@id='rows']//tbody")


def test_a_past_day_shows_what_was_known_then(as_leader, every_case, url):
    page = as_leader.get(f"{url}?as_of=2016-09-30")
    assert row_of(page, "省商务厅")["已报 / 应报"] == "4 / 9"
    assert "as_of=2016-09-30" in page.link("应报9份").url


def test_before_it_opened_there_is_nothing_to_show(as_leader, every_case, url):
    page = as_leader.get(f"{url}?as_of=2016-09-19")
    assert "三季度报告9月20日开放填报，截至9月19日尚未开放。" in page.main
    assert page.all("//section[@id='rows']") == []


def test_a_past_period_keeps_its_numbers_when_work_is_reassigned(as_leader, plan, lead_agency):
    second = make_period(plan, "2016Q2")
    assignment = make_assignment(make_item(plan), lead_agency)
    file_report(assignment, period=second, at=moment("2016-07-10"))
    before = as_leader.get(second.get_absolute_url()).rows()
    withdraw(assignment, at=moment("2016-10-01"))
    make_assignment(assignment.item, make_agency(), at=moment("2016-10-01"))
    assert as_leader.get(second.get_absolute_url()).rows() == before


def test_assisting_agencies_appear_where_they_owe(as_leader, plan, assist, url):
    assert "没有单位应报三季度报告" in as_leader.get(url).main
    plan.assists_owe_reports = True
    plan.save()
    assert row_of(as_leader.get(url), "合肥海关")["已报 / 应报"] == "0 / 1"
    assert make_assignment(make_item(plan), assist.agency, ASSIST)


def test_the_plan_s_periods_are_links_at_the_top(as_leader, plan, lead, url):
    make_period(plan, "2016Q2")
    links = as_leader.get(url).links("//nav[@aria-label='报告期']")
    assert [link.text for link in links] == ["2016年二季度", "2016年三季度"]
    assert as_leader.get(links[0].url).title == "二季度报告期"


def test_dashboard_and_agencies_lead_there(as_leader, plan, every_case, url):
    assert as_leader.get(plan.get_absolute_url()).link("三季度报告", "//div[@class='filing']").url == url
    assert as_leader.get(f"{plan.get_absolute_url()}agencies/").link("三季度报送情况").url == url


def test_the_dashboard_and_the_ledger_say_waived_apart(as_leader, plan, every_case):
    page = as_leader.get(plan.get_absolute_url())
    link = page.link("免报 1", "//div[@class='filing']")
    assert counted(as_leader, link) == (1, 1)
    assert page.link("应报8份").number == 8
    assert "免报" in as_leader.get(link.url).text("//section[@id='rows']//tbody")
    assert counted(as_leader, page.link("未报2份")) == (2, 2)


# ── the rows ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_waiver_s_day_and_reason_stand_in_its_row(as_leader, every_case, url):
    page = as_leader.get(f"{url}reports/?report=waived")
    [row] = page.rows()
    assert row[:4] == ["（8）", "任务8", "省商务厅", "免报"]
    assert "2016-10-09 机构改革" in row


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [("agency=x", "agency", "没有这个单位。"), ("report=x", "report", "请在列出的报送情况中选择。")],
)
def test_a_filter_that_makes_no_sense_is_told_at_its_field(as_leader, every_case, url, query, field, message):
    page = as_leader.get(f"{url}reports/?{query}")
    assert page.errors == {field: message}
    assert page.rows() == []


def test_unknown_periods_are_not_found(as_leader, plan, period):
    as_leader.get(f"{plan.get_absolute_url()}periods/2015Q1/", 404)
    as_leader.get(f"{plan.get_absolute_url()}periods/2015Q1/reports/", 404)


# ── 锁定、解锁 ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_coordinator_locks_the_period_and_everyone_sees_since_when_and_why(
    as_coordinator, as_leader, every_case, url
):
    link = as_coordinator.get(url).link("锁定…")
    page = as_coordinator.get(link.url)
    assert "三季度报告10月14日才截止" in page.main
    done = as_coordinator.post_and_follow(link.url, turn="锁定", reason="通报已印发")
    assert done.messages == ["已锁定三季度报告期，原因留存。"]
    assert "已锁定 2016-10-12 统筹员锁定：通报已印发" in as_leader.get(url).main
    assert "锁定…" not in as_leader.get(url).main


def test_a_coordinator_unlocks_it_with_a_reason(as_coordinator, every_case, period, url):
    lock(period, at=moment("2016-10-11"))
    link = as_coordinator.get(url).link("解锁…")
    assert "通报已印发" in as_coordinator.get(link.url).main
    page = as_coordinator.post_and_follow(link.url, turn="解锁", reason="同意补报")
    assert "未锁定 2016-10-12 统筹员解锁：同意补报" in page.main


def test_without_a_reason_nothing_is_locked(as_coordinator, every_case, url):
    page = as_coordinator.post(f"{url}lock/", 422, turn="锁定", reason=" ")
    assert page.errors == {"reason": "请写明锁定原因。"}
    assert PeriodLock.objects.count() == 0


def test_of_two_who_lock_at_once_the_second_is_told(as_coordinator, every_case, period, url):
    lock(period, at=moment("2016-10-11"))
    page = as_coordinator.post(f"{url}lock/", 422, turn="锁定", reason="通报已印发")
    assert "三季度报告期已经锁定，无须锁定。" in page.main
    as_coordinator.post(f"{url}lock/", 422, turn="关闭", reason="无")
    assert PeriodLock.objects.count() == 1


# ── 免报 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_coordinator_excuses_one_assignment_and_takes_it_back(as_coordinator, every_case, url):
    rows = as_coordinator.get(f"{url}reports/?report=missing")
    link = rows.link("免报…")
    done = as_coordinator.post_and_follow(link.url, turn="免报", reason="机构改革")
    assert done.messages == ["省商务厅（9）三季度报告：免报。"]
    assert row_of(as_coordinator.get(url), "省商务厅")["已报 / 应报"] == "6 / 7"
    [again] = [link for link in done.links() if link.text == "恢复应报…" and f"/{every_case[8].pk}/" in link.url]
    as_coordinator.post(again.url, turn="恢复应报", reason="职能已明确")
    assert row_of(as_coordinator.get(url), "省商务厅")["已报 / 应报"] == "6 / 8"
    assert Waiver.objects.filter(assignment=every_case[8]).count() == 2


def test_a_waiver_without_a_reason_or_after_the_due_date_is_refused(as_coordinator, every_case, period, url, settings):
    waive_url = f"/assignments/{every_case[8].pk}/waivers/2016Q3/"
    assert as_coordinator.post(waive_url, 422, turn="免报", reason="").errors == {"reason": "请写明免报原因。"}
    settings.QA_PLAN_TODAY = date(2016, 10, 15)
    page = as_coordinator.post(waive_url, 422, turn="免报", reason="机构改革")
    assert "三季度报告已于10月14日截止" in page.main
    assert Waiver.objects.count() == 1
    assert "免报…" not in as_coordinator.get(f"{url}reports/?report=missing").main


def test_others_are_offered_no_forms(as_lead, as_leader, every_case, url):
    for visitor in (as_lead, as_leader):
        assert "锁定…" not in visitor.get(url).main
        assert "免报…" not in visitor.get(f"{url}reports/").main


# ── the agency's own pages ───────────────────────────────────────────────────────────────────────────────────────


def test_the_agency_s_page_marks_what_was_late_and_says_what_is_waived(as_leader, plan, every_case, settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 19)
    file_report(every_case[8], at=moment("2016-10-17"))
    review(file_report(every_case[6], at=moment("2016-10-18")))  # filed in time, sent back, filed again
    page = as_leader.get(f"{plan.get_absolute_url()}agencies/{every_case[0].agency_id}/")
    reports = page.texts("//section[.//h2='报告']//tbody/tr")
    assert [text for text in reports if "迟报" in text] == [text for text in reports if text.startswith("（9）")]
    assert "免报：三季度1项" in page.text("//section[.//h2='报告']")
    assert "免报" in page.text("//section[.//h2='负责任务']")


def test_the_item_tells_waivers_in_its_course(as_leader, every_case):
    waive(every_case[7], is_waived=False, at=moment("2016-10-11"))
    course = as_leader.get(every_case[7].item.get_absolute_url()).main
    assert "省商务厅三季度免报" in course
    assert "省商务厅三季度恢复应报" in course
    assert "机构改革" in course


def test_what_is_waived_is_no_duty_of_the_agency(as_lead, every_case):
    page = as_lead.get("/my/")
    assert "已报：已通过4、待审2。未报：退回待重报1、未报送1。另有免报1。" in page.main
    assert "免报 本期无须报送" in page.text("//section[@id='filed']")


def test_the_agency_and_the_dashboard_are_told_that_the_period_is_locked(as_lead, plan, every_case, period):
    lock(period, at=moment("2016-10-11"))
    assert "三季度报告期已锁定，如需补报请联系统筹人员解锁" in as_lead.get("/my/").main
    assert "10月14日截止，已锁定" in as_lead.get(plan.get_absolute_url()).text("//div[@class='filing']")
    assert "已锁定" not in as_lead.get(f"{plan.get_absolute_url()}?as_of=2016-10-10").text("//div[@class='filing']")
    lock(period, is_locked=False, at=moment("2016-10-12"))
    assert "锁定" not in as_lead.get("/my/").main


def test_filing_in_a_locked_period_is_refused_with_the_reason_and_keeps_what_was_typed(as_lead, every_case, period):
    lock(period, at=moment("2016-10-11"))
    sent = {"action": "submit", "percent": "90", "progress": "写好的文字", "delay_reason": "无"}
    page = as_lead.post(f"/my/{every_case[8].pk}/", 422, **sent)
    assert "三季度报告期已于10月11日锁定（通报已印发），如需补报请联系统筹人员解锁。" in page.main
    assert "写好的文字" in page.source
