"""From an empty installation and its one-time address to the first accepted report, in the browser alone: counted.

The figures are printed; what they may be at most is asserted, so that no page and no click comes to it unseen.
"""

import io
import re
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from agencies.installation import new_key
from agencies.models import ChangeChain, User
from tasks.models import Plan, Review
from tests.e2e.conftest import DESK, Site
from tests.e2e.counted import Hand
from tests.e2e.test_importing import NOTICE
from tests.support.factories import standard_rules

pytestmark = pytest.mark.django_db

PASSWORD = "gaosu-tielu-8"  # chosen by who signs in here
MOST_PAGES, MOST_CLICKS = 20, 20


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """A server with nothing, on a working day on which a period takes reports."""
    with django_db_blocker.unblock(), override_settings(QA_PLAN_TODAY=date(2016, 9, 26), ALLOWED_HOSTS=["127.0.0.1"]):
        ChangeChain.objects.get_or_create(pk=1)
        standard_rules()
        server = LiveServer("127.0.0.1")
        yield Site(server.url, {"key": new_key(timezone.now())})
        server.stop()
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        connections.close_all()


def begin(hand, page, key):
    """The first account, and the office's name, at the address that is printed where the product starts."""
    page.goto(f"/setup/first/{key}/")
    for label, text in (
        ("办公室名称", "省质量工作领导小组办公室"),
        ("催办编号代字", "皖质督"),
        ("本人姓名", "王处长"),
        ("用户名", "wang"),
        ("密码", PASSWORD),
        ("再输一次密码", PASSWORD),
    ):
        hand.fill(page.get_by_label(label, exact=True), text)
    hand.click(page.get_by_role("button", name="设立并登录"))
    expect(page.get_by_role("heading", name="开通清单")).to_be_visible()


def bring_the_notice(hand, page):
    hand.click(page.get_by_role("main").get_by_role("link", name="导入公文"))
    hand.clicks += 1  # the file is chosen
    page.get_by_label("公文文件").set_input_files(NOTICE)
    hand.click(page.get_by_role("button", name="读取公文"))
    hand.click(page.get_by_role("link", name="下一步：确认交办"))
    hand.click(page.get_by_role("button", name="确认交办"))
    expect(page.get_by_role("status")).to_contain_text("已交办")


def open_accounts(hand, page):
    """The list out, names into it in Excel, and in again; the slips' passwords by user name."""
    hand.click(page.get_by_role("link", name="按名单开通账号"))
    with page.expect_download() as download:
        hand.click(page.get_by_role("link", name="下载名单（.xlsx）"))
    book, filled = load_workbook(io.BytesIO(download.value.path().read_bytes())), io.BytesIO()
    for row in book.active.iter_rows(min_row=4):
        if row[0].value:
            row[1].value = f"{row[0].value}联络员"
    book.save(filled)
    hand.clicks += 1  # the file is chosen
    page.get_by_label("填好的账号名单").set_input_files(
        {"name": "账号名单.xlsx", "mimeType": "application/octet-stream", "buffer": filled.getvalue()}
    )
    hand.click(page.get_by_role("button", name="上传核对"))
    hand.click(page.get_by_role("button", name="开通并生成口令单"))
    expect(page.get_by_role("heading", name="初始口令单")).to_be_visible()
    page.wait_for_load_state()  # the heading comes before the slips
    codes = page.locator(".key-slip code").all_inner_texts()
    return dict(zip(codes[::2], codes[1::2], strict=True))


def file_the_first_report(hand, page, username, given):
    """The liaison signs in with the slip, chooses a password, signs for the tasks and reports on the first."""
    page.goto("/")
    hand.fill(page.get_by_label("用户名"), username)
    hand.fill(page.get_by_label("密码"), given)
    hand.click(page.get_by_role("button", name="登录"))
    for label, text in (("旧密码", given), ("新密码", PASSWORD), ("新密码确认", PASSWORD)):
        hand.fill(page.get_by_label(label, exact=True), text)
    hand.click(page.get_by_role("button", name="修改密码"))
    hand.click(page.get_by_role("navigation", name="主导航").get_by_role("link", name=re.compile("我的填报")))
    hand.click(page.get_by_role("button", name=re.compile("签收全部")))
    card = page.locator("form.report").first
    hand.fill(card.get_by_label("本期进展"), "实施方案已印发，各市工作推进会已召开。")
    hand.fill(card.get_by_label("进度", exact=True), "60")
    hand.click(card.get_by_role("button", name="报送"))
    expect(page.locator("#filed")).to_contain_text("报60%")


def accept_it(hand, page):
    page.goto("/")
    hand.click(page.get_by_role("navigation", name="主导航").get_by_role("link", name=re.compile("审核")))
    hand.click(page.locator("#rows tbody tr").first.get_by_role("link").first)
    hand.click(page.get_by_role("button", name=re.compile("通过")).first)
    expect(page.locator(".messages")).to_contain_text("已通过省质监局")


def test_from_the_one_time_address_to_the_first_accepted_report(site, visit, capsys):
    hand = Hand()
    office = visit(viewport=DESK)
    page = hand.at(office.page)
    begin(hand, page, site.sessions["key"])
    bring_the_notice(hand, page)
    slips = open_accounts(hand, page)
    assert len(slips) == 24
    liaison = visit(viewport=DESK)
    username = User.objects.get(agency__name="省质监局").username
    file_the_first_report(hand, hand.at(liaison.page), username, slips[username])
    accept_it(hand, page)
    with capsys.disabled():
        print(f"\nfirst morning: {hand}")
    assert Review.objects.get().verdict == "accepted"
    assert Plan.objects.get().items.count() == 17
    assert office.complaints + liaison.complaints == []
    assert hand.pages <= MOST_PAGES
    assert hand.clicks <= MOST_CLICKS
