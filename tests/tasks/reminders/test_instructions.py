"""批示: the agency is told that it came, before its day, on it and after it; then its head, the office, the leaders."""

from datetime import date

import pytest

from tasks.models import Reminder
from tasks.reminders.deciding import due_on
from tasks.reminders.entries import entries
from tests.support.factories import instruction_answer, make_instruction, moment, standard_rules

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(autouse=True)
def rules(db):
    return standard_rules()


@pytest.fixture
def told(lead, lead_liaison, approver, coordinator, leader):
    return make_instruction(lead, at=moment("2016-10-10 10:00"))


def stages(day):
    dues = due_on(date.fromisoformat(day))
    return sorted((due.recipient.username, due.stage) for due in dues if due.subject.kind.startswith("instruct"))


def test_the_agency_is_told_when_it_came_and_as_its_day_comes(told):
    assert stages("2016-10-11") == [("lead", "instructed+1")]
    assert stages("2016-10-12") == []
    assert stages("2016-10-17") == [("lead", "instruct-3")]
    assert stages("2016-10-19") == [("lead", "instruct-1")]
    assert stages("2016-10-20") == [("lead", "instruct+0")]


def test_what_is_late_goes_up(told):
    assert stages("2016-10-21") == [
        *(("approver", "instruct+1"), ("coordinator", "instruct+1"), ("lead", "instruct+1")),
    ]
    assert ("leader", "instruct+3") in stages("2016-10-25")
    assert stages("2016-10-26") == [("approver", "instruct+1"), ("lead", "instruct+1")]


def test_what_is_answered_asks_nobody_and_earlier_days_stay_as_they_were(told):
    instruction_answer(told, at=moment("2016-10-20 15:00"))
    assert stages("2016-10-21") == []
    assert stages("2016-10-20") == [("lead", "instruct+0")]


def test_the_digest_says_who_asked_what_until_when_and_leads_to_the_page(told, lead, lead_liaison):
    due = next(due for due in due_on(date(2016, 10, 19)) if due.subject.kind == "instruct")
    reminder = Reminder(
        recipient=lead_liaison,
        subject=due.subject.name,
        kind=due.subject.kind,
        key=due.subject.key,
        assignment=lead,
        day=due.day,
        anchor=due.subject.anchor,
        reason=due.reason,
    )
    (entry,) = entries([reminder], date(2016, 10, 19), lead_liaison)
    assert entry.what == f"{lead.item.label}{lead.item.title}（{lead.agency}）分管领导批示"
    assert entry.when == "答复期限10月20日，还有1天"
    assert entry.path == told.get_absolute_url()
