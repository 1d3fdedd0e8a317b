"""变更记录: what coordinators and administrators look up, and what they take away."""

import csv
from datetime import date
from io import StringIO
from uuid import UUID

import pytest

from agencies.changes import note, recording, request_id
from agencies.models import Change
from reports.changes.words import field_changes
from tasks.workflow import close_assignment
from tests.support.factories import make_agency, moment

URL, EXPORT = "/changes/", "/changes/export/"
NOW = moment("2016-10-12 10:00")
REQUEST = UUID("7d1f3e0a-54a5-4b41-9a3e-2f3b4c5d6e7f")


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def story(lead, coordinator, administrator):
    """A suspension, a new name for an agency in another request, and what the system did a day later."""
    close_assignment(assignment=lead, kind="suspended", reason="机构改革", by=coordinator, at=NOW)
    token = request_id.set(REQUEST)
    agency = make_agency("省林业厅")
    with recording():
        old, new = {"name": "林业厅", "is_collective": True}, {"name": "省林业厅", "is_collective": False}
        note("修改单位", agency, by=administrator, at=moment("2016-10-11 09:30"), old=old, new=new)
    request_id.reset(token)
    with recording():
        note("交办", lead, by=None, at=moment("2016-10-13"), new={"role": "lead", "weight": 2}, agency=lead.agency)
    return lead


def told(page):
    return [row[2] for row in page.rows()]


def exported(visitor, query=""):
    response = visitor.client.get(EXPORT + query)
    assert response.status_code == 200
    return response, b"".join(response.streaming_content).decode()


# ── what a row says ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_newest_comes_first_and_says_who_what_and_why(as_coordinator, story):
    page = as_coordinator.get(URL)
    assert told(page) == ["交办", "修改单位", "中止"]
    when, who, _, subject, what, why = page.rows()[2]
    assert when.startswith("2016-10-12 10:00:00 操作编号 ")
    assert (who, subject) == ("统筹员 coordinator", "（1）任务1 · 省商务厅 责任分工 · 省商务厅")
    assert (what, why) == ("办理状态：正在办理 → 中止", "机构改革")


def test_old_and_new_are_told_in_words_and_not_as_data(as_coordinator, story):
    cells = [row[4] for row in as_coordinator.get(URL).rows()]
    assert cells[0] == "角色：负责 权重：2"
    assert cells[1] == "单位名称：林业厅 → 省林业厅 泛指单位：是 → 否"


def test_no_change_of_the_demonstration_is_told_under_a_name_of_the_code(demo):
    labels = {line.label for change in Change.objects.all() for line in field_changes(change)}
    assert {label for label in labels if label.isascii()} == set()


def test_what_people_wrote_is_shown_as_they_wrote_it(as_coordinator, lead, coordinator):
    close_assignment(assignment=lead, kind="closed", reason="<b>已验收</b>", by=coordinator, at=NOW)
    page = as_coordinator.get(URL)
    assert page.rows()[0][5] == "<b>已验收</b>"


def test_the_way_to_it_is_in_the_head_of_the_page(as_coordinator, story):
    assert as_coordinator.get("/plans/").link("变更记录", "//header").url == URL


# ── the filter ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("after=2016-10-12", ["交办", "中止"]),
        ("before=2016-10-12", ["修改单位", "中止"]),
        ("after=2016-10-12&before=2016-10-12", ["中止"]),
        ("person=0", ["交办"]),
        ("action=修改", ["修改单位"]),
        ("q=任务1", ["交办", "中止"]),
        ("q=任务1 改革", ["中止"]),
        ("q=没有", []),
        (f"request={REQUEST}", ["修改单位"]),
    ],
)
def test_each_filter_narrows_what_is_shown_and_what_is_exported(as_coordinator, story, query, found):
    assert told(as_coordinator.get(f"{URL}?{query}")) == found
    _, text = exported(as_coordinator, f"?{query}")
    assert [row[4] for row in csv.reader(StringIO(text))][1:] == found


def test_by_person_agency_and_subject(as_coordinator, story, coordinator, lead_agency):
    assert told(as_coordinator.get(f"{URL}?person={coordinator.pk}")) == ["中止"]
    assert told(as_coordinator.get(f"{URL}?agency={lead_agency.pk}")) == ["交办", "中止"]
    assert told(as_coordinator.get(f"{URL}?subject=tasks.assignment.{story.pk}")) == ["交办", "中止"]


def test_an_agency_s_own_changes_are_found_by_it(as_coordinator, story):
    pk = Change.objects.get(action="修改单位").subject_id
    assert told(as_coordinator.get(f"{URL}?agency={pk}")) == ["修改单位"]


@pytest.mark.parametrize("name", ["after", "before", "person", "agency", "request"])
def test_a_filter_that_makes_no_sense_finds_nothing_and_says_where(as_coordinator, story, name):
    page = as_coordinator.get(f"{URL}?{name}=99999999999x", 422)
    assert list(page.errors) == [name]
    assert told(page) == []
    answer = as_coordinator.client.get(f"{EXPORT}?{name}=99999999999x")
    assert (answer.status_code, answer.url) == (302, f"{URL}?{name}=99999999999x")


def test_long_records_are_paged_and_the_filter_stays(as_coordinator, lead):
    with recording():
        for n in range(60):
            note(f"改动{n}", lead, by=None, at=NOW)
    page = as_coordinator.get(f"{URL}?q=任务1")
    assert (len(page.rows()), page.text("//section[@id='rows']//h2")) == (50, "60行")
    last = as_coordinator.get(page.link("下一页").url)
    assert len(last.rows()) == 10


# ── the export ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_export_is_a_table_that_excel_reads(as_coordinator, story):
    response, text = exported(as_coordinator, "?action=中止")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert text.startswith("\ufeff编号,时间,操作人,")
    [_, row] = csv.reader(StringIO(text))
    assert row[1:5] == ["2016-10-12 10:00:00", "统筹员", "coordinator", "中止"]
    assert row[8:10] == ["办理状态：正在办理 → 中止", "机构改革"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "＝"])
def test_what_people_wrote_is_no_formula_there(as_coordinator, lead, coordinator, start):
    reason = f'{start}HYPERLINK("http://evil.example","点我")'
    close_assignment(assignment=lead, kind="closed", reason=reason, by=coordinator, at=NOW)
    _, text = exported(as_coordinator)
    assert list(csv.reader(StringIO(text)))[1][9] == f"'{reason.strip()}"


# ── the chain ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_chain_is_reckoned_only_when_asked_for(as_coordinator, story):
    page = as_coordinator.get(URL)
    assert "记录完整" not in page.main
    page = as_coordinator.get(page.link("完整性校验").url)
    assert "记录完整，共3行。" in page.text("//p[@role='status']")


def test_a_broken_chain_is_said_with_its_first_broken_row(as_coordinator, story):
    first = Change.objects.earliest("pk")
    forged = Change.objects.get(pk=first.pk)
    forged.pk, forged.hash = None, "0" * 64
    forged.save(force_insert=True)
    page = as_coordinator.get(f"{URL}?check=chain")
    assert "记录不完整：第4行（编号" in page.text("//p[@role='status']")


# ── who may ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_administrators_read_it_too(visitor, administrator, story):
    assert told(visitor(administrator).get(URL)) == ["交办", "修改单位", "中止"]


@pytest.mark.parametrize("url", [URL, EXPORT, f"{URL}?check=chain"])
def test_others_do_not(as_lead, as_leader, story, url):
    for reader in (as_lead, as_leader):
        reader.get(url, 403)
        assert reader.get("/plans/").all("//header//a[.='变更记录']") == []
