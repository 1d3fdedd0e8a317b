"""What coordinators steer: due dates, closing and reopening, and who is a member of a group."""

from datetime import date

import pytest

from agencies.models import GroupMembership
from tasks.models import Assignment, Closure, ItemRevision, ReportEvidence
from tests.support.factories import (
    accepted_report,
    close,
    make_agency,
    make_assignment,
    make_evidence,
    make_group,
    make_item,
    make_period,
    moment,
    withdraw,
)


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


# ── a new due date ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def amend_url(item, lead):
    return f"{item.get_absolute_url()}amend/"


def confirmed(visitor, url, **sent):
    """Looks at what the new date would do, and confirms it as the page has it."""
    page = visitor.post(url, 200, **sent)
    return visitor.post_and_follow(url, **{**page.values(), **sent, "action": "confirm"})


def test_the_form_begins_with_the_date_in_force_and_lists_all_there_were(as_coordinator, amend_url):
    page = as_coordinator.get(amend_url)
    assert page.values()["due_on"] == "2016-12-31"
    assert page.text("//section[.//h2='历次时限']//li").startswith("2016-12-31 推定")


def test_a_new_due_date_is_a_new_row_with_its_reason_and_the_old_one_stays_visible(as_coordinator, item, amend_url):
    page = confirmed(as_coordinator, amend_url, due_on="2016-11-30", reason="与国家要求同步")
    assert page.messages == ["已调整（1）的完成时限，原时限和原因留存。"]
    assert page.response.request["PATH_INFO"] == item.get_absolute_url()
    assert "2016-11-30" in page.main
    assert "原定 2016-12-31（推定）" in page.main
    revision = ItemRevision.objects.latest("pk")
    assert (revision.due_on, revision.reason, revision.recorded_by) == (
        date(2016, 11, 30),
        "与国家要求同步",
        as_coordinator.user,
    )
    assert ItemRevision.objects.count() == 2


def test_left_empty_the_item_goes_on_without_an_end(as_coordinator, amend_url):
    assert "持续推进" in confirmed(as_coordinator, amend_url, due_on="", reason="改为长期任务").main
    assert as_coordinator.get(amend_url).values()["due_on"] == ""


def test_a_later_wording_may_go_with_it(as_coordinator, amend_url):
    page = confirmed(as_coordinator, amend_url, due_on="2016-12-31", reason="依据新文件", wording="新的表述。")
    assert "调整后的表述 新的表述。" in page.main


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        ({"due_on": "2016-11-30", "reason": ""}, "reason", "请写明调整原因。"),
        ({"due_on": "2016-11-30", "reason": "  "}, "reason", "请写明调整原因。"),
        ({"due_on": "年底", "reason": "改期"}, "due_on", "请按2016-09-30的格式填写日期。"),
        ({"due_on": "2016-02-30", "reason": "改期"}, "due_on", "请按2016-09-30的格式填写日期。"),
        ({"due_on": "2016-05-23", "reason": "改期"}, "due_on", "完成时限不能早于公文印发日期。"),
        ({"due_on": "2016-11-30", "reason": "长" * 501}, "reason", "500"),
        ({"due_on": "2016-11-30", "reason": "改期", "wording": "长" * 2001}, "wording", "2000"),
    ],
)
def test_what_is_wrong_with_it_is_said_at_its_field(as_coordinator, amend_url, sent, field, message):
    page = as_coordinator.post(amend_url, 422, **sent)
    assert list(page.errors) == [field]
    assert message in page.errors[field]
    assert page.values()["due_on"] == sent["due_on"]
    assert ItemRevision.objects.count() == 1


# ── closing and reopening ────────────────────────────────────────────────────────────────────────────────────────


def close_url(assignment):
    return f"/assignments/{assignment.pk}/close/"


def kinds(page):
    return [option.get("value") for option in page.all("//input[@name='kind']")]


def test_what_runs_can_be_closed_suspended_or_cancelled(as_coordinator, lead):
    assert kinds(as_coordinator.get(close_url(lead))) == ["closed", "suspended", "cancelled"]


def test_closing_turns_the_light_grey_and_the_reason_stays(as_coordinator, item, lead):
    page = confirmed(as_coordinator, close_url(lead), kind="closed", reason="现场核验相符", unproven="现场核验")
    assert page.messages == ["省商务厅（1）：办结销号。"]
    assert page.text("//h1/span") == "灰 已办结"
    assert "现场核验相符" in page.text("//ol[@class='line']")
    closure = Closure.objects.get()
    assert (closure.kind, closure.recorded_by) == ("closed", as_coordinator.user)


@pytest.mark.parametrize(("kind", "word"), [("suspended", "已中止"), ("cancelled", "已撤销")])
def test_what_is_suspended_or_cancelled_says_so_beside_its_light(as_coordinator, lead, kind, word):
    page = confirmed(as_coordinator, close_url(lead), kind=kind, reason="省政府同意")
    assert f"灰 {word}" in page.text("//section[.//h2='负责单位']")


def test_what_has_ended_can_only_be_reopened(as_coordinator, lead):
    make_period(lead.item.plan, "2016Q2")
    close(lead, at=moment("2016-10-01"))
    assert kinds(as_coordinator.get(close_url(lead))) == ["reopened"]
    page = confirmed(as_coordinator, close_url(lead), kind="reopened", reason="还有尾工")
    assert page.text("//h1/span") == "黄 滞后"
    assert Closure.objects.count() == 2


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        ({"kind": "closed", "reason": ""}, "reason", "请写明依据。"),
        ({"kind": "closed", "reason": " "}, "reason", "请写明依据。"),
        ({"kind": "closed", "reason": "长" * 501}, "reason", "500"),
        ({"kind": "reopened", "reason": "恢复"}, "", "正在办理，无须恢复"),
        ({"kind": "burnt", "reason": "无"}, "kind", "选"),
    ],
)
def test_what_is_wrong_with_closing_is_said(as_coordinator, lead, sent, field, message):
    page = as_coordinator.post(close_url(lead), 422, **sent)
    assert message in page.errors.get(field, "")
    assert Closure.objects.count() == 0


def test_of_two_who_close_at_once_the_second_is_told(as_coordinator, lead):
    as_coordinator.get(close_url(lead))
    close(lead, at=moment("2016-10-01"))
    page = as_coordinator.post(close_url(lead), 422, kind="suspended", reason="中止")
    assert page.errors == {"": "该责任分工已经办结或中止。"}


def test_closing_without_evidence_says_why_there_is_none(as_coordinator, lead):
    page = as_coordinator.post(close_url(lead), 422, kind="closed", reason="现场核验相符")
    assert page.errors == {"unproven": "该责任分工没有佐证材料。请写明没有佐证材料的原因，或请单位补报后再办结。"}
    confirmed(as_coordinator, close_url(lead), kind="closed", reason="现场核验相符", unproven="会议当场验收")
    assert Closure.objects.get().reason == "现场核验相符（无佐证材料：会议当场验收）"


def test_evidence_on_record_is_listed_and_enough_to_close(as_coordinator, lead):
    report = accepted_report(lead, 100, period=make_period(lead.item.plan, "2016Q2"), at=moment("2016-07-10 10:00"))
    ReportEvidence.objects.create(report=report, evidence=make_evidence(lead, at=moment("2016-07-10 09:00")))
    assert "在案佐证材料1份" in as_coordinator.get(close_url(lead)).main
    confirmed(as_coordinator, close_url(lead), kind="closed", reason="材料相符")
    assert Closure.objects.get().reason == "材料相符"


def test_suspending_needs_no_evidence(as_coordinator, lead):
    confirmed(as_coordinator, close_url(lead), kind="suspended", reason="省政府同意")
    assert Closure.objects.get().reason == "省政府同意"


def test_a_closing_sent_twice_is_one_and_a_stale_one_is_refused(as_coordinator, lead):
    page = as_coordinator.post(close_url(lead), 200, kind="suspended", reason="省政府同意")
    sent = {**page.values(), "action": "confirm"}
    for _ in range(2):
        as_coordinator.post(close_url(lead), 302, **sent)
    assert Closure.objects.count() == 1
    close(lead, "reopened", at=moment("2016-10-12 19:00"))
    page = as_coordinator.post(close_url(lead), 422, **sent)
    assert page.errors == {"": "内容已被更新，本次未保存：该责任分工已被办结、中止或恢复。请刷新页面，核对后再办。"}


def test_what_was_withdrawn_cannot_be_closed(as_coordinator, lead):
    withdraw(lead, at=moment("2016-10-01"))
    as_coordinator.get(close_url(lead), 404)


# ── members of a group ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def group(item, lead, lead_agency, assisting_agency):
    """Two members, one of which leads the item and one assists with it; both are inferred."""
    group = make_group(lead_agency, assisting_agency, name="省质量工作领导小组", is_inferred=True)
    item.assist_group, item.assist_rule = group, "其他成员单位协助"
    item.save()
    make_assignment(item, assisting_agency, Assignment.Role.ASSIST, is_inferred=True)
    return group


@pytest.fixture
def group_url(group):
    return f"/groups/{group.pk}/"


def assisting(item):
    open_ones = item.assignments.filter(role="assist", ended_at__isnull=True)
    return set(open_ones.values_list("agency__name", flat=True))


def test_everyone_sees_the_members_and_that_they_are_inferred(as_other, group_url):
    page = as_other.get(group_url)
    assert page.texts("//section[.//h2='现有成员']//li") == ["省商务厅 推定", "合肥海关 推定"]
    assert "请据实更正" in page.main
    assert page.all("//button[.='核对影响']") == []


def confirmed_members(visitor, group_url, **sent):
    """Looks at what would follow, and confirms it."""
    page = visitor.post(group_url, 200, action="preview", **sent)
    return visitor.post_and_follow(group_url, action="confirm", basis=page.values()["basis"], **sent)


def test_a_new_member_assists_from_now_on(as_coordinator, item, group, group_url):
    members = [*group.members.values_list("pk", flat=True), make_agency("省林业厅").pk]
    page = as_coordinator.post(group_url, 200, action="preview", member=members)
    assert page.texts("//section[@id='preview']//tbody/tr") == ["加入 省林业厅 新增协助1项：（1）"]
    assert assisting(item) == {"合肥海关"}
    page = confirmed_members(as_coordinator, group_url, member=members)
    assert page.messages == ["省质量工作领导小组成员单位已更新，“其他成员单位协助”的任务随之调整。"]
    assert assisting(item) == {"合肥海关", "省林业厅"}


def test_who_is_no_member_any_more_no_longer_assists_and_what_it_reported_stays(
    as_coordinator, item, group_url, lead_agency, assisting_agency
):
    page = as_coordinator.post(group_url, 200, action="preview", member=[lead_agency.pk])
    assert page.texts("//section[@id='preview']//tbody/tr") == ["移出 合肥海关 撤回协助1项：（1）"]
    confirmed_members(as_coordinator, group_url, member=[lead_agency.pk])
    assert assisting(item) == set()
    assert item.assignments.filter(agency=assisting_agency).exists()


def test_a_member_that_leads_the_item_goes_on_leading_it(
    as_coordinator, item, group_url, lead_agency, assisting_agency
):
    confirmed_members(as_coordinator, group_url, member=[assisting_agency.pk])
    assert item.assignments.filter(agency=lead_agency, role="lead", ended_at__isnull=True).exists()


def test_everybody_ticked_and_checked_against_the_document_stays_and_is_no_longer_inferred(
    as_coordinator, item, group, group_url
):
    members = list(group.members.values_list("pk", flat=True))
    page = confirmed_members(as_coordinator, group_url, member=members, confirm="on")
    assert page.texts("//section[.//h2='现有成员']//li") == ["省商务厅", "合肥海关"]
    assert not GroupMembership.objects.filter(is_inferred=True).exists()
    assert assisting(item) == {"合肥海关"}


def test_nobody_ticked_is_said_before_everybody_goes(as_coordinator, item, group, group_url):
    page = as_coordinator.post(group_url, 200, action="preview")
    assert "现有成员将全部移出" in page.main
    assert group.memberships.count() == 2
    assert assisting(item) == {"合肥海关"}


def test_saving_without_a_change_changes_nothing(as_coordinator, item, group, group_url):
    members = list(group.members.values_list("pk", flat=True))
    page = as_coordinator.post_and_follow(group_url, action="preview", member=members)
    assert page.messages == ["名单没有变化。"]
    assert assisting(item) == {"合肥海关"}


def test_the_same_list_sent_twice_is_one_deed(as_coordinator, item, group_url, lead_agency):
    page = as_coordinator.post(group_url, 200, action="preview", member=[lead_agency.pk])
    sent = {"action": "confirm", "basis": page.values()["basis"], "member": [lead_agency.pk]}
    for _ in range(2):
        as_coordinator.post(group_url, **sent)
    assert item.assignments.count() == 2


def test_a_list_that_somebody_changed_meanwhile_is_looked_at_again(
    as_coordinator, item, group, group_url, lead_agency, assisting_agency
):
    page = as_coordinator.post(group_url, 200, action="preview", member=[lead_agency.pk])
    group.memberships.create(agency=make_agency("省林业厅"))
    sent = {"action": "confirm", "basis": page.values()["basis"], "member": [lead_agency.pk]}
    assert "请重新核对后再确认" in as_coordinator.post(group_url, 422, **sent).main
    assert assisting(item) == {"合肥海关"}


def test_members_are_read_only_in_the_administration(administrator, visitor, group, assisting_agency):
    page = visitor(administrator).get(f"/admin/agencies/agencygroup/{group.pk}/change/")
    assert "合肥海关" in page.text()
    assert page.all("//input[contains(@name, 'memberships') and @type='checkbox']") == []
    assert page.all("//select[contains(@name, 'memberships')]") == []


@pytest.mark.parametrize("sent", [{"member": ["999999"]}, {"member": ["x"]}, {"member": ["99999999999999999999"]}])
def test_an_agency_that_does_not_exist_gets_a_message(as_coordinator, item, group_url, sent):
    page = as_coordinator.post(group_url, 422, **sent)
    assert page.errors
    assert assisting(item) == {"合肥海关"}


def test_collective_units_cannot_be_members(as_coordinator, group_url):
    cities = make_agency("各市人民政府", is_collective=True)
    assert "各市人民政府" not in as_coordinator.get(group_url).main
    as_coordinator.post(group_url, 422, member=[cities.pk])


def test_a_group_leads_to_the_items_that_follow_it(as_leader, item, group_url):
    make_item(item.plan)
    assert [link.url for link in as_leader.get(group_url).links("//ul[@class='list panel']")] == [
        item.get_absolute_url()
    ]
