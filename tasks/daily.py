"""The daily round: opens reporting periods and records what the status rule said at the end of each day.

A missed day is caught up, and a second run changes nothing: every row is unique for its plan or item and day. What it
opens is in the record of changes; what it records of a day is a figure that repeats the facts, and is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, IntegerField, Max, QuerySet, Value

from agencies.changes import note, recording
from agencies.models import Agency
from qa_plan import clock
from qa_plan.clock import end_of
from tasks.explain import because
from tasks.models import Assignment, DailySnapshot, LightChange, Plan, ReportingPeriod, WorkdayOverride
from tasks.periods import quarters_between
from tasks.prepared import Given, prepared
from tasks.rollup import COLUMNS, item_standings, standings_read, total
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

    Before that, 机构调整 whose effective date has come takes place, for all plans at once.
    """
    if not dry_run:
        carry_out_due(on)
    for plan in Plan.objects.order_by("pk"):
        opened = _periods_to_open(plan, on) if dry_run else open_periods(plan, on)
        days = _days_to_record(plan, on)
        for day in () if dry_run else days:
            record_day(plan, day)
        yield Round(plan, [period.code for period in opened], days)


@recording()
def open_periods(plan: Plan, on: date) -> list[ReportingPeriod]:
    """Those whose opening day has come. Rounds at the same time wait for each other: each is opened and noted once."""
    Plan.objects.select_for_update(no_key=True).order_by().filter(pk=plan.pk).values_list("pk").first()
    opened = ReportingPeriod.objects.bulk_create(_periods_to_open(plan, on))
    for period in opened:
        days = {"opens_on": period.opens_on, "due_on": period.due_on}
        note("开放报告期", period, by=None, at=clock.at(on), new=days)
    return opened


def _periods_to_open(plan: Plan, on: date) -> list[ReportingPeriod]:
    overrides = WorkdayOverride.objects.as_overrides()
    known = set(plan.periods.values_list("code", flat=True))
    last_due_on = plan.items.as_of(end_of(on)).aggregate(last=Max("due_on"))["last"] or plan.due_on
    quarters = quarters_between(
        plan.begins_on, max(plan.due_on, last_due_on), filing_day=plan.at(end_of(on)).filing_day, overrides=overrides
    )
    return [
        ReportingPeriod(
            plan=plan,
            code=quarter.code,
            starts_on=quarter.starts_on,
            ends_on=quarter.ends_on,
            opens_on=quarter.opens_on,
            due_on=quarter.due_on,
        )
        for quarter in quarters
        if quarter.opens_on <= on and quarter.code not in known
    ]


def _days_to_record(plan: Plan, on: date) -> list[date]:
    last = plan.snapshots.aggregate(last=Max("day"))["last"]
    first = last + timedelta(days=1) if last else plan.begins_on
    return [first + timedelta(days=n) for n in range((on - first).days)]


@transaction.atomic
def record_day(plan: Plan, day: date) -> None:
    """The day's point of the curve, and each item whose light differs from the last recorded one."""
    rows = standings_read(_standings(plan=plan.pk, moment=end_of(day)), plan, day)
    items = item_standings(plan.items.all(), rows, plan, day)
    whole = total(items)
    _, is_new = DailySnapshot.objects.get_or_create(
        plan=plan, day=day, defaults={"percent": whole.percent, "expected_percent": whole.expected}
    )
    if not is_new:
        return
    before = dict(
        LightChange.objects.filter(item__plan=plan, day__lt=day).order_by("day").values_list("item_id", "light")
    )
    changed = [standing for standing in items if before.get(standing.item.pk) != standing.light]
    names = dict(Agency.objects.values_list("pk", "name")) if changed else {}
    LightChange.objects.bulk_create(
        LightChange(
            item=standing.item,
            day=day,
            light=standing.light,
            previous=before.get(standing.item.pk, ""),
            reason=because(standing, plan, day, names),
        )
        for standing in changed
    )


@prepared(plan=IntegerField(), moment=DateTimeField())
def _standings(plan: Given, moment: Given) -> QuerySet[Assignment, tuple[Any, ...]]:
    assignments = Assignment.objects.in_force(moment).filter(item__plan=plan)
    return assignments.with_standing(moment, Value("")).values_list(*COLUMNS)
