"""The daily round opens reporting periods and records what the status rule said at the end of each day.

A missed day is caught up, and a second run changes nothing: every row is unique for its plan or item and day. What it
opens is in the record of changes; what it records of a day is a figure that repeats the facts, and is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Value

from agencies.models import Agency
from agencies.security import give_up_old
from qa_plan import clock
from tasks.models import Assignment, DailySnapshot, LightChange, Plan
from tasks.standing.explain import because
from tasks.standing.rollup import item_standings, standings_from_queryset, total
from tasks.workflow.local_duty import close_all_covered
from tasks.workflow.opening import open_periods, periods_to_open
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

    Before that, 机构调整 whose effective date has come takes place, for all plans at once, and then 责任调整; what
    nobody has to make any more is closed. Rows of the security log that have reached their age are given up.
    """
    if not dry_run:
        carry_out_due(on)
        carry_out_planned(on)
        close_all_covered(at=clock.at(on))
        give_up_old(at=clock.at(on))
    for plan in Plan.objects.defer("notice_text").order_by("pk"):
        opened = periods_to_open(plan, on) if dry_run else open_periods(plan, on)
        days = _days_to_record(plan, on)
        for day in () if dry_run else days:
            record_day(plan, day)
        yield Round(plan, [period.code for period in opened], days)


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
