"""What each person is to be told on a day, and what nobody is told."""

from datetime import date, timedelta

import pytest

from agencies.models import Role, User
from tasks.models import Closure, ReminderRule, WorkdayOverride
from tasks.reminders.deciding import due_on
from tests.support.factories import (
    ASSIST,
    SENT_BACK,
    accepted_report,
    answer,
    close,
    decide,
    file_report,
    lock,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    make_plan,
    make_request,
    make_urge,
    make_user,
    moment,
    review,
    revise,
    sign_receipt,
    standard_rules,
    waive,
    withdraw,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
DUE_ON = date(2016, 10, 10)  # the Monday after National Day; the Saturday and the Sunday before it are made up

QUERIES = 6


@pytest.fixture(autouse=True)
def rules(db):
    return standard_rules()


@pytest.fixture
def due(lead, lead_liaison):
    """An assignment that was received and whose item is due on 10 October."""
    sign_receipt(lead, at=moment("2016-05-25"))
    revise(lead.item, DUE_ON, at=moment("2016-06-01"))
    return lead


@pytest.fixture
def everybody(lead_liaison, approver, coordinator, leader, assisting_liaison, other_liaison, administrator):
    """One person of each role, and liaisons of other agencies."""


def stages_on(day, *kinds):
    """Who is told which stage on that day: of these kinds, or of all."""
    names = dict(User.objects.values_list("pk", "username"))
    dues = due_on(date.fromisoformat(day))
    return sorted((names[due.recipient_id], due.stage) for due in dues if not kinds or due.subject.kind in kinds)


def days_told(first, last, *kinds):
    """The days on which somebody is told something."""
    day, last, days = date.fromisoformat(first), date.fromisoformat(last), []
    while day <= last:
        if stages_on(day.isoformat(), *kinds):
            days.append(f"{day:%m-%d}")
        day += timedelta(days=1)
    return days


# ── 完成时限 ─────────────────────────────────────────────────────────────────────────────────────────────────────


DUE_LADDER = {
    "2016-08-23": [("lead", "due-30")],
    "2016-08-24": [],
    "2016-09-30": [("lead", "due-3")],
    "2016-10-07": [],  # a holiday
    "2016-10-08": [],  # a Saturday, made up
    "2016-10-09": [("lead", "due-1")],  # a Sunday, made up
    "2016-10-10": [("lead", "due+0")],
    "2016-10-11": [("lead", "due+1")],
    "2016-10-12": [("lead", "due+1")],
    "2016-10-13": [("approver", "due+3"), ("lead", "due+1")],
    "2016-10-14": [("approver", "due+3"), ("lead", "due+1")],
    "2016-10-15": [],
    "2016-10-19": [("approver", "due+3"), ("coordinator", "due+7"), ("lead", "due+1")],
    "2016-10-20": [("approver", "due+3"), ("lead", "due+1")],
    "2016-10-31": [("approver", "due+3"), ("lead", "due+1"), ("leader", "due+15")],
}


def test_the_ladder_of_a_due_date(everybody, due):
    assert {day: stages_on(day, "due") for day in DUE_LADDER} == DUE_LADDER


def test_a_reason_says_all_that_was_gone_by(due):
    [reminder] = due_on(DUE_ON)
    assert reminder.reason == {
        "rule": "due-today",
        "name": "今日截止",
        "kind": "due",
        "offset": 0,
        "repeats": False,
        "audience": "liaison",
        "day": "2016-10-10",
        "anchor": "2016-10-10",
        "since": "2016-06-01",
    }
    assert (reminder.subject.name, reminder.subject.agency_id) == (f"assignment:{due.pk}", due.agency_id)


def test_a_reason_keeps_the_words_of_a_date_that_the_notice_writes(lead, lead_liaison):
    sign_receipt(lead, at=moment("2016-05-25"))
    revise(lead.item, DUE_ON, at=moment("2016-06-01"), due_words="国庆节后首个工作日前")
    [reminder] = due_on(DUE_ON)
    assert reminder.reason["due_words"] == "国庆节后首个工作日前"
    revise(lead.item, DUE_ON + timedelta(days=1), at=moment("2016-06-02"))
    [reason] = [each.reason for each in due_on(DUE_ON + timedelta(days=1)) if each.subject.kind == "due"]
    assert (reason["anchor"], "due_words" in reason) == ("2016-10-11", False)


def silences(at):
    """Ways in which an assignment stops being due, and one in which it does not."""
    return {
        "cancelled": lambda due: close(due, Closure.Kind.CANCELLED, at=at),
        "closed": lambda due: close(due, at=at),
        "extended": lambda due: revise(due.item, date(2016, 12, 31), at=at),
        "reopened": lambda due: close(due, Closure.Kind.REOPENED, at=at),
        "suspended": lambda due: close(due, Closure.Kind.SUSPENDED, at=at),
        "waiting for its closure": lambda due: make_request(due, at=at),
        "withdrawn": lambda due: withdraw(due, at=at),
        "without an end": lambda due: revise(due.item, None, at=at),
    }


def one_each(names):
    """By name, an assignment of a plan of its own, received in time by the only liaison of its agency, of that name."""
    assignments = {name: make_assignment(make_item(make_plan(), due_on=DUE_ON)) for name in names}
    for name, assignment in assignments.items():
        make_user(name, role=Role.LIAISON, agency=assignment.agency)
        sign_receipt(assignment, at=moment("2016-05-25"))
    return assignments


def test_nobody_is_reminded_of_a_due_date_that_binds_nobody_any_more():
    ends = silences(moment("2016-10-10 12:00"))
    dues = one_each(ends)
    assert stages_on("2016-10-11", "due") == [(name, "due+1") for name in ends]
    for name, end in ends.items():
        end(dues[name])
    assert stages_on("2016-10-10", "due") == [(name, "due+0") for name in ends]  # as it was that morning
    assert stages_on("2016-10-11", "due") == [("reopened", "due+1")]


def test_what_was_reopened_or_refused_is_asked_for_again(due):
    request = make_request(due, at=moment("2016-10-10 12:00"))
    decide(request, is_granted=False, at=moment("2016-10-12 12:00"))
    assert days_told("2016-10-10", "2016-10-13", "due") == ["10-10", "10-13"]
    close(due, Closure.Kind.SUSPENDED, at=moment("2016-10-13 12:00"))
    close(due, Closure.Kind.REOPENED, at=moment("2016-10-17 12:00"))
    assert days_told("2016-10-13", "2016-10-18", "due") == ["10-13", "10-18"]


def test_the_ladder_begins_when_a_date_in_the_past_is_set(everybody, due):
    revise(due.item, date(2016, 8, 1), at=moment("2016-10-12 15:00"))
    assert stages_on("2016-10-13", "due") == [("lead", "due+1")]
    assert stages_on("2016-10-17", "due") == [("approver", "due+3"), ("lead", "due+1")]
    assert stages_on("2016-10-21", "due") == [("approver", "due+3"), ("coordinator", "due+7"), ("lead", "due+1")]


def test_a_revision_of_the_wording_alone_does_not_set_the_ladder_back(everybody, due):
    revise(due.item, DUE_ON, at=moment("2016-10-18 15:00"), wording="新的表述")
    assert ("coordinator", "due+7") in stages_on("2016-10-19", "due")


def test_assisting_agencies_have_no_due_date(assist, assisting_liaison):
    sign_receipt(assist, at=moment("2016-05-25"))
    revise(assist.item, DUE_ON, at=moment("2016-06-01"))
    for day in ("2016-10-09", "2016-10-10", "2016-10-11", "2016-10-19"):  # those of a lead's
        assert stages_on(day) == [], day


def test_an_agency_without_a_liaison_is_told_through_its_head(due, approver, lead_liaison):
    User.objects.filter(pk=lead_liaison.pk).update(is_active=False)
    assert stages_on("2016-10-10") == [("approver", "due+0")]
    assert stages_on("2016-10-13", "due") == [("approver", "due+1"), ("approver", "due+3")]
    User.objects.update(is_active=False)
    assert stages_on("2016-10-10") == []


def test_a_rule_that_is_switched_off_or_changed_asks_as_it_says_now(due, rules):
    ReminderRule.objects.filter(code="due-today").update(is_active=False)
    ReminderRule.objects.filter(code="due-1").update(offset=-2)
    assert stages_on("2016-10-10") == []
    assert stages_on("2016-10-09") == []
    assert stages_on("2016-10-08") == [("lead", "due-2")]


def test_the_office_s_own_calendar_moves_reminders(due):
    WorkdayOverride.objects.create(day=date(2016, 10, 9), is_workday=False, name="调休取消")
    assert stages_on("2016-10-09") == []
    assert stages_on("2016-10-08") == [("lead", "due-1")]


# ── 签收 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def given(lead, assist):
    """Given on Tuesday 24 May: to be received by the 31st."""
    return lead, assist


def test_the_ladder_of_a_receipt(everybody, given):
    assert stages_on("2016-05-27") == []
    assert stages_on("2016-05-30") == [("assisting", "receipt-1"), ("lead", "receipt-1")]
    assert stages_on("2016-05-31") == [("assisting", "receipt+0"), ("lead", "receipt+0")]
    assert stages_on("2016-06-01") == [("assisting", "receipt+1"), ("lead", "receipt+1")]
    stages = [("approver", "receipt+3"), ("assisting", "receipt+1"), ("lead", "receipt+1")]
    assert stages_on("2016-06-03") == stages
    assert stages_on("2016-06-12", "receipt") == [  # a Sunday that makes up for the Dragon Boat festival
        ("assisting", "receipt+1"),
        ("coordinator", "receipt+7"),
        ("coordinator", "receipt+7"),
        ("lead", "receipt+1"),
    ]


def test_nobody_is_asked_to_receive_what_was_received_declined_or_reopened(given, lead_liaison, assisting_liaison):
    lead, assist = given
    sign_receipt(lead, at=moment("2016-06-01 12:00"))
    make_request(assist, "decline", at=moment("2016-06-02 12:00"))
    assert stages_on("2016-06-01") == [("assisting", "receipt+1"), ("lead", "receipt+1")]
    assert stages_on("2016-06-02") == [("assisting", "receipt+1")]
    assert stages_on("2016-06-03") == []
    other = make_assignment(make_item(lead.item.plan), lead.agency)
    close(other, Closure.Kind.SUSPENDED, at=moment("2016-05-25"))
    close(other, Closure.Kind.REOPENED, at=moment("2016-05-26"))
    assert stages_on("2016-06-03") == []


# ── 报告 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def owing(period, lead, lead_liaison):
    """Opens on 20 September and is due on 14 October; a report of the item is owed."""
    sign_receipt(lead, at=moment("2016-05-25"))
    return lead


FILING_LADDER = {
    "2016-09-19": [("approver", "filing+3"), ("lead", "filing+1")],  # of the second quarter
    "2016-09-20": [("lead", "opens+0")],
    "2016-09-21": [],
    "2016-10-11": [("lead", "filing-3")],
    "2016-10-13": [("lead", "filing-1")],
    "2016-10-14": [("lead", "filing+0")],
    "2016-10-15": [],
    "2016-10-17": [("lead", "filing+1")],
    "2016-10-19": [("approver", "filing+3"), ("lead", "filing+1")],
    "2016-10-25": [("approver", "filing+3"), ("coordinator", "filing+7"), ("lead", "filing+1")],
    "2016-11-04": [("approver", "filing+3"), ("lead", "filing+1"), ("leader", "filing+15")],
    "2016-12-19": [("approver", "filing+3"), ("lead", "filing+1")],
    "2016-12-20": [("lead", "opens+0")],  # the fourth quarter takes the place of the third
}


def test_the_ladder_of_a_period(everybody, owing, assist):
    sign_receipt(assist, at=moment("2016-05-25"))
    make_period(owing.item.plan, "2016Q4")
    assert {day: stages_on(day, "opens", "filing") for day in FILING_LADDER} == FILING_LADDER


def test_an_agency_is_told_once_of_a_period_however_many_reports_it_owes(owing):
    other = make_assignment(make_item(owing.item.plan), owing.agency)
    accepted_report(other, at=moment("2016-10-10"))
    make_assignment(make_item(owing.item.plan), owing.agency)
    [due] = [due for due in due_on(date(2016, 10, 14)) if due.subject.kind == "filing"]
    assert due.subject.name == f"period:{owing.item.plan_id}-2016Q3/agency:{owing.agency_id}"
    assert (due.reason["owed"], due.reason["missing"]) == (3, 2)


def test_nobody_is_asked_for_what_was_filed_and_everybody_for_what_was_sent_back(owing):
    report = file_report(owing, at=moment("2016-10-17 12:00"))
    assert stages_on("2016-10-17", "filing") == [("lead", "filing+1")]
    assert stages_on("2016-10-18", "filing") == []
    review(report, SENT_BACK, at=moment("2016-10-18 12:00"))
    assert stages_on("2016-10-19", "filing") == [("lead", "filing+1")]


@pytest.mark.parametrize("excuse", ["waived", "closed", "locked", "assisting"])
def test_nobody_is_asked_for_what_is_not_owed(owing, assist, assisting_liaison, excuse):
    at = moment("2016-10-10")
    match excuse:
        case "waived":
            waive(owing, at=at)
        case "closed":
            close(owing, at=at)
        case "locked":
            lock(make_period(owing.item.plan), at=at)
        case "assisting":
            withdraw(owing, at=at)
    assert stages_on("2016-10-14", "filing") == []
    assert stages_on("2016-10-17", "filing") == []


def test_what_was_excused_too_late_or_owes_again_is_asked_for(owing):
    waive(owing, at=moment("2016-10-15"))  # after the period was due
    assert stages_on("2016-10-17", "filing") == [("lead", "filing+1")]
    waive(owing, at=moment("2016-10-11"))
    assert stages_on("2016-10-13", "filing") == []
    waive(owing, is_waived=False, at=moment("2016-10-12"))
    assert stages_on("2016-10-13", "filing") == [("lead", "filing-1")]


def test_what_was_given_or_reopened_after_a_period_was_due_owes_nothing_in_it(owing):
    close(owing, Closure.Kind.SUSPENDED, at=moment("2016-10-10"))
    close(owing, Closure.Kind.REOPENED, at=moment("2016-10-18"))
    make_assignment(make_item(owing.item.plan), owing.agency, at=moment("2016-10-18"))
    assert stages_on("2016-10-19", "filing") == []


def test_where_a_plan_says_so_assisting_agencies_are_asked_for_reports(period, assist, assisting_liaison):
    sign_receipt(assist, at=moment("2016-05-25"))
    assist.item.plan.assists_owe_reports = True
    assist.item.plan.save()
    assert stages_on("2016-10-14") == [("assisting", "filing+0")]


def test_a_period_that_no_round_has_recorded_yet_is_told_all_the_same(lead, lead_liaison):
    sign_receipt(lead, at=moment("2016-05-25"))
    assert stages_on("2016-12-20", "opens") == [("lead", "opens+0")]


def test_a_period_stays_the_one_that_was_recorded_when_the_calendar_is_corrected_later(owing):
    file_report(owing, at=moment("2016-09-21"))
    WorkdayOverride.objects.create(day=date(2016, 9, 20), is_workday=False, name="调休")
    assert stages_on("2016-10-14", "filing") == []


# ── 退回、审核、申请、催办 ───────────────────────────────────────────────────────────────────────────────────────


def test_a_report_that_was_sent_back_is_asked_for_until_it_is_filed_again(everybody, owing):
    report = file_report(owing, at=moment("2016-09-21"))
    review(report, SENT_BACK, at=moment("2016-09-22 15:00"))
    assert days_told("2016-09-23", "2016-09-28", "sent_back") == ["09-27", "09-28"]
    assert stages_on("2016-09-27", "sent_back") == [("lead", "sent_back+3")]
    assert stages_on("2016-10-08", "sent_back") == [("approver", "sent_back+7"), ("lead", "sent_back+3")]
    file_report(owing, at=moment("2016-10-09 12:00"))
    assert stages_on("2016-10-10", "sent_back") == []


def test_nobody_is_asked_to_mend_what_can_not_be_filed_or_need_not():
    back = dict.fromkeys(("accepted after all", "closed", "locked", "still to be mended", "withdrawn"))
    for name, assignment in one_each(back).items():
        back[name] = file_report(assignment, at=moment("2016-09-21"))
        review(back[name], SENT_BACK, at=moment("2016-09-22 15:00"))
    at = moment("2016-09-28 12:00")
    review(back["accepted after all"], at=at)
    close(back["closed"].assignment, at=at)
    lock(back["locked"].period, at=at)
    withdraw(back["withdrawn"].assignment, at=at)
    for day in ("2016-09-27", "2016-09-28"):
        assert stages_on(day, "sent_back") == [(name, "sent_back+3") for name in back]
    for day in ("2016-09-29", "2016-09-30"):
        assert stages_on(day, "sent_back") == [("still to be mended", "sent_back+3")]


def test_coordinators_are_told_once_of_each_stage_of_what_waits_for_them(everybody, owing):
    file_report(owing, at=moment("2016-09-21 10:00"))
    make_request(owing, "extension", due_on=date(2016, 12, 31), at=moment("2016-09-21 10:00"))
    days = ("2016-09-23", "2016-09-26", "2016-09-27", "2016-09-29", "2016-09-30", "2016-10-08")
    assert {day: stages_on(day, "review", "request") for day in days} == {
        **{day: [] for day in days},
        "2016-09-26": [("coordinator", "request+3"), ("coordinator", "review+3")],
        "2016-09-30": [("coordinator", "request+7"), ("coordinator", "review+7")],
    }


def test_nobody_is_told_of_what_was_reviewed_decided_or_locked(coordinator, owing):
    review(file_report(owing, at=moment("2016-09-21")), at=moment("2016-09-23"))
    decide(make_request(owing, at=moment("2016-09-21")), at=moment("2016-09-23"))
    waiting = file_report(owing, at=moment("2016-09-24"))
    lock(waiting.period, at=moment("2016-09-25"))
    for day in ("2016-09-26", "2016-09-28", "2016-09-30", "2016-10-09"):  # three and seven working days after them
        assert stages_on(day, "review", "request") == [], day


def test_an_urge_is_in_the_next_working_day_s_digest_unless_it_was_answered_by_then(everybody, lead):
    urge = make_urge(lead, at=moment("2016-09-30 15:00"), reply_by=date(2016, 10, 17))
    assert stages_on("2016-09-30", "urged") == []
    assert stages_on("2016-10-08", "urged") == [("lead", "urged+1")]  # the first working day after National Day
    assert stages_on("2016-10-09", "urged") == []
    answer(urge, at=moment("2016-10-01"))
    assert stages_on("2016-10-08", "urged") == []


def test_the_ladder_of_an_urge(everybody, lead):
    urge = make_urge(lead, at=moment("2016-10-08"), reply_by=date(2016, 10, 12))
    assert stages_on("2016-10-11", "urge") == [("lead", "urge-1")]
    assert stages_on("2016-10-12", "urge") == [("lead", "urge+0")]
    assert stages_on("2016-10-13", "urge") == [("approver", "urge+1"), ("lead", "urge+1")]
    assert ("coordinator", "urge+3") in stages_on("2016-10-17", "urge")
    assert ("leader", "urge+7") in stages_on("2016-10-21", "urge")
    answer(urge, at=moment("2016-10-21 09:00"))
    assert stages_on("2016-10-24", "urge") == []


# ── who ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_is_told_of_another_agency_s_affairs(everybody, due, assist, period):
    """Neither on the ladder's upper rungs: of an agency only its own people are told, and those above all."""
    other = make_user("elsewhere", role=Role.APPROVER)
    for day in ("2016-10-14", "2016-10-19", "2016-10-25", "2016-10-31", "2016-11-04"):
        for due in due_on(date.fromisoformat(day)):
            person = User.objects.get(pk=due.recipient_id)
            assert person != other
            assert person.role != Role.ADMINISTRATOR
            assert person.agency_id in (None, due.subject.agency_id)


def test_when_nothing_is_due_nobody_is_told_anything(everybody, lead, assist):
    sign_receipt(lead, at=moment("2016-05-25"))
    sign_receipt(assist, at=moment("2016-05-25"))
    for day in ("2016-05-30", "2016-05-31", "2016-06-01", "2016-06-03"):  # those of a receipt that is not signed
        assert stages_on(day) == [], day


def test_the_number_of_queries_does_not_depend_on_how_much_there_is(everybody, due, period, django_assert_num_queries):
    day = date(2016, 10, 14)
    file_report(due, at=moment("2016-10-10"))
    with django_assert_num_queries(QUERIES):
        assert list(due_on(day))
    plan = make_plan()
    make_period(plan)
    for _ in range(4):
        agency = make_agency()
        make_user(role=Role.LIAISON, agency=agency)
        assignment = make_assignment(make_item(plan, due_on=DUE_ON), agency)
        make_assignment(assignment.item, make_agency(), ASSIST)
        review(file_report(assignment, at=moment("2016-09-21")), SENT_BACK)
        make_request(assignment, at=moment("2016-09-21"))
        make_urge(assignment, at=moment("2016-09-21"))
    with django_assert_num_queries(QUERIES):
        assert len(list(due_on(day))) > 10
