"""调整责任单位 in the browser: chosen, looked at, confirmed; of one item, of many from the ledger."""

from datetime import date

import pytest
from django.urls import reverse

from tasks.models import Message
from tests.support.factories import (
    ASSIST,
    LEAD,
    accepted_report,
    make_agency,
    make_assignment,
    make_item,
    make_request,
    moment,
)

BY = "会议纪要〔2016〕5号"


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


def parts(item):
    return {part.agency.name: part.role for part in item.assignments.filter(ended_at__isnull=True)}


def basis_in(page):
    return page.one("//input[@name='basis']").get("value")


def test_a_coordinator_replaces_an_agency_after_seeing_what_comes_of_it(
    as_coordinator, lead, period, other_agency, other_liaison
):
    accepted_report(lead, 40, at=moment("2016-10-01"))
    page = as_coordinator.get(lead.item.get_absolute_url())
    form = page.link("调整责任单位").url
    assert "没有负责单位" not in as_coordinator.get(form).main
    chosen = {f"do_{lead.pk}": "replace", f"to_{lead.pk}": str(other_agency.pk), "reason": BY}
    page = as_coordinator.post(form, 200, action="preview", **chosen)
    assert "核对：确认后会怎样" in page.main
    assert "省商务厅（负责，40%）" in page.main
    assert "进度下降，是因为新增的负责单位从零起算" in page.main
    assert "自三季度起应报，首份报告2016-10-14前报送" in page.main
    assert parts(lead.item) == {"省商务厅": LEAD}
    sent = {**chosen, "action": "confirm", "basis": basis_in(page)}
    for _ in range(2):  # sent twice is one deed
        assert "已调整（1）的责任单位" in as_coordinator.post_and_follow(form, **sent).main
    assert parts(lead.item) == {"省水利厅": LEAD}
    assert lead.item.assignments.count() == 2
    yesterday = as_coordinator.get(f"{lead.item.get_absolute_url()}?as_of=2016-10-11").main
    assert "省商务厅" in yesterday
    assert "省水利厅" not in yesterday


def test_a_lead_that_withdraws_is_told_and_nobody_is_said_to_begin_anew(as_coordinator, lead, lead_liaison):
    """The item's mean falls because the further one goes; what was begun is named only where there is any."""
    make_assignment(lead.item, make_agency("省水利厅"))
    accepted_report(lead, 40, at=moment("2016-10-01"))
    form = reverse("tasks:item-steer", args=[lead.item.plan.slug, lead.item.number])
    page = as_coordinator.post(form, 200, action="preview", reason=BY, **{f"do_{lead.pk}": "withdraw"})
    assert "从零起算" not in page.text("//section[.//h2='核对：确认后会怎样']")
    assert "通知省商务厅：不再承担（1）1人" in page.main.replace("（1） ", "（1）")
    assert "没有草稿、待审报告和待答复的申请，此后不再提醒" in page.main


def test_whatever_leaves_an_item_without_a_lead_is_said(as_coordinator, lead):
    form = reverse("tasks:item-steer", args=[lead.item.plan.slug, lead.item.number])
    page = as_coordinator.post(form, 200, action="preview", reason=BY, **{f"do_{lead.pk}": "withdraw"})
    assert "1项任务将没有负责单位" in page.main
    assert "没有在用账号，请另行告知" in page.main


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"reason": ""}, "请写明依据文件或原因。"),
        ({"do": "replace"}, "请选择接替的单位。"),
        ({"do": ""}, "没有要调整的内容"),
        ({"do": "withdraw", "action": "confirm", "basis": "other"}, "请重新核对后再确认。"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_done(as_coordinator, lead, changed, message):
    form = reverse("tasks:item-steer", args=[lead.item.plan.slug, lead.item.number])
    sent = {"action": "preview", "do": "withdraw", "reason": BY, **changed}
    sent[f"do_{lead.pk}"] = sent.pop("do")
    assert message in as_coordinator.post(form, 422, **sent).main
    assert parts(lead.item) == {"省商务厅": LEAD}


def test_many_assignments_are_changed_from_the_ledger(as_coordinator, plan, lead, other_agency):
    second = make_assignment(make_item(plan), lead.agency)
    ledger = as_coordinator.get(reverse("tasks:assignment-list", args=[plan.slug]))
    assert "调整责任单位…" in ledger.texts("//div[@id='chosen']//button")
    form = f"{reverse('tasks:plan-steer', args=[plan.slug])}?assignment={lead.pk}&assignment={second.pk}"
    assert "省商务厅" in as_coordinator.get(form).main
    chosen = {"assignment": [lead.pk, second.pk], "do": "replace", "agency": other_agency.pk, "reason": BY}
    page = as_coordinator.post(form, 200, action="preview", **chosen)
    page = as_coordinator.post_and_follow(form, **chosen, action="confirm", basis=basis_in(page))
    assert "已调整2项任务的责任单位" in page.main
    assert [parts(item) for item in plan.items.all()] == [{"省水利厅": LEAD}] * 2


def test_an_assisting_agency_is_added_to_many_items(as_coordinator, plan, lead, other_agency):
    form = reverse("tasks:plan-steer", args=[plan.slug])
    chosen = {"assignment": [lead.pk], "do": "add_assist", "agency": other_agency.pk, "reason": BY}
    page = as_coordinator.post(form, 200, action="preview", **chosen)
    as_coordinator.post(form, action="confirm", basis=basis_in(page), **chosen)
    assert parts(lead.item) == {"省商务厅": LEAD, "省水利厅": ASSIST}


# ── on a later day ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_change_for_a_later_day_is_shown_waits_on_the_item_and_can_be_taken_back(
    as_coordinator, as_other, lead, period, other_agency
):
    form = reverse("tasks:item-steer", args=[lead.item.plan.slug, lead.item.number])
    chosen = {f"do_{lead.pk}": "replace", f"to_{lead.pk}": other_agency.pk, "effective_on": "2016-12-01", "reason": BY}
    page = as_coordinator.post(form, 200, action="preview", **chosen)
    assert "2016-12-01起生效，此前责任、应报、提醒和权限照旧" in page.main
    assert "登记，2016-12-01生效" in page.main
    said = as_coordinator.post_and_follow(form, **chosen, action="confirm", basis=basis_in(page)).main
    assert "已登记（1）的责任调整，2016-12-01生效，此前照旧" in said
    assert "待生效 2016-12-01起，省商务厅（负责）更换为省水利厅。" in said.replace("　", " ")
    assert parts(lead.item) == {"省商务厅": LEAD}
    assert "待生效" not in as_other.get(f"{lead.item.get_absolute_url()}?as_of=2016-10-11").main
    page = as_other.get(as_other.get(lead.item.get_absolute_url()).link("查看").url)
    assert "到当日零时自动生效" in page.main
    assert page.all("//main//form[@method='post']") == []
    page = as_coordinator.get(page.url)
    assert "请写明撤回原因。" in as_coordinator.post(page.url, 422, reason="").main
    page = as_coordinator.post_and_follow(page.url, reason="缓办")
    assert "已由统筹员于2016-10-12撤回，未生效。" in page.main
    page = as_other.get(lead.item.get_absolute_url()).main
    assert "待生效" not in page
    assert "登记责任调整，2016-12-01生效：省商务厅（负责）更换为省水利厅" in page
    assert "撤回2016-12-01的责任调整：省商务厅（负责）更换为省水利厅" in page


def test_a_day_that_has_passed_is_refused_at_its_field_and_today_is_at_once(as_coordinator, lead):
    form = reverse("tasks:item-steer", args=[lead.item.plan.slug, lead.item.number])
    chosen = {f"do_{lead.pk}": "role", "reason": BY}
    page = as_coordinator.post(form, 422, action="preview", **chosen, effective_on="2016-10-11")
    assert "不能早于今天" in page.errors["effective_on"]
    page = as_coordinator.post(form, 200, action="preview", **chosen, effective_on="2016-10-12")
    as_coordinator.post(form, action="confirm", basis=basis_in(page), **chosen, effective_on="2016-10-12")
    assert parts(lead.item) == {"省商务厅": ASSIST}


def test_an_agency_of_more_parts_than_a_page_holds_says_so_and_has_the_rest_on_the_next(
    as_coordinator, plan, lead, other_agency, monkeypatch
):
    monkeypatch.setattr("tasks.pages.steering.views.PER_PAGE", 2)
    others = [make_assignment(make_item(plan), lead.agency) for _ in range(2)]
    form = f"{reverse('tasks:plan-steer', args=[plan.slug])}?agency={lead.agency_id}"
    first = as_coordinator.get(form)
    assert "共3项责任分工，本页列出第1—2项" in first.main
    last = as_coordinator.get(first.link("下一页").url)
    assert "本页列出第3—3项" in last.main
    chosen = {"assignment": [others[1].pk], "do": "replace", "agency": other_agency.pk, "reason": BY}
    page = as_coordinator.post(f"{form}&page=2", 200, action="preview", **chosen)
    sent = {**chosen, "action": "confirm", "basis": basis_in(page)}
    for _ in range(2):  # sent twice is one deed, though what it was about has left the list
        as_coordinator.post(f"{form}&page=2", **sent)
    assert [parts(item) for item in plan.items.all()] == [{"省商务厅": LEAD}] * 2 + [{"省水利厅": LEAD}]


def test_nothing_chosen_leads_back_to_the_ledger(as_coordinator, plan, lead):
    assert "请在台账勾选后再来" in as_coordinator.get(reverse("tasks:plan-steer", args=[plan.slug])).main


def test_an_item_without_a_lead_stands_on_top_of_the_first_page_until_it_has_one(
    as_coordinator, as_leader, plan, lead, other_agency
):
    lonely = make_item(plan, title="没有负责单位的任务")
    make_assignment(lonely, lead.agency, ASSIST)
    page = as_coordinator.get(plan.get_absolute_url())
    assert "未明确单位1项，不计亮灯和进度，请定责" in page.main
    assert "请定责" not in as_leader.get(plan.get_absolute_url()).main
    form = page.link("（2）没有负责单位的任务", "//p[contains(@class, 'back')]").url
    chosen = {"add_1": other_agency.pk, "as_1": "lead", "reason": BY}
    page = as_coordinator.post(form, 200, action="preview", **chosen)
    as_coordinator.post(form, action="confirm", basis=basis_in(page), **chosen)
    assert "请定责" not in as_coordinator.get(plan.get_absolute_url()).main


def test_what_is_declined_goes_to_another_agency_in_the_same_deed(as_coordinator, lead, other_agency, other_liaison):
    asked = make_request(lead, "decline", at=moment("2016-10-11 09:30"))
    form = f"/requests/{asked.pk}/"
    assert "同意后改交（选填）" in as_coordinator.get(form).main
    as_coordinator.post(form, verdict="granted", comment="改交水利厅", instead=other_agency.pk, role="lead")
    assert parts(lead.item) == {"省水利厅": LEAD}
    assert Message.objects.get(recipient=other_liaison).text.endswith(f"号新交办任务：{lead.item}")


def test_what_is_declined_and_goes_to_one_that_has_it_is_refused_whole(as_coordinator, lead):
    other = make_assignment(lead.item, make_agency("省水利厅"))
    asked = make_request(lead, "decline", at=moment("2016-10-11 09:30"))
    sent = {"verdict": "granted", "instead": other.agency_id, "role": "lead"}
    page = as_coordinator.post(f"/requests/{asked.pk}/", 422, **sent)
    assert "省水利厅已承担（1）任务1，请另选单位，或先不交办。" in page.main
    assert parts(lead.item) == {"省商务厅": LEAD, "省水利厅": LEAD}


def test_what_is_declined_and_goes_to_one_that_assists_makes_it_the_lead(as_coordinator, lead, assist):
    asked = make_request(lead, "decline", at=moment("2016-10-11 09:30"))
    as_coordinator.post(f"/requests/{asked.pk}/", verdict="granted", instead=assist.agency_id, role="lead")
    assert parts(lead.item) == {"合肥海关": LEAD}


def test_a_whole_agency_s_part_can_be_looked_at(as_coordinator, plan, lead):
    page = as_coordinator.get(reverse("reports:agency-detail", args=[plan.slug, lead.agency_id]))
    assert "省商务厅 · （1）任务1" in as_coordinator.get(page.link("调整责任…").url).main


def test_the_course_says_that_a_role_changed_and_what_was_kept(as_coordinator, assist):
    accepted_report(assist, 40, at=moment("2016-10-01"), period="2016Q3")
    make_request(assist, at=moment("2016-10-02"))
    form = reverse("tasks:item-steer", args=[assist.item.plan.slug, assist.item.number])
    chosen = {f"do_{assist.pk}": "role", "reason": BY}
    page = as_coordinator.post(form, 200, action="preview", **chosen)
    page = as_coordinator.post_and_follow(form, action="confirm", basis=basis_in(page), **chosen)
    assert "交办合肥海关负责" in page.main
    assert "合肥海关改角色后保留三季度报告（40%）" in page.main
    assert "合肥海关改角色后继续申请：申请办结" in page.main
    assert "承接" not in page.main


# ── many items, from their ledger ────────────────────────────────────────────────────────────────────────────────


def test_items_ticked_in_their_ledger_lead_to_the_page_with_their_leads_ticked(as_coordinator, plan, lead):
    make_assignment(lead.item, make_agency("省农委"), ASSIST)
    other = make_assignment(make_item(plan), make_agency("省林业厅"))
    chosen = f"item={lead.item.number}&item={other.item.number}"
    url = as_coordinator.get(f"/plans/{plan.slug}/items/?{chosen}&do=steer", 302).response.url
    page = as_coordinator.get(url)
    boxes = {box.get("value"): box.get("checked") is not None for box in page.all("//input[@name='assignment']")}
    assert boxes == {str(lead.pk): True, str(other.pk): True}
    chosen = {"assignment": [lead.pk], "do": "replace", "agency": str(other.agency_id), "reason": BY}
    page = as_coordinator.post(url, 200, **chosen, action="preview")
    assert page.all("//input[@name='assignment' and @checked]")[0].get("value") == str(lead.pk)
    assert len(page.all("//input[@name='assignment']")) == 2
    sent = {**chosen, "action": "confirm", "basis": basis_in(page)}
    assert "已调整1项任务的责任单位" in as_coordinator.post_and_follow(url, **sent).main
    assert parts(lead.item)["省林业厅"] == LEAD


def test_an_item_that_nobody_leads_can_be_given_to_an_agency_with_others(as_coordinator, plan, lead):
    bare, office = make_item(plan, title="无人负责"), make_agency("省林业厅")
    url = f"/plans/{plan.slug}/responsibility/?item={lead.item.number}&item={bare.number}"
    page = as_coordinator.get(url)
    assert "没有负责单位 · （2）无人负责 只能增加单位" in page.main
    chosen = {"assignment": [lead.pk], "item": [bare.number], "reason": BY, "agency": str(office.pk)}
    page = as_coordinator.post(url, 200, **chosen, do="add_lead", action="preview")
    as_coordinator.post(url, 302, **chosen, do="add_lead", action="confirm", basis=basis_in(page))
    assert parts(bare) == {"省林业厅": LEAD}
    assert parts(lead.item) == {"省商务厅": LEAD, "省林业厅": LEAD}


def test_of_items_without_a_lead_nothing_can_be_withdrawn(as_coordinator, plan, lead):
    bare = make_item(plan)
    sent = {"item": [bare.number], "do": "withdraw", "reason": BY, "action": "preview"}
    page = as_coordinator.post(f"/plans/{plan.slug}/responsibility/?item={bare.number}", 422, **sent)
    assert "请选择要调整的责任分工。" in page.main


def test_a_number_of_no_item_is_left_out(as_coordinator, plan, lead):
    assert "没有选择责任分工" in as_coordinator.get(f"/plans/{plan.slug}/responsibility/?item=999&item=x").main


def test_another_day_or_choice_than_the_one_that_was_looked_at_is_looked_at_first(as_coordinator, lead, other_agency):
    form = reverse("tasks:item-steer", args=[lead.item.plan.slug, lead.item.number])
    chosen = {f"do_{lead.pk}": "replace", f"to_{lead.pk}": str(other_agency.pk), "reason": BY}
    seen = basis_in(as_coordinator.post(form, 200, action="preview", effective_on="2016-12-01", **chosen))
    for other in ({"effective_on": "2016-11-01"}, {}, {"effective_on": "2016-12-01", f"do_{lead.pk}": "withdraw"}):
        page = as_coordinator.post(form, 422, action="confirm", basis=seen, **{**chosen, **other})
        assert "选择或生效日与核对时不同，请重新核对后再确认。" in page.main
    assert parts(lead.item) == {"省商务厅": LEAD}
    fresh = basis_in(page)
    sent = {**chosen, **other, "action": "confirm", "basis": fresh}
    assert "2016-12-01生效" in as_coordinator.post_and_follow(form, **sent).main
