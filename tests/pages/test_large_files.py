"""What takes too long for a page: asked for once, made by the worker, shown with its progress, gone a week later."""

import csv
import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agencies.changes import note, recording
from reports.background.keeping import KEPT, sweep
from reports.background.working import LEASE, MOST_ATTEMPTS, tend, work
from reports.chained import views as records
from reports.exports import views as exports
from reports.makers import MAKERS
from reports.models import LargeFile
from reports.packages.views import checks
from tasks.models import Message
from tests.support.factories import accepted_report, make_agency, make_assignment, moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW = moment("2016-10-12 10:00")
State = LargeFile.State


@pytest.fixture(autouse=True)
def short_patience(settings, tmp_path, monkeypatch):
    """Two rows are too many, and any file is too large."""
    settings.QA_PLAN_TODAY, settings.MEDIA_ROOT = date(2016, 10, 12), tmp_path
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    monkeypatch.setattr(records, "AT_ONCE", 0)
    monkeypatch.setattr(checks, "CHECKED_AT_ONCE", 0)


@pytest.fixture
def ledger(lead):
    """The address of a ledger of two assignments."""
    other = make_assignment(lead.item, make_agency("省质监局"))
    accepted_report(other, 70, at=moment("2016-10-01"), progress="已完成抽检。")
    return f"{lead.item.plan.get_absolute_url()}assignments/export/{{}}/?sort=percent"


def asked(visitor, url, **sent):
    """What a press of the button leads to."""
    answer = visitor.post(url, **sent)
    return LargeFile.objects.get(pk=int(answer.response.url.strip("/").split("/")[-1]))


def made(large, tick=timezone.now):
    assert work(large.pk, MAKERS, at=NOW, tick=tick)
    return LargeFile.objects.get(pk=large.pk)


def content(visitor, url):
    return b"".join(visitor.client.get(url).streaming_content)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_long_ledger_is_made_by_the_worker_and_is_what_the_page_would_have_given(
    as_leader, ledger, form, monkeypatch
):
    url = ledger.format(form)
    page = as_leader.get(url)
    assert "共2行" in page.main
    assert "文件保留7天，只有您本人能下载" in page.main
    large = asked(as_leader, url)
    assert "排队等候" in as_leader.get(large.get_absolute_url()).main
    made(large)
    page = as_leader.get(large.get_absolute_url())
    assert "共2行" in page.main
    got = content(as_leader, page.link("下载").url)
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    same = content(as_leader, url)
    if form == "csv":
        assert got == same
        assert [row[5] for row in csv.reader(io.StringIO(got.decode("utf-8-sig")))] == ["进度", "尚无通过的报告", "70%"]
    else:
        first, second = (
            list(openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True)) for book in (got, same)
        )
        assert first == second


def test_a_message_leads_whoever_asked_to_the_file_and_nobody_else_finds_it(as_leader, as_coordinator, leader, ledger):
    large = made(asked(as_leader, ledger.format("csv")))
    message = Message.objects.get(recipient=leader)
    assert message.link == large.get_absolute_url()
    assert message.text.endswith("已完成，可查看。")
    as_coordinator.get(large.get_absolute_url(), 404)
    as_coordinator.get(f"{large.get_absolute_url()}download/", 404)


def test_asked_for_twice_while_it_is_under_way_it_is_one(as_leader, ledger):
    first = asked(as_leader, ledger.format("csv"))
    assert asked(as_leader, ledger.format("csv")) == first
    assert asked(as_leader, ledger.format("xlsx")) != first
    made(first)
    assert not work(first.pk, MAKERS, at=NOW, tick=timezone.now)
    assert asked(as_leader, ledger.format("csv")) != first  # things may have changed since


def test_of_the_day_that_was_asked_for_it_speaks_when_it_is_made_the_day_after(as_leader, ledger, settings):
    large = asked(as_leader, ledger.format("csv"))
    settings.QA_PLAN_TODAY = date(2016, 10, 13)
    made(large)
    assert "20161012" in as_leader.client.get(f"{large.get_absolute_url()}download/")["Content-Disposition"]


def test_what_the_page_asks_again_and_again_is_the_progress_alone(as_leader, ledger):
    large = asked(as_leader, ledger.format("csv"))
    LargeFile.objects.filter(pk=large.pk).update(state=State.WORKING, done=1, total=2)
    htmx = {"HX-Request": "true"}
    progress = as_leader.client.get(large.get_absolute_url(), headers=htmx)
    assert "已完成50%" in progress.content.decode()
    assert "<main" not in progress.content.decode()
    LargeFile.objects.filter(pk=large.pk).update(state=State.DONE)
    assert as_leader.client.get(large.get_absolute_url(), headers=htmx)["HX-Refresh"] == "true"


def test_what_a_dead_worker_left_another_makes_and_after_some_tries_nobody(as_leader, ledger):
    large = asked(as_leader, ledger.format("csv"))
    later = timezone.now() + LEASE * 2
    of = LargeFile.objects.filter(pk=large.pk)
    of.update(state=State.WORKING, attempt=1, lease_until=timezone.now() + LEASE)
    assert tend(MAKERS, at=NOW, tick=timezone.now) == (0, 0)  # somebody works on it
    assert tend(MAKERS, at=NOW, tick=lambda: later) == (1, 0)
    of.update(state=State.WORKING, attempt=MOST_ATTEMPTS, lease_until=NOW)
    assert not work(large.pk, MAKERS, at=NOW, tick=timezone.now)
    page = as_leader.get(large.get_absolute_url())
    assert "已停止重试，请联系系统管理员" in page.main


def test_who_was_taken_for_dead_writes_nothing_any_more(as_leader, ledger):
    large = asked(as_leader, ledger.format("csv"))

    def slow(large, file, progress, at):
        LargeFile.objects.filter(pk=large.pk).update(token=None)  # as another worker's claim does
        progress.at(1)
        raise AssertionError

    assert not work(large.pk, {large.kind: slow}, at=NOW, tick=timezone.now)
    assert LargeFile.objects.get(pk=large.pk).state == State.WORKING


@pytest.mark.parametrize(
    ("error", "told"), [(ValueError, "办理时发生错误（ValueError）"), (MemoryError, "办理时发生错误（MemoryError）")]
)
def test_what_goes_wrong_is_told_with_a_way_on(as_leader, ledger, error, told):
    large = asked(as_leader, ledger.format("csv"))

    def broken(large, file, progress, at):
        raise error

    assert not work(large.pk, {large.kind: broken}, at=NOW, tick=timezone.now)
    assert told in as_leader.get(large.get_absolute_url()).main


def test_an_account_that_has_ended_gets_nothing(as_leader, leader, ledger):
    large = asked(as_leader, ledger.format("csv"))
    leader.is_active = False
    leader.save()
    assert not work(large.pk, MAKERS, at=NOW, tick=timezone.now)
    assert LargeFile.objects.get(pk=large.pk).reason == "您已无权查看所需的数据。"


def test_a_long_record_of_changes_is_made_by_the_worker(as_coordinator, coordinator, lead, ledger):
    with recording():
        note("改动", lead, by=coordinator, at=NOW, old={"weight": 1}, new={"weight": 2})
    large = made(asked(as_coordinator, "/changes/export/"))
    lines = content(as_coordinator, f"{large.get_absolute_url()}download/").decode("utf-8-sig").splitlines()
    assert lines[0].startswith("编号,时间,操作人")
    assert large.total == len(lines) - 1


def test_a_large_file_is_checked_by_the_worker_and_the_page_says_what_was_found(as_coordinator, ledger):
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    url = "/reports/verify/"
    large = asked(as_coordinator, url, workbook=SimpleUploadedFile("旧台账.docx", b"other"))
    made(large)
    page = as_coordinator.get(large.get_absolute_url())
    assert "不是本系统生成的原件" in page.main
    assert "旧台账.docx" in page.main
    assert not [link for link in page.links() if link.text == "下载"]
    refused = asked(as_coordinator, url, workbook=SimpleUploadedFile("坏.xlsx", b"no archive"))
    assert not work(refused.pk, MAKERS, at=NOW, tick=timezone.now)
    assert LargeFile.objects.get(pk=refused.pk).state == State.FAILED


def test_a_week_later_it_is_gone_with_its_files(as_leader, as_coordinator, ledger):
    large = made(asked(as_leader, ledger.format("csv")))
    check = asked(as_coordinator, "/reports/verify/", workbook=SimpleUploadedFile("旧.docx", b"other"))
    assert default_storage.exists(large.content)
    assert default_storage.exists(check.source)
    assert sweep(large.recorded_at + KEPT) == 0
    assert sweep(large.recorded_at + KEPT + timedelta(seconds=1)) == 2
    assert not LargeFile.objects.exists()
    assert not default_storage.exists(large.content)
    assert not default_storage.exists(check.source)
