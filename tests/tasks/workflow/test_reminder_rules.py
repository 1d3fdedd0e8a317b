"""Coordinators change the rules: on the record, from the next sweep on, and only to what means something."""

from datetime import date

import pytest

from agencies.models import Change
from tasks.models import Reminder
from tasks.reminders.deciding import moment_of
from tasks.reminders.sweeping import plan_day
from tasks.workflow import WorkflowError
from tasks.workflow.reminders import RuleContent, add_rule, change_rule
from tests.support.factories import accepted_report, moment, revise, sign_receipt, standard_rules

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NOW = moment("2016-10-10 15:00")


@pytest.fixture
def rules(db):
    return standard_rules()


def content(**changes):
    return RuleContent(
        **{"name": "逾期满5个工作日", "offset": 5, "repeats": False, "audience": "coordinators", **changes}
    )


def test_a_changed_rule_holds_from_the_next_sweep_on_and_is_on_the_record(rules, lead, lead_liaison, coordinator):
    sign_receipt(lead, at=moment("2016-05-25"))
    accepted_report(lead, at=moment("2016-09-21"))
    revise(lead.item, date(2016, 10, 10), at=moment("2016-06-01"))
    for day in (9, 10):
        plan_day(date(2016, 10, day), at=moment_of(date(2016, 10, day)))
    change_rule(
        rule=rules["overdue"],
        content=content(name="逾期第2天起", offset=2, repeats=True, audience="liaison"),
        reason="减少打扰",
        by=coordinator,
        at=NOW,
    )
    for day in (11, 12):
        plan_day(date(2016, 10, day), at=moment_of(date(2016, 10, day)))
    reminders = Reminder.objects.order_by("day").values_list("day", "stage", "reason__name")
    assert [(day.day, stage, name) for day, stage, name in reminders] == [
        (9, "due-1", "距完成时限1个工作日"),
        (10, "due+0", "今日截止"),
        (12, "due+2", "逾期第2天起"),
    ]
    [change] = Change.objects.filter(action="调整提醒规则")
    assert (change.by, change.reason) == (coordinator, "减少打扰")
    assert (change.old, change.new) == (
        {"name": "已逾期", "offset": 1},
        {"name": "逾期第2天起", "offset": 2},
    )


def test_a_rule_can_be_switched_off(rules, coordinator):
    rule = rules["due-30"]
    same = {name: getattr(rule, name) for name in ("name", "offset", "repeats", "audience")}
    change_rule(rule=rule, content=RuleContent(**same, is_active=False), reason="太早", by=coordinator, at=NOW)
    rule.refresh_from_db()
    assert not rule.is_active


def test_a_rule_of_one_s_own_comes_after_those_of_its_kind(rules, coordinator):
    added = add_rule(kind="due", content=content(), reason="盯紧一点", by=coordinator, at=NOW)
    assert (added.code, added.ordinal) == ("own-51", 101)
    [change] = Change.objects.filter(action="新增提醒规则")
    assert change.new["kind"] == "due"


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("due", {"name": " "}, "name"),
        ("due", {"audience": "everybody"}, "audience"),
        ("due", {"offset": 251}, "offset"),
        ("due", {"offset": -251}, "offset"),
        ("due", {"offset": 7}, "offset"),  # there is one already
        ("due", {"offset": -3, "repeats": True}, "repeats"),
        ("opens", {"offset": -1}, "offset"),
        ("opens", {"repeats": True}, "repeats"),
        ("sent_back", {"offset": 0}, "offset"),
        ("review", {"offset": -3}, "offset"),
        ("request", {"offset": 0}, "offset"),
        ("weather", {}, "kind"),
    ],
)
def test_a_rule_that_means_nothing_is_refused_at_its_field(rules, coordinator, kind, changes, field):
    with pytest.raises(WorkflowError) as refused:
        add_rule(kind=kind, content=content(**changes), reason="原因", by=coordinator, at=NOW)
    assert refused.value.field == field


def test_a_change_without_a_reason_or_without_a_change_is_refused(rules, coordinator):
    rule = rules["overdue-7-coordinators"]
    same = content(name=rule.name, offset=7)
    for reason, field in (("", "reason"), ("原因", None)):
        with pytest.raises(WorkflowError) as refused:
            change_rule(rule=rule, content=same, reason=reason, by=coordinator, at=NOW)
        assert refused.value.field == field
    with pytest.raises(WorkflowError):
        add_rule(kind="due", content=content(), reason=" ", by=coordinator, at=NOW)
