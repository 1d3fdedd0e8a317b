"""Evidence in the browser: attached without leaving the page, saved from the reviewer's page under its own name."""

import re

import pytest
from playwright.sync_api import expect

from tasks.models import ProgressReport
from tests.e2e.conftest import DESK
from tests.support import uploads

pytestmark = pytest.mark.django_db

MINUTES = {"name": "会议纪要（9月）.pdf", "mimeType": "application/pdf", "buffer": uploads.PDF}
PROGRAM = {"name": "程序.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + bytes(100)}


def test_a_liaison_attaches_a_file_and_the_coordinator_saves_it(visit):
    page = visit("zhijian", viewport=DESK).page
    page.goto("/my/")
    bare = page.locator("form.report", has_not=page.locator(".files"))  # others have the story's evidence
    slot = bare.first.get_attribute("id")
    card = page.locator(f"#{slot}")
    card.get_by_text("佐证材料（选填）").first.click()
    card.get_by_label(re.compile("^佐证材料")).set_input_files([MINUTES, PROGRAM])
    card.get_by_role("button", name="存草稿").click()
    expect(card.locator(".evidence .msg")).to_contain_text("“程序.pdf”不是可接收的文件类型")
    expect(card.locator(".files a")).to_have_text(["会议纪要（9月）.pdf", "查看"])
    card.get_by_role("button", name="存草稿").click()
    expect(card.get_by_role("status").first).to_contain_text("草稿已保存")
    expect(card.locator(".files a")).to_have_text(["会议纪要（9月）.pdf", "查看"])
    card.locator("textarea[name=progress]").fill("完成12家企业现场核查。")
    card.locator("textarea[name=delay_reason]").evaluate("element => element.value ||= '设备到货晚，11月赶上。'")
    card.get_by_role("button", name="报送").click()
    expect(page.locator(f"#{slot}.report")).to_have_count(0)

    page = visit("coordinator", viewport=DESK).page
    report = ProgressReport.objects.filter(evidence__name=MINUTES["name"]).get()
    page.goto(f"/reviews/{report.pk}/")
    with page.expect_download() as download:
        page.locator(".files a").first.click()
    assert download.value.suggested_filename == "会议纪要（9月）.pdf"
    assert download.value.path().read_bytes() == uploads.PDF
