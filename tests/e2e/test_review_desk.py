"""The review desk in real browsers: many at once, two people on one report, a comment that reaches a colleague."""

import re

import pytest
from playwright.sync_api import expect

from agencies.models import Change, Role, User
from tasks.models import Review
from tests.e2e.conftest import DESK, PHONE, session_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def colleague(site, django_db_blocker):
    """A second coordinator, as the server sees him too."""
    with django_db_blocker.unblock():
        User.objects.create_user("zhangke", display_name="张科", role=Role.COORDINATOR)
        site.sessions["zhangke"] = session_of("zhangke")
    return "zhangke"


def test_several_reports_are_sent_back_at_once(visit):
    window = visit("coordinator", viewport=DESK)
    page = window.page
    page.goto("/plans/2016-76/")
    page.get_by_role("link", name="去审核").click()
    page.wait_for_url("**/reviews/**")
    rows = page.locator("#rows tbody tr")
    waiting = rows.count()
    rows.nth(0).get_by_role("checkbox").check()
    rows.nth(1).get_by_role("checkbox").check()
    page.get_by_role("button", name="退回所选").click()
    expect(page.locator(".error .msg")).to_have_text("退回须写明意见，供填报单位修改。")
    expect(rows.nth(1).get_by_role("checkbox")).to_be_checked()
    page.get_by_label("审核意见").fill("请补充佐证材料。")
    page.get_by_role("button", name="退回所选").click()
    expect(page.locator(".messages")).to_contain_text("已退回2份报告")
    expect(rows).to_have_count(waiting - 2)
    last = Change.objects.order_by("-pk")[:2]
    assert len({change.request_id for change in last}) == 1
    assert {change.reason for change in last} == {"请补充佐证材料。"}
    assert window.complaints == []


def test_two_coordinators_on_one_report_see_each_other_s_verdict_and_lose_nothing(visit, colleague):
    first, second = visit("coordinator", viewport=DESK), visit(colleague, viewport=DESK)
    first.page.goto("/reviews/")
    first.page.get_by_role("link", name="开始审核").click()
    expect(first.page).to_have_url(re.compile(r"/reviews/\d+/"))
    second.page.goto(first.page.url)
    first.page.get_by_label("审核意见").fill("附件缺页。")
    first.page.get_by_role("button", name="退回").click()
    expect(first.page.locator(".messages")).to_contain_text("已退回")
    second.page.get_by_label("审核意见").fill("数据完整。")
    second.page.get_by_role("button", name="通过并审核下一份").click()
    expect(second.page.locator(".error .msg")).to_have_text("该报告已审核，结论为“退回”，未作改动。")
    expect(second.page.locator(".note.back")).to_contain_text("附件缺页。")
    expect(second.page.get_by_label("审核意见")).to_have_value("数据完整。")
    second.page.get_by_role("button", name="改为通过").click()
    expect(second.page.locator(".messages")).to_contain_text("已通过")
    assert list(Review.objects.order_by("-pk").values_list("comment", flat=True)[:2]) == ["数据完整。", "附件缺页。"]
    assert first.complaints + second.complaints == []


def test_a_colleague_who_is_mentioned_finds_the_comment_by_his_messages(visit, colleague):
    page = visit("coordinator", viewport=PHONE).page
    page.goto("/reviews/")
    page.get_by_role("link", name="开始审核").click()
    page.get_by_label("写批注").fill("请核对与统计局的口径。")
    page.get_by_label("张科").check()
    page.get_by_role("button", name="保存批注").click()
    expect(page.locator("#comments li").last).to_contain_text("@张科")
    other = visit(colleague, viewport=PHONE).page
    other.goto("/plans/")
    other.get_by_role("link", name=re.compile("^消息")).click()
    other.get_by_role("button", name=re.compile("请核对与统计局的口径")).click()
    expect(other.locator("#comments")).to_contain_text("请核对与统计局的口径。")
    expect(other.locator(".who b")).to_have_count(0)
