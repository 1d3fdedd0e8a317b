"""离线填报 on the web: fetch the workbook, bring it back, look at every difference, confirm."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from agencies.models import Agency, Change
from agencies.security import Kind, record
from reports.fillin import views
from reports.fillin.layout import FORM
from tasks.models import ProgressReport, ReportDraft
from tasks.workflow import save_draft
from tests.support.downloaded import (
    WHOLE,
    downloaded,
    filled_in,
    item,
    lead,
    lead_agency,
    lead_liaison,
    period,
    plan,
    sent,
)
from tests.support.factories import lock, make_assignment, make_indicator, make_item, make_period, moment
from tests.support.hostile import HOSTILE
from tests.support.workbooks import edited, filled, issued

__all__ = [
    "downloaded",
    "filled_in",
    "item",
    "lead",
    "lead_agency",
    "lead_liaison",
    "period",
    "plan",
    "sent",
]
NOW = moment("2016-10-10 18:00")
PAGE, CHECK, RESULT = "/my/workbook/", "/my/workbook/check/", "/my/workbook/result/"


@pytest.fixture(autouse=True)
def today(settings):
    settings.QA_PLAN_TODAY = NOW.date()


@pytest.fixture
def upload(plan, as_lead):
    """Brings a workbook back as the lead agency's liaison."""

    def bring(content, status=302, *, visitor=as_lead, code="2016Q3"):
        file = SimpleUploadedFile("填报表.xlsx", content)
        return visitor.post(PAGE, status, workbook=file, plan=plan.slug, period=code)

    return bring


def tokens(page):
    return [box.get("value") for box in page.all("//input[@name='row']")]


def test_the_way_leads_from_my_page_to_the_workbook(as_lead, plan, lead, period):
    assert PAGE in [link.url for link in as_lead.get("/my/").links("//main")]
    page = as_lead.get(PAGE)
    assert "2016年三季度" in page.main
    assert "严禁录入涉密信息" in page.main
    [link] = [link for link in page.links("//main") if link.text == "下载填报表"]
    response = as_lead.client.get(link.url)
    assert "省商务厅" in load_workbook(io.BytesIO(response.content))[FORM]["A1"].value
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert "no-store" in response["Cache-Control"]


def test_a_period_that_has_not_opened_or_is_locked_is_not_offered(as_lead, plan, lead, period):
    make_period(plan, "2016Q4")
    lock(period, at=moment("2016-10-09"))
    assert "没有开放填报" in as_lead.get(PAGE).main
    assert as_lead.client.get(f"{PAGE}{plan.slug}/2016Q4/").status_code == 404


def test_an_upload_is_shown_row_by_row_and_writes_nothing(as_lead, filled_in, upload):
    assert upload(filled_in).response.url == CHECK
    page = as_lead.get(CHECK)
    assert [cell.text_content() for cell in page.all("//tbody/tr/*")] == [
        "本期进度（%）", "0", "80", "本期进展", "（空）", "已开展3次检查。",
    ]  # fmt: skip
    assert len(page.all("//input[@name='row'][@checked]")) == 1
    assert not ProgressReport.objects.exists()
    assert not ReportDraft.objects.exists()
    assert "继续核对" in as_lead.get(PAGE).main


def test_confirmed_rows_are_filed_with_one_request_id(as_lead, lead, item, lead_agency, period, upload):
    make_assignment(make_item(item.plan), lead_agency)
    sent = issued(lead_agency, period, NOW)
    upload(filled(filled(sent, **WHOLE), 1, percent=90, progress="第二项"))
    page = as_lead.post(CHECK, action="submit", row=tokens(as_lead.get(CHECK)))
    assert page.response.url == "/my/"
    assert ProgressReport.objects.count() == 2
    assert len({change.request_id for change in Change.objects.filter(action="报送")}) == 1
    assert as_lead.get(CHECK, 302).response.url == PAGE


def test_rows_can_be_kept_as_drafts(as_lead, filled_in, upload):
    upload(filled_in)
    as_lead.post(CHECK, action="draft", row=tokens(as_lead.get(CHECK)))
    assert ReportDraft.objects.get().progress == "已开展3次检查。"


def test_good_rows_are_taken_and_bad_ones_wait_on_the_page(as_lead, lead, item, lead_agency, period, upload):
    make_assignment(make_item(item.plan), lead_agency)
    sent = issued(lead_agency, period, NOW)
    upload(filled(filled(sent, **WHOLE), 1, percent=101, progress="第二项"))
    page = as_lead.get(CHECK)
    assert "填报!H5：进度应为0到100之间的整数。" in page.main
    [token] = tokens(page)
    assert as_lead.post(CHECK, action="submit", row=token).response.url == CHECK
    page = as_lead.get(CHECK)
    assert "1项任务已由填报表报送" in page.text("//body")
    assert "填报!H5" in page.main
    returned = load_workbook(io.BytesIO(as_lead.client.get(RESULT).content))[FORM]
    assert [returned["O4"].value, returned["O5"].value] == ["与网上一致", "进度应为0到100之间的整数。"]


def test_a_conflict_shows_all_three_and_is_not_chosen_by_itself(as_lead, filled_in, lead, period, lead_liaison, upload):
    save_draft(assignment=lead, period=period, by=lead_liaison, at=NOW, fields={"percent": 70, "progress": "网上的话"})
    upload(filled_in)
    page = as_lead.get(CHECK)
    assert [cell.text_content() for cell in page.all("//tbody/tr[2]/*")] == [
        "本期进展", "（空）", "网上的话", "已开展3次检查。",
    ]  # fmt: skip
    assert page.all("//input[@name='row'][@checked]") == []
    assert "请先勾选" in as_lead.post(CHECK, 422, action="submit").main
    assert ReportDraft.objects.get().progress == "网上的话"


def test_what_moved_between_preview_and_confirmation_is_never_written_over(
    as_lead, filled_in, lead, period, lead_liaison, upload
):
    upload(filled_in)
    seen = tokens(as_lead.get(CHECK))
    save_draft(assignment=lead, period=period, by=lead_liaison, at=NOW, fields={"percent": 70, "progress": "网上的话"})
    page = as_lead.post(CHECK, 422, action="submit", row=seen)
    assert "核对之后网上又有改动" in page.main
    assert "冲突" in page.main
    assert not ProgressReport.objects.exists()
    assert ReportDraft.objects.get().progress == "网上的话"


def test_a_period_locked_meanwhile_takes_nothing(as_lead, filled_in, period, upload):
    upload(filled_in)
    seen = tokens(as_lead.get(CHECK))
    lock(period, at=NOW)
    assert as_lead.post(CHECK, action="submit", row=seen).response.url == PAGE
    assert "锁定" in as_lead.get(PAGE).text("//body")
    assert not ProgressReport.objects.exists()


def test_an_upload_can_be_thrown_away(as_lead, filled_in, upload):
    upload(filled_in)
    as_lead.post(CHECK, action="drop")
    assert as_lead.get(CHECK, 302).response.url == PAGE


def test_a_file_of_another_agency_or_period_is_refused_at_the_field(as_lead, as_assisting, sent, plan, assist, upload):
    page = upload(sent, 422, visitor=as_assisting)
    assert [*page.errors.values()] == ["这是省商务厅的填报表，不能由合肥海关上传。"]
    make_period(plan, "2016Q2")
    page = upload(sent, 422, code="2016Q2")
    assert [*page.errors.values()] == ["这是2016Q3报告期的填报表，此处应上传2016Q2的。"]
    [field] = page.all("//input[@type='file'][@aria-invalid]")
    assert page.all(f"//*[@id='{field.get('aria-describedby')}']")


def test_no_file_at_all_is_asked_for(as_lead, plan, lead, period):
    page = as_lead.post(PAGE, 422, plan=plan.slug, period="2016Q3")
    assert [*page.errors.values()] == ["请选择填好的填报表。"]


@pytest.mark.parametrize("name", ["nothing", "an entity bomb", "50 MB"])
def test_a_hostile_file_is_refused_at_the_field(as_lead, lead, period, upload, name):
    make, word = HOSTILE[name]
    [message] = upload(make(), 422).errors.values()
    assert word in message


def test_where_the_head_consents_the_page_says_so(as_lead, filled_in, approver, upload):
    Agency.objects.update(requires_consent=True)
    upload(filled_in)
    page = as_lead.get(CHECK)
    assert "送审签所选" in page.main
    as_lead.post(CHECK, action="submit", row=tokens(page))
    assert ReportDraft.objects.get().handed_in_at is not None


def test_text_from_a_workbook_is_never_markup(as_lead, sent, upload):
    upload(filled(sent, percent=80, progress="<script>alert(1)</script>"))
    assert "<script>alert" not in as_lead.get(CHECK).source


def many(lead_agency, item, count):
    for _ in range(count):
        make_indicator(make_assignment(make_item(item.plan), lead_agency).item)


def test_many_rows_are_paged_and_can_be_confirmed_at_once(
    as_lead, lead, item, lead_agency, period, upload, monkeypatch
):
    monkeypatch.setattr(views, "ROWS_PER_PAGE", 5)
    many(lead_agency, item, 7)
    content = issued(lead_agency, period, NOW)

    def change(workbook):
        for row in range(4, 12):
            workbook[FORM][f"H{row}"], workbook[FORM][f"I{row}"] = 80, "话"

    upload(edited(content, change))
    page = as_lead.get(CHECK)
    assert len(tokens(page)) == 5
    assert len(tokens(as_lead.get(f"{CHECK}?page=2"))) == 3
    seen = page.one("//input[@name='seen']").get("value")
    assert "又有改动" in as_lead.post(CHECK, 422, action="submit_all", seen="x").main
    as_lead.post(CHECK, action="submit_all", seen=seen)
    assert ProgressReport.objects.count() == 8


def test_the_pages_need_as_many_queries_for_five_rows_as_for_one(
    as_lead, lead, item, lead_agency, period, plan, upload
):
    def queries(url):
        with CaptureQueriesContext(connection) as captured:
            as_lead.client.get(url)
        return len([each for each in captured if "SAVEPOINT" not in each["sql"]])

    def queries_of_pages():
        upload(filled(issued(lead_agency, period, NOW), **WHOLE))
        return {url: queries(url) for url in (PAGE, CHECK, RESULT, f"{PAGE}{plan.slug}/2016Q3/")}

    make_indicator(item)
    record(Kind.SIGNED_IN, by=as_lead.user, at=NOW)  # the security log, which has the downloads, has begun
    few = queries_of_pages()
    many(lead_agency, item, 4)
    assert queries_of_pages() == few
    assert max(few.values()) <= 13  # and one for the session, which is not in the database here
