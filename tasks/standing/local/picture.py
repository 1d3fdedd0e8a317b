"""All the offices directly below with a plan's items, as one picture."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from agencies.models import Office
from tasks.models import Plan
from tasks.rules.asof import AsOf
from tasks.standing import kept
from tasks.standing.filing import FilingCount, count_filings
from tasks.standing.kept import Readings
from tasks.standing.local.cells import LocalItem, LocalStanding
from tasks.standing.local.offices import OfficeStanding
from tasks.standing.local.reading import ItemRow, LocalPlans, TaskRead, read_plans
from tasks.standing.rollup import item_standings, standings_from_rows


class ParentItem(NamedTuple):
    """An item of the plan that is carried out. `is_asked` says whether local plans have to cover it."""

    pk: int
    number: int
    label: str
    title: str
    section_number: int
    section_title: str
    due_on: date | None
    is_asked: bool


@dataclass(frozen=True)
class LocalPicture:
    """How the offices directly below carry out the plan, on a day; they stand in the order of the notice."""

    plan: Plan
    day: date
    items: Sequence[ParentItem]
    offices: Sequence[OfficeStanding]
    is_partial: bool = False  # whether offices are left out that the reader doesn't see
    closes: Sequence[tuple[str, date]] = ()  # of the local plans' periods that have closed: code and due date

    @cached_property
    def asked(self) -> list[ParentItem]:
        """The items that run, or those of them that the duty to make local plans names."""
        return [item for item in self.items if item.is_asked]

    @cached_property
    def levels(self) -> frozenset[str]:
        return frozenset(each.office.level for each in self.offices)

    @property
    def only(self) -> OfficeStanding | None:
        """The one office, where it is one alone: it is named, and not counted."""
        return self.offices[0] if len(self.offices) == 1 else None

    @cached_property
    def issued(self) -> list[OfficeStanding]:
        return [each for each in self.offices if each.is_issued]

    @cached_property
    def unissued(self) -> list[OfficeStanding]:
        return [each for each in self.offices if not each.is_issued]

    @cached_property
    def sections(self) -> list[tuple[int, str, list[ParentItem]]]:
        """The items under their sections: number, title, items."""
        found: dict[tuple[int, str], list[ParentItem]] = {}
        for item in self.items:
            found.setdefault((item.section_number, item.section_title), []).append(item)
        return [(number, title, items) for (number, title), items in found.items()]

    def within(self, sees: Callable[[str], bool]) -> "LocalPicture":
        """The same of the offices that somebody sees, told by their paths."""
        shown = [each for each in self.offices if sees(each.path)]
        return self if len(shown) == len(self.offices) else replace(self, offices=shown, is_partial=True)

    def office(self, code: str) -> OfficeStanding | None:
        """The office of that 行政区划代码."""
        return next((each for each in self.offices if each.office.code == code), None)


def local_picture(plan: Plan, as_of: AsOf) -> LocalPicture:
    """Of a plan that was read with its version: kept in this process, and brought up to date task by task."""
    readings = kept.of_all(("local", plan.pk, as_of), plan.version)
    return _picture(readings, plan, as_of.day, as_of.moment)


def read_picture(plan: Plan, day: date, moment: datetime) -> LocalPicture:
    """The same, read now, of what was known at that moment of the day. Without offices below nothing more is asked."""
    return _picture(Readings(), plan, day, moment)


def _picture(readings: Readings, plan: Plan, day: date, moment: datetime) -> LocalPicture:
    plans = readings.derived("plans", lambda: read_plans(plan, day, moment), kept.NO_TASK)
    if not plans.offices:
        return LocalPicture(plan, day, (), ())
    tasks = readings.part("tasks", plans.read)
    return readings.derived("picture", lambda: _Drawn(plans, tasks).picture, tasks)


class _Drawn:
    """What was read of the plans and their tasks, put together."""

    def __init__(self, plans: LocalPlans, tasks: Mapping[int, TaskRead]) -> None:
        self.plans = plans
        self.tasks: dict[int, list[TaskRead]] = defaultdict(list)
        for task in tasks.values():
            self.tasks[task.plan].append(task)

    @property
    def picture(self) -> LocalPicture:
        plans, items = self.plans, self._parent_items
        asked = dict.fromkeys(item.pk for item in items if item.is_asked)
        offices = [self._office(office, asked) for office in plans.offices]
        return LocalPicture(plans.parent, plans.day, items, offices, closes=plans.closes)

    def _office(self, office: Office, asked: Mapping[int, None]) -> OfficeStanding:
        counties = [each.path for each in self.plans.below if each.parent_id == office.path]
        local = self.plans.of_office.get(office.path)
        return OfficeStanding(
            office=office,
            plan=local,
            items=self._standings(local) if local else (),
            asked=asked,
            milestones=list(chain.from_iterable(task.milestones for task in self.tasks[local.pk])) if local else (),
            filing=self._filing(local) if local else None,
            counties=len(counties),
            issued_counties=sum(path in self.plans.issued for path in counties),
        )

    def _items(self, plan: Plan) -> list[ItemRow]:
        return sorted((task.item for task in self.tasks[plan.pk] if task.item), key=lambda item: item.place)

    @cached_property
    def _parent_items(self) -> list[ParentItem]:
        return [
            ParentItem(
                row.pk,
                row.number,
                row.label,
                row.title,
                row.section_number,
                row.section_title,
                row.due_on,
                row.is_asked,
            )
            for row in self._items(self.plans.parent)
        ]

    def _standings(self, plan: Plan) -> list[LocalStanding]:
        items = [
            LocalItem(row.pk, row.number, row.label, row.title, row.due_on, row.due_source, self._targets(row))
            for row in self._items(plan)
        ]
        rows = chain.from_iterable(task.standings for task in self.tasks[plan.pk])
        return item_standings(items, standings_from_rows(rows, plan, self.plans.day), plan, self.plans.day)

    def _targets(self, row: ItemRow) -> frozenset[int] | None:
        """What it carries out of the items that there are. Where all of them were split or merged, it is undecided."""
        there = self._parent_keys & row.targets if row.targets else row.targets
        return there or (None if row.targets else there)

    @cached_property
    def _parent_keys(self) -> frozenset[int]:
        return frozenset(item.pk for item in self._parent_items)

    def _filing(self, plan: Plan) -> FilingCount | None:
        """Of the period that opened last; None before one has."""
        period = self.plans.periods.get(plan.pk)
        if period is None:
            return None
        owed = [each for task in self.tasks[plan.pk] for each in task.owed]
        states = {each.assignment: each.stands for each in owed}
        return count_filings(period, ((each.assignment, each.obligation) for each in owed), states)
