"""节点 as of a moment: where each is planned to and was before, whether it is done, and who answers for it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import Case, When
from django.utils import timezone

from agencies.models import Succession
from tasks.models import Assignment
from tasks.models.obligation import runs_at
from tasks.rules.asof import AsOf
from tasks.rules.milestones import MilestoneState, state_of
from tasks.standing.questions import milestone_rows_of_items, milestone_rows_of_plan

SoonDays = int | Mapping[int, int]


class MilestoneRow(NamedTuple):
    """One place of a milestone, with what had become of the milestone by the moment."""

    pk: int
    item_id: int
    name: str
    agency_id: int | None
    agency: str | None
    measure: int | None
    duty: int | None
    added_at: datetime
    withdrawn_at: datetime | None
    withdrawal: str | None
    done: int | None
    done_on: date | None
    done_at: datetime | None
    is_confirmed: bool | None
    planned_on: date
    reason: str
    recorded_at: datetime


class Place(NamedTuple):
    """A day to which a milestone was planned, since when, and why it was moved there."""

    planned_on: date
    reason: str
    recorded_at: datetime


@dataclass(frozen=True)
class MilestoneStanding:
    """A milestone as it stood: its last place holds, those before stay visible."""

    row: MilestoneRow
    places: tuple[Place, ...]
    state: MilestoneState
    day: date

    @property
    def pk(self) -> int:
        return self.row.pk

    @property
    def item_id(self) -> int:
        return self.row.item_id

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def agency(self) -> str:
        return self.row.agency or ""

    @property
    def measure(self) -> int | None:
        return self.row.measure

    @property
    def planned_on(self) -> date:
        return self.places[-1].planned_on

    @property
    def since(self) -> date:
        """Since when it has been planned to that day."""
        return timezone.localdate(self.places[-1].recorded_at)

    @property
    def reason(self) -> str:
        """Why it was moved to that day."""
        return self.places[-1].reason

    @cached_property
    def former(self) -> tuple[date, ...]:
        """The days to which it was planned before, oldest first."""
        return tuple(place.planned_on for place in self.places[:-1])

    @property
    def is_moved(self) -> bool:
        return len(self.places) > 1

    @property
    def done_on(self) -> date | None:
        """The day on which it was done, where it counts as done or waits to."""
        return self.row.done_on if self.state.is_done else None

    @property
    def was_sent_back(self) -> bool:
        """Whether its last report was sent back and nothing was reported since."""
        return self.state.is_open and self.row.is_confirmed is False

    @property
    def shown_on(self) -> date:
        """Where it stands on a drawing: where it was done, else where it is planned."""
        return self.done_on or self.planned_on

    @property
    def days(self) -> int:
        """Days past the planned day, of what was done later or is late; else, below zero, the days that are left."""
        return ((self.done_on or self.day) - self.planned_on).days

    @property
    def tail(self) -> str:
        """What its line says behind the state: 「逾期12天」, 「还有3天」, 「晚5天」."""
        if self.state == MilestoneState.WITHDRAWN:
            return ""
        if self.state.is_done:
            return f"晚{self.days}天" if self.days > 0 else ""
        if self.state == MilestoneState.LATE:
            return f"逾期{self.days}天"
        return f"还有{-self.days}天" if self.days else "今日截止"


def milestones_of_items(
    items: Iterable[int], moment: datetime, day: date, soon_days: SoonDays
) -> list[MilestoneStanding]:
    """The milestones of those items as of the moment, those that are planned earlier first. One query.

    `soon_days` are the plan's, or by item where the items are of several plans.
    """
    return _standings(milestone_rows_of_items(items=list(items), moment=moment), day, soon_days)


def milestones_of_plan(plan: int, moment: datetime, day: date, soon_days: int) -> list[MilestoneStanding]:
    """The same of all of a plan's items."""
    return _standings(milestone_rows_of_plan(plan=plan, moment=moment), day, soon_days)


def _standings(rows: Iterable[tuple[Any, ...]], day: date, soon_days: SoonDays) -> list[MilestoneStanding]:
    read = map(MilestoneRow._make, rows)
    standings = [_standing(list(places), day, soon_days) for _, places in groupby(read, key=attrgetter("pk"))]
    return sorted(standings, key=lambda each: (each.planned_on, each.pk))


def _standing(rows: Sequence[MilestoneRow], day: date, soon_days: SoonDays) -> MilestoneStanding:
    last = rows[-1]
    places = tuple(Place(row.planned_on, row.reason, row.recorded_at) for row in rows)
    state = state_of(
        last.planned_on,
        day,
        soon_days=soon_days if isinstance(soon_days, int) else soon_days[last.item_id],
        is_withdrawn=last.withdrawn_at is not None,
        is_reported=last.done is not None,
        is_confirmed=last.is_confirmed,
    )
    return MilestoneStanding(last, places, state, day)


# ── who answers ──


class Part(NamedTuple):
    """An assignment in force, or as much of one as tells who answers."""

    pk: int
    item_id: int
    agency_id: int
    role: str


class Successors:
    """Which agencies stand in an agency's place on a day; one query, and only when it is asked.

    `besides` are those that would follow others by a deed that is looked at.
    """

    def __init__(self, day: date, besides: Mapping[int, set[int]] | None = None) -> None:
        self.day, self.besides = day, besides or {}

    @cached_property
    def _followers(self) -> Mapping[int, set[int]]:
        followers: dict[int, set[int]] = defaultdict(set)
        ended = Succession.objects.filter(predecessor__ended_on__lte=self.day, successor__isnull=False)
        for predecessor, successor in ended.values_list("predecessor", "successor"):
            followers[predecessor].add(successor)
        return {**followers, **self.besides}

    def of(self, agency: int) -> set[int]:
        """The agency itself until it has ended, and whoever followed from then on."""
        if agency not in self._followers:
            return {agency}
        return set().union(*map(self.of, self._followers[agency]))


def answering_parts(agency_id: int | None, parts: Sequence[Part], successors: Successors) -> list[Part]:
    """Of an item's assignments in force, those that answer for a milestone that names the agency, or none.

    The named one's, or its successors'; where it names nobody, or nobody of them has a part any more, the leads'.
    """
    named: list[Part] = []
    if agency_id is not None:
        named = [part for part in parts if part.agency_id == agency_id]
        if not named:
            places = successors.of(agency_id)
            named = [part for part in parts if part.agency_id in places]
    return named or [part for part in parts if part.role == Assignment.Role.LEAD]


def parts_in_force(items: Iterable[int], moment: datetime) -> dict[int, list[Part]]:
    """The assignments that run at the moment, by item."""
    running = Assignment.objects.in_force(moment).running(moment).filter(item__in=list(items))
    by_item: dict[int, list[Part]] = defaultdict(list)
    columns = running.order_by("agency__ordinal", "agency_id").values_list(*Part._fields)
    for part in map(Part._make, columns):
        by_item[part.item_id].append(part)
    return by_item


def answered_by(agency: int, milestones: Iterable[MilestoneStanding], as_of: AsOf) -> list[MilestoneStanding]:
    """Those for which the agency answers on that day; of an item in which nobody runs any more, answered last. Flat."""
    asked, successors = list(milestones), Successors(as_of.day)
    held = Assignment.objects.in_force(as_of.moment).filter(item__in={each.item_id for each in asked})
    runs = Case(When(runs_at(as_of.moment), then=True), default=False)
    every: dict[int, list[Part]] = defaultdict(list)
    running: dict[int, list[Part]] = defaultdict(list)
    for *columns, is_running in held.annotate(runs=runs).values_list(*Part._fields, "runs"):
        part = Part._make(columns)
        every[part.item_id].append(part)
        if is_running:
            running[part.item_id].append(part)
    return [
        each
        for each in asked
        for parts in (running.get(each.item_id) or every[each.item_id],)
        if any(part.agency_id == agency for part in answering_parts(each.row.agency_id, parts, successors))
    ]


def counts_by_state(milestones: Iterable[MilestoneStanding]) -> dict[MilestoneState, int]:
    """How many stand in which state."""
    counts = dict.fromkeys(MilestoneState, 0)
    for each in milestones:
        counts[each.state] += 1
    return counts


def in_force(milestones: Iterable[MilestoneStanding]) -> list[MilestoneStanding]:
    """Those that were not withdrawn."""
    return [each for each in milestones if each.state != MilestoneState.WITHDRAWN]


def count_words(milestones: Sequence[MilestoneStanding]) -> str:
    """「5个：已确认2，逾期未完成1，临近1，计划中1；改期1」; those that were withdrawn are told behind."""
    counts = counts_by_state(milestones)
    withdrawn = counts.pop(MilestoneState.WITHDRAWN)
    parts = "，".join(f"{state.label}{count}" for state, count in counts.items() if count)
    moved = sum(each.is_moved for each in in_force(milestones))
    tail = "".join(f"；{word}{count}" for word, count in (("改期", moved), ("另已撤销", withdrawn)) if count)
    return f"{len(milestones) - withdrawn}个" + (f"：{parts}" if parts else "") + tail
