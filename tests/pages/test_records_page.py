"""安全日志 in the browser: what it says, how it is narrowed, and that it leaves as it is shown."""

import pytest

from agencies.changes import note, recording
from agencies.models import Change, SecurityEvent
from agencies.security import Kind, record, record_refusal
from reports.models import LargeFile
from reports.records.making import make_security_log
from tests.support.factories import moment

URL = "/records/"


@pytest.fixture
def as_administrator(administrator, visitor):
    return visitor(administrator)


@pytest.fixture
def story(administrator, coordinator):
    record(Kind.SIGNED_IN, by=coordinator, at=moment("2016-10-11 09:00"))
    record(Kind.DOWNLOADED, by=coordinator, at=moment("2016-10-11 09:05"), detail="任务台账.xlsx（/plans/a/）")
    for _ in range(3):
        record_refusal(Kind.REFUSED, "administrator", at=moment("2016-10-12 10:00"))


def kinds(page):
    return [row[1] for row in page.rows()]


def test_the_newest_comes_first_and_says_who_and_how_often(as_administrator, story):
    page = as_administrator.get(URL)
    assert kinds(page) == ["登录失败 同一分钟3次", "下载文件", "登录"]
    assert page.rows()[1][2:] == ["coordinator", "统筹员", "—", "任务台账.xlsx（/plans/a/）"]
    assert page.link("变更记录", "//main").url == "/changes/"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("kind=signed_in", ["登录"]),
        ("after=2016-10-12", ["登录失败 同一分钟3次"]),
        ("before=2016-10-11&q=台账", ["下载文件"]),
        ("person={administrator}", ["登录失败 同一分钟3次"]),
        ("person={coordinator}", ["下载文件", "登录"]),
        ("address=10.", []),
    ],
)
def test_filters_narrow_it(as_administrator, story, administrator, coordinator, query, shown):
    people = {"administrator": administrator.pk, "coordinator": coordinator.pk}
    assert kinds(as_administrator.get(f"{URL}?{query.format(**people)}")) == shown


def test_a_filter_that_makes_no_sense_is_refused_at_its_field(as_administrator, story):
    page = as_administrator.get(f"{URL}?request=1", 422)
    assert "操作编号应为36位编号" in page.errors["request"]
    assert as_administrator.client.get("/records/export/?request=1").url == "/records/?request=1"


def test_it_leaves_as_it_is_shown_and_that_is_on_record(as_administrator, story, administrator):
    response = as_administrator.client.get("/records/export/?kind=signed_in")
    head, row = b"".join(response.streaming_content).decode().splitlines()
    assert head.startswith("\ufeff编号,时间,类型,次数")
    assert ",2016-10-11 09:00:00,登录,1,coordinator,统筹员," in row
    newest = SecurityEvent.objects.first()
    assert (newest.by, newest.detail) == (administrator, "安全日志.csv（/records/export/）")


def test_a_long_log_is_made_by_the_worker(as_administrator, story, administrator, monkeypatch, tmp_path):
    monkeypatch.setattr("reports.chained.views.AT_ONCE", 0)
    assert "安全日志.csv" in as_administrator.get("/records/export/").main
    as_administrator.post("/records/export/?kind=signed_in")
    large = LargeFile.objects.get()
    progress = type("Progress", (), {"write": lambda self, **columns: None, "at": lambda self, done: None})()
    with (tmp_path / "log.csv").open("wb+") as file:
        make_security_log(large, file, progress, moment("2016-10-12"))
        file.seek(0)
        assert len(file.read().decode().splitlines()) == 2


def test_the_whole_chain_is_checked_on_demand(as_administrator, story):
    assert "日志完整，共3行" in as_administrator.get(f"{URL}?check=chain").main
    SecurityEvent.objects.filter(kind=Kind.SIGNED_IN).delete()
    assert "日志不完整" in as_administrator.get(f"{URL}?check=chain").main


@pytest.mark.parametrize(("url", "export"), [(URL, "/records/export/"), ("/changes/", "/changes/export/")])
def test_an_sm3_is_shown_and_leaves_once_any_row_has_one(as_administrator, story, leader, settings, url, export):
    def head():
        return b"".join(as_administrator.client.get(export).streaming_content).decode().splitlines()[0].split(",")

    assert head()[-1] == "校验码"
    assert "SM3" not in as_administrator.get(f"{url}?check=chain").main
    settings.RECORD_SM3 = True
    with recording():
        note("修改", leader, by=None, at=moment("2016-10-12 11:00"))
    settings.RECORD_SM3 = False
    assert head()[-2:] == ["校验码", "SM3校验码"]
    page = as_administrator.get(f"{url}?check=chain")
    assert page.texts("//main//code")[1] in (
        SecurityEvent.objects.exclude(sm3=None).get().sm3,
        Change.objects.get().sm3,
    )
    assert f"，最后一个SM3校验码{page.texts('//main//code')[1]}，可抄录备查。" in page.main
