"""The main path in real browsers: an agency reports, a coordinator reviews, the leadership reads."""

import re

import pytest
from playwright.sync_api import expect

from tasks.models import Assignment
from tests.e2e.conftest import DESK

pytestmark = pytest.mark.django_db

DASHBOARD = "/plans/2016-76/"
FIRST = "安徽名牌产品申报材料初审完成，组织申报企业213家。"
SECOND = "安徽名牌产品申报材料初审完成，组织申报企业213家，名单附后；驰名商标新增9件。"


def test_a_report_is_filed_sent_back_filed_again_accepted_and_read(visit):
    liaison, coordinator, leader = (visit(username, viewport=DESK) for username in ("shangwu", "coordinator", "leader"))
    assignment = Assignment.objects.get(item__number=3, agency__name="省商务厅")
    before = figures(leader)

    card = file_with_htmx(liaison.page, assignment)
    expect(card).to_have_count(0)
    assert figures(leader) == before  # what waits counts nowhere

    send_back(coordinator.page)
    file_again(liaison.page, assignment)
    accept(coordinator.page)

    percent, yellows = figures(leader)
    assert percent > before[0]
    assert yellows == before[1] - 1
    leader.page.get_by_role("link", name="大力推动品牌建设").first.click()
    row = leader.page.locator(f"#a{assignment.pk}")
    expect(row).to_contain_text("66%")
    expect(row).to_contain_text(SECOND)
    expect(row).to_contain_text("绿 正常")
    assert liaison.complaints + coordinator.complaints + leader.complaints == []


def figures(visitor):
    """The plan's progress and its number of yellow items, as the dashboard says them."""
    visitor.page.goto(DASHBOARD)
    lede = visitor.page.locator(".lede").inner_text()
    return float(re.search(r"总体进度 ([\d.]+)%", lede)[1]), int(re.search(r"(\d+)项滞后", lede)[1])


def file_with_htmx(page, assignment):
    """Draft, refusal at the field, and filing; the page is not loaded anew."""
    page.goto("/my/")
    page.evaluate("window.sameDocument = true")
    card = page.locator(f"#r{assignment.pk}-2016Q3")
    card.get_by_label("本期进展").fill(FIRST)
    card.get_by_role("button", name="存草稿").click()
    expect(card.get_by_role("status")).to_have_text("草稿已保存。")

    card.get_by_role("button", name="报送").click()
    reason = card.get_by_label("滞后原因")
    expect(reason).to_be_visible()
    expect(reason).to_have_attribute("aria-invalid", "true")
    expect(card.locator(".error .msg")).to_contain_text("41%低于黄灯线53.8%")
    expect(card.get_by_label("本期进展")).to_have_value(FIRST)
    assert page.evaluate("window.sameDocument") is True

    card.get_by_label("进度", exact=True).fill("66")
    card.get_by_role("button", name="报送").click()
    expect(page.locator(f"p#r{assignment.pk}-2016Q3")).to_have_text("（三）已报送，等待审核。")
    expect(page.locator("#filed")).to_contain_text("报66%")
    assert page.evaluate("window.sameDocument") is True
    return page.locator(f"form#r{assignment.pk}-2016Q3")


def open_review(page):
    page.goto(DASHBOARD)
    page.get_by_role("navigation", name="主导航").get_by_role("link", name=re.compile("审核")).click()
    page.locator("#rows tbody tr", has_text="省商务厅").filter(has_text="（三）").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name=re.compile("省商务厅 · （三）"))).to_be_visible()


def send_back(page):
    open_review(page)
    expect(page.locator(".compare")).to_contain_text(FIRST)
    page.wait_for_load_state()
    waiting = page.locator(".queue li").count()
    page.get_by_role("button", name="退回").click()
    expect(page.locator(".error .msg")).to_have_text("退回须写明意见，供填报单位修改。")
    page.get_by_label("审核意见").fill("请附企业名单，并报驰名商标数。")
    page.get_by_role("button", name="退回").click()
    expect(page.locator(".messages")).to_have_text("已退回省商务厅（三）的报告。")
    expect(page.locator(".queue li")).to_have_count(waiting - 1)


def file_again(page, assignment):
    page.goto("/my/")
    card = page.locator(f"form#r{assignment.pk}-2016Q3")
    expect(card.locator(".note.back")).to_contain_text("请附企业名单，并报驰名商标数。")
    expect(card.get_by_label("本期进展")).to_have_value(FIRST)
    card.get_by_label("本期进展").fill(SECOND)
    card.get_by_role("button", name="报送").click()
    expect(page.locator(f"p#r{assignment.pk}-2016Q3")).to_contain_text("已报送")


def accept(page):
    open_review(page)
    expect(page.locator(".compare")).to_contain_text("名单附后")
    expect(page.locator(".effect")).to_contain_text("该单位由黄 滞后转为绿 正常")
    page.get_by_role("button", name="通过并审核下一份").click()
    expect(page.locator(".messages")).to_have_text("已通过省商务厅（三）的报告。")


def test_signing_in_with_what_the_page_shows_and_out_again(visit):
    window = visit(viewport=DESK)
    page = window.page
    page.goto("/")
    row = page.get_by_role("row", name="省质监局 · 联络员")
    page.get_by_label("用户名").fill(row.locator("code").inner_text())
    page.get_by_label("密码").fill(page.locator(".heading code").inner_text())
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile("/my/$"))
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    assert window.complaints == []


def test_choosing_a_past_day_by_the_form_shows_that_day(visit):
    page = visit("leader", viewport=DESK).page
    page.goto(DASHBOARD)
    page.get_by_label("截至日期").fill("2016-08-01")
    page.get_by_role("button", name="查看").click()
    expect(page.locator(".lede")).to_contain_text("截至8月1日")
    page.get_by_role("link", name="回到今天").click()
    expect(page.locator(".lede")).to_contain_text("截至10月12日")


def test_filtering_a_ledger_step_by_step_ends_in_an_address_that_can_be_shared(visit):
    page = visit("coordinator", viewport=DESK).page
    page.goto(f"{DASHBOARD}assignments/")
    page.get_by_role("combobox", name="角色").select_option(label="负责")
    page.get_by_role("checkbox", name=re.compile("红 逾期")).check()
    page.get_by_role("button", name="筛选", exact=True).click()
    rows = page.locator("#rows tbody tr")
    expect(page).to_have_url(re.compile("light=red"))
    expect(rows.first).to_contain_text("红 逾期")
    page.wait_for_load_state()
    found = rows.all_inner_texts()
    page.get_by_role("button", name="进度", exact=True).click()
    expect(page.get_by_role("button", name="进度 ↑")).to_be_visible()
    page.wait_for_load_state()
    assert sorted(rows.all_inner_texts()) == sorted(found)
    address = page.url
    other = visit("leader", viewport=DESK).page
    other.goto(address)
    shown = [text.strip() for text in rows.all_inner_texts()]  # a coordinator's begin with a box to tick
    assert other.locator("#rows tbody tr").all_inner_texts() == shown
