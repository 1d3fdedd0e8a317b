"""待签收: what an agency was given and hasn't received yet, and the day by which it should."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial
from typing import Self

from django.db.models import QuerySet
from django.utils import timezone

from agencies.models import Agency
from qa_plan.clock import end_of
from tasks.models import Assignment, Plan, WorkdayOverride
from tasks.rules.workdays import Overrides, workdays_after
from tasks.standing.course import Move, Party, State, allows, state_of_read

SHOWN = 10  # the page is for reports: what was given longest ago first, the rest is received with 签收全部


def receipt_deadlines(overrides: Overrides) -> Callable[[date, int], date]:
    """Tells 签收期限 by the day on which a task was given and its plan's number of working days; each reckoned once."""
    return cache(partial(workdays_after, overrides=overrides))


@dataclass(frozen=True, slots=True)
class PendingReceipt:
    assignment: Assignment
    state: State
    due_on: date
    is_late: bool

    @property
    def can_sign(self) -> bool:
        return allows(self.state, Party.AGENCY, Move.ACKNOWLEDGE)


class Receipts:
    """What waits for 签收 among assignments that were read with `as_of` and `with_state`; the oldest first."""

    def __init__(self, assignments: Iterable[Assignment], day: date, overrides: Overrides) -> None:
        self.assignments = assignments
        self.day = day
        self.overrides = overrides

    @classmethod
    def of(cls, agency: Agency, day: date, plans: QuerySet[Plan]) -> Self:
        """What waits for one agency's 签收 over all plans."""
        moment = end_of(day)
        assignments = (
            Assignment.objects.as_of(moment)
            .with_state(moment)
            .filter(agency=agency, item__plan__in=plans)
            .select_related("item__plan")
            .defer("item__text", "item__plan__notice_text")
        )
        return cls(assignments, day, WorkdayOverride.objects.as_overrides())

    @cached_property
    def pending(self) -> list[PendingReceipt]:
        states = {a.pk: (a, state_of_read(a)) for a in self.assignments}
        waiting = [(a, state) for a, state in states.values() if state in (State.ISSUED, State.DECLINING)]
        deadline_of, moment = receipt_deadlines(self.overrides), end_of(self.day)
        rows = []
        for assignment, state in sorted(waiting, key=lambda row: (row[0].recorded_at, row[0].item.place)):
            plan = assignment.item.plan.at(moment)
            due_on = deadline_of(timezone.localdate(assignment.recorded_at), plan.receipt_days)
            rows.append(PendingReceipt(assignment, state, due_on, due_on < self.day))
        return rows

    @property
    def shown(self) -> list[PendingReceipt]:
        return self.pending[:SHOWN]

    @cached_property
    def to_sign(self) -> list[PendingReceipt]:
        return [row for row in self.pending if row.can_sign]

    @property
    def late_count(self) -> int:
        return sum(row.is_late for row in self.to_sign)
