"""What is kept is known by the head of the record of changes: whatever it is reckoned from is written on the record."""

import json
import re
from contextlib import contextmanager
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.changes import is_recording
from agencies.models import Agency, Change
from qa_plan.clock import at
from reports.dashboard.overview import Overview
from tasks.demo import playing as demonstration
from tasks.models import DailySnapshot, ReportingPeriod
from tasks.rules.asof import AsOf
from tasks.workflow.daily import daily_round
from tasks.workflow.importing import import_notice
from tests.support.statements import written_out

pytestmark = pytest.mark.django_db

TODAY = date(2016, 10, 12)
# What `Overview` reads, but for the day's snapshots: their last day is part of the version.
FACTS = {
    "tasks_plan",
    "tasks_section",
    "tasks_actionitem",
    "tasks_itemcorrection",
    "tasks_itemrevision",
    "tasks_assignment",
    "tasks_acceptedprogress",
    "tasks_closure",
    "tasks_waiver",
    "tasks_weightrevision",
    "tasks_progressreport",
    "tasks_reportwithdrawal",
    "tasks_requestwithdrawal",
    "tasks_review",
    "tasks_reportingperiod",
    "tasks_periodlock",
    "tasks_agencyrequest",
    "tasks_decision",
    "tasks_workdayoverride",
    "agencies_agency",
}
DAILY = {"tasks_dailysnapshot", "tasks_lightchange"}


def written_table(sql):
    words = sql.replace('"', "").split()
    if words[:1] == ["UPDATE"]:
        return words[1]
    return words[2] if words[:1] in (["INSERT"], ["DELETE"]) else ""


@contextmanager
def watching():
    """Collects those of the tables that are written outside of a deed, or by one that leaves no row on the record."""
    silent, unnoted = set(), set()

    def execute(execute, sql, params, many, context):
        if not is_recording():
            silent.update(unnoted)
            unnoted.clear()
        table = written_table(sql)
        if table == "agencies_changechain":
            unnoted.clear()
        elif table in FACTS | DAILY:
            (unnoted if is_recording() else silent).add(table)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield silent


def test_all_that_is_read_is_known(demo):
    with CaptureQueriesContext(connection) as captured:
        whole = Overview(demo, AsOf(TODAY, TODAY))
        for name in dir(Overview):
            getattr(whole, name)
    read = {
        table for sql in written_out(captured.captured_queries) for table in re.findall(r'(?:FROM|JOIN) "?(\w+)', sql)
    }
    assert {"tasks_assignment", "tasks_closure", "tasks_lightchange"} <= read
    assert read <= FACTS | DAILY


@pytest.mark.untraced
def test_the_demonstration_writes_nothing_of_it_without_a_row_on_the_record(settings, monkeypatch, tmp_path):
    """Import, deeds, successions, the daily round: only the day's snapshots are written without one."""
    story = json.loads(demonstration.STORY.read_text(encoding="utf-8"))
    for kind in ("receipts", "reports"):  # of the many of a kind, a tenth
        story[kind] = story[kind][::10]
    path = tmp_path / "story.json"
    path.write_text(json.dumps(story), encoding="utf-8")
    monkeypatch.setattr(demonstration, "STORY", path)
    settings.QA_PLAN_DEMO = True
    with watching() as silent:
        demonstration.load_demo(on=date(2016, 7, 25))
    assert silent == DAILY


def test_the_import_is_on_the_record_whole(notice):
    import_notice(notice, by=None, at=at(notice.issued_on))
    actions = list(Change.objects.values_list("action", flat=True))
    assert actions.count("导入公文") == 1
    assert actions.count("新增单位") == Agency.objects.count() == 24
    assert actions.count("增加成员单位") > 0


def test_opened_periods_are_on_the_record_once(plan):
    DailySnapshot.objects.create(plan=plan, day=date(2016, 9, 18), percent=0, expected_percent=0)
    list(daily_round(date(2016, 9, 20)))
    list(daily_round(date(2016, 9, 20)))
    opened = Change.objects.filter(action="开放报告期").values_list("subject", "by_name")
    assert sorted(opened) == sorted((str(period), "系统") for period in ReportingPeriod.objects.all())


def test_the_first_administrator_is_on_the_record(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "ein-langes-Passwort-2016")
    call_command("createsuperuser", username="root", display_name="管理员", interactive=False, verbosity=0)
    row = Change.objects.get()
    assert (row.action, row.new["username"], row.by_name) == ("新增用户", "root", "系统")
    assert "Passwort" not in str(row.new)
