"""Saving while typing, two people at one report, a session that ends: in real browsers."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from agencies.models import Agency, User
from tasks.models import Assignment, ProgressReport, ReportDraft
from tests.e2e.conftest import DESK, session_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def colleagues(visit, site, django_db_blocker):
    """Two windows of 省质监局: its liaison and a second one."""
    with django_db_blocker.unblock():
        agency = Agency.objects.get(users__username="zhijian")
        User.objects.create_user("zhijian2", "zhiliang-2016", role="liaison", agency=agency, display_name="质监同事")
        site.sessions["zhijian2"] = session_of("zhijian2")
    return tuple(window_with_a_clock(visit, username) for username in ("zhijian", "zhijian2"))


def window_with_a_clock(visit, username):
    """Whose time goes on by itself, and at once where a test says so."""
    window = visit(username, viewport=DESK)
    window.page.clock.install()
    return window


def rest(page):
    """As long as one has to stop typing for the draft to be saved."""
    page.clock.fast_forward(1500)


@pytest.fixture
def card_of():
    def card_of(page, number):
        assignment = Assignment.objects.get(item__number=number, agency__name="省质监局")
        return page.locator(f"form#r{assignment.pk}-2016Q3")

    return card_of


def test_what_two_people_type_is_saved_meets_and_is_not_lost(colleagues, card_of):
    mine, theirs = colleagues
    for window in colleagues:
        window.page.goto("/my/")
    my_card, their_card = card_of(mine.page, 2), card_of(theirs.page, 2)

    their_card.get_by_label("本期进展").fill("同事写的7件事。")
    rest(theirs.page)
    expect(their_card.locator(".saved")).to_contain_text("草稿已于18:00保存")
    expect(their_card.get_by_label("本期进展")).to_be_focused()

    my_card.get_by_label("本期进展").fill("我写的12件事。")
    expect(my_card.locator(".saved")).to_contain_text("未保存")
    my_card.get_by_role("button", name="存草稿").click()
    conflict = my_card.locator(".conflict")
    expect(conflict).to_contain_text("质监同事")
    expect(conflict.get_by_role("row", name="本期进展")).to_contain_text("同事写的7件事。")
    expect(conflict.get_by_role("row", name="本期进展")).to_contain_text("我写的12件事。")
    expect(my_card.get_by_label("本期进展")).to_have_value("我写的12件事。")

    conflict.get_by_role("button", name="以我的为准").click()
    expect(my_card.get_by_role("status")).to_have_text("草稿已保存。")
    assert ReportDraft.objects.get(assignment__item__number=2, assignment__agency__name="省质监局").progress == (
        "我写的12件事。"
    )
    their_card.get_by_role("button", name="报送").click()
    expect(their_card.locator(".conflict")).to_contain_text("我写的12件事。")
    their_card.get_by_role("link", name="以对方的为准").click()
    expect(theirs.page.get_by_label("本期进展")).to_have_value("我写的12件事。")
    assert mine.complaints + theirs.complaints == []


def test_saving_goes_on_from_version_to_version_and_enter_files(colleagues, card_of):
    window = colleagues[0]
    window.page.goto("/my/")
    shown = window.page.locator("form.report")
    card = shown.nth(1)
    slot, following = card.get_attribute("id"), shown.nth(2).get_attribute("id")
    for text in ("先写6行。", "再写12行。"):
        before = card.locator("[name=basis]").input_value()
        card.get_by_label("本期进展").fill(text)
        rest(window.page)
        expect(card.locator("[name=basis]")).not_to_have_value(before)
        expect(card.locator(".saved")).to_contain_text("已于18:00保存")
    card.get_by_label("进度", exact=True).fill("101")
    card.get_by_label("进度", exact=True).press("Enter")
    expect(card.locator(".saved")).to_contain_text("“进度”填写有误，未存")  # what was refused is a draft at once
    card.get_by_label("进度", exact=True).fill("97")
    card.get_by_label("进度", exact=True).press("Enter")
    expect(window.page.locator(f"p#{slot}")).to_contain_text("已报送，等待审核。")
    expect(window.page.locator(f"#{following}-t")).to_be_focused()
    report = ProgressReport.objects.latest("pk")
    assert (report.progress, report.percent) == ("再写12行。", 97)
    assert window.complaints == []


def test_a_session_that_ends_takes_nothing_away(visit, colleagues):
    window = window_with_a_clock(visit, "zhijian2")
    window.page.goto("/my/")
    card = window.page.locator("form.report").first
    text = "写了一小时，检查企业120家。"
    window.page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    card.get_by_label("本期进展").fill(text)
    rest(window.page)
    expect(window.page.locator("#session")).to_contain_text("登录已过期")
    expect(card.get_by_label("本期进展")).to_have_value(text)
    expect(card.get_by_label("本期进展")).to_be_focused()

    with window.page.context.expect_page() as opened:
        window.page.get_by_role("link", name="请在新窗口登录").click()
    second = opened.value
    second.get_by_label("用户名").fill("zhijian2")
    second.get_by_label("密码").fill("zhiliang-2016")
    second.get_by_role("button", name="登录").click()
    expect(second.get_by_role("button", name="退出")).to_be_visible()

    card.get_by_label("本期进展").press_sequentially("又写了3行。")
    rest(window.page)
    expect(card.locator(".saved")).to_contain_text("草稿已于18:00保存")
    expect(window.page.locator("#session")).to_be_empty()
    assert ReportDraft.objects.filter(progress=f"{text}又写了3行。").exists()
    assert window.complaints == []
