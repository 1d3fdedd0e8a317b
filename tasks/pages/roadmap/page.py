"""路线图: the plan's items as lanes over its months, with their milestones and due dates as of a day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.core.paginator import Page, Paginator

from tasks.models import ActionItem, Plan
from tasks.pages.roadmap.filters import RoadmapFilter
from tasks.pages.roadmap.questions import item_keys, items_by_key, standings_on
from tasks.rules.asof import AsOf
from tasks.rules.axis import Axis
from tasks.rules.milestones import MilestoneState
from tasks.rules.status import Light
from tasks.rules.texts import shortened
from tasks.standing.milestones import (
    MilestoneStanding,
    answered_by,
    counts_by_state,
    in_force,
    milestones_of_plan,
)
from tasks.standing.rollup import ItemStanding, item_standings, standings_from_rows

PER_PAGE = 25
LISTED = 10  # of each of the lists below the drawing
LABEL = 12  # signs of a name that stand below its mark
SIGN = 1.35  # per cent of a lane that one sign takes, at the usual width
LEVELS = 2  # lines of labels below a lane


@dataclass(frozen=True, slots=True)
class Old:
    """A place where a milestone was planned before, and where it went from there."""

    x: float
    to: float
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A milestone on its lane; without a `label` where there is no room for one."""

    milestone: MilestoneStanding
    x: float
    day: str
    title: str
    label: str
    anchor: str
    y: int
    old: tuple[Old, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """An item's line, from the plan's issue to the item's due date."""

    standing: ItemStanding[Any]
    marks: tuple[Mark, ...]
    end: float | None
    due: str
    is_beyond: bool
    is_inferred: bool
    is_past: bool
    height: int
    spoken: str

    @property
    def item(self) -> ActionItem:
        item: ActionItem = self.standing.item
        return item

    @property
    def reach(self) -> float:
        """How far the line goes: to the due date, or to its last milestone where that is later."""
        return max([100.0 if self.end is None else self.end, *(mark.x for mark in self.marks)])

    @property
    def late(self) -> list[MilestoneStanding]:
        return [mark.milestone for mark in self.marks if mark.milestone.state == MilestoneState.LATE]


class Roadmap:
    """All milestones of a plan, read once; the lanes of a page of its items."""

    def __init__(self, plan: Plan, as_of: AsOf, chosen: RoadmapFilter, number: str | None) -> None:
        self.plan = plan
        self.as_of = as_of
        self.chosen = chosen
        self.number = number

    @cached_property
    def every(self) -> list[MilestoneStanding]:
        """All of the plan's, those that were withdrawn too."""
        soon_days = self.plan.at(self.as_of.moment).soon_days
        return milestones_of_plan(self.plan.pk, self.as_of.moment, self.as_of.day, soon_days)

    @cached_property
    def counts(self) -> dict[MilestoneState, int]:
        return counts_by_state(self.every)

    @property
    def total(self) -> int:
        return len(in_force(self.every))

    @property
    def moved(self) -> int:
        return sum(each.is_moved for each in in_force(self.every))

    @property
    def told(self) -> list[tuple[MilestoneState, int]]:
        """The states of which there are any, for the page's first sentence."""
        shown = [(state, self.counts[state]) for state in MilestoneState if state != MilestoneState.WITHDRAWN]
        return [(state, count) for state, count in shown if count]

    @cached_property
    def shown(self) -> dict[int, list[MilestoneStanding]]:
        """What the filter leaves, by item."""
        kept, agency = [each for each in self.every if self.chosen.keeps(each)], self.chosen.agency_key
        by_item: dict[int, list[MilestoneStanding]] = defaultdict(list)
        for each in kept if agency is None else answered_by(agency, kept, self.as_of):
            by_item[each.item_id].append(each)
        return by_item

    @cached_property
    def keys(self) -> list[int]:
        chosen = self.chosen
        keys = item_keys(self.plan, self.as_of, section=chosen.section_number, agency=chosen.agency_key)
        return [key for key in keys if key in self.shown] if chosen.narrows_milestones else keys

    @cached_property
    def page(self) -> Page[int]:
        return Paginator(self.keys, PER_PAGE).get_page(self.number)

    @cached_property
    def standings(self) -> list[ItemStanding[Any]]:
        keys, moment = list(self.page), self.as_of.moment
        items: list[Any] = list(items_by_key(keys=keys, moment=moment))
        for item in items:
            item.plan = self.plan
        plan = self.plan.at(moment)
        rows = standings_from_rows(standings_on(items=keys, moment=moment), plan, self.as_of.day)
        return item_standings(items, rows, plan, self.as_of.day)

    @cached_property
    def axis(self) -> Axis:
        days = [self.plan.due_on, *(row.item.due_on for row in self.standings if row.item.due_on)]
        days += [place.planned_on for each in self.on_page for place in each.places]
        return Axis.over(self.plan.issued_on, [*days, *(each.shown_on for each in self.on_page)])

    @property
    def today_x(self) -> float | None:
        return self.axis.x(self.as_of.day) if self.axis.holds(self.as_of.day) else None

    @property
    def told_in(self) -> int | None:
        """The year that its days are told without: the first of the drawing, where the page's own day is of it."""
        year = self.axis.first.year
        return year if self.as_of.day.year == year else None

    @property
    def begin_x(self) -> float:
        """Where the plan begins."""
        return self.axis.x(self.plan.issued_on)

    @cached_property
    def on_page(self) -> list[MilestoneStanding]:
        """The milestones of the page's items, by their days."""
        found = [each for row in self.standings for each in self.shown.get(row.item.pk, ())]
        return sorted(found, key=lambda each: (each.shown_on, each.pk))

    @cached_property
    def items(self) -> dict[int, ActionItem]:
        return {row.item.pk: row.item for row in self.standings}

    @cached_property
    def lanes(self) -> list[Lane]:
        axis, day, year = self.axis, self.as_of.day, self.told_in
        return [_lane(row, self.shown.get(row.item.pk, ()), axis, day, year) for row in self.standings]

    @property
    def months(self) -> list[tuple[date, list[tuple[ActionItem, MilestoneStanding]]]]:
        """The page's milestones month by month, each with its item."""
        by_month: dict[date, list[tuple[ActionItem, MilestoneStanding]]] = defaultdict(list)
        for each in self.on_page:
            by_month[each.shown_on.replace(day=1)].append((self.items[each.item_id], each))
        return sorted(by_month.items())

    def _listed(self, chosen: Iterable[MilestoneStanding]) -> list[tuple[ActionItem, MilestoneStanding]]:
        return [(self.items[each.item_id], each) for each in chosen]

    @property
    def late(self) -> list[tuple[ActionItem, MilestoneStanding]]:
        return self._listed(each for each in self.on_page if each.state == MilestoneState.LATE)

    @property
    def this_month(self) -> list[tuple[ActionItem, MilestoneStanding]]:
        """What is yet to be done in the month of the day."""
        month = (self.as_of.day.year, self.as_of.day.month)
        return self._listed(
            each
            for each in self.on_page
            if each.state.is_open
            and each.planned_on >= self.as_of.day
            and (each.planned_on.year, each.planned_on.month) == month
        )

    @property
    def moved_ones(self) -> list[tuple[ActionItem, MilestoneStanding]]:
        return self._listed(each for each in self.on_page if each.is_moved)


def _said(day: date, year: int | None) -> str:
    return f"{day:%m-%d}" if day.year == year else f"{day}"


def _lane(
    row: ItemStanding[Any], milestones: Sequence[MilestoneStanding], axis: Axis, day: date, year: int | None
) -> Lane:
    item = row.item
    marks, lowest = _marks(milestones, axis, year)
    spoken = "；".join(f"{_said(each.milestone.planned_on, year)} {each.title}" for each in marks)
    due = f"时限{_said(item.due_on, year)}" if item.due_on else "持续推进"
    return Lane(
        standing=row,
        marks=marks,
        end=axis.x(item.due_on) if item.due_on else None,
        due=due,
        is_beyond=item.due_on is not None and axis.is_beyond(item.due_on),
        is_inferred=item.due_source == "inferred",
        is_past=row.light == Light.RED and item.due_on is not None and item.due_on < day,
        height=46 + 14 * lowest,
        spoken=f"{item.label}{spoken or '尚无节点'}；{due}",
    )


def _marks(milestones: Sequence[MilestoneStanding], axis: Axis, year: int | None) -> tuple[tuple[Mark, ...], int]:
    """The marks by their days, each label on the first line that has room for it; and the lowest line that is used."""
    taken = [-100.0] * LEVELS
    marks, lowest = [], 0
    for each in sorted(milestones, key=lambda each: (each.shown_on, each.pk)):
        x = axis.x(each.shown_on)
        place = f"→ {each.shown_on}" if axis.is_beyond(each.shown_on) else f"{each.shown_on.month}-{each.shown_on.day}"
        label = f"{place} {shortened(each.name, LABEL)}"
        width = (len(label) - 2) * SIGN
        anchor, left = ("", x - width / 2)
        if x + width / 2 > 100:
            anchor, left = "at-e", x - width
        elif x < width / 2:
            anchor, left = "at-s", x
        level = next((level for level, end in enumerate(taken) if left > end), None)
        if level is not None:
            taken[level] = left + width
            lowest = max(lowest, level)
        tail = f"，{each.tail}" if each.tail else ""
        title = f"{each.name} {each.state.label}{tail}"
        if each.former:
            title += f"，原定{_said(each.former[0], year)}"
        marks.append(
            Mark(
                milestone=each,
                x=x,
                day=_said(each.shown_on, year),
                title=title,
                label="" if level is None else label,
                anchor=anchor,
                y=22 + 14 * (level or 0),
                old=_old(each, axis, year),
            )
        )
    return tuple(marks), lowest


def _old(milestone: MilestoneStanding, axis: Axis, year: int | None) -> tuple[Old, ...]:
    places = [*milestone.former, milestone.planned_on]
    return tuple(
        Old(axis.x(before), axis.x(after), f"{milestone.name} 原定{_said(before, year)}")
        for before, after in pairwise(places)
    )
