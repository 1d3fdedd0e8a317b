"""应报: one rule for every page and file. What was given, taken up or taken over after a period closed owes nothing."""

from datetime import date

import pytest

from qa_plan.clock import end_of
from reports.dashboard.agency import agency_part
from reports.dashboard.overview import Overview
from reports.fillin.known import collect
from reports.periods.page import PeriodPage
from reports.quarter import Definition, take_snapshot
from tasks.models import Assignment, Plan
from tasks.pages.filing.page import MyPage
from tasks.reminders.subjects import ReminderKind
from tasks.reminders.waiting import Waiting
from tasks.rules.asof import AsOf
from tasks.workflow import succeed
from tests.support.factories import (
    ASSIST,
    LEAD,
    accepted_report,
    close,
    file_report,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    moment,
    review,
    waive,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

OPEN, CLOSED = date(2016, 10, 12), date(2016, 10, 18)  # 2016Q3 falls due on 14 October
IN_TIME, TOO_LATE = moment("2016-10-10 10:00"), moment("2016-10-17 10:00")


@pytest.fixture
def agency(lead_agency):
    return lead_agency


@pytest.fixture
def every_case(plan, period, agency):
    """One task for each turn that it can take, given long before the period unless it says otherwise."""

    def given(role=LEAD, **fields):
        return make_assignment(make_item(plan), agency, role, **fields)

    found = {name: given() for name in ("filed", "missing", "ended", "taken_up", "ended_late", "waived", "waived_late")}
    accepted_report(found["filed"], 40, at=IN_TIME)
    close(found["ended"], at=IN_TIME)
    close(found["taken_up"], at=IN_TIME)
    close(found["taken_up"], "reopened", at=TOO_LATE)
    close(found["ended_late"], at=TOO_LATE)
    waive(found["waived"], at=IN_TIME)
    waive(found["waived_late"], at=TOO_LATE)
    found["given_late"] = given(at=TOO_LATE)
    found["assisting"] = given(ASSIST)
    return found


OWED = {"filed", "missing", "ended_late", "waived_late"}


def names(every_case, keys):
    return {name for name, one in every_case.items() if one.pk in set(keys)}


def test_who_had_it_as_the_period_closed_owes_wherever_it_is_counted(plan, period, agency, every_case):
    """On the period's page, on 我的填报, on the plan's and the agency's pages, and in the package."""
    as_of = AsOf(CLOSED, CLOSED)
    rows = PeriodPage(plan, period, as_of).rows
    assert names(every_case, [row.pk for row in rows if row.obligation == "owed"]) == OWED
    mine = MyPage(agency, CLOSED, Plan.objects.all())
    assert names(every_case, [duty.assignment.pk for duty in mine.owed]) == OWED
    overview = Overview(plan, as_of)
    package = take_snapshot(Definition((plan.slug,), "2016Q3", end_of(CLOSED))).plans[0].totals
    said = {
        (count.owed, count.filed, count.unfiled)
        for count in (overview.filing, agency_part(plan, agency, as_of).filing, package)
    }
    assert said == {(4, 1, 3)}
    assert (mine.filed_count, mine.waived_count, overview.filing.waived, package.waived) == (1, 1, 1, 1)
    assert [row.unfiled for row in overview.agency_rows] == [3]


def test_what_can_no_longer_be_filed_is_owed_and_not_asked_for(plan, period, agency, every_case):
    """The task that ended after the period had closed."""
    [filing] = [subject for subject in Waiting(end_of(CLOSED), {}) if subject.kind == ReminderKind.FILING]
    assert (filing.agency_id, filing.facts) == (agency.pk, {"owed": 3, "missing": 2})
    to_do = MyPage(agency, CLOSED, Plan.objects.all()).to_do
    assert names(every_case, [duty.assignment.pk for duty in to_do]) == {"missing", "waived_late"}
    sheet = collect(agency, period, end_of(CLOSED))
    owed = [row.assignment.pk for row in sheet.rows if row.assignment.obligation == "owed"]
    assert names(every_case, owed) == OWED - {"ended_late"}


def test_before_it_closes_it_is_as_things_stand(plan, period, agency, every_case):
    mine = MyPage(agency, OPEN, Plan.objects.all())
    stand = {"filed", "missing", "ended_late", "waived_late"}
    assert names(every_case, [duty.assignment.pk for duty in mine.owed]) == stand
    assert Overview(plan, AsOf(OPEN, OPEN)).filing.owed == len(stand)


def test_what_was_given_after_the_close_is_offered_and_not_asked_for(plan, period, agency, every_case):
    mine = MyPage(agency, CLOSED, Plan.objects.all())
    offered = [duty for duty in mine.filed if duty.can_file and not duty.newest and not duty.is_waived]
    assert names(every_case, [duty.assignment.pk for duty in offered]) == {"given_late", "taken_up"}


def test_what_was_filed_without_being_asked_for_and_sent_back_is_mended(plan, period, agency):
    late = make_assignment(make_item(plan), agency, LEAD, at=TOO_LATE)
    review(file_report(late, 40, at=TOO_LATE), "sent_back", at=TOO_LATE)
    mine = MyPage(agency, CLOSED, Plan.objects.all())
    assert ([duty.assignment for duty in mine.to_do], mine.owed) == ([late], [])


def test_where_the_plan_says_so_assisting_ones_are_counted_on_every_page(plan, period, agency):
    Plan.objects.filter(pk=plan.pk).update(assists_owe_reports=True)
    plan.refresh_from_db()
    period.plan = plan
    make_assignment(make_item(plan), agency, ASSIST)
    mine = MyPage(agency, OPEN, Plan.objects.all())
    assert (len(mine.owed), len(mine.to_do), Overview(plan, AsOf(OPEN, OPEN)).filing.owed) == (1, 1, 1)


# ── succession ───────────────────────────────────────────────────────────────────────────────────────────────────


def rename(old, new, by, at):
    whole = {"kind": "renamed", "effective_on": at.date(), "document": "皖编〔2016〕30号", "by": by, "at": at}
    succeed(predecessors=[old], successor=new, **whole)


def filing_on(plan, period, day):
    """应报 and 未报 by agency, on the period's page; both together on the plan's."""
    as_of = AsOf(day, day)
    by_agency = {row.name: (row.count.owed, row.count.unfiled) for row in PeriodPage(plan, period, as_of).agencies}
    whole = Overview(plan, as_of).filing
    return by_agency, (whole.owed, whole.unfiled)


def test_before_the_close_the_successor_owes_and_after_it_the_predecessor_did(plan, period, agency, coordinator):
    make_assignment(make_item(plan), agency, LEAD)
    new = make_agency("新单位")
    rename(agency, new, coordinator, IN_TIME)
    assert filing_on(plan, period, date(2016, 10, 9)) == ({agency.name: (1, 1)}, (1, 1))
    assert filing_on(plan, period, OPEN) == filing_on(plan, period, CLOSED) == ({"新单位": (1, 1)}, (1, 1))
    assert len(MyPage(new, CLOSED, Plan.objects.all()).owed) == 1


def test_after_the_close_no_number_of_the_period_moves_on_any_page(plan, period, agency, coordinator):
    make_assignment(make_item(plan), agency, LEAD)
    before = filing_on(plan, period, date(2016, 10, 16))
    new = make_agency("新单位")
    rename(agency, new, coordinator, TOO_LATE)
    assert filing_on(plan, period, date(2016, 10, 16)) == before == ({agency.name: (1, 1)}, (1, 1))
    assert filing_on(plan, period, CLOSED) == before
    mine = MyPage(new, CLOSED, Plan.objects.all())
    assert (mine.owed, mine.to_do, [duty.can_file for duty in mine.filed]) == ([], [], [True])
    assert Assignment.objects.get(agency=new).recorded_at == TOO_LATE


def test_what_was_sent_back_to_the_predecessor_in_a_closed_period_is_the_successor_s_to_mend(
    plan, period, agency, coordinator
):
    make_period(plan, "2016Q2")
    part = make_assignment(make_item(plan), agency, LEAD)
    review(file_report(part, 30, at=moment("2016-07-10"), period="2016Q2"), "sent_back")
    new = make_agency("新单位")
    rename(agency, new, coordinator, IN_TIME)
    to_do = MyPage(new, OPEN, Plan.objects.all()).to_do
    assert [(duty.period.code, duty.state[2]) for duty in to_do] == [("2016Q2", "退回待重报"), ("2016Q3", "未报送")]
