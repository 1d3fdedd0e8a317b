"""What will be asked for in the days to come is what each day would ask for if nothing happened."""

from datetime import date, timedelta

import pytest

from tasks.reminders.coming import coming
from tasks.reminders.deciding import due_on, moment_of
from tests.factories import SENT_BACK, file_report, make_request, make_urge, moment, review, revise, standard_rules

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
FIRST, LAST = date(2016, 9, 14), date(2016, 10, 14)


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


def shape(dues):
    return sorted((due.day, due.recipient_id, due.stage, due.subject.key, due.subject.anchor) for due in dues)


def test_the_preview_is_what_each_day_will_ask_for_if_nothing_happens(stage):
    days = [FIRST + timedelta(days=n) for n in range(31)]
    expected = [due for day in days for due in due_on(day)]
    found = list(coming(FIRST, LAST, at=moment_of(FIRST)))
    assert shape(found) == shape(expected)
    assert {"opens+0", "filing-3", "filing+1", "due-1", "sent_back+3", "request+3", "review+3", "urge+1"} <= {
        due.stage for due in found
    }
    assert [due.day for due in found] == sorted(due.day for due in found)


def test_the_preview_of_one_agency_is_its_part(stage, assisting_agency):
    everything = list(coming(FIRST, LAST, at=moment_of(FIRST)))
    for agency in (stage.agency, assisting_agency):
        found = list(coming(FIRST, LAST, at=moment_of(FIRST), agency=agency.pk))
        assert shape(found) == shape(due for due in everything if due.subject.agency_id == agency.pk)


def test_the_preview_reads_the_facts_once_for_each_day_on_which_periods_open(stage, django_assert_max_num_queries):
    for days, readings in ((5, 1), (30, 2)):
        with django_assert_max_num_queries(4 + 12 * readings):
            list(coming(FIRST, FIRST + timedelta(days=days), at=moment_of(FIRST)))
