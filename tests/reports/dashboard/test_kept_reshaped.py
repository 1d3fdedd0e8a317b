"""What is kept of a plan follows 拆分 and 合并, and what comes of reports that go on in the new tasks."""

from datetime import date, timedelta

import pytest

from agencies.changes import note, recording
from qa_plan.clock import at
from reports.dashboard import overview_cache
from reports.dashboard.overview import Overview
from tasks.models import ActionItem, Duty, DutyAgency, Plan, ProgressReport
from tasks.pages.ledger.filters import AssignmentFilter, ItemFilter
from tasks.pages.ledger.page import sorted_page
from tasks.pages.ledger.questions import assignments_in_force
from tasks.rules.asof import AsOf
from tasks.standing import kept
from tasks.standing.filing import opened_periods
from tasks.standing.kept import Version, tasks_concerned
from tasks.standing.reshaping import duty_units, reshaping_basis
from tasks.workflow import Piece, merge_items, review_report, split_item
from tests.support.factories import LEAD, file_report, make_assignment, make_item, make_section, moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

BEFORE, CLOSED, TODAY = date(2016, 10, 12), date(2016, 10, 20), date(2016, 11, 2)
NOW = moment("2016-11-02 10:00")
SAID = "（二）提升质量。开展抽查。（省商务厅负责）开展培训。（省水利厅负责）"
SORTS = ("", "light", "-gap", "percent")


@pytest.fixture
def items(plan, period, lead_agency, other_agency, coordinator):
    """Three tasks in two sections, the second of two duties: its agencies' reports of a closed period wait."""
    with recording():
        note("导入公文", plan, by=coordinator, at=moment("2016-05-24 09:00"))
    plan.notice_text = f"前言。{SAID}结尾。"
    plan.save()
    first, second = make_section(plan, number=1), make_section(plan, number=2)
    items = [
        make_item(plan, section=first),
        make_item(plan, section=first, label="（二）", text=SAID, start=3, end=3 + len(SAID)),
        make_item(plan, section=second),
        make_item(plan, section=first),
    ]
    ends = SAID.index("开展培训")
    for number, (start, end, agency) in enumerate([(0, ends, lead_agency), (ends, len(SAID), other_agency)], 1):
        duty = Duty.objects.create(
            item=items[1], number=number, ending=f"（{agency}负责）", start=3 + start, end=3 + end
        )
        DutyAgency.objects.create(duty=duty, agency=agency, role=LEAD)
        part = make_assignment(items[1], agency)
        file_report(part, 40 + 20 * number, at=moment("2016-10-11 09:00"), period=period)
    for item in (items[0], *items[2:]):
        make_assignment(item, lead_agency)
    return items


def versioned(plan):
    return Plan.objects.with_version().get(pk=plan.pk)


def told(overview):
    return {
        "items": [(each.pk, each.percent, each.light, each.leads, each.assists) for each in overview.items],
        "headings": overview.headings,
        "rows": overview.rows,
        "reports": overview.reports,
        "filings": overview.filings,
        "filing": overview.filing,
        "unfiled": overview.unfiled,
        "waiting": overview.waiting,
        "whole": overview.whole,
    }


def ledgers(plan, as_of):
    periods = opened_periods(plan, as_of.day)
    known = []
    for sort in SORTS:
        for kind, rows in (
            (AssignmentFilter, assignments_in_force(plan, as_of)),
            (ItemFilter, plan.items.existing(as_of.moment)),
        ):
            asked = {"sort": sort} if sort else {"light": ["red", "yellow", "green"]}
            ledger = kind(asked, rows, plan=versioned(plan), as_of=as_of, periods=periods)
            known.append(list(sorted_page(ledger, sort=sort, number=None, size="100")))
    return known


def assert_all_is_as_read_anew(plan):
    for day in (BEFORE, CLOSED, TODAY):
        as_of = AsOf(day, TODAY)
        for section in (None, *plan.sections.all()):
            known = told(overview_cache.get(versioned(plan), as_of, section))
            assert known == told(Overview(plan, as_of, section))
        known = ledgers(plan, as_of)
        kept.clear()
        assert known == ledgers(plan, as_of)


def split(item, by):
    parts = {part.agency_id: part.pk for part in item.assignments.filter(ended_at__isnull=True)}
    pieces = [
        Piece(f"新任务{key}", (key,), {parts[agency]: role for agency, role in unit.named.items()}, date(2016, 12, 31))
        for key, unit in enumerate(duty_units(item))
    ]
    basis = reshaping_basis([item], NOW)
    split_item(item=item, pieces=pieces, by_measures=False, reason="纪要", basis=basis, by=by, at=NOW)


def test_a_split_has_the_whole_plan_read_anew_in_the_notices_order(plan, items, coordinator):
    assert_all_is_as_read_anew(plan)
    before = Version.of(versioned(plan))
    split(items[1], coordinator)
    assert tasks_concerned(plan, before, Version.of(versioned(plan))) is None
    assert_all_is_as_read_anew(plan)
    headings = overview_cache.get(versioned(plan), AsOf(TODAY, TODAY)).headings
    assert [heading.label for heading in headings] == ["（1）", "（二）之一", "（二）之二", "（3）", "（4）"]
    assert [heading.number for heading in headings] == [1, 5, 6, 3, 4]


def test_a_merger_has_the_whole_plan_read_anew(plan, items, coordinator):
    assert_all_is_as_read_anew(plan)
    before = Version.of(versioned(plan))
    merged = (items[0], items[3])
    basis = reshaping_basis(merged, NOW)
    merge_items(items=merged, title="合并", due_on=None, reason="纪要", basis=basis, by=coordinator, at=NOW)
    assert tasks_concerned(plan, before, Version.of(versioned(plan))) is None
    assert_all_is_as_read_anew(plan)


def test_a_verdict_on_what_goes_on_after_a_split_is_told_of_the_former_task_too(plan, items, coordinator):
    split(items[1], coordinator)
    assert_all_is_as_read_anew(plan)
    later = NOW
    for verdict in ("accepted", "sent_back"):
        later += timedelta(minutes=5)
        piece = ActionItem.objects.get(label="（二）之一" if verdict == "accepted" else "（二）之二")
        report = ProgressReport.objects.get(assignment__item=piece)
        before = Version.of(versioned(plan))
        review_report(report=report, verdict=verdict, comment="核", by=coordinator, at=later)
        assert tasks_concerned(plan, before, Version.of(versioned(plan))) is None
        assert_all_is_as_read_anew(plan)
    reports = overview_cache.get(versioned(plan), AsOf(TODAY, TODAY)).filings
    assert len(reports) == 4  # the former task's, which the closed period counts, and the pieces'


def test_a_task_of_its_own_is_read_alone_though_others_were_split(plan, items, coordinator):
    split(items[1], coordinator)
    assert_all_is_as_read_anew(plan)
    before = Version.of(versioned(plan))
    with recording():
        note("调整任务", items[0], by=coordinator, at=at(TODAY))
    assert tasks_concerned(plan, before, Version.of(versioned(plan))) == {items[0].pk}
    assert_all_is_as_read_anew(plan)
