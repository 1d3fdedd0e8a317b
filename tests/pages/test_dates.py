"""A due date is moved after a page that says which lights turn: of one item, or of all ticked in the ledger."""

from datetime import date

import pytest

from agencies.models import Change, Role
from tasks.models import ActionItem, ItemRevision, Message
from tests.support.factories import (
    accepted_report,
    close,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    make_request,
    make_user,
    moment,
    revise,
    sign_receipt,
    standard_rules,
)


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def amend_url(item, lead):
    return f"{item.get_absolute_url()}amend/"


@pytest.fixture
def dates_url(plan):
    return f"/plans/{plan.slug}/items/dates/"


@pytest.fixture
def three(plan, lead, lead_agency):
    """The item and two more, each led by one agency and due at the end of the year."""
    others = [make_item(plan), make_item(plan)]
    for other in others:
        make_assignment(other, lead_agency)
    return [lead.item, *others]


def numbers(items):
    return [item.number for item in items]


def changes():
    return Change.objects.filter(action="调整任务").count()


# ── one item ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_before_the_deed_says_which_lights_turn_and_changes_nothing(as_coordinator, item, lead, amend_url):
    make_assignment(item, make_agency("省农委"))
    accepted_report(lead, 60, period=make_period(item.plan, "2016Q2"), at=moment("2016-07-14 10:00"))
    page = as_coordinator.post(amend_url, 200, due_on="2016-10-20", reason="验收提前")
    assert page.text("//section[@id='preview']//h2") == "调整1项任务的时限，0项任务、1条责任分工变灯"
    row = page.text("//section[@id='preview']//tbody/tr")
    assert "2016-12-31 推定 → 2016-10-20" in row
    assert "省商务厅 绿 正常 → 黄 滞后" in row
    assert "省农委" not in row
    assert ItemRevision.objects.count() == 1


def test_the_days_on_which_people_are_reminded_stand_beside_the_date(as_coordinator, amend_url):
    standard_rules()
    page = as_coordinator.post(amend_url, 200, due_on="2016-11-30", reason="验收提前")
    told = page.texts("//section[@id='preview']//tbody/tr/td[5]")[0]
    assert told == "提醒 11-18、12-09、12-21 → 10-19、11-09、11-21"


def test_of_an_item_that_was_split_meanwhile_nothing_is_set(as_coordinator, item, amend_url):
    ActionItem.objects.filter(pk=item.pk).update(ended_at=moment("2016-10-12 08:00"))
    for action in ("", "confirm"):
        sent = {"due_on": "2016-11-30", "reason": "验收推迟", "basis": 1, "action": action}
        assert "已拆分或合并" in as_coordinator.post(amend_url, 422, **sent).main


def test_a_date_in_the_past_is_set_only_after_a_page_that_warns_of_it(as_coordinator, item, amend_url):
    sent = {"due_on": "2016-09-30", "reason": "文件补发"}
    as_coordinator.post(amend_url, 422, **sent, basis=1, action="confirm")
    page = as_coordinator.post(amend_url, 200, **sent)
    assert "拟定时限2016-09-30早于今天。确认后1条责任分工即亮红灯" in page.main
    page = as_coordinator.post_and_follow(amend_url, **{**page.values(), **sent, "action": "confirm"})
    assert page.text("//h1/span") == "红 逾期"


def test_another_date_than_the_one_looked_at_is_shown_first(as_coordinator, amend_url):
    page = as_coordinator.post(amend_url, 200, due_on="2016-11-30", reason="同步")
    sent = {**page.values(), "due_on": "2016-11-29", "action": "confirm"}
    page = as_coordinator.post(amend_url, 422, **sent)
    assert page.errors == {"": "内容与核对时不同，请重新核对后确认。"}
    assert "→ 2016-11-29" in page.text("//section[@id='preview']//tbody/tr")
    assert ItemRevision.objects.count() == 1


def test_a_light_that_turned_since_is_shown_again(as_coordinator, item, lead, amend_url):
    page = as_coordinator.post(amend_url, 200, due_on="2016-11-30", reason="同步")
    make_period(item.plan, "2016Q2")  # closed long ago, and nothing was filed: the light is yellow now
    page = as_coordinator.post(amend_url, 422, **{**page.values(), "action": "confirm"})
    assert page.errors == {"": "内容与核对时不同，请重新核对后确认。"}


def test_who_was_overtaken_is_told_and_nothing_changes(as_coordinator, item, amend_url):
    page = as_coordinator.post(amend_url, 200, due_on="2016-11-30", reason="同步")
    revise(item, date(2016, 12, 1), at=moment("2016-10-12 09:00"))
    page = as_coordinator.post(amend_url, 422, **{**page.values(), "action": "confirm"})
    assert page.errors == {"": "内容已被更新，本次未保存：完成时限或表述已被调整。请刷新页面，核对现行时限后再改。"}
    assert ItemRevision.objects.count() == 2


def test_a_confirmation_sent_twice_is_one_revision(as_coordinator, item, amend_url):
    page = as_coordinator.post(amend_url, 200, due_on="2016-11-30", reason="同步")
    sent = {**page.values(), "action": "confirm"}
    for _ in range(2):
        as_coordinator.post(amend_url, 302, **sent)
    assert (ItemRevision.objects.count(), changes()) == (2, 1)


# ── many items ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_items_are_ticked_in_the_ledger_by_coordinators_alone(as_coordinator, as_leader, three):
    url = f"/plans/{three[0].plan.slug}/items/"
    boxes = as_coordinator.get(url).all("//tbody//input[@name='item' and @form='ledger']")
    assert [box.get("value") for box in boxes] == ["1", "2", "3"]
    assert as_coordinator.get(url).texts("//div[@id='chosen']//button[@name='do']") == [
        "催办所选…",
        "批量改期…",
        "调整责任单位…",
        "导出所选",
    ]
    assert as_leader.get(url).all("//input[@name='item']") == []
    assert as_coordinator.get(f"{url}?as_of=2016-10-01").all("//input[@name='item']") == []


def test_many_get_one_date_in_one_deed(as_coordinator, dates_url, three):
    page = as_coordinator.get(f"{dates_url}?item=1&item=3")
    assert page.text("//h1") == "调整2项任务的完成时限"
    chosen = {"item": numbers([three[0], three[2]]), "due_on": "2016-10-20", "reason": "统一验收"}
    page = as_coordinator.post(dates_url, 200, **chosen)
    assert page.text("//section[@id='preview']//h2") == "调整2项任务的时限，2项任务、2条责任分工变灯"
    page = as_coordinator.post_and_follow(dates_url, **{**page.values(), **chosen, "action": "confirm"})
    assert page.messages == ["已调整2项任务的完成时限，原时限和原因留存。"]
    assert {item.revisions.count() for item in (three[0], three[2])} == {2}
    assert three[1].revisions.count() == 1


def test_many_can_go_on_without_an_end(as_coordinator, dates_url, three):
    chosen = {"item": numbers(three), "is_endless": "on", "reason": "改为长期任务"}
    page = as_coordinator.post(dates_url, 200, **chosen)
    as_coordinator.post(dates_url, 302, **{**page.values(), **chosen, "action": "confirm"})
    assert set(ItemRevision.objects.filter(reason="改为长期任务").values_list("due_on", flat=True)) == {None}


def test_one_that_was_changed_meanwhile_is_named_and_none_is_changed(as_coordinator, dates_url, three):
    chosen = {"item": numbers(three), "due_on": "2016-11-30", "reason": "统一验收"}
    page = as_coordinator.post(dates_url, 200, **chosen)
    revise(three[1], date(2016, 12, 1), at=moment("2016-10-12 09:00"))
    page = as_coordinator.post(dates_url, 422, **{**page.values(), **chosen, "action": "confirm"})
    assert page.errors == {
        "": f"内容已被更新，本次未保存：{three[1]}已被他人调整。所选任务均未改动，请重新核对后再改。"
    }
    assert not ItemRevision.objects.filter(reason="统一验收").exists()


def test_the_confirmation_for_many_sent_twice_is_one_deed(as_coordinator, dates_url, three):
    chosen = {"item": numbers(three), "due_on": "2016-11-30", "reason": "统一验收"}
    page = as_coordinator.post(dates_url, 200, **chosen)
    sent = {**page.values(), **chosen, "action": "confirm"}
    for _ in range(2):
        as_coordinator.post(dates_url, 302, **sent)
    assert (ItemRevision.objects.filter(reason="统一验收").count(), changes()) == (3, 3)


def test_what_has_the_date_already_keeps_it(as_coordinator, dates_url, three):
    chosen = {"item": numbers(three), "due_on": "2016-12-31", "reason": "统一验收"}
    page = as_coordinator.post(dates_url, 200, **chosen)
    assert page.text("//section[@id='preview']//h2") == "时限不变"
    page = as_coordinator.post(dates_url, 422, **{**page.values(), **chosen, "action": "confirm"})
    assert page.errors == {"due_on": "所选任务的时限与现行时限相同，没有改动。"}


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        ({"due_on": "", "reason": "统一"}, "due_on", "请填写完成时限，或勾选持续推进。"),
        ({"due_on": "2016-11-30", "is_endless": "on", "reason": "统一"}, "due_on", "请不要同时勾选持续推进"),
        ({"due_on": "2016-05-23", "reason": "统一"}, "due_on", "完成时限不能早于公文印发日期。"),
        ({"due_on": "2016-11-30", "reason": ""}, "reason", "请写明调整原因。"),
    ],
)
def test_what_is_wrong_with_it_is_said_at_its_field(as_coordinator, dates_url, three, sent, field, message):
    page = as_coordinator.post(dates_url, 422, item=numbers(three), **sent)
    assert message in page.errors[field]
    assert ItemRevision.objects.count() == 3


def test_nothing_ticked_is_said(as_coordinator, dates_url, three):
    assert "没有选择任务" in as_coordinator.get(dates_url).main
    assert "没有选择任务" in as_coordinator.get(f"{dates_url}?item=x&item=999").main
    as_coordinator.post(dates_url, 422, due_on="2016-11-30", reason="统一")


# ── who is told ──────────────────────────────────────────────────────────────────────────────────────────────────


def told():
    return sorted(Message.objects.values_list("recipient__username", "text"))


def confirmed(visitor, url, **sent):
    page = visitor.post(url, 200, **sent)
    visitor.post(url, 302, **{**page.values(), **sent, "action": "confirm"})
    return page


def test_the_leads_of_an_item_are_told_of_its_new_date_and_the_page_says_so(
    as_coordinator, item, lead, lead_liaison, assisting_liaison, amend_url
):
    make_assignment(item, make_agency("省农委"))
    page = confirmed(as_coordinator, amend_url, due_on="2016-11-30", reason="验收提前")
    assert "通知2家负责单位，共1人，每人一条站内消息。省农委没有在用账号，请另行告知。" in page.main
    assert told() == [
        (lead_liaison.username, "（1）任务1完成时限由2016-12-31调整为2016-11-30：验收提前"),
    ]
    assert Message.objects.get().link == lead.get_absolute_url()


def test_of_many_items_moved_at_once_each_person_gets_one_message(
    as_coordinator, three, lead_liaison, lead_agency, dates_url
):
    close(three[2].assignments.get(), at=moment("2016-10-01"))
    sent = {"item": numbers(three), "due_on": "2016-11-30", "reason": "统一调整"}
    page = confirmed(as_coordinator, dates_url, **sent)
    assert "通知1家负责单位，共1人" in page.main
    assert told() == [
        (lead_liaison.username, "（1）任务1等2项任务完成时限由2016-12-31调整为2016-11-30：统一调整"),
    ]
    assert Message.objects.get().link == "/my/"


def test_sent_twice_it_is_told_once(as_coordinator, lead_liaison, lead, amend_url):
    page = as_coordinator.post(amend_url, 200, due_on="2016-11-30", reason="同步")
    for _ in range(2):
        as_coordinator.post(amend_url, 302, **{**page.values(), "action": "confirm"})
    assert len(told()) == 1


def test_of_an_extension_the_other_leads_are_told_and_who_asked_gets_the_answer(as_coordinator, item, lead, visitor):
    sign_receipt(lead, at=moment("2016-06-01 10:00"))
    other = make_user(role=Role.LIAISON, agency=make_assignment(item, make_agency("省农委")).agency)
    mine = make_user(role=Role.LIAISON, agency=lead.agency)
    asked = make_request(lead, "extension", at=moment("2016-10-10 10:00"), due_on=date(2017, 3, 31))
    as_coordinator.post(f"/requests/{asked.pk}/", 302, verdict="granted")
    assert dict(told()) == {
        other.username: "（1）任务1完成时限由2016-12-31调整为2017-03-31：同意省商务厅延期：理由",
        mine.username: "（1）延期申请：同意。",
    }
