"""What the picture of the offices below is drawn from: the plans with their periods, and task by task what holds.

A fixed number of questions reads all of it, and the same ones what a change concerned.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from agencies.models import Office
from tasks.models import Plan, ReportingPeriod
from tasks.standing.filing import Filing
from tasks.standing.local.questions import (
    items_with_decisions,
    local_plans,
    offices_below,
    owed_reports,
    standing_rows,
    tasks_of_plans,
)
from tasks.standing.milestones import MilestoneStanding, milestones_of_items
from tasks.standing.questions import periods_opened_of


@dataclass(slots=True)
class ItemRow:
    """An item as it was read, the parent's or a local one's; `targets` as `LocalItem` has them."""

    pk: int
    place: float
    number: int
    label: str
    title: str
    due_on: date | None
    due_source: str
    section_number: int
    section_title: str
    is_asked: bool
    targets: frozenset[int] | None = None


class Owed(NamedTuple):
    """What an assignment has to do with the period's report, and where its newest report stands."""

    assignment: int
    obligation: str
    stands: Filing


class TaskRead(NamedTuple):
    """A task of one of the plans. `item` is None where it was split or merged since: what it owed is owed still.

    `standings` are the rows of which `rollup` makes standings. The parent's items have none, and no milestones.
    """

    plan: int
    item: ItemRow | None
    standings: Sequence[Sequence[Any]] = ()
    milestones: Sequence[MilestoneStanding] = ()
    owed: Sequence[Owed] = ()


@dataclass(frozen=True)
class LocalPlans:
    """The offices below, the plans that those directly below have issued, and all that no single task changes."""

    parent: Plan
    day: date
    moment: datetime
    below: Sequence[Office]
    known: Sequence[Plan]

    @cached_property
    def offices(self) -> list[Office]:
        """Those directly below."""
        return [office for office in self.below if (office.parent_id or "") == self.parent.home]

    @cached_property
    def of_office(self) -> dict[str, Plan]:
        """Their plans, by the office's path."""
        theirs = {each.office_id: each for each in self.known if each.parent_id == self.parent.pk}
        return {office.path: theirs[office.path] for office in self.offices if office.path in theirs}

    @cached_property
    def issued(self) -> set[str]:
        """The paths of all offices below that have a plan, however deep."""
        return {each.office_id for each in self.known if each.office_id}

    @cached_property
    def _plans(self) -> dict[int, Plan]:
        return {plan.pk: plan for plan in self.of_office.values()}

    @cached_property
    def _opened(self) -> list[ReportingPeriod]:
        asked = {"plans": list(self._plans), "day": self.day, "moment": self.moment}
        periods = periods_opened_of(**asked) if self._plans else []
        for period in periods:
            period.plan = self._plans[period.plan_id]
        return periods

    @property
    def closes(self) -> list[tuple[str, date]]:
        """Of each code the last day on which one of the plans was due, if that has passed; the oldest first."""
        found: dict[str, date] = {}
        for period in self._opened:
            found[period.code] = max(period.due_on, found.get(period.code, period.due_on))
        return sorted(((code, due_on) for code, due_on in found.items() if due_on < self.day), key=itemgetter(1))

    @cached_property
    def periods(self) -> dict[int, ReportingPeriod]:
        """The one of each plan that opened last."""
        last: dict[int, ReportingPeriod] = {}
        for period in self._opened:
            last.setdefault(period.plan_id, period)
        return last

    # ── task by task ──

    def read(self, tasks: Collection[int] | None) -> Iterable[tuple[int, TaskRead]]:
        """The tasks of all the plans, or of these tasks those that are of them. At most five questions."""
        if tasks is not None:
            tasks = tasks_of_plans([self.parent.pk, *self._plans], tasks)
            if not tasks:
                return {}.items()
        items = self._items(tasks)
        plan_of = {row.pk: plan for plan, row in items}
        standings, milestones, owed = self._standings(tasks), self._milestones(plan_of), self._owed(tasks)
        read = {
            row.pk: TaskRead(plan, row, standings[row.pk], milestones[row.pk], owed[plan, row.pk])
            for plan, row in items
        }
        gone = {
            task: TaskRead(plan, None, owed=rows) for (plan, task), rows in owed.items() if rows and task not in read
        }
        return (read | gone).items()

    def _items(self, tasks: Collection[int] | None) -> list[tuple[int, ItemRow]]:
        """Each once, with what the decision that held says of it."""
        found: dict[int, tuple[int, ItemRow]] = {}
        for plan, *columns, held, decision, target in items_with_decisions(
            self.parent, self._plans, self.moment, tasks
        ):
            _, row = found.setdefault(columns[0], (plan, ItemRow(*columns)))
            if held is not None and decision == held:
                row.targets = (row.targets or frozenset()) | (frozenset() if target is None else {target})
        return list(found.values())

    def _standings(self, tasks: Collection[int] | None) -> Mapping[int, list[Sequence[Any]]]:
        by_task: dict[int, list[Sequence[Any]]] = defaultdict(list)
        for row in standing_rows(self._plans, self.moment, tasks) if self._plans else ():
            by_task[row[1]].append(row)
        return by_task

    def _milestones(self, plan_of: Mapping[int, int]) -> Mapping[int, list[MilestoneStanding]]:
        by_task: dict[int, list[MilestoneStanding]] = defaultdict(list)
        soon_days = {key: plan.at(self.moment).soon_days for key, plan in self._plans.items()}
        soon = {task: soon_days[plan] for task, plan in plan_of.items() if plan in soon_days}
        for each in milestones_of_items(soon, self.moment, self.day, soon) if soon else ():
            by_task[each.item_id].append(each)
        return by_task

    def _owed(self, tasks: Collection[int] | None) -> Mapping[tuple[int, int], list[Owed]]:
        """By plan and task."""
        by_task: dict[tuple[int, int], list[Owed]] = defaultdict(list)
        for plan, task, assignment, obligation, stands in owed_reports(list(self.periods.values()), self.moment, tasks):
            by_task[plan, task].append(Owed(assignment, obligation, Filing(stands)))
        return by_task


def read_plans(plan: Plan, day: date, moment: datetime) -> LocalPlans:
    """Of what was known at that moment of the day; where no office lies below, one question."""
    below = offices_below(plan.home)
    is_above = any((office.parent_id or "") == plan.home for office in below)
    return LocalPlans(plan, day, moment, below, list(local_plans(plan, moment)) if is_above else [])
