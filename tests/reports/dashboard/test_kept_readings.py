"""What is kept of a plan is brought up to date task by task, and is always what reading it anew gives."""

from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from agencies.changes import note, recording
from agencies.models import Change
from qa_plan.clock import end_of
from reports.dashboard import overview_cache
from reports.dashboard.overview import Overview
from tasks.http.frame import badges_of
from tasks.models import Plan, ProgressReport, Review
from tasks.pages.ledger.filters import REPORT_CHOICES, AssignmentFilter, ItemFilter
from tasks.pages.ledger.page import sorted_page
from tasks.pages.ledger.questions import assignments_in_force
from tasks.pages.ledger.tabs import ledger_of
from tasks.pages.reviews.questions import record_version
from tasks.pages.reviews.queue import ReviewQueue
from tasks.rules.asof import AsOf
from tasks.standing import kept, pending
from tasks.standing.filing import obligations, opened_periods
from tasks.standing.kept import Version, tasks_concerned
from tasks.standing.pending import Wait
from tasks.standing.unfiled import count_unfiled, unfiled_agencies
from tasks.workflow import (
    ReportContent,
    acknowledge,
    amend_item,
    assign,
    close_assignment,
    decide_request,
    review_report,
    submit_report,
    withdraw_report,
)
from tasks.workflow.periods import lock_period, restore_report, waive_report
from tasks.workflow.requests import make_request
from tasks.workflow.responsibility import weigh, withdraw_assignment
from tests.support.factories import (
    accepted_report,
    file_report,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    make_plan,
    make_section,
    moment,
)
from tests.support.statements import written_out

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

TODAY, PAST = date(2016, 10, 12), date(2016, 10, 3)
NOW = moment("2016-10-12 10:00")


def versioned(plan):
    return Plan.objects.with_version().get(pk=plan.pk)


def said(overview):
    """All that an overview tells of items, assignments and filing."""
    return {
        "headings": overview.headings,
        "rows": overview.rows,
        "items": [(each.pk, each.percent, each.light, each.pace, each.leads, each.assists) for each in overview.items],
        "reports": overview.reports,
        "unfiled": overview.unfiled,
        "filing": overview.filing,
        "waiting": overview.waiting,
        "agencies": [(row.agency, row.total) for row in overview.agency_rows],
        "settling": overview.settling,
        "trend": overview.trend,
    }


def ledger(kind, plan, **asked):
    as_of = AsOf(TODAY, TODAY)
    rows = assignments_in_force(plan, as_of) if kind is AssignmentFilter else plan.items.all()
    periods = opened_periods(plan, TODAY)
    filtered = kind(asked, rows, plan=versioned(plan), as_of=as_of, periods=periods)
    return list(sorted_page(filtered, sort=asked.get("sort", ""), number=None, size="100"))


@pytest.fixture
def tasks(plan, lead_agency, assisting_agency, coordinator):
    """Three tasks with two leads each, under the plan's only section, and a record that has begun."""
    with recording():
        note("导入公文", plan, by=coordinator, at=NOW)
    section = make_section(plan)
    items = [make_item(plan, number=number, section=section) for number in (1, 2, 3)]
    return {item: [make_assignment(item, agency) for agency in (lead_agency, assisting_agency)] for item in items}


@pytest.fixture
def deeds(tasks, period, coordinator, lead_liaison):
    """One after another, each as a function; every one of them is told apart by the task that it concerns."""
    office, agency = {"by": coordinator, "at": NOW}, {"by": lead_liaison, "at": NOW}
    (first, (lead, other)), (second, (led, _)), (third, _) = tasks.items()
    content = ReportContent(percent=60, progress="完成。", delay_reason="原因")
    made = {}

    def file():
        made["report"] = submit_report(assignment=lead, period=period, content=content, **agency)

    def send_back():
        review_report(report=made["report"], verdict="sent_back", comment="重报", seen=_last(), **office)

    def ask():
        acknowledge(assignment=led, **agency)
        made["request"] = make_request(
            assignment=led, kind="extension", reason="汛期", due_on=date(2017, 3, 1), evidence=[], **agency
        )

    def join():
        made["assignment"] = assign(item=third, agency=make_agency("省质监局"), role="lead", **office)

    return [
        (first, file),
        (first, lambda: withdraw_report(report=made["report"], **agency)),
        (first, file),
        (first, lambda: review_report(report=made["report"], verdict="accepted", **office)),
        (
            first,
            lambda: review_report(report=made["report"], verdict="sent_back", comment="重报", seen=_last(), **office),
        ),
        (second, ask),
        (second, lambda: decide_request(request=made["request"], is_granted=True, comment="", **office)),
        (second, lambda: amend_item(item=second, due_on=date(2016, 10, 1), reason="提前", **office)),
        (third, join),
        (third, lambda: waive_report(assignment=made["assignment"], period=period, reason="新交办", **office)),
        (third, lambda: restore_report(assignment=made["assignment"], period=period, reason="仍报", **office)),
        (third, lambda: weigh(item=third, weights={made["assignment"].pk: 3}, basis=0, reason="为主", **office)),
        (third, lambda: withdraw_assignment(assignment=made["assignment"], reason="误交", **office)),
        (first, lambda: close_assignment(assignment=other, kind="suspended", reason="暂停", **office)),
        (first, lambda: close_assignment(assignment=other, kind="reopened", reason="恢复", **office)),
    ]


def _last():
    return Review.objects.order_by("pk").last().pk


def test_after_every_deed_what_is_kept_is_what_is_read_anew(plan, deeds):
    for day in (TODAY, PAST):
        said(overview_cache.get(versioned(plan), AsOf(day, TODAY)))
    for item, deed in deeds:
        before = versioned(plan)
        deed()
        assert tasks_concerned(plan, Version.of(before), Version.of(versioned(plan))) == {item.pk}
        for day in (TODAY, PAST):
            as_of = AsOf(day, TODAY)
            assert said(overview_cache.get(versioned(plan), as_of)) == said(Overview(plan, as_of))


def test_after_every_deed_the_ledgers_follow(plan, deeds):
    asked = [{"sort": "light"}, {"sort": "-gap"}, {"light": ["red", "yellow"]}, {"sort": "percent", "section": "1"}]
    for kind in (AssignmentFilter, ItemFilter):
        for each in asked:
            ledger(kind, plan, **each)
    for _, deed in deeds:
        deed()
        for kind in (AssignmentFilter, ItemFilter):
            known = [ledger(kind, plan, **each) for each in asked]
            kept.clear()
            assert known == [ledger(kind, plan, **each) for each in asked]


def test_after_every_deed_the_standings_tell_as_many_rows_as_the_database_has(plan, deeds):
    as_of, reports = AsOf(TODAY, TODAY), [f"report={value}" for value, _ in REPORT_CHOICES]
    asked = [("assignment", query) for query in ("", "role=lead", "role=assist&light=red", "pace=behind", *reports)]
    asked.append(("item", "light=red&light=yellow"))
    kept.of(versioned(plan), as_of)
    for _, deed in deeds:
        deed()
        for what, query in asked:
            ledger = ledger_of(what, QueryDict(query), versioned(plan), as_of, opened_periods(plan, TODAY))
            assert ledger.told_by_standings == ledger.qs.count(), query


def test_a_plan_at_which_nobody_looks_again_has_its_reports_counted_by_the_database(plan, deeds):
    asked = [versioned(plan), AsOf(TODAY, TODAY), opened_periods(plan, TODAY)]
    assert ledger_of("assignment", QueryDict("report=unfiled"), *asked).told_by_standings is None


def test_after_every_deed_the_review_queue_follows(plan, deeds):
    asked = ["", "sort=-change", "sort=number", f"agency={plan.pk + 999}", "age=3"]
    for day in (TODAY, PAST):
        for each in asked:
            queue(day, each)
    for _, deed in deeds:
        deed()
        for day in (TODAY, PAST):
            known = [queue(day, each) for each in asked]
            kept.clear()
            assert known == [queue(day, each) for each in asked]


def queue(day, asked):
    """Its rows as an address asks for them, and what can be chosen."""
    found = ReviewQueue(AsOf(day, TODAY), QueryDict(asked), version=record_version())
    return found.ordered, found.groups


def test_after_every_deed_the_numbers_of_what_is_unfiled_follow(plan, deeds, period):
    before = set()
    for _, deed in [(None, lambda: None), *deeds]:
        deed()
        known = count_unfiled(versioned(plan), period, AsOf(TODAY, TODAY))
        read = unfiled_agencies(period, end_of(TODAY))
        assert (known.unfiled, known.agencies) == (sum(len(each.reports) for each in read), len(read))
        owing = obligations([period.terms_at(end_of(TODAY))]).values()
        assert known.owed == sum(obligation == "owed" for obligation in owing)
        before.add(known)
    assert len(before) > 3


def test_after_every_deed_what_waits_for_the_office_follows(deeds, coordinator, settings):
    settings.QA_PLAN_TODAY = TODAY
    office_waits(coordinator)
    for _, deed in deeds:
        deed()
        known = office_waits(coordinator)
        pending.forget()
        assert known == office_waits(coordinator)


def test_of_reports_that_are_filed_and_reviewed_only_those_are_read_anew(deeds, tasks, period, coordinator, settings):
    settings.QA_PLAN_TODAY = TODAY
    other = file_report(list(tasks.values())[1][0], 40, at=NOW)
    office_waits(coordinator)
    pending.known_on(TODAY).rows[Wait.REQUEST]["2016-10-10", None] = [0]  # would be lost by another reading
    (_, file), (_, accept) = deeds[2:4]
    file()
    assert [key for wait, key in office_waits(coordinator) if wait == Wait.REVIEW] == [other.pk, _report().pk]
    accept()
    waiting = office_waits(coordinator)
    assert [key for wait, key in waiting if wait == Wait.REVIEW] == [other.pk]
    assert (Wait.REQUEST, 0) in waiting


def test_while_nothing_has_changed_what_waits_costs_a_look_at_its_version(
    deeds, coordinator, settings, django_assert_num_queries
):
    settings.QA_PLAN_TODAY = TODAY
    pending.forget()
    with django_assert_num_queries(1) as first:
        office_waits(coordinator)
    with django_assert_num_queries(1) as looks:
        office_waits(coordinator)
    (_, file) = deeds[2]
    file()
    with django_assert_num_queries(2) as anew:
        waiting = office_waits(coordinator)
    assert (Wait.REVIEW, _report().pk) in waiting
    look, *whole = (len(each["sql"]) for each in (*looks, *first, anew[1]))  # fewer columns, or fewer parameters
    assert look < min(whole)


def office_waits(coordinator):
    """In its order, by kind and key."""
    return [(entry.wait, entry.key) for entry in badges_of(coordinator, steers=True, watches=False).pending.entries]


def _report():
    return ProgressReport.objects.latest("pk")


def test_only_the_tasks_that_changed_are_read_anew(plan, deeds, tasks):
    readings = kept.of(versioned(plan), AsOf(TODAY, TODAY))
    asked = []

    def read(keys):
        asked.append(keys)
        return [(item.pk, object()) for item in tasks if keys is None or item.pk in keys]

    before = dict(readings.part("sample", read))
    (item, file), *_ = deeds
    file()
    after = kept.of(versioned(plan), AsOf(TODAY, TODAY)).part("sample", read)
    assert asked == [None, {item.pk}]
    assert [key for key in before if before[key] is not after[key]] == [item.pk]
    assert list(after) == list(before)  # in the same order


def test_what_follows_from_one_part_is_reckoned_anew_when_that_part_is_another(plan, deeds):
    def trend():
        return overview_cache.get(versioned(plan), AsOf(TODAY, TODAY)).trend

    (item, file), _, _, (_, accept), *_ = deeds
    make_period(plan, "2016Q2")
    before = trend()
    file()
    accept()
    assert trend() is before  # at the close of the last period all was as it is
    accepted_report(item.assignments.first(), percent=30, at=moment("2016-07-10"), period="2016Q2")
    _, suspend = deeds[-2]
    suspend()
    assert trend() is not before
    assert trend().agencies


def test_as_many_plans_and_days_are_kept_as_their_rows_allow(plan, tasks, monkeypatch):
    days = [AsOf(date(2016, 9, day), TODAY) for day in range(1, 8)]

    def which_are_kept():
        kept.clear()
        first = [kept.of(versioned(plan), as_of) for as_of in days]
        for readings in first:
            readings.part("sample", lambda _: [(item.pk, "") for item in tasks])
        return [kept.of(versioned(plan), as_of) is known for as_of, known in zip(days[::-1], first[::-1], strict=True)]

    assert all(which_are_kept())
    monkeypatch.setattr(kept, "KEPT_ROWS", 2 * len(tasks))
    assert which_are_kept() == [True, True, *[False] * 5]
    monkeypatch.setattr(kept, "KEPT", 1)
    assert which_are_kept() == [True, *[False] * 6]


def test_what_changed_is_asked_once_for_all_pages_and_threads(plan, deeds, monkeypatch):
    asked = []
    monkeypatch.setattr(kept, "tasks_concerned", lambda *versions: asked.append(versions) or tasks_concerned(*versions))
    pages = [("one", AsOf(TODAY, TODAY)), ("other", AsOf(TODAY, TODAY))]
    for page in pages:
        kept.of_all(page, record_version())
    (_, file), *_ = deeds
    file()
    for page in pages:
        known = kept.of_all(page, record_version())
        assert kept.of_all(page, record_version()) is known
    assert len(asked) == 1


def test_what_concerns_no_task_has_nothing_read_anew(plan, tasks, coordinator):
    overview = overview_cache.get(versioned(plan), AsOf(TODAY, TODAY))
    said(overview)
    with recording():
        note("调整账号", coordinator, by=coordinator, at=NOW)
    with CaptureQueriesContext(connection) as captured:
        assert overview_cache.get(versioned(plan), AsOf(TODAY, TODAY)).rows == overview.rows
    assert not [sql for sql in written_out(captured.captured_queries) if "tasks_acceptedprogress" in sql]


def test_what_concerns_everything_or_is_unknown_has_everything_read_anew(plan, tasks, period, coordinator):
    before = versioned(plan)
    lock_period(period=period, reason="通报已印发", by=coordinator, at=NOW)
    assert tasks_concerned(plan, Version.of(before), Version.of(versioned(plan))) is None


def test_a_record_that_goes_on_from_another_row_has_everything_read_anew(plan, deeds, coordinator):
    for _, deed in deeds[:4]:
        deed()
    before = Version.of(versioned(plan))
    assert tasks_concerned(plan, before._replace(head="0" * 64), before) is None
    assert tasks_concerned(plan, before._replace(change=Change.objects.latest("pk").pk + 9), before) is None


def test_many_changes_have_everything_read_anew(plan, tasks, coordinator, monkeypatch):
    monkeypatch.setattr(kept, "FEW", 2)
    with recording():
        note("调整账号", coordinator, by=coordinator, at=NOW)
    before = Version.of(versioned(plan))
    for _ in range(3):
        with recording():
            note("调整账号", coordinator, by=coordinator, at=NOW)
    assert tasks_concerned(plan, before, Version.of(versioned(plan))) is None


def test_the_tasks_of_other_plans_are_none_of_a_plans(plan, deeds, coordinator):
    other = make_plan(document_number="另一号", slug="other")
    elsewhere = make_assignment(make_item(other), make_agency("省商务厅二"))
    deeds[0][1]()
    before = versioned(plan)
    close_assignment(assignment=elsewhere, kind="suspended", reason="暂停", by=coordinator, at=NOW)
    assert tasks_concerned(plan, Version.of(before), Version.of(versioned(plan))) == frozenset()
