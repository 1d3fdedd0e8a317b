"""待签收: what an agency was given and hasn't received yet, and the day by which it should."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import QuerySet
from django.utils import timezone

from agencies.models import Agency
from qa_plan.clock import end_of
from tasks.course import Move, Party, State, allows, state_of_read
from tasks.models import Assignment, Plan, WorkdayOverride
from tasks.workdays import workdays_after

SHOWN = 10  # the page is for reports: what was given longest ago first, the rest is received with 签收全部


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
    """Of one agency on one day, over all plans, the oldest first."""

    def __init__(self, agency: Agency, day: date, plans: QuerySet[Plan]) -> None:
        self.agency = agency
        self.day = day
        self.plans = plans

    @cached_property
    def pending(self) -> list[PendingReceipt]:
        moment = end_of(self.day)
        assignments = (
            Assignment.objects.as_of(moment)
            .with_course(moment)
            .filter(agency=self.agency, item__plan__in=self.plans, has_receipt=False, closure="")
            .select_related("item__plan", "agency")
            .defer("item__text", "item__plan__notice_text")
            .order_by("recorded_at", "item__plan_id", "item__number")
        )
        overrides = WorkdayOverride.objects.as_overrides()
        deadlines: dict[tuple[date, int], date] = {}
        rows = []
        for assignment in assignments:
            given = (timezone.localdate(assignment.recorded_at), assignment.item.plan.receipt_days)
            if given not in deadlines:
                deadlines[given] = workdays_after(*given, overrides)
            due_on = deadlines[given]
            rows.append(PendingReceipt(assignment, state_of_read(assignment), due_on, due_on < self.day))
        return rows

    @property
    def shown(self) -> list[PendingReceipt]:
        return self.pending[:SHOWN]

    @property
    def to_sign(self) -> list[PendingReceipt]:
        return [row for row in self.pending if row.can_sign]

    @property
    def late_count(self) -> int:
        return sum(row.is_late for row in self.to_sign)
