"""What is kept of the offices below is brought up to date task by task, and is always what reading it anew gives."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.changes import note, recording
from qa_plan.clock import end_of
from tasks.models import Plan, ProgressReport
from tasks.rules.asof import AsOf
from tasks.standing.local import local_picture
from tasks.standing.local.picture import read_picture
from tasks.standing.local.reading import LocalPlans
from tasks.standing.reshaping import reshaping_basis
from tasks.workflow import (
    ReportContent,
    add_milestone,
    amend_item,
    ask_for_local_plans,
    assign,
    close_assignment,
    confirm_correspondences,
    merge_items,
    report_milestone,
    review_milestone,
    review_report,
    submit_report,
)
from tasks.workflow.offices import ListedOffice, open_offices
from tasks.workflow.periods import lock_period, waive_report
from tasks.workflow.plans import change_settings
from tasks.workflow.responsibility import weigh, withdraw_assignment
from tests.support.factories import (
    correspond,
    make_agency,
    make_assignment,
    make_evidence,
    make_item,
    make_local_plan,
    make_office,
    make_period,
    make_plan,
    make_section,
    make_user,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

TODAY, PAST = date(2016, 10, 12), date(2016, 10, 3)
NOW = moment("2016-10-12 10:00")


@pytest.fixture
def province(coordinator):
    """A plan with three items that somebody leads, and a record that has begun."""
    plan = make_plan()
    with recording():
        note("导入公文", plan, by=coordinator, at=NOW)
    section = make_section(plan)
    for _ in range(3):
        make_assignment(make_item(section=section))
    return plan


@pytest.fixture
def cities(province):
    """Two with plans of their own, two items each; the first of each carries out the province's first."""
    for _ in range(2):
        plan = make_local_plan(province, make_office())
        make_period(plan)
        for number in range(2):
            item = make_assignment(make_item(plan)).item
            if number == 0:
                correspond(item, province.items.first())
    return list(Plan.objects.filter(parent=province).order_by("pk"))


def kept_now(province, day=TODAY):
    return local_picture(Plan.objects.with_version().get(pk=province.pk), AsOf(day, TODAY))


def kept_and_read(province, day):
    return told(kept_now(province, day)), told(read_picture(Plan.objects.get(pk=province.pk), day, end_of(day)))


def told(picture):
    """All that a picture tells, as values."""
    return {
        "items": picture.items,
        "closes": picture.closes,
        "offices": [
            (
                (each.office.area, each.plan and each.plan.pk, each.items, sorted(each.asked), each.filing),
                [(step.pk, step.state, step.planned_on, step.done_on) for step in each.milestones],
                (each.counties, each.issued_counties),
            )
            for each in picture.offices
        ],
    }


@pytest.fixture
def deeds(province, cities, coordinator):
    """One after another, each as a function; after all but the last two the picture is another."""
    clerk = make_user(office=cities[0].office)
    first, second = cities[0].items.order_by("pk")
    part, period = first.assignments.get(), cities[0].periods.get()
    upper = province.items.first().assignments.get()
    office, agency = {"by": clerk, "at": NOW}, {"by": make_user(role="liaison", agency=part.agency), "at": NOW}
    above = {"by": coordinator, "at": NOW}
    shown = {"basis": 0, "reason": "统一口径", **office}
    content = ReportContent(percent=60, progress="完成。", delay_reason="原因")
    made = {}

    def plan_a_step():
        made["step"] = add_milestone(item=first, name="印发方案", planned_on=date(2016, 9, 1), **office)

    def report_the_step():
        step = {"milestone": made["step"], "assignment": part, "done_on": date(2016, 9, 1)}
        report_milestone(**step, words="已印发。", evidence=[make_evidence(part, at=NOW)], **agency)

    def join():
        made["part"] = assign(item=second, agency=make_agency("市质监局"), role="lead", **office)

    def carry_out(*targets):
        keys = [item.pk for item in targets]
        known = second.correspondences.order_by("pk").last()
        bases = {second.pk: known.pk if known else 0}
        confirm_correspondences(plan=cities[0], decided={second.pk: keys}, bases=bases, **office)

    def merge(plan):
        items = list(plan.items.existing(NOW)[:2])
        shown = {"title": "品牌和检测", "due_on": None, "basis": reshaping_basis(items, NOW)}
        merge_items(items=items, reason="纪要", by=coordinator, at=NOW, **shown)

    def ask():
        asked = {"offices": [made["city"]], "due_on": date(2016, 11, 1), "words": "各市制定方案。"}
        ask_for_local_plans(parent=province, items=province.items.existing(NOW)[1:], **asked, **above)

    def open_another():
        city = ListedOffice("349900", "新市", "市", "", "新市质量办", "新", "新市人民政府")
        made["city"] = open_offices([city], **above)[0]

    def issue():
        with recording():
            note("导入公文", make_local_plan(province, made["city"]), by=coordinator, at=NOW)

    return [
        lambda: submit_report(assignment=part, period=period, content=content, **agency),
        lambda: review_report(report=ProgressReport.objects.get(), verdict="accepted", **office),
        plan_a_step,
        report_the_step,
        lambda: review_milestone(milestone=made["step"], is_confirmed=True, **office),
        lambda: carry_out(*province.items.all()[1:]),
        lambda: carry_out(),
        join,
        lambda: weigh(item=second, weights={made["part"].pk: 3}, basis=0, reason="为主", **office),
        lambda: withdraw_assignment(assignment=made["part"], reason="误交", **office),
        lambda: amend_item(item=second, due_on=date(2016, 10, 1), reason="提前", **office),
        lambda: close_assignment(assignment=upper, kind="suspended", reason="停", **above),
        open_another,
        issue,
        lambda: waive_report(assignment=second.assignments.first(), period=period, reason="新交办", **office),
        lambda: merge(cities[1]),
        lambda: merge(province),
        ask,
        lambda: change_settings(plan=cities[0], settings=cities[0].settings | {"soon_days": 60}, **shown),
        lambda: lock_period(period=period, reason="通报已印发", **office),
    ]


def test_after_every_deed_what_is_kept_is_what_is_read_anew(province, deeds):
    before = None
    for deed in (lambda: None, *deeds):
        deed()
        for day in (PAST, TODAY):
            known, read = kept_and_read(province, day)
            assert known == read
        assert known != before or deed in deeds[-2:]
        before = known


def test_what_happens_elsewhere_has_nothing_of_it_read_anew(province, cities, coordinator):
    elsewhere = make_assignment(make_item(make_plan(document_number="另一号", slug="other")))
    before = kept_now(province)
    close_assignment(assignment=elsewhere, kind="suspended", reason="暂停", by=coordinator, at=NOW)
    plan = Plan.objects.with_version().get(pk=province.pk)
    with CaptureQueriesContext(connection) as captured:
        assert local_picture(plan, AsOf(TODAY, TODAY)) is before
    assert len(captured) == 3  # what changed, of which tasks, and which of those are of these plans


def test_of_a_city_s_report_that_task_alone_is_read_anew(province, cities, deeds, monkeypatch):
    asked, read = [], LocalPlans.read
    monkeypatch.setattr(LocalPlans, "read", lambda plans, tasks: asked.append(tasks) or read(plans, tasks))
    before = kept_now(province)
    deeds[0]()
    after = kept_now(province)
    assert asked == [None, {cities[0].items.earliest("pk").pk}]
    assert (before.offices[0].filed, after.offices[0].filed) == (0, 1)
