"""All the offices directly below with a plan's items: read once, by a fixed number of questions."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from agencies.models import Office
from tasks.models import Plan, ReportingPeriod
from tasks.rules.asof import AsOf
from tasks.standing import kept
from tasks.standing.filing import Filing, FilingCount, count_filings
from tasks.standing.local.cells import LocalItem, LocalStanding
from tasks.standing.local.offices import OfficeStanding
from tasks.standing.local.questions import (
    items_with_decisions,
    local_plans,
    offices_below,
    owed_reports,
    standing_rows,
)
from tasks.standing.milestones import MilestoneStanding, milestones_of_items
from tasks.standing.questions import periods_opened_of
from tasks.standing.rollup import item_standings, standings_from_rows


class ParentItem(NamedTuple):
    """An item of the plan that is carried out. `is_asked` says whether local plans have to cover it."""

    pk: int
    number: int
    label: str
    title: str
    section_number: int
    section_title: str
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
    """Of a plan that was read with its version: kept in this process as long as nothing is put on record."""
    return kept.of(plan, as_of).derived("local", lambda: read_picture(plan, as_of.day, as_of.moment))


def read_picture(plan: Plan, day: date, moment: datetime) -> LocalPicture:
    """The same, read now, of what was known at that moment of the day. Without offices below nothing more is asked."""
    below = offices_below(plan.home)
    offices = [office for office in below if (office.parent_id or "") == plan.home]
    if not offices:
        return LocalPicture(plan, day, (), ())
    known = list(local_plans(plan, moment))
    theirs = {each.office_id: each for each in known if each.parent_id == plan.pk}
    read = _ReadPlans(plan, [theirs[office.path] for office in offices if office.path in theirs], day, moment)
    items = read.parent_items
    issued = {each.office_id for each in known}
    asked = dict.fromkeys(item.pk for item in items if item.is_asked)

    def standing(office: Office) -> OfficeStanding:
        counties = [each.path for each in below if each.parent_id == office.path]
        local = theirs.get(office.path)
        return OfficeStanding(
            office=office,
            plan=local,
            items=read.items(local) if local else (),
            asked=asked,
            milestones=read.milestones[local.pk] if local else (),
            filing=read.filing(local) if local else None,
            counties=len(counties),
            issued_counties=sum(path in issued for path in counties),
        )

    return LocalPicture(plan, day, items, [standing(office) for office in offices], closes=read.closes)


@dataclass(slots=True)
class ItemRow:
    """An item as it was read, the parent's or a local one's."""

    pk: int
    number: int
    label: str
    title: str
    due_on: date | None
    due_source: str
    section_number: int
    section_title: str
    is_asked: bool
    targets: frozenset[int] | None = None


class _ReadPlans:
    """Items, standings, milestones and filing of some plans; each is one question for all of them together."""

    def __init__(self, parent: Plan, plans: Sequence[Plan], day: date, moment: datetime) -> None:
        self.parent = parent
        self.plans = {plan.pk: plan for plan in plans}
        self.day, self.moment = day, moment

    @cached_property
    def _item_rows(self) -> dict[int, list[ItemRow]]:
        """By plan, the parent's among them; each item once, with what the decision that held says of it."""
        found: dict[int, dict[int, ItemRow]] = defaultdict(dict)
        for plan, *columns, held, decision, target in items_with_decisions(self.parent, self.plans, self.moment):
            row = found[plan].setdefault(columns[0], ItemRow(*columns))
            if held is not None and decision == held:
                row.targets = (row.targets or frozenset()) | (frozenset() if target is None else {target})
        return {plan: list(rows.values()) for plan, rows in found.items()}

    @property
    def parent_items(self) -> list[ParentItem]:
        return [
            ParentItem(row.pk, row.number, row.label, row.title, row.section_number, row.section_title, row.is_asked)
            for row in self._item_rows.get(self.parent.pk, ())
        ]

    @cached_property
    def _items(self) -> dict[int, list[LocalItem]]:
        return {
            plan: [
                LocalItem(row.pk, row.number, row.label, row.title, row.due_on, row.due_source, self._targets(row))
                for row in self._item_rows.get(plan, ())
            ]
            for plan in self.plans
        }

    def _targets(self, row: ItemRow) -> frozenset[int] | None:
        """What it carries out of the items that there are. Where all of them were split or merged, it is undecided."""
        there = self._parent_keys & row.targets if row.targets else row.targets
        return there or (None if row.targets else there)

    @cached_property
    def _parent_keys(self) -> frozenset[int]:
        return frozenset(row.pk for row in self._item_rows.get(self.parent.pk, ()))

    @cached_property
    def _rows(self) -> dict[int, list[Sequence[Any]]]:
        by_plan: dict[int, list[Sequence[Any]]] = defaultdict(list)
        for plan, *columns in standing_rows(self.plans, self.moment) if self.plans else ():
            by_plan[plan].append(columns)
        return by_plan

    def items(self, plan: Plan) -> list[LocalStanding]:
        rows = standings_from_rows(self._rows[plan.pk], plan, self.day)
        return item_standings(self._items[plan.pk], rows, plan, self.day)

    @cached_property
    def milestones(self) -> dict[int, list[MilestoneStanding]]:
        plan_of = {item.pk: plan for plan, items in self._items.items() for item in items}
        by_plan: dict[int, list[MilestoneStanding]] = defaultdict(list)
        soon = {key: self.plans[plan].at(self.moment).soon_days for key, plan in plan_of.items()}
        for each in milestones_of_items(plan_of, self.moment, self.day, soon) if plan_of else ():
            by_plan[plan_of[each.item_id]].append(each)
        return by_plan

    @cached_property
    def _opened(self) -> list[ReportingPeriod]:
        asked = {"plans": list(self.plans), "day": self.day, "moment": self.moment}
        periods = periods_opened_of(**asked) if self.plans else []
        for period in periods:
            period.plan = self.plans[period.plan_id]
        return periods

    @property
    def closes(self) -> list[tuple[str, date]]:
        """Of each code the last day on which one of the plans was due, if that has passed; the oldest first."""
        found: dict[str, date] = {}
        for period in self._opened:
            found[period.code] = max(period.due_on, found.get(period.code, period.due_on))
        return sorted(((code, due_on) for code, due_on in found.items() if due_on < self.day), key=itemgetter(1))

    @cached_property
    def _periods(self) -> dict[int, ReportingPeriod]:
        """The one of each plan that opened last."""
        last: dict[int, ReportingPeriod] = {}
        for period in self._opened:
            last.setdefault(period.plan_id, period)
        return last

    @cached_property
    def _owed(self) -> dict[int, list[tuple[int, str, str]]]:
        by_plan: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
        for plan, assignment, obligation, stands in owed_reports(list(self._periods.values()), self.moment):
            by_plan[plan].append((assignment, obligation, stands))
        return by_plan

    def filing(self, plan: Plan) -> FilingCount | None:
        """Of the period that opened last; None before one has."""
        period = self._periods.get(plan.pk)
        if period is None:
            return None
        rows = self._owed[plan.pk]
        states = {pk: Filing(stands) for pk, _, stands in rows}
        return count_filings(period, ((pk, obligation) for pk, obligation, _ in rows), states)
