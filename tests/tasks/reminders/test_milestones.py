"""节点 in reminders: who is told how long before and after the planned day, and who isn't."""

from datetime import date

import pytest

from tasks.models import MilestoneReview, MilestoneWithdrawal
from tasks.reminders.deciding import due_on
from tasks.reminders.described import describe
from tasks.reminders.sweeping import decide_day
from tests.support.factories import (
    close,
    make_assignment,
    make_milestone,
    milestone_done,
    moment,
    move_to,
    standard_rules,
    withdraw,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

MONDAY = date(2016, 10, 24)


@pytest.fixture(autouse=True)
def rules(db):
    return standard_rules()


def told(day):
    dues = due_on(date.fromisoformat(day))
    return sorted((due.recipient.username, due.stage) for due in dues if due.subject.kind == "milestone")


@pytest.fixture
def planned(lead, lead_liaison, assist, assisting_liaison, approver, coordinator):
    return make_milestone(lead.item, on=MONDAY)


def test_the_leads_are_told_before_on_and_after_the_day(planned):
    assert told("2016-10-13") == [("lead", "milestone-7")]
    assert told("2016-10-21") == [("lead", "milestone-1")]
    assert told("2016-10-24") == [("lead", "milestone+0")]
    assert told("2016-10-25") == [("lead", "milestone+1")]
    assert told("2016-10-20") == []


def test_what_stays_late_reaches_the_head_and_the_office(planned):
    assert told("2016-10-27") == [("approver", "milestone+3"), ("lead", "milestone+1")]
    assert told("2016-11-02") == [("coordinator", "milestone+7"), ("lead", "milestone+1")]


def test_the_office_is_told_once_however_many_answer(planned, other_agency, other_liaison):
    make_assignment(planned.item, other_agency)
    day = date(2016, 11, 2)
    lines = decide_day(day, at=moment("2016-11-02 08:00")).lines.values()
    dues = [line.due for mine in lines for line in mine if line.due.subject.kind == "milestone"]
    names = sorted(due.recipient.username for due in dues)
    assert names == ["coordinator", "lead", "other"]


def test_one_that_names_an_agency_is_its_matter_alone(lead, lead_liaison, assist, assisting_liaison):
    make_milestone(lead.item, on=MONDAY, agency=assist.agency)
    assert told("2016-10-24") == [("assisting", "milestone+0")]


def test_a_move_counts_from_the_new_day(planned):
    move_to(planned, date(2016, 11, 15), at=moment("2016-10-20 10:00"))
    assert told("2016-10-24") == told("2016-10-25") == []
    assert told("2016-11-15") == [("lead", "milestone+0")]


def test_what_is_reported_withdrawn_or_ended_asks_nobody(planned, lead):
    done = milestone_done(planned, lead, at=moment("2016-10-20"))
    assert told("2016-10-25") == []
    MilestoneReview.objects.create(done=done, is_confirmed=False, comment="补件", recorded_at=moment("2016-10-24"))
    assert told("2016-10-25") == [("lead", "milestone+1")]
    close(lead, at=moment("2016-10-25 09:00"))
    assert told("2016-10-26") == []


def test_what_was_withdrawn_asks_nobody(planned):
    MilestoneWithdrawal.objects.create(milestone=planned, reason="合并", recorded_at=moment("2016-10-20"))
    assert told("2016-10-24") == []


def test_where_the_named_one_has_left_the_leads_are_asked(lead, lead_liaison, assist):
    make_milestone(lead.item, on=MONDAY, agency=assist.agency)
    withdraw(assist, at=moment("2016-10-01"))
    assert told("2016-10-24") == [("lead", "milestone+0")]


def test_the_digest_names_it_and_leads_to_its_page(planned, lead_liaison):
    (due,) = [due for due in due_on(date(2016, 10, 25)) if due.subject.kind == "milestone"]
    ((what, when, path),) = describe([due.subject], lead_liaison, moment("2016-10-25 08:00"))
    assert what == "（1）任务1（省商务厅）节点“印发方案”"
    assert when.startswith("节点日期2016年10月24日") or when.startswith("节点日期10月24日")
    assert path == f"/milestones/{planned.pk}/"
