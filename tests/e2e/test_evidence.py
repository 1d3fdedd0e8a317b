"""Evidence in the browser: attached without leaving the page, saved from the reviewer's page under its own name."""

import re

import pytest
from playwright.sync_api import expect

from tasks.models import ProgressReport, ReportDraft
from tests.e2e.conftest import DESK
from tests.support import uploads
from tests.support.processes import eventually

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
    expect(card.locator(".evidence .msg[id]")).to_contain_text("“程序.pdf”不是可接收的文件类型")
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


def test_while_a_file_is_sent_one_goes_on_typing_and_is_told_how_far_it_is(visit):
    page = visit("zhijian", viewport=DESK).page
    page.goto("/my/")
    card = page.locator("form.report").first
    text = card.get_by_label("本期进展")
    text.fill("  进展\n如下🚄 ")
    expect(card.locator(".limit").first).to_have_text("6/2000字")
    card.get_by_text("佐证材料（选填）").first.click()
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 150_000}
    network = page.context.new_cdp_session(page)
    network.send("Network.emulateNetworkConditions", slow)
    files = card.get_by_label(re.compile("^佐证材料"))
    files.set_input_files({**MINUTES, "name": "全文.pdf", "buffer": uploads.PDF[:-6] + bytes(300_000) + b"%%EOF\n"})
    expect(card.locator(".uploading")).to_contain_text(re.compile(r"已上传[1-9]\d?%"))
    text.fill("边传边写。")
    expect(card.locator(".files")).to_contain_text("全文.pdf")
    expect(text).to_have_value("边传边写。")
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    expect(card.locator(".saved")).to_contain_text("草稿已于")
    # What stands there may be told of the text before.
    assert eventually(lambda: ReportDraft.objects.get(evidence__name="全文.pdf").progress == "边传边写。")


def test_what_is_too_large_is_said_beside_it_and_stays_while_one_types(visit, settings):
    page = visit("zhijian", viewport=DESK).page
    page.goto("/my/")
    card = page.locator("form.report").first
    card.get_by_text("佐证材料（选填）").first.click()
    files, said = card.get_by_label(re.compile("^佐证材料")), card.locator(".unsent")
    files.evaluate("input => input.dataset.fileLimit = 1")
    large = {**MINUTES, "name": "录像.pdf", "buffer": bytes(1024**2 + 1)}
    files.set_input_files(large)
    expect(said).to_have_text("“录像.pdf”大小为1.0 MB，单个文件不超过1 MB，未上传。")
    settings.REQUEST_LIMIT = 1024**2
    files.evaluate("input => input.dataset.fileLimit = 20")
    files.set_input_files(large)
    expect(said).to_contain_text("文件合计不超过1 MB")
    card.get_by_label("本期进展").fill("完成12家企业现场核查。")
    expect(card.locator(".saved")).to_contain_text("草稿已于")
    expect(said).to_contain_text("文件合计不超过1 MB")
