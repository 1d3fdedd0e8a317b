"""The daily round: periods open on their day, every day is recorded once, and a missed day is caught up."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from qa_plan.clock import end_of
from tasks import jobs
from tasks.models import Assignment, DailySnapshot, Heartbeat, LightChange, ReportingPeriod, WorkdayOverride
from tasks.standing.rollup import item_standings, standings_from_queryset, total
from tasks.workflow.daily import daily_round, record_day
from tests.support.factories import (
    accepted_report,
    close,
    close_a_period,
    make_assignment,
    make_item,
    make_period,
    make_plan,
    moment,
    revise,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

IMPORTED, NEXT_DAY = date(2016, 5, 24), date(2016, 5, 25)


@pytest.fixture
def june_plan(db):
    """Known to the system for a week when its first period opens."""
    return make_plan(imported_at=moment("2016-06-13 09:00"))


def go_round(on, **options):
    """What the round did for the only plan."""
    [done] = daily_round(on, **options)
    return done


def would_open(on):
    return go_round(on, dry_run=True).opened


def rows():
    return [list(model.objects.order_by("pk").values()) for model in (ReportingPeriod, DailySnapshot, LightChange)]


def recorded_days():
    return list(DailySnapshot.objects.order_by("day").values_list("day", flat=True))


def changes(item):
    return list(item.light_changes.order_by("day").values_list("day", "light", "previous", "reason"))


# ── periods ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_period_opens_on_its_day_and_once(june_plan):
    assert go_round(date(2016, 6, 19)).opened == []
    assert go_round(date(2016, 6, 20)).opened == ["2016Q2"]
    assert go_round(date(2016, 6, 20)).opened == []
    assert go_round(date(2016, 6, 21)).opened == []
    period = ReportingPeriod.objects.get()
    assert (period.plan, period.code, period.name) == (june_plan, "2016Q2", "二季度")
    assert (period.starts_on, period.ends_on) == (date(2016, 4, 1), date(2016, 6, 30))
    assert (period.opens_on, period.due_on) == (date(2016, 6, 20), date(2016, 7, 15))


def test_periods_that_were_missed_open_together(june_plan):
    assert would_open(date(2016, 9, 19)) == ["2016Q2"]
    assert would_open(date(2016, 9, 20)) == ["2016Q2", "2016Q3"]
    go_round(date(2016, 6, 20))
    assert would_open(date(2017, 6, 30)) == ["2016Q3", "2016Q4"]


def test_a_plan_owes_nothing_for_quarters_before_the_system_knew_it():
    make_plan(imported_at=moment("2016-08-01 09:00"))
    assert would_open(date(2016, 10, 12)) == ["2016Q3"]


def test_the_quarter_of_the_last_day_is_the_last_one():
    make_plan(due_on=date(2016, 9, 30))
    assert would_open(date(2017, 12, 31)) == ["2016Q2", "2016Q3"]


def test_an_item_that_was_extended_into_another_year_is_reported_on_until_then(plan):
    revise(make_item(plan), date(2017, 3, 31), at=moment("2016-10-12"))
    assert would_open(date(2017, 6, 30)) == ["2016Q2", "2016Q3", "2016Q4", "2017Q1"]


def test_the_plan_s_filing_day_and_the_office_s_calendar_decide_the_days():
    make_plan(filing_day=10, imported_at=moment("2016-06-13 09:00"))
    WorkdayOverride.objects.create(day=date(2016, 6, 20), is_workday=False, name="停电检修")
    assert go_round(date(2016, 6, 20)).opened == []
    assert go_round(date(2016, 6, 21)).opened == ["2016Q2"]
    assert ReportingPeriod.objects.get().due_on == date(2016, 7, 8)


def test_a_period_keeps_the_days_with_which_it_was_opened(june_plan):
    go_round(date(2016, 6, 20))
    WorkdayOverride.objects.create(day=date(2016, 7, 15), is_workday=False, name="汛期")
    go_round(date(2016, 6, 21))
    assert ReportingPeriod.objects.get().due_on == date(2016, 7, 15)


# ── days ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_day_is_recorded_when_it_has_ended(plan):
    assert go_round(IMPORTED).days == []
    assert go_round(NEXT_DAY).days == [IMPORTED]
    assert recorded_days() == [IMPORTED]


def test_nothing_is_recorded_before_the_system_knew_the_plan(plan):
    assert go_round(date(2016, 5, 1)).days == []
    assert rows() == [[], [], []]


def test_missed_days_are_caught_up_in_their_order(plan):
    go_round(date(2016, 5, 26))
    assert go_round(date(2016, 6, 2)).days == [date(2016, 5, 26) + timedelta(days=n) for n in range(7)]
    assert recorded_days() == [IMPORTED + timedelta(days=n) for n in range(9)]


def test_a_second_run_changes_nothing(june_plan):
    make_item(june_plan)
    go_round(date(2016, 6, 21))
    before = rows()
    assert all(before)
    done = go_round(date(2016, 6, 21))
    assert (done.opened, done.days) == ([], [])
    assert rows() == before


def test_a_run_that_was_killed_is_completed_by_the_next(item):
    record_day(item.plan, IMPORTED)
    record_day(item.plan, NEXT_DAY)
    assert go_round(date(2016, 5, 28)).days == [date(2016, 5, 26), date(2016, 5, 27)]
    assert recorded_days() == [IMPORTED + timedelta(days=n) for n in range(4)]


def test_a_day_that_is_recorded_is_not_recorded_again(lead):
    record_day(lead.item.plan, IMPORTED)
    make_period(lead.item.plan)
    before = rows()
    accepted_report(lead, 100, at=moment("2016-05-24 12:00"))  # an old fact, entered later
    record_day(lead.item.plan, IMPORTED)
    assert rows() == before


def test_a_day_whose_lights_cannot_be_written_is_not_taken_for_recorded(lead, monkeypatch):
    def refuse(changes):
        raise IntegrityError("refused")

    monkeypatch.setattr(LightChange.objects, "bulk_create", refuse)
    with pytest.raises(IntegrityError, match="refused"):
        record_day(lead.item.plan, IMPORTED)
    assert recorded_days() == []


def test_a_snapshot_says_what_the_rule_says_of_that_day(plan):
    first, second = (make_assignment(make_item(plan, due_on=date(2016, 9, 1))) for _ in range(2))
    accepted_report(first, 30, at=moment("2016-06-10 23:59"))
    accepted_report(second, 50, at=moment("2016-06-11 00:00"))
    go_round(date(2016, 6, 14))
    points = DailySnapshot.objects.filter(day__gte=date(2016, 6, 9)).order_by("day")
    assert [(point.day.day, point.percent) for point in points] == [(9, 0), (10, 15), (11, 40), (12, 40), (13, 40)]
    assert [point.expected_percent for point in points] == pytest.approx([16, 17, 18, 19, 20])
    for point in points:
        rows_then = standings_from_queryset(Assignment.objects.as_of(end_of(point.day)), plan, point.day)
        whole = total(item_standings(plan.items.all(), rows_then, plan, point.day))
        assert (point.percent, point.expected_percent) == (whole.percent, whole.expected)


def test_a_light_is_recorded_when_it_changes_and_only_then(plan, lead_agency):
    close_a_period(plan)
    item = make_item(plan, due_on=date(2016, 6, 18))  # 25 days, of 4% each
    lead = make_assignment(item, lead_agency)
    accepted_report(lead, 80, at=moment("2016-06-02 10:00"))
    close(lead, at=moment("2016-06-20 10:00"))
    go_round(date(2016, 6, 25))
    assert changes(item) == [
        (date(2016, 5, 24), "green", "", "各负责单位均在黄灯线以上"),
        (date(2016, 5, 27), "yellow", "green", "省商务厅尚无通过的报告，落后序时逾10个百分点"),
        (date(2016, 6, 2), "green", "yellow", "各负责单位均在黄灯线以上"),
        (date(2016, 6, 3), "blue", "green", "距完成时限15天"),
        (date(2016, 6, 16), "yellow", "blue", "省商务厅80%，落后序时逾10个百分点"),
        (date(2016, 6, 19), "red", "yellow", "省商务厅未办结"),
        (date(2016, 6, 20), "grey", "red", "各负责单位均已办结"),
    ]


def test_a_new_plan_turns_yellow_when_its_first_period_has_closed(plan, lead_agency):
    lead = make_assignment(make_item(plan), lead_agency)  # 10.4% are expected on 16 June, 23.5% on 15 July
    go_round(date(2016, 7, 20))
    assert changes(lead.item) == [
        (date(2016, 5, 24), "green", "", "各负责单位均在黄灯线以上"),
        (date(2016, 7, 16), "yellow", "green", "省商务厅尚无通过的报告，落后序时逾10个百分点"),
    ]


def test_the_record_does_not_depend_on_how_often_the_round_ran():
    def play():
        plan = make_plan()
        close_a_period(plan)
        lead = make_assignment(make_item(plan, due_on=date(2016, 6, 3)))
        accepted_report(lead, 60, at=moment("2016-05-31 10:00"))
        return plan

    def record(plan):
        points = plan.snapshots.order_by("day").values_list("day", "percent", "expected_percent")
        lights = LightChange.objects.filter(item__plan=plan).order_by("day").values_list("day", "light", "previous")
        return list(points), list(lights)

    every_day = play()
    for n in range(13):
        list(daily_round(IMPORTED + timedelta(days=n)))
    once = play()
    list(daily_round(IMPORTED + timedelta(days=12)))
    assert record(once) == record(every_day)
    assert [light for _, light, _ in record(once)[1]] == ["blue", "yellow", "blue", "yellow", "red"]
    assert len(record(once)[0]) == 12


def test_every_plan_gets_its_own_round(june_plan):
    later = make_plan(imported_at=moment("2016-06-30 09:00"))
    first, second = daily_round(date(2016, 7, 2))
    assert (first.plan, first.opened, len(first.days)) == (june_plan, ["2016Q2"], 19)
    assert (second.plan, second.opened, len(second.days)) == (later, ["2016Q2"], 2)


# ── a dry run, the command and the job ───────────────────────────────────────────────────────────────────────────


def test_a_dry_run_says_the_same_and_writes_nothing(june_plan):
    make_item(june_plan)
    rehearsed = go_round(date(2016, 6, 21), dry_run=True)
    assert rows() == [[], [], []]
    done = go_round(date(2016, 6, 21))
    assert (rehearsed.opened, rehearsed.days) == (done.opened, done.days) == (["2016Q2"], done.days)
    assert len(done.days) == 8
    assert all(rows())


def test_the_command_says_what_it_did(capsys, settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)
    plan = make_plan(imported_at=moment("2016-09-15 09:00"))
    call_command("daily_round", "--on", "2016-09-16")
    assert capsys.readouterr().out == f"{plan}：开放报告期无；记录1天。\n"
    call_command("daily_round", "--on", "2016-09-20", "--dry-run")
    assert capsys.readouterr().out == f"{plan}：开放报告期2016Q3；记录4天。\n"
    assert recorded_days() == [date(2016, 9, 15)]
    call_command("daily_round")
    assert capsys.readouterr().out == f"{plan}：开放报告期2016Q3；记录26天。\n"


def test_the_command_refuses_a_day_to_come(plan, settings):
    """Snapshots are written once: a slip of the year would fix the curve of days that nobody has seen."""
    settings.QA_PLAN_TODAY = date(2016, 5, 31)
    with pytest.raises(CommandError):
        call_command("daily_round", "--on", "2016-06-01")
    assert rows() == [[], [], []]


def test_the_job_is_the_command_s_twin(june_plan, settings):
    settings.QA_PLAN_TODAY = date(2016, 6, 20)
    assert jobs.daily_round() == {"plans": 1, "days": 7}
    assert june_plan.periods.get().code == "2016Q2"
    assert jobs.daily_round() == {"plans": 1, "days": 0}
    assert Heartbeat.objects.get().process == "daily_round"
