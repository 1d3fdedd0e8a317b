"""办结, 中止, 撤销 and 恢复办理 ask first: one page says in numbers what comes of it, and nothing else is done."""

from datetime import date

import pytest

from agencies.models import Role
from tasks.models import Closure, Message
from tests.support.factories import (
    ASSIST,
    accepted_report,
    close,
    make_agency,
    make_assignment,
    make_draft,
    make_item,
    make_milestone,
    make_period,
    make_request,
    make_urge,
    make_user,
    moment,
    standard_rules,
)


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def url(lead):
    return f"/assignments/{lead.pk}/close/"


@pytest.fixture
def behind(lead):
    """The lead at 30 % since July, so that it is yellow."""
    accepted_report(lead, 30, period=make_period(lead.item.plan, "2016Q2"), at=moment("2016-07-14 10:00"))
    return lead


def rows(page):
    return page.texts("//section[@id='preview']//tbody/tr")


def lines(page):
    return page.texts("//section[@id='preview']//li/span[not(@class)]")


SUSPENDED = {"kind": "suspended", "reason": "省政府同意"}


def test_lights_and_means_stand_side_by_side_and_nothing_is_written(as_coordinator, plan, behind, url):
    other = make_assignment(make_item(plan), make_agency("省农委"))
    accepted_report(other, 70, period=behind.item.plan.periods.get(code="2016Q2"), at=moment("2016-07-14 10:00"))
    page = as_coordinator.post(url, 200, **SUSPENDED)
    assert page.text("//section[@id='preview']//h2") == "核对：中止后会怎样"
    agency, item, whole = rows(page)
    assert "省商务厅（负责）" in agency
    assert "黄 滞后" in agency
    assert "灰 已中止" in agency
    assert "30%" in item
    assert "不计" in item
    assert "50.0%" in whole
    assert "70.0%" in whole
    assert "该任务没有其他在办的负责单位。任务显示为“已中止”，不再计入平均进度。" in page.main
    assert not Closure.objects.exists()
    assert not Message.objects.exists()


def test_what_is_owed_waits_is_reminded_of_and_who_is_told(as_coordinator, plan, behind, url, lead_liaison):
    standard_rules()
    make_period(plan, "2016Q3")
    make_draft(behind, by=lead_liaison, at=moment("2016-10-10"))
    make_urge(behind, at=moment("2016-10-10 10:00"))
    make_milestone(behind.item, on=date(2016, 11, 30))
    page = as_coordinator.post(url, 200, **SUSPENDED)
    assert lines(page) == [
        "自三季度起不再应报（2016-10-14截止）；已截止报告期的应报、已报不变。",
        "草稿1份留存，恢复办理后可以继续填报；未答复的催办仍由该单位答复。",
        "未完成的节点1个无人承担，不再提醒：印发方案。",
        "11-18、12-09、12-21等的完成时限提醒不再发送。",
        "通知省商务厅：中止和依据",
    ]
    assert "1人" in page.text("//section[@id='preview']//li[last()]")


def test_with_another_lead_the_milestones_are_its_and_no_warning_stands(as_coordinator, behind, url):
    make_assignment(behind.item, make_agency("省农委"))
    make_milestone(behind.item, on=date(2016, 11, 30), agency=behind.agency)
    page = as_coordinator.post(url, 200, kind="cancelled", reason="职责划转")
    assert "没有其他在办的负责单位" not in page.main
    assert "未完成的节点1个改由其他在办的负责单位承担：印发方案。" in lines(page)


def test_taking_it_up_again_says_what_comes_back(as_coordinator, plan, behind, url):
    make_period(plan, "2016Q3")
    close(behind, at=moment("2016-10-01"), kind="suspended")
    page = as_coordinator.post(url, 200, kind="reopened", reason="省政府重启")
    agency, item, _ = rows(page)
    assert agency.index("灰 已中止") < agency.index("黄 滞后")
    assert "不计" in item
    assert "自三季度起恢复应报（2016-10-14截止）；已截止报告期的应报、已报不变。" in lines(page)
    page = as_coordinator.post_and_follow(url, **{**page.values(), "kind": "reopened", "action": "confirm"})
    assert page.messages == ["省商务厅（1）：恢复办理。"]


def test_an_assisting_one_has_no_light_and_owes_nothing(as_coordinator, plan, lead):
    make_period(plan, "2016Q3")
    assist = make_assignment(lead.item, make_agency("省农委"), ASSIST)
    page = as_coordinator.post(f"/assignments/{assist.pk}/close/", 200, **SUSPENDED)
    assert len(rows(page)) == 2
    assert "三季度不应报，不受影响；已截止报告期的应报、已报不变。" in lines(page)
    assert page.text("//section[@id='preview']//li[last()]").endswith("没有在用账号，请另行告知")


def test_it_is_done_only_as_it_was_shown(as_coordinator, behind, url):
    page = as_coordinator.post(url, 200, **SUSPENDED)
    sent = {**page.values(), "action": "confirm"}
    again = as_coordinator.post(url, 422, **{**sent, "kind": "cancelled"})
    assert again.errors == {"": "内容与核对时不同，请重新核对后确认。"}
    assert again.text("//section[@id='preview']//h2") == "核对：撤销后会怎样"
    accepted_report(behind, 90, period=make_period(behind.item.plan, "2016Q3"), at=moment("2016-10-12 08:00"))
    again = as_coordinator.post(url, 422, **sent)
    assert again.errors == {"": "内容与核对时不同，请重新核对后确认。"}
    assert not Closure.objects.exists()
    make_user(role=Role.LIAISON, agency=behind.agency)
    done = as_coordinator.post_and_follow(url, **{**again.values(), "action": "confirm"})
    assert done.messages == ["省商务厅（1）：中止。"]
    assert Closure.objects.get().reason == "省政府同意"


def test_what_the_deed_would_refuse_is_refused_before_there_is_anything_to_confirm(as_coordinator, lead, url):
    page = as_coordinator.post(url, 422, kind="closed", reason="现场核验相符")
    assert list(page.errors) == ["unproven"]
    assert not page.all("//section[@id='preview']")
    page = as_coordinator.post(url, 422, kind="reopened", reason="重启")
    assert page.errors == {"": "该责任分工正在办理，无须恢复。"}


def test_reasons_that_are_too_long_together_are_said_and_not_an_error(as_coordinator, behind, url):
    page = as_coordinator.post(url, 200, kind="closed", reason="现场核验相符", unproven="原件在省局")
    sent = {**page.values(), "reason": "依" * 450, "unproven": "由" * 200, "action": "confirm"}
    assert "合计不能超过500字" in as_coordinator.post(url, 422, **sent).errors["reason"]


# ── a whole item ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def whole(plan):
    return f"/plans/{plan.slug}/items/1/suspend/"


def test_a_whole_item_is_suspended_and_taken_up_again_on_record_for_each_part(
    as_coordinator, behind, assist, whole, lead_liaison, assisting_liaison
):
    done = close(make_assignment(behind.item, make_agency("省农委")), at=moment("2016-09-01"))
    make_period(behind.item.plan, "2016Q3")
    make_draft(behind, by=lead_liaison, at=moment("2016-10-10"))
    make_milestone(behind.item, on=date(2016, 11, 30))
    assert as_coordinator.get(behind.item.get_absolute_url()).link("中止、恢复").url == whole
    page = as_coordinator.post(whole, 200, **SUSPENDED)
    assert lines(page) == [
        "自三季度起不再应报1份（2016-10-14截止）；已截止报告期的应报、已报不变。",
        "草稿1份留存，恢复办理后可以继续填报；待审报告0份仍可审核；未答复的催办涉及0家，仍由该单位答复。",
        "未完成的节点1个无人承担，不再提醒：印发方案。",
        "不变的1家：省农委。",
        "通知省商务厅：中止和依据",
        "通知合肥海关：中止和依据",
    ]
    assert Closure.objects.count() == 1
    as_coordinator.post(whole, **SUSPENDED, action="confirm", basis=page.values()["basis"])
    made = Closure.objects.exclude(pk=done.pk)
    assert {each.assignment: (each.kind, each.reason) for each in made} == dict.fromkeys(
        (behind, assist), ("suspended", "省政府同意")
    )
    assert Message.objects.filter(recipient__in=[lead_liaison, assisting_liaison]).count() == 2
    again = {"kind": "reopened", "reason": "条件具备"}
    page = as_coordinator.post(whole, 200, **again)
    assert "自三季度起恢复应报1份" in page.main
    as_coordinator.post(whole, **again, action="confirm", basis=page.values()["basis"])
    assert {part.closure for part in behind.item.assignments.as_of(moment("2016-10-13"))} == {"closed", "reopened"}


def test_over_a_request_that_waits_nothing_of_the_item_is_suspended(as_coordinator, behind, assist, whole):
    make_request(behind, at=moment("2016-10-11"))
    page = as_coordinator.post(whole, 200, **SUSPENDED)
    assert "1家有待答复的申请，请先答复再办理：省商务厅。" in page.main
    assert "确认中止" not in page.main
    sent = {**SUSPENDED, "action": "confirm", "basis": page.values()["basis"]}
    assert "省商务厅：" in as_coordinator.post(whole, 422, **sent).main
    assert not Closure.objects.exists()


def test_what_has_changed_since_it_was_shown_and_what_there_is_nothing_of_are_said(as_coordinator, behind, whole):
    page = as_coordinator.post(whole, 422, kind="reopened", reason="条件具备")
    assert "没有可以恢复办理的责任分工。" in page.main
    basis = as_coordinator.post(whole, 200, **SUSPENDED).values()["basis"]
    make_assignment(behind.item, make_agency("省农委"))
    page = as_coordinator.post(whole, 422, **SUSPENDED, action="confirm", basis=basis)
    assert "请重新核对后再确认" in page.main
    assert not Closure.objects.exists()
