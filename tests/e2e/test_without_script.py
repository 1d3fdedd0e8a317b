"""With JavaScript off everything still works: reading, filing, reviewing and steering."""

import pytest
from playwright.sync_api import expect

from tasks.models import Assignment
from tests.e2e.conftest import DESK

pytestmark = pytest.mark.django_db

PLAN = "/plans/2016-76/"


@pytest.fixture(scope="module")
def window(visit):
    def window(username):
        return visit(username, viewport=DESK, java_script_enabled=False).page

    return window


OF_A_PLAN = ["", "items/", "assignments/", "items/3/", "sections/1/", "agencies/", "notice/"]
OTHERS = ["/urges/", "/reminders/preview/", "/reminders/rules/"]


@pytest.fixture(scope="module")
def without_and_with_it(window, visit):
    return window("leader"), visit("leader", viewport=DESK).page


# A part that a script fetches stands behind a link without it.
BUT_FOR_WHAT_IS_FETCHED = "main => (main.querySelector('#news')?.remove(), main.innerText)"


def test_what_has_changed_since_the_last_look_is_a_link_away(window):
    page = window("leader")
    page.goto(PLAN)
    page.get_by_role("link", name="上次查看以来的变化").click()
    expect(page.get_by_role("heading", name="季度文件")).to_be_visible()


@pytest.mark.parametrize("path", [*(PLAN + path for path in OF_A_PLAN), *OTHERS])
def test_pages_show_what_they_show_with_it(without_and_with_it, path):
    texts = []
    for page in without_and_with_it:
        page.goto(path)
        texts.append(page.locator("main").evaluate(BUT_FOR_WHAT_IS_FETCHED))
    assert texts[0] == texts[1]
    assert len(texts[0]) > 200


def test_a_draft_is_kept_and_a_report_is_filed(window):
    page = window("shangwu")
    assignment = Assignment.objects.get(item__number=13, agency__name="省商务厅")
    page.goto("/my/")
    card = page.locator(f"form#r{assignment.pk}-2016Q3")
    card.get_by_label("本期进展").fill("检查市场12处。")
    card.get_by_role("button", name="存草稿").click()
    expect(page.locator(".messages")).to_have_text("（十三）草稿已保存。")
    expect(card.get_by_label("本期进展")).to_have_value("检查市场12处。")

    card.get_by_label("进度", exact=True).fill("200")
    card.get_by_role("button", name="报送").click()
    expect(page.locator(".error .msg")).to_have_text("进度应为0到100之间的整数。")
    page.get_by_label("进度", exact=True).fill("70")
    page.get_by_role("button", name="报送").click()
    expect(page.locator(".messages")).to_have_text("（十三）已报送，等待审核。")


def test_where_a_reason_is_needed_it_can_be_given(window):
    """The fields are folded away until they are needed; without script they must come with the answer."""
    page = window("zhijian")
    assignment = Assignment.objects.get(item__number=6, agency__name="省质监局")
    page.goto(f"/my/{assignment.pk}/")
    page.get_by_label("本期进展").fill("进展不大，只完成2项。")
    page.get_by_label("进度", exact=True).fill("10")
    page.get_by_role("button", name="报送").click()
    page.get_by_label("进度回调原因").fill("重新核算。")
    page.get_by_label("滞后原因").fill("考评推迟，11月赶上。")
    page.get_by_role("button", name="报送").click()
    expect(page.locator(".messages")).to_have_text("（六）已报送，等待审核。")


def test_a_report_is_sent_back_and_another_accepted(window):
    page = window("coordinator")
    page.goto("/reviews/")
    page.get_by_role("link", name="开始审核").click()
    page.get_by_role("button", name="退回").click()
    expect(page.locator(".error .msg")).to_have_text("退回须写明意见，供填报单位修改。")
    page.wait_for_load_state()
    page.get_by_label("审核意见").fill("请补充数据。")
    page.get_by_role("button", name="退回").click()
    expect(page.locator(".messages")).to_contain_text("已退回")
    page.get_by_role("button", name="通过并审核下一份").click()
    expect(page.locator(".messages")).to_contain_text("已通过")


def test_a_due_date_is_moved_and_an_assignment_closed(window):
    page = window("coordinator")
    page.goto(f"{PLAN}items/4/amend/")
    page.get_by_label("完成时限").fill("2016-11-30")
    page.get_by_label("调整原因").fill("与验收同步")
    page.get_by_role("button", name="核对影响").click()
    expect(page.locator("#preview")).to_contain_text("→ 2016-11-30")
    page.get_by_role("button", name="确认调整").click()
    expect(page.locator("main")).to_contain_text("原定 2016-12-31")
    page.get_by_role("link", name="办结…").first.click()
    page.get_by_label("依据").fill("验收合格")
    page.wait_for_load_state()  # what follows the field may be on its way
    unproven = page.get_by_label("没有佐证材料的原因")
    if unproven.count():
        unproven.fill("现场验收")
    page.get_by_role("button", name="核对影响").click()
    expect(page.locator("#preview")).to_contain_text("办结销号后会怎样")
    page.get_by_role("button", name="确认办结销号").click()
    expect(page.locator(".messages")).to_contain_text("办结销号")


def test_members_of_a_group_are_edited(window):
    page = window("coordinator")
    page.goto(f"{PLAN}items/6/")
    page.get_by_role("link", name="成员名单").click()
    page.get_by_label("合肥海关").uncheck()
    page.get_by_role("button", name="核对影响").click()
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.locator("main")).to_contain_text("23个成员单位")


def test_one_can_sign_out(window):
    page = window("admin")
    page.goto("/plans/")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
