"""The one way to a standing: what was known at a moment, and nothing later."""

from datetime import date, timedelta

import pytest

from qa_plan.clock import end_of
from tasks.models import ActionItem, Assignment, Closure, ProgressReport
from tasks.standing.rollup import item_standings, standings_from_queryset
from tests.support.factories import (
    SENT_BACK,
    accepted_report,
    close,
    file_report,
    make_assignment,
    make_item,
    make_period,
    make_plan,
    moment,
    review,
    revise,
    withdraw,
)
from tests.support.histories import INSTANTS, Read, Reading, random_history, store

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

AN_INSTANT = timedelta(microseconds=1)
JUNE, JULY, AUGUST = moment("2016-06-30 10:00"), moment("2016-07-31 10:00"), moment("2016-08-31 10:00")


def standing(assignment, when):
    return Assignment.objects.as_of(when).get(pk=assignment.pk)


def percent(assignment, when):
    return standing(assignment, when).percent


def exists(assignment, when):
    return Assignment.objects.as_of(when).filter(pk=assignment.pk).exists()


def waiting(when):
    return list(ProgressReport.objects.waiting(when))


# ── progress ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_before_any_report_an_assignment_stands_at_nought(lead):
    then = standing(lead, JUNE)
    assert (then.percent, then.standing_report, then.closure, then.due_on) == (0, None, "", date(2016, 12, 31))


def test_a_report_that_waits_does_not_count(lead):
    accepted_report(lead, 30, at=JUNE)
    file_report(lead, 80, at=JULY)
    assert percent(lead, AUGUST) == 30


def test_an_accepted_report_counts_from_its_review_on_not_from_its_filing(lead):
    report = file_report(lead, 80, at=JUNE)
    review(report, at=JULY)
    assert [percent(lead, when) for when in (JUNE, JULY - AN_INSTANT, JULY, AUGUST)] == [0, 0, 80, 80]
    assert standing(lead, JULY).standing_report == report.pk
    assert standing(lead, JUNE).standing_report is None


def test_the_latest_accepted_report_counts_even_if_it_says_less(lead):
    accepted_report(lead, 80, at=JUNE)
    accepted_report(lead, 60, at=JULY)
    assert [percent(lead, when) for when in (JUNE, JULY)] == [80, 60]


def test_latest_means_filed_last_not_reviewed_last(lead):
    first, second = file_report(lead, 40, at=JUNE), file_report(lead, 70, at=JULY)
    review(second, at=JULY)
    review(first, at=AUGUST)
    assert percent(lead, AUGUST) == 70


def test_a_report_sent_back_does_not_count_and_the_one_before_still_does(lead):
    accepted_report(lead, 30, at=JUNE)
    review(file_report(lead, 80, at=JULY), SENT_BACK, at=JULY)
    assert percent(lead, AUGUST) == 30


def test_sending_back_what_was_accepted_revokes_it_from_then_on(lead):
    accepted_report(lead, 30, at=JUNE)
    report = accepted_report(lead, 80, at=JULY)
    review(report, SENT_BACK, at=AUGUST)
    assert [percent(lead, when) for when in (JUNE, JULY, AUGUST - AN_INSTANT, AUGUST)] == [30, 80, 80, 30]


def test_accepting_what_was_sent_back_makes_it_count(lead):
    report = file_report(lead, 80, at=JUNE)
    review(report, SENT_BACK, at=JULY)
    review(report, at=AUGUST)
    assert [percent(lead, when) for when in (JULY, AUGUST)] == [0, 80]


def test_what_others_report_does_not_count(lead, item):
    accepted_report(make_assignment(item), 90, at=JUNE)
    accepted_report(make_assignment(make_item(item.plan), lead.agency), 70, at=JUNE)
    assert percent(lead, JULY) == 0


# ── facts of one moment ──────────────────────────────────────────────────────────────────────────────────────────


def test_of_two_reports_of_one_moment_the_later_key_counts(lead):
    accepted_report(lead, 70, at=JUNE)
    accepted_report(lead, 20, at=JUNE)
    assert percent(lead, JUNE) == 20


def test_of_two_reviews_of_one_moment_the_later_key_counts(lead):
    report = file_report(lead, 70, at=JUNE)
    review(report, at=JULY)
    review(report, SENT_BACK, at=JULY)
    assert percent(lead, JULY) == 0
    assert ProgressReport.objects.as_of(JULY).get().verdict == "sent_back"


def test_a_review_that_was_stored_later_but_happened_earlier_loses(lead):
    report = file_report(lead, 70, at=JUNE)
    review(report, at=AUGUST)
    review(report, SENT_BACK, at=JULY)
    assert [percent(lead, when) for when in (JULY, AUGUST)] == [0, 70]


def test_of_two_revisions_of_one_moment_the_later_key_counts(lead, item):
    revise(item, date(2016, 9, 30), at=JUNE)
    revise(item, date(2016, 10, 31), at=JUNE)
    assert standing(lead, JUNE).due_on == date(2016, 10, 31)
    assert ActionItem.objects.as_of(JUNE).get().due_on == date(2016, 10, 31)


def test_of_two_closures_of_one_moment_the_later_key_counts(lead):
    close(lead, at=JUNE)
    close(lead, Closure.Kind.REOPENED, at=JUNE)
    assert standing(lead, JUNE).closure == "reopened"


def test_a_day_ends_with_its_last_microsecond(lead):
    accepted_report(lead, 30, at=moment("2016-09-30 23:59:59.999999"))
    accepted_report(lead, 60, at=moment("2016-10-01"))
    assert percent(lead, end_of(date(2016, 9, 29))) == 0
    assert percent(lead, end_of(date(2016, 9, 30))) == 30
    assert percent(lead, end_of(date(2016, 10, 1))) == 60


# ── who answers for what ─────────────────────────────────────────────────────────────────────────────────────────


def test_an_assignment_is_there_from_its_moment_on(item):
    assignment = make_assignment(item, at=JUNE)
    assert [exists(assignment, when) for when in (JUNE - AN_INSTANT, JUNE, JULY)] == [False, True, True]


def test_a_withdrawn_assignment_vanishes_when_it_ends_and_is_there_before(lead):
    accepted_report(lead, 30, at=JUNE)
    withdraw(lead, at=JULY)
    assert [exists(lead, when) for when in (JUNE, JULY - AN_INSTANT, JULY, AUGUST)] == [True, True, False, False]
    assert percent(lead, JULY - AN_INSTANT) == 30


def test_a_closed_assignment_stays_in_force(lead):
    close(lead, at=JUNE)
    assert list(Assignment.objects.in_force(JULY)) == [lead]
    assert standing(lead, JULY).closure == "closed"


def test_closures_follow_one_another(lead):
    close(lead, Closure.Kind.SUSPENDED, at=JUNE)
    close(lead, Closure.Kind.REOPENED, at=JULY)
    close(lead, Closure.Kind.CLOSED, at=AUGUST)
    moments = (JUNE - AN_INSTANT, JUNE, JULY, AUGUST)
    assert [standing(lead, when).closure for when in moments] == ["", "suspended", "reopened", "closed"]


# ── due dates and wording ────────────────────────────────────────────────────────────────────────────────────────


def test_an_item_has_the_due_date_in_force_and_keeps_its_first(item):
    revise(item, date(2016, 9, 30), at=JUNE)
    revise(item, None, at=JULY)

    def due(when):
        then = ActionItem.objects.as_of(when).get()
        return then.due_on, then.first_due_on, then.due_source

    first = date(2016, 12, 31)
    assert due(JUNE - AN_INSTANT) == (first, first, "inferred")
    assert due(JUNE) == (date(2016, 9, 30), first, "set")
    assert due(JULY) == (None, first, "set")


def test_before_its_first_revision_an_item_has_no_due_date(item):
    then = ActionItem.objects.as_of(moment("2016-05-01")).get()
    assert (then.due_on, then.first_due_on, then.due_source, then.wording) == (None, None, None, None)


def test_wording_is_the_revision_s_in_force(item):
    revise(item, date(2016, 12, 31), wording="改为两期研讨班。", at=JULY)
    assert [ActionItem.objects.as_of(when).get().wording for when in (JUNE, JULY)] == ["", "改为两期研讨班。"]


# ── reports and their review ─────────────────────────────────────────────────────────────────────────────────────


def test_reports_come_newest_first_with_their_verdict_comment_and_its_moment(lead):
    good = accepted_report(lead, 30, at=JUNE)
    back = file_report(lead, 50, at=JULY)
    review(back, SENT_BACK, comment="请补充数据。", at=JULY)
    waits = file_report(lead, 60, at=AUGUST)
    rows = ProgressReport.objects.as_of(AUGUST)
    assert [(row.pk, row.verdict, row.comment, row.reviewed_at) for row in rows] == [
        (waits.pk, None, None, None),
        (back.pk, "sent_back", "请补充数据。", JULY),
        (good.pk, "accepted", "", JUNE),
    ]
    assert list(ProgressReport.objects.as_of(JUNE)) == [good]
    assert list(ProgressReport.objects.accepted(AUGUST)) == [good]


def test_reports_wait_until_they_are_reviewed_the_longest_waiting_first(lead, assist):
    second, first = file_report(lead, at=JULY), file_report(assist, at=JUNE)
    review(first, SENT_BACK, at=AUGUST)
    assert waiting(JUNE) == [first]
    assert waiting(JULY) == [first, second]
    assert waiting(AUGUST) == [second]


def test_a_report_that_was_filed_again_waits_no_more(lead):
    first, second = file_report(lead, at=JUNE), file_report(lead, at=JULY)
    assert waiting(JUNE) == [first]
    assert waiting(JULY) == [second]


def test_of_two_reports_of_one_moment_the_later_key_waits(lead):
    file_report(lead, at=JUNE)
    second = file_report(lead, at=JUNE)
    assert waiting(JUNE) == [second]


def test_reports_of_two_periods_wait_beside_each_other(lead):
    first, second = file_report(lead, at=JUNE, period="2016Q2"), file_report(lead, at=JULY, period="2016Q3")
    assert waiting(JULY) == [first, second]


def test_what_waits_of_a_withdrawn_assignment_leaves_the_queue(lead):
    """Nobody could review it any more: every deed on a withdrawn assignment is refused."""
    report = file_report(lead, at=JUNE)
    withdraw(lead, at=JULY)
    assert waiting(JUNE) == [report]
    assert waiting(JULY) == []


# ── 应报 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def owing(period, when):
    """As if the period closed at that moment."""
    asked = period.terms_at(when)._replace(closing=when)
    return set(Assignment.objects.reporting(asked).filter(obligation="owed"))


def test_every_lead_that_runs_when_the_period_closes_owes_a_report(lead, assist, period):
    assert owing(period, AUGUST) == {lead}


@pytest.mark.parametrize("kind", [Closure.Kind.CLOSED, Closure.Kind.SUSPENDED, Closure.Kind.CANCELLED])
def test_what_ended_before_owes_nothing_and_what_ends_later_does(lead, period, kind):
    close(lead, kind, at=JULY)
    assert owing(period, JUNE) == {lead}
    assert owing(period, JULY) == set()


def test_what_was_reopened_owes_again(lead, period):
    close(lead, at=JUNE)
    close(lead, Closure.Kind.REOPENED, at=JULY)
    assert owing(period, JULY) == {lead}


def test_a_withdrawn_lead_owes_nothing(lead, period):
    withdraw(lead, at=JULY)
    assert owing(period, JULY) == set()


def test_assisting_agencies_owe_where_the_plan_says_so(lead, assist, period):
    period.plan.assists_owe_reports = True
    assert owing(period, AUGUST) == {lead, assist}


def test_another_plan_s_leads_owe_nothing_here(lead, period):
    make_assignment(make_item(make_plan()))
    assert owing(period, AUGUST) == {lead}


def obligations(period, when):
    rows = Assignment.objects.as_of(when, period).filter(item__plan=period.plan)
    return dict(rows.values_list("pk", "obligation"))


# ── against a plain reading ──────────────────────────────────────────────────────────────────────────────────────

MOMENTS = sorted({*INSTANTS, *(instant - AN_INSTANT for instant in INSTANTS[1:]), end_of(INSTANTS[5].date())})


def answers(stored, when):
    """What the product says of every assignment in force, by its number."""
    rows = Assignment.objects.as_of(when).filter(item__plan=stored.plan)
    lights = {
        row.pk: row.light.value if row.light else "" for row in standings_from_queryset(rows, stored.plan, when.date())
    }
    numbers = {row.pk: number for number, row in enumerate(stored.assignments) if row}
    reports = {row.pk: number for number, row in enumerate(stored.reports) if row}
    return {
        numbers[row.pk]: Read(row.percent, reports.get(row.standing_report), row.due_on, row.closure, lights[row.pk])
        for row in rows
    }


@pytest.mark.untraced
def test_as_of_agrees_with_a_plain_reading_of_random_histories():
    pairs = 0
    history = random_history(2016, items=72, agencies=5)
    stored = store(history)
    third_quarter = make_period(stored.plan, "2016Q3")
    for when in MOMENTS:
        reading = Reading(history, when)
        in_force = reading.in_force()
        assert answers(stored, when) == {number: reading.assignment(number) for number in in_force}, when
        pairs += len(in_force)

        verdicts = ProgressReport.objects.as_of(when).filter(period__plan=stored.plan)
        assert {row.pk: row.verdict for row in verdicts} == {
            report.pk: reading.verdicts.get(number)
            for number, report in enumerate(stored.reports)
            if report.recorded_at <= when
        }
        still_running = [stored.assignments[number] for number in in_force]
        queue = ProgressReport.objects.waiting(when).filter(assignment__in=still_running)
        assert set(queue) == {stored.reports[number] for number in reading.waiting()}
        due = reading.obligations("2016Q3")
        owed = {stored.assignments[number] for number in due if due[number] == "owed"}
        assert owing(third_quarter, when) == owed
        closing = Reading(history, min(when, end_of(third_quarter.due_on))).obligations("2016Q3")
        assert obligations(third_quarter, when) == {
            stored.assignments[number].pk: closing.get(number, "") for number in in_force
        }

        items = ActionItem.objects.as_of(when).filter(plan=stored.plan).order_by("number")
        assert [(item.due_on, item.wording, item.first_due_on) for item in items] == list(
            zip(reading.due_on, reading.wording, history.first_due_on, strict=True)
        )
    assert pairs > 4000, pairs


@pytest.mark.untraced
def test_items_agree_with_a_plain_reading_of_random_histories():
    severity = ["red", "yellow", "blue", "green", "suspended", "grey", "cancelled"]
    history = random_history(7, items=12, agencies=4)
    stored = store(history)
    for when in MOMENTS[::3]:
        reading = Reading(history, when)
        rows = standings_from_queryset(
            Assignment.objects.as_of(when).filter(item__plan=stored.plan), stored.plan, when.date()
        )
        for number, item in enumerate(item_standings(stored.items, rows, stored.plan, when.date())):
            leads = [
                n for n in reading.in_force() if history.assigned[n][1] == number and history.assigned[n].role == "lead"
            ]
            read = [reading.assignment(n) for n in leads]
            weights = [
                0 if r.closure in ("suspended", "cancelled") else history.assigned[n].weight
                for n, r in zip(leads, read, strict=True)
            ]
            weighted = sum(w * r.percent for w, r in zip(weights, read, strict=True))
            assert item.percent == pytest.approx(weighted / sum(weights) if sum(weights) else 0)
            assert item.light == min((r.light for r in read), key=severity.index, default="unassigned")


def test_a_past_day_is_answered_as_if_nothing_had_happened_since():
    """The whole history asked for a past moment, and a history that ends there asked for today."""

    def facts(stored, when):
        return {number: read._replace(light="") for number, read in answers(stored, when).items()}

    history = random_history(24, items=10, agencies=4)
    whole, today = store(history), INSTANTS[-1]
    for when in INSTANTS[2::4]:
        ended = store(history, until=when)
        assert facts(whole, when) == facts(ended, today)
        assert answers(whole, when) == answers(ended, when)  # lights too, which time alone moves
