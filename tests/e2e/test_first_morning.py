"""From a list in Excel to printed slips and to the newcomer's own password, in the browser."""

import io

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from tests.e2e.test_every_page import DESK, PHONE, RULES, TOO_WIDE, barriers

pytestmark = pytest.mark.django_db


def list_of(*rows):
    book, target = Workbook(), io.BytesIO()
    for row in (["单位", "姓名", "手机", "邮箱", "角色", "用户名"], *rows):
        book.active.append(row)
    book.save(target)
    return {"name": "名单.xlsx", "mimeType": "application/octet-stream", "buffer": target.getvalue()}


def look(page, sign):
    """Once the page has come that bears the sign: while a page goes, nothing can be asked of it."""
    expect(sign).to_be_visible()
    page.wait_for_load_state()
    page.set_viewport_size(DESK)
    assert barriers(page, RULES) == []
    page.set_viewport_size(PHONE)
    assert page.evaluate(TOO_WIDE) == []


def test_a_list_becomes_slips_and_a_slip_a_password_of_one_s_own(visit):
    page = visit("coordinator", viewport=DESK).page
    page.goto("/accounts/people/")
    page.get_by_label("填好的账号名单").set_input_files(list_of(["没有厅", "张三", "", "", "联络员", ""]))
    page.get_by_role("button", name="上传核对").click()
    look(page, page.get_by_text("没有名为“没有厅”的单位"))
    page.get_by_role("link", name="重新上传").click()
    page.get_by_label("填好的账号名单").set_input_files(list_of(["省质监局", "张三", "", "", "联络员", "zhangsan"]))
    page.get_by_role("button", name="上传核对").click()
    look(page, page.get_by_role("button", name="开通并生成口令单"))
    page.get_by_role("button", name="开通并生成口令单").click()
    look(page, page.locator(".key-slip").first)
    password = page.locator(".key-slip code").nth(1).inner_text()

    newcomer = visit(viewport=PHONE).page
    newcomer.goto("/my/")
    newcomer.get_by_label("用户名").fill("zhangsan")
    newcomer.get_by_label("密码").fill(password)
    newcomer.get_by_role("button", name="登录").click()
    look(newcomer, newcomer.get_by_text("首次登录，请先设定自己的密码。"))
    for label, text in (("旧密码", password), ("新密码", "gaosu-tielu-8"), ("新密码确认", "gaosu-tielu-8")):
        newcomer.get_by_label(label, exact=True).fill(text)
    newcomer.get_by_role("button", name="修改密码").click()
    expect(newcomer.get_by_text("新密码已生效，初始口令不再有效。")).to_be_visible()
    newcomer.goto("/my/")
    expect(newcomer.get_by_role("heading", level=1)).to_contain_text("省质监局")
