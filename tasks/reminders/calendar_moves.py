"""What a correction of the working days moves: periods not opened yet, receipts that are waited for, reminders to come.

A pure question about two calendars, asked before the correction is saved. Periods that are open keep their days.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from tasks.models import Assignment, Plan
from tasks.reminders.deciding import due_in
from tasks.reminders.waiting import Waiting
from tasks.rules.periods import period_name, periods_between
from tasks.rules.workdays import DAY, Overrides, is_workday
from tasks.standing.receipts import Receipts

DAYS = 30  # of reminders to come


class Move(NamedTuple):
    """A deadline, or several that move alike, falls on another day."""

    what: str
    before: date
    after: date


class ReminderDay(NamedTuple):
    """How many reminders a day brings, by the calendar as it is and as it would be."""

    day: date
    before: int
    after: int


class Moves(NamedTuple):
    deadlines: list[Move]
    reminders: list[ReminderDay]

    @property
    def any(self) -> bool:
        return bool(self.deadlines or self.reminders)

    @property
    def token(self) -> str:
        """Stands for what was shown, so that nothing else is confirmed."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def moves(old: Overrides, new: Overrides, at: datetime) -> Moves:
    """What differs between the two calendars from now on."""
    deadlines = [*_periods(old, new, at), *_receipts(old, new, at)]
    before, after = _reminders(old, at), _reminders(new, at)
    days = sorted(day for day in {*before, *after} if before[day] != after[day])
    return Moves(deadlines, [ReminderDay(day, before[day], after[day]) for day in days])


def _periods(old: Overrides, new: Overrides, at: datetime) -> Iterator[Move]:
    """Opening and due days of the periods that are still to be opened."""
    today = timezone.localdate(at)
    for plan in Plan.objects.defer("notice_text").prefetch_related("periods").order_by("pk"):
        recorded = {period.code for period in plan.periods.all()}
        series, end = plan.series(at), max(plan.due_on, today)
        pairs = zip(
            periods_between(plan.begins_on, end, series, overrides=old),
            periods_between(plan.begins_on, end, series, overrides=new),
            strict=True,
        )
        for was, becomes in pairs:
            name = f"{plan.document_number} {period_name(was.code)}"
            if was.code in recorded:
                continue
            if was.opens_on != becomes.opens_on:
                yield Move(f"{name}开放填报", was.opens_on, becomes.opens_on)
            if was.due_on != becomes.due_on:
                yield Move(f"{name}报送截止", was.due_on, becomes.due_on)


def _receipts(old: Overrides, new: Overrides, at: datetime) -> list[Move]:
    """The days by which tasks are to be received, those that move alike said together."""
    assignments = list(
        Assignment.objects.as_of(at)
        .with_course(at)
        .filter(receipt=None)
        .select_related("item__plan")
        .defer("item__text", "item__plan__notice_text")
    )
    today, moved = timezone.localdate(at), Counter[tuple[str, date, date]]()
    pairs = zip(Receipts(assignments, today, old).pending, Receipts(assignments, today, new).pending, strict=True)
    for was, becomes in pairs:
        if was.due_on != becomes.due_on:
            moved[was.assignment.item.plan.document_number, was.due_on, becomes.due_on] += 1
    return [Move(f"{plan} {count}条任务的签收期限", *days) for (plan, *days), count in sorted(moved.items())]


def _reminders(overrides: Overrides, at: datetime) -> Counter[date]:
    """How many people are told something, by day."""
    today = timezone.localdate(at)
    days = [day for day in (today + DAY * n for n in range(1, DAYS + 1)) if is_workday(day, overrides)]
    if not days:
        return Counter()
    return Counter(due.day for due in due_in(days, Waiting(at, overrides, last=days[-1])))
