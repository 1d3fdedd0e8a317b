"""By when an agency signs for what it was given: working days after that day, as the office's calendar has them."""

from datetime import date

import pytest

from tasks.models import Message, Plan, WorkdayOverride
from tasks.rules.workdays import workdays_after
from tasks.standing.receipts import Receipts
from tasks.workflow import change_settings, close_assignment
from tests.support.factories import make_assignment, make_request, moment, sign_receipt, withdraw

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.mark.parametrize(
    ("given", "days", "deadline"),
    [
        (date(2016, 5, 24), 5, date(2016, 5, 31)),
        (date(2016, 5, 28), 1, date(2016, 5, 30)),  # given on a Saturday
        (date(2016, 9, 30), 5, date(2016, 10, 12)),  # the 8th and 9th were worked for the holiday
        (date(2016, 5, 24), 0, date(2016, 5, 24)),
    ],
)
def test_it_counts_working_days_after_that_day(given, days, deadline):
    assert workdays_after(given, days, {}) == deadline


def test_the_office_s_corrections_count(lead):
    WorkdayOverride.objects.create(day=date(2016, 5, 25), is_workday=False)
    [row] = Receipts.of(lead.agency, date(2016, 6, 1), Plan.objects.all()).pending
    assert (row.due_on, row.is_late, row.can_sign) == (date(2016, 6, 1), False, True)


def test_it_is_late_the_day_after(lead):
    [row] = Receipts.of(lead.agency, date(2016, 6, 1), Plan.objects.all()).pending
    assert (row.due_on, row.is_late) == (date(2016, 5, 31), True)


def test_a_past_day_reckons_by_the_setting_that_held_on_it(lead, coordinator):
    plan = lead.item.plan
    whole = {"basis": 0, "reason": "放宽", "by": coordinator, "at": moment("2016-06-02 12:00")}
    change_settings(plan=plan, settings=plan.settings | {"receipt_days": 60}, **whole)

    def waiting_on(day):
        return [(row.due_on, row.is_late) for row in Receipts.of(lead.agency, day, Plan.objects.all()).pending]

    assert waiting_on(date(2016, 6, 1)) == [(date(2016, 5, 31), True)]
    assert waiting_on(date(2016, 6, 2)) == [(date(2016, 8, 17), False)]


def test_what_was_signed_withdrawn_or_ended_no_longer_waits(lead, plan, coordinator):
    def waiting(assignment):
        return Receipts.of(assignment.agency, date(2016, 6, 1), Plan.objects.all()).pending

    assert waiting(lead)
    sign_receipt(lead, at=moment("2016-05-26"))
    assert not waiting(lead)
    second, third = make_assignment(lead.item), make_assignment(lead.item)
    withdraw(second, at=moment("2016-05-26"))
    close_assignment(assignment=third, kind="cancelled", reason="并入他项", by=coordinator, at=moment("2016-05-26"))
    assert not waiting(second)
    assert not waiting(third)


def test_what_was_declined_waits_for_its_answer_and_cannot_be_signed(lead):
    make_request(lead, "decline", at=moment("2016-05-26"))
    receipts = Receipts.of(lead.agency, date(2016, 6, 1), Plan.objects.all())
    assert [row.can_sign for row in receipts.pending] == [False]
    assert (receipts.to_sign, receipts.late_count) == ([], 0)


def test_the_agency_is_told_how_its_task_ended(lead, lead_liaison, coordinator):
    close_assignment(assignment=lead, kind="suspended", reason="资金未到位", by=coordinator, at=moment("2016-10-12"))
    message = Message.objects.get()
    assert (message.recipient, message.kind, message.text) == (lead_liaison, "other", "（1）中止：资金未到位")
