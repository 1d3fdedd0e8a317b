"""季度汇总: asked for, followed, downloaded, issued, compared and checked, on its pages."""

import io
import os
import re
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError
from openpyxl import Workbook, load_workbook

from agencies.models import Role
from reports.background.working import work
from reports.jobs import build_package
from reports.makers import MAKERS
from reports.models import Build, Edition, Issue, IssueWithdrawal, LargeFile, Package, PackageFile
from reports.packages import polling
from reports.packages.asking import request_package
from reports.packages.building import build
from reports.packages.issuing import issue_package, withdraw_issue
from reports.packages.keeping import keep, read
from reports.packages.polling import Spacing
from reports.xlsx import MEDIA_TYPE
from tasks.models import PeriodLock, Plan
from tests.support.factories import (
    accepted_report,
    file_report,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    make_plan,
    make_user,
    moment,
)
from tests.support.light_packages import light, real_files
from tests.support.reading import Page

__all__ = ["light", "real_files"]

TODAY = date(2016, 10, 17)
NOW = moment("2016-10-17 10:00")
BY_SCRIPT = {"HX-Request": "true"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("light")]


@pytest.fixture(autouse=True)
def day(settings, tmp_path):
    settings.QA_PLAN_TODAY, settings.MEDIA_ROOT = TODAY, tmp_path / "media"


@pytest.fixture(autouse=True)
def nobody_else(monkeypatch):
    """No visitor's turn is left over from other tests."""
    monkeypatch.setattr(polling, "LOOKS", Spacing(pause=2, apart=10))
    monkeypatch.setattr(polling, "OPENINGS", Spacing(pause=0, apart=10))


@pytest.fixture
def url(plan, period, lead):
    return f"/plans/{plan.slug}/reports/"


@pytest.fixture
def package(url, plan, coordinator):
    """Built."""
    made = request_package(plans=[plan], period="2016Q3", day=date(2016, 10, 16), by=coordinator, at=NOW)
    assert build(made.pk, at=NOW, tick=timezone.now)
    return Package.objects.with_all().get(pk=made.pk)


@pytest.fixture
def issue(package, coordinator):
    return issue_package(package=package, number=3, by=coordinator, at=NOW)


def file_url(package, kind):
    file = next(file for file in package.edition.files.all() if file.kind == kind)
    return file.get_absolute_url()


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["as_coordinator", "as_leader"])
def test_a_package_is_asked_for_and_its_page_follows_the_build(request, who, url):
    visitor = request.getfixturevalue(who)
    page = visitor.post_and_follow(url, period="2016Q3", as_of="2016-10-16")
    assert page.title == "2016年三季度汇总"
    assert "排队中" in page.main
    assert page.one("//progress").get("value") == "0"
    assert page.one("//*[@id='progress']").get("hx-get") == page.response.request["PATH_INFO"]
    assert "刷新进度" in page.main


def test_where_the_queue_is_away_a_package_is_asked_for_all_the_same_and_waits_for_the_next_round(
    as_coordinator, url, monkeypatch, django_capture_on_commit_callbacks
):
    def away(*arguments, **options):
        raise OperationalError("Connection refused")

    monkeypatch.setattr(build_package, "apply_async", away)
    with django_capture_on_commit_callbacks(execute=True) as sent:
        as_coordinator.post(url, period="2016Q3", as_of="2016-10-16")
    assert (len(sent), Build.objects.get().state) == (1, Build.State.QUEUED)


def test_asked_for_again_it_is_the_one_that_is_there(as_coordinator, as_leader, package, url):
    assert as_leader.post(url, period="2016Q3", as_of="2016-10-16").response.url == package.get_absolute_url()
    assert Package.objects.count() == 1


def test_where_script_runs_its_progress_takes_the_place_of_the_form(as_coordinator, url):
    page = as_coordinator.post(url, 200, headers=BY_SCRIPT, period="2016Q3", as_of="2016-10-16")
    progress = page.one("//section")
    assert progress.get("id") in as_coordinator.get(url).one("//form[@id='ask']").get("hx-select")
    assert progress.get("hx-get") == Package.objects.get().get_absolute_url()
    assert progress.get("hx-trigger").startswith("load delay:2000ms,")
    assert page.response.headers["Cache-Control"] == "no-store"


def test_of_a_crowd_each_is_asked_to_come_a_moment_later(as_coordinator, as_leader, url):
    pauses = []
    for visitor in (as_coordinator, as_leader):
        page = visitor.post(url, 200, headers=BY_SCRIPT, period="2016Q3", as_of="2016-10-16")
        pauses.append(int(re.match(r"load delay:(\d+)ms", page.one("//section").get("hx-trigger"))[1]))
    assert pauses[0] == 2000 < pauses[1]


def test_where_script_runs_what_is_there_already_is_opened_in_turn(as_coordinator, as_leader, package, url):
    sent = {"period": "2016Q3", "as_of": "2016-10-16"}
    first = as_leader.post(url, 200, headers=BY_SCRIPT, **sent)
    assert first.response.headers["HX-Redirect"] == package.get_absolute_url()
    second = as_coordinator.post(url, 200, headers=BY_SCRIPT, **sent)
    assert "正在依次打开" in second.source
    assert as_leader.get(package.get_absolute_url(), headers=BY_SCRIPT).response.headers["HX-Redirect"]
    assert second.one("//section").get("hx-get") == package.get_absolute_url()


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"period": "2016Q3", "as_of": "2016-10-18"}, {"as_of": "晚于今天"}),
        ({"period": "2016Q3", "as_of": "16.10."}, {"as_of": "请按2016-09-30的格式"}),
        ({"period": "2017Q1", "as_of": "2016-10-16"}, {"period": "请在列出的报告期中选择"}),
        ({"period": "2016Q3", "as_of": "2016-09-01"}, {"period": "还没有开放填报"}),
        ({}, {"period": "请选择报告期", "as_of": "请填写截至日期"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(as_coordinator, url, sent, errors):
    page = as_coordinator.post(url, 422, **sent)
    assert set(page.errors) == set(errors)
    assert all(said in page.errors[name] for name, said in errors.items())
    assert not Package.objects.exists()


def test_the_choices_are_the_quarters_that_have_opened_and_their_year(as_coordinator, url):
    assert as_coordinator.get(url).texts("//select[@id='id_period']/option") == ["2016年三季度", "2016年度"]


def test_before_the_first_quarter_opens_there_is_nothing_to_choose_from(as_coordinator, plan):
    page = as_coordinator.get(f"/plans/{plan.slug}/reports/")
    assert "还没有开放过报告期" in page.main
    assert not page.all("//main//form")


def test_several_plans_make_one_package(as_coordinator, as_leader, url, plan, item):
    other = make_plan()
    make_assignment(make_item(other))
    make_period(other)
    page = as_coordinator.post("/reports/", 422, period="2016Q3", as_of="2016-10-16", plans=[plan.slug])
    assert "至少选择两个" in page.errors["plans"]
    sent = {"period": "2016Q3", "as_of": "2016-10-16", "plans": [plan.slug, other.slug]}
    made = as_coordinator.post_and_follow("/reports/", **sent)
    assert made.title == "2016年三季度汇总"
    [[first, *_]] = as_leader.get("/reports/").rows()
    assert first.startswith("2016年三季度汇总")
    assert as_coordinator.get(url).rows() == []
    as_leader.post("/reports/", 403, **sent)


# ── following the build ──────────────────────────────────────────────────────────────────────────────────────────


def test_cancelled_it_can_be_built_again_and_a_failure_says_why(as_coordinator, package):
    url = package.get_absolute_url()
    Build.objects.update(state=Build.State.BUILDING, stage="编写通报", share=75)
    assert "已完成75%" in as_coordinator.get(url).main
    page = as_coordinator.post_and_follow(url, action="cancel")
    assert page.messages == ["已取消生成。"]
    assert "统筹员取消" in page.main
    assert "排队中" in as_coordinator.post_and_follow(url, action="again").main
    Build.objects.update(state=Build.State.FAILED, reason="磁盘已满")
    page = as_coordinator.get(url)
    assert "生成失败" in page.main
    assert "磁盘已满" in page.main
    as_coordinator.post(url, 422, action="dance")


def test_the_progress_ends_by_loading_the_page_anew(as_coordinator, package):
    url = package.get_absolute_url()
    Build.objects.update(state=Build.State.BUILDING, stage="编写通报", share=75)
    assert "编写通报" in as_coordinator.get(url, headers=BY_SCRIPT).source
    Build.objects.update(state=Build.State.DONE)
    assert as_coordinator.get(url, headers=BY_SCRIPT).response.headers["HX-Redirect"] == url


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_files_come_as_they_were_built_under_their_chinese_names(as_leader, package):
    for file in package.edition.files.all():
        response = as_leader.client.get(file.get_absolute_url())
        assert b"".join(response.streaming_content) == read(file.blob)
        assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(file.name)}"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Type"] == file.blob.media_type
        assert response["Cache-Control"] == "private, no-cache"


def test_a_file_of_another_package_is_not_found_there(as_leader, package):
    as_leader.get(file_url(package, "docx").replace(f"/{package.pk}/", f"/{package.pk + 1}/"), 404)


def test_leadership_finds_what_was_issued_on_the_dashboard_s_first_line(as_leader, plan, issue, url):
    assert as_leader.get(plan.get_absolute_url()).link("下载季度汇总").url == url
    page = as_leader.get(url)
    assert page.text("//p[@class='lede']").startswith("2016年三季度汇总已印发（2016年第3期），截至2016年10月16日")
    assert page.links("//p[@class='lede']")[-1].view_name == "reports:package-file"


def test_agencies_meet_what_was_issued_and_of_it_the_briefing_alone(as_lead, package, url, coordinator):
    as_lead.get(package.get_absolute_url(), 404)
    assert as_lead.get(url).rows() == []
    made = issue_package(package=package, number=3, by=coordinator, at=NOW)
    package = Package.objects.get(pk=package.pk)
    page = as_lead.get(package.get_absolute_url())
    assert [link.text[-5:] for link in page.links("//section[@id='rows']//table")] == [".docx"]
    assert page.all("//form[@method='post'][not(contains(@action, 'logout'))]") == []
    assert as_lead.client.get(file_url(package, "docx")).status_code == 200
    for kind in {file.kind for file in package.edition.files.all()} - {"docx"}:
        as_lead.get(file_url(package, kind), 404)
    as_lead.post(package.get_absolute_url(), 403, action="withdraw", reason="不同意")
    withdraw_issue(issue=made, reason="数据有误", by=coordinator, at=NOW)
    as_lead.get(package.get_absolute_url(), 404)
    as_lead.get(file_url(package, "docx"), 404)


# ── issuing ──────────────────────────────────────────────────────────────────────────────────────────────────────


ISSUE_FORM = "//form[.//button[@value='issue']]"


def token_of(page):
    return page.values(ISSUE_FORM)["token"]


def issued_after_a_look(visitor, url, number):
    token = token_of(visitor.post(url, 200, action="issue", number=number))
    return visitor.post_and_follow(url, action="issue", number=number, token=token)


def test_before_it_is_issued_a_page_names_who_is_locked_out_and_what_waits(
    as_coordinator, package, lead, lead_agency, item
):
    other = make_assignment(item, make_agency("省农委"))
    file_report(other, 40, at=moment("2016-10-10 10:00"))
    page = as_coordinator.post(package.get_absolute_url(), 200, action="issue", number="3")
    shown = page.text("//section[@id='consequences']")
    assert "将锁定三季度报告期。1个单位的1份报告锁定后不能再报：未报送1份、退回待重报0份。" in shown
    assert "待审1份，锁定后不能再审核。" in shown
    assert page.texts("//section[@id='consequences']//ul[1]/li") == [f"{lead_agency} 1份 三季度{item}（未报送）"]
    assert not Issue.objects.exists()


def test_what_changed_after_the_look_is_shown_again_before_it_is_issued(as_coordinator, package, lead):
    url = package.get_absolute_url()
    token = token_of(as_coordinator.post(url, 200, action="issue", number="3"))
    file_report(lead, 40, at=moment("2016-10-10 10:00"))
    page = as_coordinator.post(url, 422, action="issue", number="3", token=token)
    assert page.errors == {"number": "内容已被更新，本次未保存：报送或审核情况有变。请重新核对后再印发。"}
    assert "待审1份" in page.text("//section[@id='consequences']")
    assert token_of(page) != token
    assert not Issue.objects.exists()


def test_issued_and_withdrawn_twice_is_once(as_coordinator, package, period):
    url = package.get_absolute_url()
    token = token_of(as_coordinator.post(url, 200, action="issue", number="3"))
    for _ in range(2):
        as_coordinator.post(url, 302, action="issue", number="3", token=token)
    assert (Issue.objects.count(), PeriodLock.objects.count()) == (1, 1)
    for _ in range(2):
        page = as_coordinator.post_and_follow(url, action="withdraw", reason="数据有误")
        assert "已撤回" in page.messages[-1]
    assert IssueWithdrawal.objects.count() == 1


def test_a_coordinator_issues_and_withdraws(as_coordinator, package, period):
    url = package.get_absolute_url()
    assert as_coordinator.get(url).values("//form[.//button[@value='issue']]")["number"] == "1"
    assert "期号不超过999" in as_coordinator.post(url, 422, action="issue", number="1000").errors["number"]
    page = issued_after_a_look(as_coordinator, url, "3")
    assert page.messages == ["已印发（2016年第3期），报告期已锁定。"]
    assert "已锁定" in as_coordinator.get(period.get_absolute_url()).main
    assert "请写明撤回原因" in as_coordinator.post(url, 422, action="withdraw", reason="").errors["reason"]
    page = as_coordinator.post_and_follow(url, action="withdraw", reason="数据有误")
    assert "2016年第3期已撤回" in page.messages[0]
    assert "撤回：数据有误" in page.main
    token = token_of(as_coordinator.post(url, 200, action="issue", number="3"))
    assert "已经用过" in as_coordinator.post(url, 422, action="issue", number="3", token=token).errors["number"]


def test_whoever_is_second_to_issue_or_withdraw_is_told_that_it_was_done(as_coordinator, package, coordinator):
    url = package.get_absolute_url()
    made = issue_package(package=package, number=3, by=coordinator, at=NOW)
    page = as_coordinator.post_and_follow(url, action="issue", number="4")
    assert page.messages == ["该报告期的汇总已经印发（2016年第3期），须先撤回才能另行印发。"]
    withdraw_issue(issue=made, reason="数据有误", by=coordinator, at=NOW)
    page = as_coordinator.post_and_follow(url, action="withdraw", reason="另有原因")
    assert page.messages == ["2016年第3期已经撤回（数据有误）。"]


def test_issuing_before_the_due_date_is_warned_of(as_coordinator, package, settings, plan):
    url = package.get_absolute_url()
    assert "才截止" not in as_coordinator.get(url).main
    settings.QA_PLAN_TODAY = date(2016, 10, 14)
    assert "三季度报告期10月14日才截止" in as_coordinator.get(url).main


def test_leadership_issues_nothing(as_leader, package):
    as_leader.post(package.get_absolute_url(), 403, action="issue", number="1")
    assert not Issue.objects.exists()


# ── comparing and checking ───────────────────────────────────────────────────────────────────────────────────────


def test_two_packages_side_by_side_from_what_they_keep(as_coordinator, package, plan, lead, coordinator):
    accepted_report(lead, 60, at=moment("2016-10-17 09:00"))
    later = request_package(plans=[plan], period="2016Q3", day=TODAY, by=coordinator, at=NOW)
    build(later.pk, at=NOW, tick=timezone.now)
    page = as_coordinator.get(f"/reports/compare/?before={package.pk}&after={later.pk}")
    [row] = page.rows()
    assert row[3] == "尚无 → 60%"
    assert "1项任务有变化，0项没有变化" in page.main
    page = as_coordinator.get(f"/reports/compare/?before={package.pk}&after={package.pk}")
    assert "没有变化" in page.main
    page = as_coordinator.get(f"/reports/compare/?before={package.pk}&after=999", 422)
    assert page.errors == {"after": "没有这份汇总。"}


@pytest.mark.parametrize(("harm", "said"), [("lost", "已缺失"), ("foreign", "由其他版本的系统保存")])
def test_facts_that_cannot_be_read_are_said_and_the_files_stay(as_coordinator, package, harm, said):
    path = Path(PackageFile.objects.get(kind="json").blob.file.path)
    path.unlink() if harm == "lost" else path.write_text("{}")
    page = as_coordinator.get(f"/reports/compare/?before={package.pk}&after={package.pk}", 422)
    assert said in page.main
    for address in ("page/", "briefing/"):
        page = as_coordinator.get(package.get_absolute_url() + address, follow=True)
        assert said in page.messages[0]
    workbook = read(PackageFile.objects.get(kind="xlsx").blob)
    assert "内容未作任何改动" in verified(as_coordinator, workbook, "汇总.xlsx").content.decode()


def test_a_comparison_is_proposed_with_the_period_before(as_coordinator, package, plan, coordinator):
    make_period(plan, "2016Q2")
    earlier = request_package(plans=[plan], period="2016Q2", day=date(2016, 7, 15), by=coordinator, at=NOW)
    build(earlier.pk, at=NOW, tick=timezone.now)
    for address in (f"/reports/compare/?after={package.pk}", "/reports/compare/"):
        chosen = as_coordinator.get(address).all("//select/option[@selected]")
        assert [one.get("value") for one in chosen] == [str(earlier.pk), str(package.pk)]


def test_a_comparison_begins_with_one_package_chosen(as_coordinator, package):
    page = as_coordinator.get(f"/reports/compare/?after={package.pk}")
    assert page.errors == {}
    assert page.one("//select[@name='after']/option[@selected]").get("value") == str(package.pk)


def verified(visitor, content, name="汇总.docx"):
    return visitor.client.post(reverse("reports:package-verify"), {"workbook": SimpleUploadedFile(name, content)})


def test_a_file_as_it_was_built_is_recognised(as_leader, as_lead, package):
    content = read(PackageFile.objects.get(kind="docx").blob)
    assert "内容未作任何改动" in verified(as_leader, content).content.decode()
    assert "不是本系统生成的原件" in verified(as_leader, content + b" ").content.decode()
    # Nor does an agency learn that way of what isn't issued.
    assert "不是本系统生成的原件" in verified(as_lead, content).content.decode()


def test_a_file_as_it_was_built_is_recognised_however_large(as_coordinator, package):
    content = os.urandom(12 * 1024**2)
    facts = PackageFile.objects.get(kind="json")
    edition = Edition.objects.create(package=package, number=2, facts_sha256="0" * 64, recorded_at=NOW)
    with transaction.atomic():
        blob = keep(content, MEDIA_TYPE).blob()
    PackageFile.objects.create(edition=edition, kind="xlsx", name="汇总.xlsx", blob=blob)
    PackageFile.objects.create(edition=edition, kind="json", name=facts.name, blob=facts.blob)
    large = LargeFile.objects.get(pk=verified(as_coordinator, content, "汇总.xlsx").url.strip("/").split("/")[-1])
    assert work(large.pk, MAKERS, at=NOW, tick=timezone.now)
    assert "内容未作任何改动" in as_coordinator.get(large.get_absolute_url()).main


def test_a_workbook_that_was_altered_names_its_cells_and_what_has_changed_since(real_files, as_leader, package, lead):
    accepted_report(lead, 60, at=moment("2016-10-17 09:00"))
    workbook = load_workbook(io.BytesIO(read(PackageFile.objects.get(kind="xlsx").blob)))
    saved = io.BytesIO()
    workbook.save(saved)
    page = Page(verified(as_leader, saved.getvalue(), "汇总.xlsx"), "/")
    assert "下载后另存过，各单元格的内容没有改动" in page.main
    sheet = workbook["总体情况"]
    cell = next(cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, (int, float)))
    cell.value += 1
    workbook.save(saved := io.BytesIO())
    page = Page(verified(as_leader, saved.getvalue(), "汇总.xlsx"), "/")
    [row] = [row for row in page.rows("//section[@id='rows'][1]//tbody/tr") if row[0] == "总体情况"]
    assert row[1] == cell.coordinate
    assert page.link("2016年三季度汇总").url == package.get_absolute_url()
    assert "1项任务有变化，0项没有变化" in page.main


def test_a_workbook_of_somebody_else_is_refused_at_the_field(as_leader):
    Workbook().save(saved := io.BytesIO())
    page = Page(verified(as_leader, saved.getvalue(), "别的.xlsx"), "/")
    assert page.status == 422
    assert "不是本系统生成的" in page.errors["workbook"]
    page = Page(verified(as_leader, b"PK", "别的.xlsx"), "/")
    assert page.status == 422


def test_no_file_is_said_at_the_field(as_leader):
    assert as_leader.post(reverse("reports:package-verify"), 422).errors == {"workbook": "请选择要核验的文件。"}


def test_administrators_keep_the_master_data_and_ask_for_nothing(visitor, url):
    page = visitor(make_user(role=Role.ADMINISTRATOR)).get(url)
    assert page.all("//main//form") == []
    assert Plan.objects.exists()


def test_a_paragraph_stands_in_its_field_as_it_reads_and_is_not_cut(as_coordinator, package):
    url = f"{package.get_absolute_url()}briefing/"
    page = as_coordinator.get(url)
    areas = page.all("//textarea")
    assert all(area.text == area.text.strip() for area in areas if area.text)
    version = page.one("//input[@name='version']").get("value")
    sent = {area.get("name"): area.text or "" for area in areas} | {areas[-1].get("name"): "长" * 2001}
    answer = as_coordinator.post(url, 422, version=version, **sent)
    assert answer.errors[areas[-1].get("name")] == "每段不能超过2000个字，现在有2001个字，请删减。"
    assert answer.all("//textarea")[-1].text == "长" * 2001
