"""What the status rule said of a made-up plan at the end of each day, reckoned without the database.

It follows the same facts as the rows do and asks the product's own rule (`tasks.rules.status`) for every light. Two
shortcuts make 20,000 tasks × 150 days take seconds: a task changes only with its facts, and of leads with one due date
the slowest that still runs decides the light.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from statistics import fmean
from typing import NamedTuple

from tasks.models import DailySnapshot, LightChange, Plan
from tasks.models.choices import RUNNING
from tasks.rules.status import Light, Situation, expected_percent, light_of
from tasks.standing.rollup import NOT_COUNTED, thresholds_of


@dataclass(slots=True, eq=False)
class LeadCourse:
    agency: str
    percent: int = 0
    closure: str = ""


class Change(NamedTuple):
    """From the end of that day on, `attribute` of a lead or of the task itself is `value`."""

    day: date
    of: "LeadCourse | ItemCourse"
    attribute: str
    value: object


@dataclass(slots=True, eq=False)
class ItemCourse:
    """`changes` come in the order in which they happen to each lead."""

    pk: int
    due_on: date | None
    leads: list[LeadCourse] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def percent(self) -> float:
        counted = [lead.percent for lead in self.leads if lead.closure not in NOT_COUNTED]
        return fmean(counted) if counted else 0.0

    def slowest(self) -> LeadCourse | None:
        running = [lead for lead in self.leads if lead.closure in RUNNING]
        return min(running, key=lambda lead: lead.percent, default=None)


class Rule:
    """The product's rule with the plan's thresholds; remembers what it said, because few inputs differ."""

    def __init__(self, plan: Plan) -> None:
        thresholds = thresholds_of(plan)

        @cache
        def light(percent: int, due_on: date | None, day: date) -> Light:
            return light_of(Situation(percent, due_on), start=plan.issued_on, day=day, thresholds=thresholds)

        @cache
        def expected(due_on: date | None, day: date) -> float | None:
            return expected_percent(plan.issued_on, due_on, day)

        self.plan, self.light, self.expected = plan, light, expected

    def reason(self, light: Light, slowest: LeadCourse | None, due_on: date | None, day: date) -> str:
        if slowest is None:
            return "各负责单位均已办结"
        if light == Light.RED:
            return f"{slowest.agency}未办结"
        if light == Light.YELLOW:
            return f"{slowest.agency}{slowest.percent}%，落后序时逾{self.plan.behind_margin}个百分点"
        if light == Light.BLUE and due_on:
            return f"距完成时限{(due_on - day).days}天"
        return "各负责单位均在黄灯线以上"


def recorded(
    plan: Plan, items: Iterable[ItemCourse], days: list[date]
) -> tuple[list[DailySnapshot], list[LightChange]]:
    """The rows that the daily round would have written on those days."""
    rule = Rule(plan)
    percents: dict[date, list[float]] = defaultdict(list)
    expected: dict[date, list[float]] = defaultdict(list)
    changes: list[LightChange] = []
    for item in items:
        previous: Light | str = ""
        for day, percent, slowest in replay(item, days):
            percents[day].append(percent)
            if (share := rule.expected(item.due_on, day)) is not None:
                expected[day].append(share)
            light = rule.light(slowest.percent, item.due_on, day) if slowest else Light.GREY
            if light != previous:
                reason = rule.reason(light, slowest, item.due_on, day)
                changes.append(LightChange(item_id=item.pk, day=day, light=light, previous=previous, reason=reason))
                previous = light
    curve = [
        DailySnapshot(plan=plan, day=day, percent=fmean(percents[day]), expected_percent=fmean(expected[day]))
        for day in days
    ]
    return curve, changes


def replay(item: ItemCourse, days: list[date]) -> Iterator[tuple[date, float, LeadCourse | None]]:
    """Each day with the task's progress and its slowest running lead; the task itself is as it was that day."""
    changes = deque(sorted(item.changes, key=lambda change: change.day))
    percent, slowest = item.percent(), item.slowest()
    for day in days:
        if changes and changes[0].day <= day:
            while changes and changes[0].day <= day:
                change = changes.popleft()
                setattr(change.of, change.attribute, change.value)
            percent, slowest = item.percent(), item.slowest()
        yield day, percent, slowest
