"""The daily round opens reporting periods and records what the status rule said at the end of each day.

A missed day is caught up, and a second run changes nothing: every row is unique for its plan or item and day. What it
opens is in the record of changes; what it records of a day is a figure that repeats the facts, and is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, Value

from agencies.changes import note
from agencies.models import Agency
from agencies.security import give_up_old
from qa_plan import clock
from tasks.models import Assignment, DailySnapshot, LightChange, Plan, ReportingPeriod, WorkdayOverride
from tasks.models.choices import AssignmentRole
from tasks.rules.periods import may_have_opened, periods_between
from tasks.standing.explain import because
from tasks.standing.rollup import item_standings, standings_from_queryset, total
from tasks.workflow.current import deed, lock_row
from tasks.workflow.planned_steering import carry_out_planned
from tasks.workflow.succession import carry_out_due


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did for one plan."""

    plan: Plan
    opened: list[str]
    days: list[date]


def daily_round(on: date, *, dry_run: bool = False) -> Iterator[Round]:
    """Does, for every plan, what is due on that day:

    1. opens each reporting period whose opening day has come;
    2. records every day that has ended since the last record, up to the day before.

    Before that, 机构调整 whose effective date has come takes place, for all plans at once, and then 责任调整. Rows of
    the security log that have reached their age are given up.
    """
    if not dry_run:
        carry_out_due(on)
        carry_out_planned(on)
        give_up_old(at=clock.at(on))
    for plan in Plan.objects.defer("notice_text").order_by("pk"):
        opened = _periods_to_open(plan, on) if dry_run else open_periods(plan, on)
        days = _days_to_record(plan, on)
        for day in () if dry_run else days:
            record_day(plan, day)
        yield Round(plan, [period.code for period in opened], days)


def open_periods(plan: Plan, on: date) -> list[ReportingPeriod]:
    """Opens the periods whose opening day has come; on most days there is none, and nothing to wait for."""
    return _open(plan, on) if _periods_to_open(plan, on) else []


@deed
def _open(plan: Plan, on: date) -> list[ReportingPeriod]:
    """Rounds at the same time wait for each other: each period is opened and noted once."""
    lock_row(plan, "NO KEY UPDATE")
    opened = ReportingPeriod.objects.bulk_create(_periods_to_open(plan, on))
    for period in opened:
        days = {"opens_on": period.opens_on, "due_on": period.due_on}
        note("开放报告期", period, by=None, at=clock.at(on), new=days)
    return opened


def _periods_to_open(plan: Plan, on: date) -> list[ReportingPeriod]:
    moment = clock.end_of(on)
    known, series = list(plan.periods.all()), plan.series(moment)
    codes = {period.code for period in known}
    if may_have_opened(plan.begins_on, on, series) <= codes:
        return []
    overrides = WorkdayOverride.objects.as_overrides()
    planned = periods_between(plan.begins_on, reports_until(plan, on), series, overrides=overrides)
    return [
        ReportingPeriod(
            plan=plan,
            code=period.code,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            opens_on=period.opens_on,
            due_on=period.due_on,
        )
        for period in planned
        if period.opens_on <= on and not any(period.overlaps(each.starts_on, each.ends_on) for each in known)
    ]


def reports_until(plan: Plan, on: date) -> date:
    """The last day that the plan reports on as things stand: its latest due date, and as long as anything runs."""
    moment = clock.end_of(on)
    last_due_on = plan.items.existing(moment).as_of(moment).aggregate(last=Max("due_on"))["last"]
    until = max(plan.due_on, last_due_on or plan.due_on)
    if on <= until:
        return until
    leads = Assignment.objects.in_force(moment).filter(item__plan=plan, role=AssignmentRole.LEAD)
    return on if leads.running(moment).exists() else until


def _days_to_record(plan: Plan, on: date) -> list[date]:
    recorded = plan.snapshots.order_by("day").values_list("day", flat=True).last()
    first = recorded + timedelta(days=1) if recorded else plan.begins_on
    return [first + timedelta(days=n) for n in range((on - first).days)]


def record_day(plan: Plan, day: date) -> None:
    """Records the day's point of the curve, and each item whose light differs from the last recorded; or neither."""
    moment = clock.end_of(day)
    assignments = Assignment.objects.in_force(moment).filter(item__plan=plan).with_standing(moment, Value(""))
    rows = standings_from_queryset(assignments, plan, day)
    items = item_standings(plan.items.existing(moment).order_by("place").only("pk"), rows, plan, day)
    whole = total(items)
    earlier = LightChange.objects.filter(item__plan=plan, day__lt=day).order_by("day")
    before = dict(earlier.values_list("item", "light"))  # of each item the last one stays
    changed = [standing for standing in items if before.get(standing.pk) != standing.light]
    names = dict(Agency.objects.values_list("pk", "name")) if changed else {}
    changes = [
        LightChange(
            item_id=standing.pk,
            day=day,
            light=standing.light,
            previous=before.get(standing.pk, ""),
            reason=because(standing, plan, day, names),
        )
        for standing in changed
    ]
    try:
        with transaction.atomic():
            DailySnapshot.objects.create(plan=plan, day=day, percent=whole.percent, expected_percent=whole.expected)
            LightChange.objects.bulk_create(changes)
    except IntegrityError:
        if not plan.snapshots.filter(day=day).exists():  # else another round was quicker
            raise
