"""What was reckoned of a plan is kept, and yet every deed is seen at once."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import SafeString

from agencies.changes import note, recording
from agencies.models import Agency, ChangeChain
from qa_plan import clock
from reports.dashboard import overview_cache
from reports.dashboard.known import DRAWN
from reports.dashboard.overview import Overview
from reports.dashboard.overview_cache import KEPT
from tasks.models import DailySnapshot, Plan, WorkdayOverride
from tasks.rules.asof import AsOf
from tasks.workflow import ReportContent, amend_item, assign, close_assignment, review_report, submit_report
from tasks.workflow.daily import daily_round
from tasks.workflow.periods import lock_period, waive_report
from tests.support.factories import make_assignment, make_item, make_plan, moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

TODAY = date(2016, 10, 12)
NOW = moment("2016-10-12 10:00")


def overview(plan, day=TODAY, section=None):
    """As a request gets it."""
    return overview_cache.get(Plan.objects.with_version().get(pk=plan.pk), AsOf(day, TODAY), section)


def percent(plan, day=TODAY):
    return overview(plan, day).whole.percent


def file(assignment, period, by, *, at=NOW):
    content = ReportContent(percent=60, progress="完成。", delay_reason="原因")
    return submit_report(assignment=assignment, period=period, content=content, by=by, at=at)


# ── it is kept ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_second_look_reads_the_version_and_nothing_else(lead, assist, period):
    first = overview(lead.item.plan)
    told = (first.whole, first.filing, first.agency_rows)
    with CaptureQueriesContext(connection) as captured:
        second = overview(lead.item.plan)
        assert (second.whole, second.filing, second.agency_rows) == told
    assert len(captured) == 1
    assert second is first


def test_two_plans_two_days_and_two_sections_do_not_mix(lead, lead_agency):
    other = make_assignment(make_item(make_plan(document_number="另一号", slug="other")), lead_agency)
    section = lead.item.section
    seen = [
        overview(lead.item.plan),
        overview(other.item.plan),
        overview(lead.item.plan, date(2016, 9, 30)),
        overview(lead.item.plan, section=section),
    ]
    assert len({id(one) for one in seen}) == 4
    assert [[row.pk for row in one.rows] for one in seen] == [[lead.pk], [other.pk], [lead.pk], [lead.pk]]


def test_no_more_is_kept_than_said(lead):
    days = [TODAY - timedelta(days=n) for n in range(KEPT + 5)]
    first = overview(lead.item.plan)
    for day in days[1:]:
        overview(lead.item.plan, day)
    assert overview_cache._overview.cache_info().currsize == KEPT
    assert overview(lead.item.plan) is not first


def test_a_part_of_a_page_is_drawn_once_by_its_key_until_something_changes(lead, period, lead_liaison):
    drawn = []

    def draw(key):
        """As a page asks for it."""
        return overview(lead.item.plan).drawn(key, lambda: drawn.append(key) or SafeString(key))

    assert [draw(key) for key in ("a", "b", "a", "b")] == ["a", "b", "a", "b"]
    assert drawn == ["a", "b"]
    file(lead, period, lead_liaison)
    draw("a")
    assert drawn == ["a", "b", "a"]
    for number in range(DRAWN):
        draw(str(number))
    draw("a")
    assert drawn.count("a") == 3  # the others were asked for since


def test_nothing_in_it_depends_on_who_looks():
    names = Overview.__init__.__annotations__
    assert set(names) == {"plan", "as_of", "section", "readings", "return"}


# ── every deed is seen at once ───────────────────────────────────────────────────────────────────────────────────


def test_what_was_filed_and_accepted_is_seen_by_the_next_look(lead, period, lead_liaison, coordinator):
    plan = lead.item.plan
    assert (percent(plan), overview(plan).filing.filed, len(overview(plan).waiting)) == (0, 0, 0)
    report = file(lead, period, lead_liaison)
    assert (percent(plan), overview(plan).filing.filed, len(overview(plan).waiting)) == (0, 1, 1)
    review_report(report=report, verdict="accepted", comment="", by=coordinator, at=NOW)
    assert (percent(plan), len(overview(plan).waiting)) == (60, 0)


def test_a_past_day_after_a_late_commit_is_reckoned_anew(lead, period, lead_liaison):
    """What was committed late, as by a host whose clock is behind, is seen on the past day too."""
    plan, past = lead.item.plan, TODAY - timedelta(days=1)
    assert overview(plan, past).filing.filed == 0
    file(lead, period, lead_liaison, at=moment("2016-10-11 23:59"))
    assert overview(plan, past).filing.filed == 1


def test_amendments_closures_new_assignments_waivers_and_locks_are_seen(
    lead, period, coordinator, assisting_agency, lead_agency
):
    plan = lead.item.plan
    about = {"by": coordinator, "at": NOW}
    overview(plan)
    amend_item(item=lead.item, due_on=date(2016, 10, 1), reason="提前", **about)
    assert overview(plan).rows[0].due_on == date(2016, 10, 1)
    second = assign(item=lead.item, agency=assisting_agency, role="lead", **about)
    assert {row.pk for row in overview(plan).rows} == {lead.pk, second.pk}
    assert assisting_agency in overview(plan).agencies.values()
    waive_report(assignment=lead, period=period, reason="无任务", **about)
    assert overview(plan).filing.waived == 1
    close_assignment(assignment=second, kind="suspended", reason="暂停", **about)
    assert {row.pk: row.closure for row in overview(plan).rows}[second.pk] == "suspended"
    lock_period(period=period, reason="通报已印发", **about)
    assert overview(plan).period.is_locked


def test_a_new_name_or_order_of_an_agency_is_seen(lead, administrator, client):
    assert list(overview(lead.item.plan).names.values()) == ["省商务厅"]
    client.force_login(administrator)
    fields = {"name": "省商务委", "ordinal": "7", "aliases-TOTAL_FORMS": "0", "aliases-INITIAL_FORMS": "0"}
    response = client.post(f"/admin/agencies/agency/{lead.agency_id}/change/", fields)
    assert response.status_code == 302
    assert list(overview(lead.item.plan).names.values()) == ["省商务委"]


def test_a_day_off_is_seen(lead, period, administrator, client):
    before = overview(lead.item.plan).workdays_left
    client.force_login(administrator)
    fields = {"day": "2016-10-13", "name": "停电"}
    assert client.post("/admin/tasks/workdayoverride/add/", fields).status_code == 302
    assert WorkdayOverride.objects.exists()
    assert overview(lead.item.plan).workdays_left == before - 1


@pytest.fixture
def recorded(lead):
    """Every day is, but for yesterday: the rounds of the tests have one to add."""
    DailySnapshot.objects.create(plan=lead.item.plan, day=TODAY - timedelta(days=2), percent=0, expected_percent=0)


def test_an_opened_period_and_a_recorded_day_are_seen(lead, recorded):
    plan = lead.item.plan
    assert overview(plan).period is None
    assert overview(plan).history[-1][0] == TODAY - timedelta(days=2)
    list(daily_round(TODAY))
    assert overview(plan).period.code == "2016Q3"
    assert overview(plan).history[-1][0] == TODAY - timedelta(days=1)
    head = ChangeChain.objects.get().head
    list(daily_round(TODAY + timedelta(days=1)))  # leaves nothing in the record of changes
    assert ChangeChain.objects.get().head == head
    assert overview(plan, TODAY + timedelta(days=1)).history[-1][0] == TODAY


def test_the_day_that_a_round_recorded_meanwhile_is_seen_on_the_same_day(lead, recorded):
    tomorrow = TODAY + timedelta(days=1)
    list(daily_round(TODAY))
    assert overview(lead.item.plan, tomorrow).history[-1][0] == TODAY - timedelta(days=1)
    list(daily_round(tomorrow))
    assert overview(lead.item.plan, tomorrow).history[-1][0] == TODAY


def test_the_frozen_day_of_a_demonstration_stands_still_and_its_deeds_are_seen(
    lead, period, lead_liaison, coordinator, settings
):
    settings.QA_PLAN_DEMO, settings.QA_PLAN_TODAY = True, TODAY
    plan, report = lead.item.plan, file(lead, period, lead_liaison, at=clock.now())
    before = overview(plan)
    assert overview(plan) is before
    assert [waiting.pk for waiting in before.waiting] == [report.pk]
    review_report(report=report, verdict="accepted", comment="", by=coordinator, at=clock.now())
    assert overview(plan).waiting == []


# ── what is not yet, or never, committed ─────────────────────────────────────────────────────────────────────────


def test_amid_a_deed_nothing_is_kept(lead, coordinator):
    plan = Plan.objects.with_version().get(pk=lead.item.plan_id)
    with recording():
        Agency.objects.filter(pk=lead.agency_id).update(name="尚未提交")
        amid = overview_cache.get(plan, AsOf(TODAY, TODAY))
        assert list(amid.names.values()) == ["尚未提交"]
        note("修改单位", lead.agency, by=coordinator, at=NOW)
    assert overview_cache._overview.cache_info().currsize == 0


# ── several threads ──────────────────────────────────────────────────────────────────────────────────────────────


def test_threads_that_ask_at_once_reckon_once(lead, monkeypatch):
    shared, calls, start = overview(lead.item.plan), [], threading.Barrier(8)

    def slowly(self):
        calls.append(1)
        threading.Event().wait(0.05)
        return {}

    monkeypatch.setattr(vars(Overview)["names"], "reckon", slowly)
    seen = []

    def look():
        start.wait(30)
        seen.append(shared.names)

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(calls) == 1
    assert len({id(one) for one in seen}) == 1
