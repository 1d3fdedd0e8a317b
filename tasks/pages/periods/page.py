"""The calendar of a plan's periods, as coordinators see it before the year starts."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from tasks.models import PeriodRevision, Plan
from tasks.pages.periods.questions import owing
from tasks.rules.periods import Frequency, period_name
from tasks.workflow.calendar import PlannedPeriod, planned_periods


class CalendarPage:
    """One plan's periods: opened, to come, dropped; and what was changed of them."""

    def __init__(self, plan: Plan, at: datetime) -> None:
        self.plan = plan
        self.at = at

    @cached_property
    def rows(self) -> list[PlannedPeriod]:
        return planned_periods(self.plan, self.at)

    @property
    def frequency(self) -> Frequency:
        return Frequency(self.plan.frequency)

    @property
    def first_name(self) -> str:
        return period_name(self.plan.first_period) if self.plan.first_period else ""

    @property
    def last_name(self) -> str:
        return period_name(self.plan.last_period) if self.plan.last_period else ""

    @cached_property
    def revisions(self) -> Sequence[PeriodRevision]:
        """What was changed, newest first."""
        revisions = PeriodRevision.objects.filter(plan=self.plan).select_related("recorded_by")
        return list(revisions.order_by("-recorded_at", "-pk"))

    @property
    def basis(self) -> int:
        return len(self.revisions)

    def changed(self) -> list[tuple[PeriodRevision, str]]:
        return [(revision, period_name(revision.code)) for revision in self.revisions]

    def row_of(self, code: str) -> PlannedPeriod | None:
        """The row of a period that can still be changed."""
        return next((row for row in self.rows if row.period.code == code and row.opened is None), None)


class Owing(NamedTuple):
    """An agency that would owe reports: how many, and how many accounts it has to file them with."""

    agency: str
    reports: int
    people: int


class Opening:
    """What opening a period today would come to: nothing of it is done yet, and it can't be undone."""

    def __init__(self, plan: Plan, code: str, due_on: date, at: datetime) -> None:
        self.code, self.name, self.due_on = code, period_name(code), due_on
        self.rows = [Owing(*row) for row in owing(plan.at(at), at)]

    @cached_property
    def token(self) -> str:
        """Stands for what is confirmed: the period, its day, and who would owe how many."""
        owed = json.dumps(self.rows, ensure_ascii=False).encode()
        return f"{self.code} {self.due_on} {hashlib.sha256(owed).hexdigest()[:16]}"

    @property
    def reports(self) -> int:
        return sum(row.reports for row in self.rows)

    @property
    def without_account(self) -> list[str]:
        return [row.agency for row in self.rows if not row.people]


def shown_days(row: PlannedPeriod) -> dict[str, date]:
    """What a form begins with."""
    return {"opens_on": row.period.opens_on, "due_on": row.period.due_on}
