"""What will be asked for in the days to come is what each day would ask for if nothing happened."""

from datetime import date, timedelta

import pytest

from tasks.models import WorkdayOverride
from tasks.reminders.deciding import due_in, due_on, moment_of
from tasks.reminders.stages import Everything
from tasks.reminders.waiting import Waiting
from tasks.rules.workdays import is_workday
from tests.support.factories import (
    SENT_BACK,
    close,
    file_report,
    lock,
    make_assignment,
    make_item,
    make_period,
    make_request,
    make_urge,
    moment,
    review,
    revise,
    standard_rules,
    waive,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
FIRST, LAST = date(2016, 9, 14), date(2016, 10, 14)  # Mid-Autumn and National Day, each with a weekend made up
HOLIDAY_MORE, DAY_LESS_OFF = date(2016, 9, 20), date(2016, 10, 3)


@pytest.fixture
def stage(lead, assist, lead_liaison, approver, assisting_liaison, coordinator, leader):
    """The second quarter is overdue, and the third will open on the 20th; a bit of everything is under way."""
    standard_rules()
    revise(lead.item, date(2016, 10, 10), at=moment("2016-06-01"))
    report = file_report(lead, at=moment("2016-09-12"), period="2016Q2")
    review(report, SENT_BACK)
    file_report(assist, at=moment("2016-09-13"), period="2016Q2")
    make_request(assist, at=moment("2016-09-13"))
    make_urge(lead, at=moment("2016-09-13"), reply_by=date(2016, 9, 20))
    return lead


def every_day(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def days_of(first, last):
    overrides = WorkdayOverride.objects.as_overrides()
    return [day for day in every_day(first, last) if is_workday(day, overrides)]


def coming(first=FIRST, last=LAST, **of):
    overrides = WorkdayOverride.objects.as_overrides()
    return list(due_in(days_of(first, last), Waiting(moment_of(first), overrides, last=last, **of)))


class Unpruned(Waiting):
    """What waits whether a rule asks for it or not, as the rules are held against it."""

    def reached(self, reach):
        return super().reached(Everything())


def each_by_itself(days):
    return [due for day in days for due in due_on(day)]


def shape(dues):
    return sorted(
        (due.day, due.recipient_id, due.stage, due.subject.name, due.subject.anchor, sorted(due.reason.items()))
        for due in dues
    )


def test_many_days_are_what_each_day_will_ask_for_if_nothing_happens(stage):
    dues = coming()
    assert shape(dues) == shape(each_by_itself(every_day(FIRST, LAST)))
    assert {"opens+0", "filing-3", "filing+1", "due-1", "sent_back+3", "request+3", "review+3", "urge+1"} <= {
        due.stage for due in dues
    }


def happen(what, lead):
    """What makes a difference to periods, receipts or holidays."""
    at = moment("2016-09-10")
    match what:
        case "a holiday more":
            WorkdayOverride.objects.create(day=HOLIDAY_MORE, is_workday=False, name="调休")
        case "a day less off":
            WorkdayOverride.objects.create(day=DAY_LESS_OFF, is_workday=True, name="调休")
        case "opened early":
            make_period(lead.item.plan, "2016Q3")
        case "locked":
            lock(make_period(lead.item.plan, "2016Q2"), at=at)
        case "waived":
            waive(lead, at=at, period="2016Q3")
        case "closed":
            close(lead, at=at)
        case "given late":
            make_assignment(make_item(lead.item.plan), lead.agency, at=at)
        case "assists owe":
            lead.item.plan.assists_owe_reports = True
            lead.item.plan.save()


@pytest.mark.parametrize(
    "whats",
    [  # what stands together does not hide one another
        ["a holiday more", "locked"],
        ["a day less off", "assists owe", "waived"],
        ["opened early"],
        ["closed", "given late"],
    ],
    ids=", ".join,
)
def test_they_are_the_same_whatever_happened_before(stage, whats):
    """Held against one working day in three, and the days that an office may work or rest on."""
    for what in whats:
        happen(what, stage)
    days = {HOLIDAY_MORE, DAY_LESS_OFF, *days_of(FIRST, LAST)[::3]}
    assert shape(due for due in coming() if due.day in days) == shape(each_by_itself(days))


def test_they_are_the_same_across_two_openings_and_the_end_of_the_year(stage):
    """Held against one working day in six, and every day around the second opening and the new year."""
    winter, last = date(2016, 12, 14), date(2017, 1, 6)
    changes = [*every_day(date(2016, 12, 19), date(2016, 12, 22)), *every_day(date(2016, 12, 30), date(2017, 1, 4))]
    days = {*days_of(FIRST, last)[::6], *changes}
    dues = [due for due in coming(last=last) if due.day in days]
    assert shape(dues) == shape(each_by_itself(days))
    assert {"opens+0", "filing+3"} <= {due.stage for due in dues if due.day > winter}


@pytest.mark.parametrize("first", [date(2016, 6, 1), FIRST, date(2016, 10, 13), date(2016, 10, 25), date(2017, 1, 4)])
def test_what_is_not_read_is_what_no_rule_asks_for(stage, first):
    """With a date that moved near and away again, one that outlives the plan, and a report sent back and filed anew."""
    for number, dates in enumerate([("2016-10-20", "2017-03-01"), ("2017-03-01", "2016-10-20"), ("2018-03-01",)]):
        item = make_assignment(make_item(stage.item.plan), stage.agency, at=moment("2016-09-01")).item
        for month, due_on_then in enumerate(dates, 6 + number):
            revise(item, date.fromisoformat(due_on_then), at=moment(f"2016-{month:02}-01"))
    again = file_report(stage, at=moment("2016-09-25"), period="2016Q3")
    review(again, SENT_BACK, at=moment("2016-09-26"))
    file_report(stage, at=moment("2016-09-27"), period="2016Q3")
    for last in (first, first + timedelta(days=40)):
        days, overrides = days_of(first, last), WorkdayOverride.objects.as_overrides()
        everything = due_in(days, Unpruned(moment_of(first), overrides, last=last))
        assert shape(due_in(days, Waiting(moment_of(first), overrides, last=last))) == shape(everything) != []


def test_those_of_one_agency_are_its_part(stage, assisting_agency):
    everything = coming()
    for agency in (stage.agency, assisting_agency):
        dues = coming(agency=agency.pk)
        assert shape(dues) == shape(due for due in everything if due.subject.agency_id == agency.pk)


def test_the_facts_are_read_once_however_many_days_there_are(stage, django_assert_num_queries):
    for last in (FIRST, LAST, date(2017, 9, 30)):
        days = days_of(FIRST, last)
        with django_assert_num_queries(5):
            list(due_in(days, Waiting(moment_of(FIRST), {}, last=last)))
