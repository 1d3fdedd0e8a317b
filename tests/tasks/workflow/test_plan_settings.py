"""计划设置: what is set today holds from now on, and no past day changes by it."""

from datetime import date

import pytest

from agencies.models import Change
from qa_plan.clock import end_of
from reports.dashboard import overview_cache
from reports.quarter.definition import Definition
from reports.quarter.snapshot import take_snapshot
from tasks.models import Assignment, LightChange, Plan, PlanRevision
from tasks.reminders.deciding import due_on
from tasks.rules.asof import AsOf
from tasks.standing.rollup import standing_of
from tasks.workflow import WorkflowError, change_settings
from tasks.workflow.daily import record_day
from tests.support.factories import accepted_report, make_period, moment, standard_rules

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
BEFORE, AFTER, TODAY = date(2016, 10, 9), date(2016, 10, 10), date(2016, 10, 12)
NOON = moment("2016-10-10 12:00")


def change(plan, *, at=NOON, by=None, reason="从严督办", basis=None, **settings):
    plan = Plan.objects.get(pk=plan.pk)
    return change_settings(
        plan=plan,
        settings=plan.settings | settings,
        basis=len(plan.former) if basis is None else basis,
        reason=reason,
        by=by,
        at=at,
    )


def light(assignment, day):
    assignment_then = Assignment.objects.as_of(end_of(day)).get(pk=assignment.pk)
    return standing_of(assignment_then, Plan.objects.get(pk=assignment.item.plan_id), day).light.value


@pytest.fixture
def under_way(lead):
    """At 60 %, after a period has closed; expected are 62.4 % on 9 October and 62.9 % on the 10th."""
    make_period(lead.item.plan, "2016Q2")
    accepted_report(lead, 60, at=moment("2016-10-01"))
    return lead


# ── what holds on which day ──────────────────────────────────────────────────────────────────────────────────────


def test_a_plan_knows_what_held_at_any_moment(plan):
    change(plan, behind_margin=5, at=moment("2016-09-01 10:00"))
    change(plan, behind_margin=2, soon_days=30, at=moment("2016-10-01 10:00"))
    plan.refresh_from_db()
    moments = ("2016-09-01 09:59", "2016-09-01 10:00", "2016-10-01 09:59", "2016-10-01 10:00", "2017-01-01")
    states = [plan.at(moment(each)) for each in moments]
    assert [(each.behind_margin, each.soon_days) for each in states] == [(10, 15), (5, 15), (5, 15), (2, 30), (2, 30)]
    then = states[2]
    assert then.at(moment("2016-08-01")).behind_margin == 10
    assert then.at(moment("2017-01-01")).behind_margin == 5  # as far as was known then
    assert plan.behind_margin == 2


def test_a_setting_that_came_later_had_its_default_before(under_way):
    change(under_way.item.plan, behind_margin=1, receipt_days=9)
    plan = Plan.objects.get(pk=under_way.item.plan_id)
    del plan.former[0]["receipt_days"]
    assert plan.at(end_of(BEFORE)).receipt_days == 5
    assert plan.at(end_of(TODAY)).receipt_days == 9


def test_a_threshold_decides_lights_from_its_day_on_and_no_day_before(under_way):
    assert [light(under_way, day) for day in (BEFORE, AFTER, TODAY)] == ["green", "green", "green"]
    change(under_way.item.plan, behind_margin=1)
    assert [light(under_way, day) for day in (BEFORE, AFTER, TODAY)] == ["green", "yellow", "yellow"]


def test_a_day_that_the_round_catches_up_is_recorded_by_the_thresholds_of_its_time(under_way):
    change(under_way.item.plan, behind_margin=1)
    plan = Plan.objects.get(pk=under_way.item.plan_id)
    for day in (BEFORE, AFTER):
        record_day(plan, day)
    changes = LightChange.objects.order_by("day").values_list("light", "reason")
    assert list(changes) == [
        ("green", "各负责单位均在黄灯线以上"),
        ("yellow", f"{under_way.agency}60%，落后序时逾1个百分点"),
    ]


def test_what_is_kept_in_memory_of_a_plan_is_reckoned_anew(under_way):
    def yellow(day):
        plan = Plan.objects.with_version().get(pk=under_way.item.plan_id)
        return [item.light.value for item in overview_cache.get(plan, AsOf(day, TODAY)).items]

    assert (yellow(BEFORE), yellow(TODAY)) == (["green"], ["green"])
    change(under_way.item.plan, behind_margin=1)
    assert (yellow(BEFORE), yellow(TODAY)) == (["green"], ["yellow"])


def test_a_package_of_a_moment_tells_the_thresholds_of_that_moment(under_way, period):
    def shown(at):
        [facts] = take_snapshot(Definition(plans=(period.plan.slug,), period="2016Q3", as_of=at)).plans
        return facts.behind_margin, facts.items[0].light

    change(period.plan, behind_margin=1)
    assert shown(moment("2016-10-10 11:59")) == (10, "green")
    assert shown(moment("2016-10-10 12:01")) == (1, "yellow")


def test_whether_assisting_agencies_owe_is_decided_as_the_period_closes(lead, assist, period):
    second = make_period(lead.item.plan, "2016Q2")
    change(lead.item.plan, assists_owe_reports=True)

    def owing(period, day):
        period.plan.refresh_from_db()
        return set(Assignment.objects.reporting(period.terms_at(end_of(day))))

    assert owing(second, TODAY) == {lead}
    assert owing(period, BEFORE) == {lead}
    assert owing(period, TODAY) == {lead, assist}


def test_reminders_go_by_what_holds_on_their_day(lead, assist, lead_liaison, assisting_liaison, period):
    standard_rules()

    def reminded(day):
        return {
            (due.recipient_id, due.stage) for due in due_on(date.fromisoformat(day)) if due.subject.kind == "receipt"
        }

    change(lead.item.plan, receipt_days=60, at=moment("2016-06-02 12:00"))
    assert reminded("2016-06-02") == {(lead_liaison.pk, "receipt+1"), (assisting_liaison.pk, "receipt+1")}
    assert reminded("2016-06-03") == set()

    def asked():
        return {due.recipient_id for due in due_on(date(2016, 10, 13)) if due.stage == "filing-1"}

    assert asked() == {lead_liaison.pk}
    change(lead.item.plan, assists_owe_reports=True)
    assert asked() == {lead_liaison.pk, assisting_liaison.pk}


# ── the deed ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_change_is_a_fact_and_in_the_record_of_changes_with_its_reason(plan, coordinator):
    revision = change(plan, by=coordinator, soon_days=30, reason=" 提前预警 ")
    plan.refresh_from_db()
    assert plan.settings == revision.settings == plan.settings | {"soon_days": 30}
    assert (revision.reason, revision.recorded_by, revision.recorded_at) == ("提前预警", coordinator, NOON)
    row = Change.objects.get()
    assert (row.action, row.old, row.new, row.reason) == (
        "调整计划设置",
        {"soon_days": 15},
        {"soon_days": 30},
        "提前预警",
    )


@pytest.mark.parametrize(
    ("settings", "field", "message"),
    [
        ({"behind_margin": 5, "reason": " "}, "reason", "请写明调整原因。"),
        ({"behind_margin": 101}, "behind_margin", "须在0至100之间。"),
        ({"filing_day": 29}, "filing_day", "须在1至28之间。"),
        ({"filing_day": 0}, "filing_day", "须在1至28之间。"),
        ({"receipt_days": 0}, "receipt_days", "须在1至60之间。"),
        ({}, None, "与现行设置相同，没有改动。"),
        (
            {"behind_margin": 5, "basis": 1},
            None,
            "内容已被更新，本次未保存：设置已被他人调整。请刷新页面，核对现行设置后再改。",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(plan, settings, field, message):
    with pytest.raises(WorkflowError) as refused:
        change(plan, **settings)
    assert (refused.value.field, refused.value.message) == (field, message)
    assert not PlanRevision.objects.exists()
    assert Plan.objects.get(pk=plan.pk).settings == plan.settings


def test_a_change_never_comes_before_the_last_one(plan):
    change(plan, soon_days=30, at=moment("2016-10-10 12:00"))
    change(plan, soon_days=20, at=moment("2016-10-10 11:00"))
    plan.refresh_from_db()
    assert plan.at(moment("2016-10-10 11:30")).soon_days == 15
    assert plan.at(moment("2016-10-10 12:00")).soon_days == 20
