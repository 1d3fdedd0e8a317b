"""From a notice's file to a running plan in a real browser, in an installation that knows nothing yet."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from agencies.models import ChangeChain, Role
from tasks.models import ImportRevision, Plan
from tests.e2e.conftest import DESK, PHONE, Site, session_of
from tests.e2e.counted import Hand
from tests.support.factories import make_office, make_user

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "tests/tasks/notice/examples"
NOTICE = ROOT / "fixtures/notices/皖政办秘〔2016〕76号.txt"
TWO = ("07-guobanfa-2020-43-fangguanfu", "23-ganzhengbanfa-2023-38-gongcheng-shenpi")


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """A server with a coordinator, two cities with one each, and nothing else."""
    with django_db_blocker.unblock(), override_settings(QA_PLAN_TODAY=date(2023, 6, 1), ALLOWED_HOSTS=["127.0.0.1"]):
        ChangeChain.objects.get_or_create(pk=1)
        make_user("coordinator", role=Role.COORDINATOR)
        make_user("hefei", role=Role.COORDINATOR, office=make_office("合肥市", code="340100"))
        make_user("wuhu", role=Role.COORDINATOR, office=make_office("芜湖市", code="340200"))
        server = LiveServer("127.0.0.1")
        yield Site(server.url, {username: session_of(username) for username in ("coordinator", "hefei", "wuhu")})
        server.stop()
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        connections.close_all()


def bring(hand, page, path):
    page.goto("/plans/import/")
    hand.clicks += 1  # the file is chosen
    page.get_by_label("公文文件").set_input_files(path)
    hand.click(page.get_by_role("button", name="读取公文"))
    expect(page.get_by_role("heading", name="核对导入的公文")).to_be_visible()


def answer_all(hand, page):
    """Every open question by its first choice, those of a kind at once; how many answers that took."""
    answers, open_ones = 0, page.get_by_role("button", name="定下来")
    page.wait_for_load_state()  # the head of a page comes before its questions
    while waiting := open_ones.count():
        question = page.locator(".asks > li").filter(has=page.get_by_role("button", name="定下来")).first
        hand.click(question.get_by_role("radio").first)
        every = question.get_by_role("checkbox")
        if every.count():
            hand.click(every)
        hand.click(question.get_by_role("button", name="定下来"))
        expect(open_ones).not_to_have_count(waiting)
        page.wait_for_load_state()
        answers += 1
    return answers


def hand_out(hand, page):
    hand.click(page.get_by_role("link", name="下一步：确认交办"))
    hand.click(page.get_by_role("button", name="确认交办"))
    expect(page.get_by_role("status")).to_contain_text("已交办")


def told(capsys, name, hand, answers):
    with capsys.disabled():
        print(f"\n{name}: {hand}, {answers} answers")


def test_the_notice_of_the_product_becomes_a_plan_without_one_correction(visit, capsys):
    window, hand = visit("coordinator", viewport=DESK), Hand()
    page = hand.at(window.page)
    bring(hand, page, NOTICE)
    expect(page.locator(".lede")).to_contain_text("3个部分、17项任务、24家单位、79条负责")
    expect(page.locator(".lede")).to_contain_text("没有待核对的问题")
    hand_out(hand, page)
    told(capsys, "76号", hand, 0)
    assert (hand.pages, hand.clicks) == (4, 4)
    expect(page).to_have_url(re.compile("/setup/$"))  # the first one leads to what is left to set up
    page.get_by_role("link", name="进入总览").click()
    expect(page).to_have_url(re.compile("/plans/2016-76/$"))
    plan = Plan.objects.get(slug="2016-76")
    assert (plan.items.count(), ImportRevision.objects.filter(draft=plan.import_draft).count()) == (17, 0)
    assert window.complaints == []


WUHU = """芜湖市人民政府办公室关于印发芜湖市2016年质量工作方案的通知

芜政办〔2016〕31号

各县、区人民政府，市政府各部门：

现将《芜湖市2016年质量工作方案》印发给你们，请认真贯彻执行。

芜湖市人民政府办公室
2016年7月1日

芜湖市2016年质量工作方案

（一）大力推动品牌建设。实施商标品牌战略，争创中国驰名商标和安徽名牌产品。（市工商局负责）

（二）建设停车场。新增公共泊位两千个。（市住房城乡建设委负责）
"""


def test_cities_are_asked_for_plans_draw_or_import_them_and_the_duty_closes_by_itself(visit):
    """The province asks; 合肥 draws its plan without scripts and has done its duty; 芜湖 imports one, by keyboard."""
    windows = {name: visit(name, viewport=DESK, java_script_enabled=name != "hefei") for name in CITIES}
    province, hefei, wuhu = (windows[name].page for name in CITIES)
    if not Plan.objects.filter(slug="2016-76").exists():
        bring(Hand(), province, NOTICE)
        hand_out(Hand(), province)
    province.goto("/plans/2016-76/local/duty/")
    province.get_by_label("完成时限").fill("2023-12-31")
    province.get_by_role("button", name="核对").click()
    expect(province.locator("#preview")).to_contain_text("承担单位2家")
    province.get_by_role("button", name="确认交办").click()
    expect(province.get_by_role("status")).to_contain_text("已向2个地区交办")

    hefei.goto("/plans/import/")
    hefei.get_by_role("link", name=re.compile("从皖政办秘〔2016〕76号的任务生成")).click()
    for field, typed in DRAWN.items():
        hefei.locator(f"[name='{field}']").fill(typed)
    hefei.get_by_role("button", name="生成核对稿").click()
    expect(hefei.locator(".lede")).to_contain_text("18项任务")
    hefei.get_by_role("link", name="下一步：确认交办").click()
    hefei.get_by_role("button", name="确认交办").press("Enter")
    local = Plan.objects.get(document_number=DRAWN["document_number"])
    hefei.goto(f"/plans/{local.slug}/correspondence/")
    expect(hefei.locator(".lede")).to_contain_text("对应上级任务17项，本地增加1项，待确认0项")

    province.reload()
    row = province.get_by_role("row").filter(has=province.get_by_role("rowheader", name="合肥市"))
    expect(row).to_contain_text("已销号")
    expect(row.get_by_role("link", name=DRAWN["document_number"])).to_be_visible()

    wuhu.goto("/plans/import/")
    expect(wuhu.get_by_label("上级行动计划")).to_have_value("2016-76")
    wuhu.get_by_label("或粘贴公文全文").fill(WUHU)
    wuhu.get_by_role("button", name="读取公文").press("Enter")
    answer_all(Hand(), wuhu)
    wuhu.get_by_role("link", name="下一步：确认交办").press("Enter")
    wuhu.get_by_role("button", name="确认交办").press("Enter")
    expect(wuhu.get_by_role("heading", name="对应关系")).to_be_visible()
    first, second = wuhu.locator(".match").all()
    expect(first.locator(".theirs mark").first).to_be_visible()
    expect(first.get_by_role("checkbox", name="确认")).to_be_checked()
    second.get_by_role("checkbox", name="本地增加").press("Space")
    second.get_by_role("checkbox", name="确认").press("Space")
    wuhu.get_by_role("button", name="确认所勾选的对应关系").press("Enter")
    expect(wuhu.get_by_role("status")).to_contain_text("已确认2项任务的对应关系")
    expect(wuhu.locator(".lede")).to_contain_text("待确认0项")

    province.reload()
    row = province.get_by_role("row").filter(has=province.get_by_role("rowheader", name="芜湖市"))
    expect(row).not_to_contain_text("已销号")
    assert [window.complaints for window in windows.values()] == [[], [], []]


CITIES = ("coordinator", "hefei", "wuhu")
DRAWN = {
    "document_number": "合政办〔2016〕40号",
    "issued_on": "2016-06-30",
    "i1-title": "实施合肥制造品质革命",
    "n1-title": "举办质量论坛",
    "n1-body": "邀请企业交流。",
    "n1-leads": "市质监局",
}


@pytest.mark.parametrize("name", TWO)
def test_two_other_notices_become_plans_with_all_doubts_settled(visit, name, capsys):
    hand = Hand()
    page = hand.at(visit("coordinator", viewport=DESK).page)
    bring(hand, page, EXAMPLES / f"{name}.txt")
    answers = answer_all(hand, page)
    hand_out(hand, page)
    told(capsys, name, hand, answers)
    assert Plan.objects.filter(import_draft__file_name=f"{name}.txt").exists()


def test_without_script_and_on_a_phone_a_reading_is_corrected_and_taken_back(visit):
    page = visit("coordinator", viewport=PHONE, java_script_enabled=False).page
    page.goto("/plans/import/")
    page.get_by_label("或粘贴公文全文").fill((EXAMPLES / "12-yufufa-2019-17-dianzi-shangwu.txt").read_text())
    page.get_by_role("button", name="读取公文").click()
    page.get_by_role("link", name=re.compile("^更正(?!公文要素|这项任务)")).first.click()
    page.get_by_label("增加单位").fill("市天文局")
    page.get_by_role("button", name="保存责任单位").click()
    expect(page.get_by_text("单位名册和公文里都没有“市天文局”。")).to_be_visible()
    page.get_by_label("增加单位").fill("市招商投资局")
    page.get_by_label("角色").select_option("协助")
    page.get_by_role("button", name="保存责任单位").click()
    page.get_by_role("link", name="回到对照核对").click()
    expect(page.get_by_role("cell", name="市招商投资局协助")).to_be_visible()
    page.get_by_role("button", name="撤销第1处更正").click()
    expect(page.get_by_text("已被第2处撤销")).to_be_visible()
