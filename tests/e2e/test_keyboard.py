"""Without a mouse: one can skip to the text, reach everything, see where one is, and file a report."""

import pytest
from playwright.sync_api import expect

from tasks.models import Assignment, ProgressReport
from tests.e2e.conftest import DESK, PHONE
from tests.support.processes import eventually

pytestmark = pytest.mark.django_db

DASHBOARD = "/plans/2016-76/"
FOCUSED = "document.activeElement"


def test_the_first_stop_is_the_way_to_the_text(visit):
    page = visit("leader", viewport=DESK).page
    page.goto(DASHBOARD)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(f"document.querySelector('main').contains({FOCUSED})")


def test_a_leader_s_second_stop_is_the_way_to_the_quarter_s_files(visit):
    page = visit("leader", viewport=DESK).page
    page.goto(DASHBOARD)
    expect(page.get_by_role("heading", name="季度文件")).to_be_visible()  # they come after the page
    for key in ("Tab", "Tab", "Enter", "Tab"):
        page.keyboard.press(key)
    assert page.evaluate(f"document.querySelector('#files').contains({FOCUSED})")


@pytest.mark.parametrize(
    ("who", "url"), [("leader", DASHBOARD), ("leader", f"{DASHBOARD}assignments/"), ("zhijian", "/my/")]
)
def test_every_control_is_a_stop_in_the_order_of_the_page_and_shows_that_it_is(visit, who, url):
    page = visit(who, viewport=DESK).page
    page.goto(url)
    page.wait_for_load_state("networkidle")  # the parts that are fetched after the page are stops, too
    page.evaluate(LIST_STOPS)
    assert page.evaluate("stops.length") > 40
    places = []
    for _ in range(60):
        page.keyboard.press("Tab")
        place, is_marked = page.evaluate(f"[stops.indexOf({FOCUSED}), {IS_MARKED}]")
        assert is_marked, page.evaluate(f"{FOCUSED}.outerHTML")
        places.append(place)
    visited = list(dict.fromkeys(places))  # a date is several stops
    assert visited == list(range(len(visited)))
    assert len(visited) > 50


LIST_STOPS = """() => {
    // Of a group of radio buttons the chosen one is the stop; the arrows lead to the others.
    const kinds = "a[href], button, select, textarea, summary, [tabindex='0'], "
        + "input:not([type=hidden]):not([type=radio]:not(:checked))";
    window.stops = [...document.querySelectorAll(kinds)].filter(element => element.checkVisibility());
}"""
# The parts of a date are marked one by one by the browser itself.
IS_MARKED = f"{FOCUSED}.type == 'date' || getComputedStyle({FOCUSED}).outlineStyle != 'none'"


def test_the_matrix_can_be_scrolled_with_the_arrows_on_a_phone(visit):
    page = visit("leader", viewport=PHONE).page
    page.goto(DASHBOARD)
    box = page.get_by_role("region", name="责任矩阵，可左右滚动")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert eventually(lambda: box.evaluate("box => box.scrollLeft") > 0)  # the browser scrolls smoothly


def test_a_report_is_filed_without_a_mouse(visit):
    page = visit("haiguan", viewport=DESK).page
    assignment = Assignment.objects.filter(agency__name="合肥海关", role="lead").order_by("pk").first()
    page.goto(f"/my/{assignment.pk}/")
    page.get_by_label("本期进展").focus()
    page.keyboard.press("Control+A")  # a report that is filed anew begins with what was filed
    page.keyboard.type("查验出口商品31批。")
    tab_to(page, "percent")
    page.keyboard.press("Control+A")
    page.keyboard.type("90")
    tab_to(page, "action", "submit")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("已报送，等待审核。")
    report = ProgressReport.objects.filter(assignment=assignment).latest("pk")
    assert (report.percent, report.progress) == (90, "查验出口商品31批。")


def tab_to(page, name, value=None):
    """Goes on until the control of that name has the focus; of several, the one with that value."""
    for _ in range(20):
        page.keyboard.press("Tab")
        focused, held = page.evaluate(f"[{FOCUSED}.name, {FOCUSED}.value]")
        if focused == name and value in (None, held):
            return
    raise AssertionError(f"{name} is not within twenty stops")


def test_after_an_error_the_message_is_told_with_its_field(visit):
    """What a screen reader says of the field: its name, that it is wrong, and why."""
    page = visit("zhijian", viewport=DESK).page
    assignment = Assignment.objects.get(item__number=2, agency__name="省质监局")
    page.goto(f"/my/{assignment.pk}/")
    page.get_by_label("进度", exact=True).fill("x")
    page.get_by_role("button", name="报送").click()
    field = page.get_by_label("进度", exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("“x”不是数字。")


def test_one_key_leads_to_the_search_and_one_to_the_help(visit):
    page = visit("leader", viewport=DESK).page
    page.goto("/messages/")
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="搜索")
    expect(search).to_be_focused()
    page.keyboard.type("质量/?")  # in a text both are what they are
    expect(search).to_have_value("质量/?")
    page.get_by_role("link", name="跳到正文").focus()
    with page.expect_navigation():
        page.keyboard.press("?")
    assert page.url.endswith("/help/")


FORMS = {  # who, which form, its controls in turn, and the first that must not stay empty
    "/urges/new/?item={item}": ("coordinator", ["assignment", "text", "reply_by"], "text"),
    "/plans/2016-76/items/3/milestones/new/": ("coordinator", ["name", "planned_on", "agency", "measure"], "name"),
    "/plans/2016-76/items/3/amend/": ("coordinator", ["due_on", "reason", "wording"], "reason"),
    "/plans/2016-76/items/3/instruct/": ("leader", ["text", "assignment", "answer_by"], "text"),
    "/assignments/{part}/requests/new/?kind=extension": ("zhijian", ["due_on", "reason"], "due_on"),
}


def test_the_main_forms_are_gone_through_by_keyboard_and_an_error_keeps_it_at_its_field(visit):
    part = Assignment.objects.get(item__number=3, agency__name="省质监局")
    for address, (who, controls, wrong) in FORMS.items():
        page = visit(who, viewport=DESK).page
        page.goto(address.format(item=part.item_id, part=part.pk))
        page.evaluate("for (const form of document.forms) form.noValidate = true")  # the server's answer is the matter
        page.locator("main form[method=post] :is(input, select, textarea)[name]:not([type=hidden])").first.focus()
        passed = [page.evaluate(f"{FOCUSED}.name")]
        while page.evaluate(f"{FOCUSED}.type") != "submit":
            assert len(passed) < 60, (address, passed)
            page.keyboard.press("Tab")
            passed.append(page.evaluate(f"{FOCUSED}.name ?? ''"))
        assert [name for name in dict.fromkeys(passed) if name in controls] == controls, address
        page.locator(f"main [name={wrong}]").fill("")
        page.locator(f"main [name={wrong}]").press("Tab")
        tab_to_submit(page)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        field = page.locator(f"main [name={wrong}]")
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")


def tab_to_submit(page):
    for _ in range(60):
        if page.evaluate(f"{FOCUSED}.type") == "submit":
            return
        page.keyboard.press("Tab")
    raise AssertionError("no button within sixty stops")


def test_with_a_passkey_one_is_in_without_typing_a_code(visit, site, settings):
    """The browser's own key of a device; browsers know passkeys for names alone, and by http for localhost alone."""
    settings.ALLOWED_HOSTS = ["localhost"]
    page = visit("", base_url=site.url.replace("127.0.0.1", "localhost")).page
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    of_device = {**options, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": of_device})
    sign_in(page)
    page.goto("/accounts/factor/keys/new/")
    page.get_by_label("密码").fill(settings.DEMO_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("名称")).to_be_visible()
    page.wait_for_load_state()  # the script that asks the device comes last
    page.get_by_label("名称").fill("办公电脑")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="备用码")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page)
    expect(page.get_by_role("button", name="用通行密钥登录")).to_be_visible()
    page.wait_for_load_state()
    page.get_by_role("button", name="用通行密钥登录").press("Enter")
    expect(page.get_by_role("button", name="退出")).to_be_visible()


def sign_in(page):
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill("shangwu")
    page.get_by_label("密码").fill("zhiliang-2016")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="登录", exact=True)).to_have_count(0)
