"""Standings roll up from assignments to items, and from items to sections, agencies and plan (docs/rules.md 2, 5).

Pure but for `standings_from_queryset`, which reads its queryset once. An item is the weighted mean of its leads and
shows its worst lead's light; a section or plan is the mean of its items, and so is its expected percentage.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from django.db.models import QuerySet

from qa_plan.clock import end_of
from tasks.models import Assignment, Closure, Plan
from tasks.models.choices import RUNNING
from tasks.models.obligation import Obligation
from tasks.rules.means import averaged, expected_or_own, mean
from tasks.rules.rounding import TENTH, difference
from tasks.rules.status import (
    SEVERITY,
    Light,
    Pace,
    Situation,
    Thresholds,
    expected_percent,
    light_of,
    pace_of,
    worst,
)

NOT_COUNTED = (Closure.Kind.SUSPENDED, Closure.Kind.CANCELLED)


class Standing(NamedTuple):
    """Where one assignment stands. `expected` is None for 持续推进; an assisting one has neither it nor a light.

    `has_accepted` says whether a report of it was ever accepted: until then its 0 reads 尚无通过的报告.
    """

    pk: int
    item_id: int
    agency_id: int
    is_lead: bool
    weight: int
    percent: int
    has_accepted: bool
    closure: str
    obligation: str
    due_on: date | None
    expected: float | None
    light: Light | None
    pace: Pace | None

    @property
    def has_ended(self) -> bool:
        return self.closure not in RUNNING

    @property
    def owes(self) -> bool:
        """应报: whether it owes the period's report."""
        return self.obligation == Obligation.OWED

    @property
    def is_waived(self) -> bool:
        """免报: it would owe the period's report, but was excused."""
        return self.obligation == Obligation.WAIVED

    @property
    def counts(self) -> bool:
        """Whether it is part of its item's mean: a lead that is neither suspended nor cancelled."""
        return self.is_lead and self.closure not in NOT_COUNTED

    @property
    def gap(self) -> Decimal | None:
        """In percentage points, of the figures as they are shown."""
        return None if self.expected is None else difference(self.percent, self.expected)

    @property
    def severity(self) -> int:
        """Its rank by the light, the worst first; an assisting one comes last."""
        return SEVERITY[self.light] if self.light else len(SEVERITY)

    @property
    def light_word(self) -> str:
        """The light's word; of an assisting assignment, which has none, its role."""
        return self.light.label if self.light else Assignment.Role.ASSIST.label


def thresholds_of(plan: Plan) -> Thresholds:
    return Thresholds(plan.behind_margin, plan.ahead_margin, plan.soon_days)


def thresholds_on(plan: Plan, day: date) -> Thresholds:
    """The plan's thresholds that held at the end of that day."""
    return thresholds_of(plan.at(end_of(day)))


COLUMNS = (
    *("pk", "item_id", "agency_id", "role", "weight_now", "accepted_percent", "closure", "obligation", "first_owed_on"),
    "due_on",
)
columns_of = attrgetter(*COLUMNS)


def standings_from_queryset(
    assignments: QuerySet[Assignment], plan: Plan, day: date, due_dates: Mapping[int, date | None] | None = None
) -> list[Standing]:
    """Every assignment of an `as_of` queryset with its light and pace, in the queryset's order. One query.

    `due_dates` are those of the items by their keys, from a caller who has read them.
    """
    if due_dates is None:
        return standings_from_rows(assignments.values_list(*COLUMNS), plan, day)
    reckon = _reckoner(plan, day)
    return [reckon(*row, due_dates[row[1]]) for row in assignments.values_list(*COLUMNS[:-1])]


def standings_from_rows(rows: Iterable[Sequence[Any]], plan: Plan, day: date) -> list[Standing]:
    """The same for rows that were read with `as_of`, as their `COLUMNS`."""
    reckon = _reckoner(plan, day)
    return [reckon(*row) for row in rows]


def standings_from_objects(assignments: Iterable[Any], plan: Plan, day: date) -> list[Standing]:
    """The same for assignments that were read with `as_of`, or whatever was read with its columns."""
    reckon = _reckoner(plan, day)
    return [reckon(*columns_of(assignment)) for assignment in assignments]


def standing_of(assignment: Assignment, plan: Plan, day: date) -> Standing:
    return standings_from_objects([assignment], plan, day)[0]


def _reckoner(plan: Plan, day: date) -> Callable[..., Standing]:
    """Applies the status rule to one assignment's columns; equal situations are reckoned once."""
    thresholds = thresholds_on(plan, day)

    @cache
    def expected_by(due_on: date | None) -> float | None:
        return expected_percent(plan.issued_on, due_on, day)

    @cache
    def light_by(percent: int, due_on: date | None, ended: str, was_asked: bool) -> tuple[Light, Pace | None]:
        situation = Situation(percent, due_on, ended, was_asked)
        light = light_of(situation, start=plan.issued_on, day=day, thresholds=thresholds)
        return light, None if ended else pace_of(percent, expected_by(due_on), thresholds)

    def reckon(
        pk: int,
        item_id: int,
        agency_id: int,
        role: str,
        weight: int,
        accepted_percent: int | None,
        closure: str,
        obligation: str,
        first_owed_on: date | None,
        due_on: date | None,
    ) -> Standing:
        percent, has_accepted = accepted_percent or 0, accepted_percent is not None
        facts = (weight, percent, has_accepted, closure, obligation, due_on)
        if role != Assignment.Role.LEAD:
            return Standing(pk, item_id, agency_id, False, *facts, None, None, None)
        was_asked = first_owed_on is not None and first_owed_on < day
        light, pace = light_by(percent, due_on, "" if closure in RUNNING else closure, was_asked)
        return Standing(pk, item_id, agency_id, True, *facts, expected_by(due_on), light, pace)

    return reckon


class Item(Protocol):
    """An item, or as much of one as a page over a whole plan needs."""

    @property
    def pk(self) -> Any: ...


AnyItem = TypeVar("AnyItem", bound=Item)


@dataclass(slots=True)
class ItemStanding(Generic[AnyItem]):
    """Where one item stands. `counts`: it is part of its section's mean, for somebody runs it or has finished it.

    `has_accepted`: a report that counts for it was once accepted; else its 0 reads 尚无通过的报告.
    """

    item: AnyItem
    leads: list[Standing]
    assists: list[Standing]
    percent: float
    expected: float | None
    light: Light
    pace: Pace | None
    due_on: date | None
    counts: bool = field(init=False)
    has_accepted: bool = field(init=False)

    def __post_init__(self) -> None:
        counted = averaged(self.leads)
        self.counts = bool(counted)
        self.has_accepted = any(row.has_accepted for row in counted)

    @property
    def pk(self) -> int:
        return self.item.pk

    @property
    def light_word(self) -> str:
        return self.light.label

    @property
    def gap(self) -> Decimal | None:
        """In percentage points, of the figures as they are shown."""
        return None if self.expected is None else difference(self.percent, self.expected)

    @property
    def laggards(self) -> list[Standing]:
        """The leads that the light is due to, slowest first; none while it is green or blue."""
        if not self.light.is_late:
            return []
        return sorted((s for s in self.leads if s.light == self.light), key=lambda s: s.percent)


def item_standings(
    items: Iterable[AnyItem], rows: Iterable[Standing], plan: Plan, day: date
) -> list[ItemStanding[AnyItem]]:
    """The items in their order, each with its rows; due date and expected percentage are those of its leads."""
    by_item: dict[int, list[Standing]] = defaultdict(list)
    for row in rows:
        by_item[row.item_id].append(row)
    thresholds = thresholds_on(plan, day)
    return [_item_standing(item, by_item[item.pk], thresholds) for item in items]


def item_percent(leads: Iterable[Standing], instead: Mapping[int, int] = MappingProxyType({})) -> float:
    """The weighted mean of the leads that count; 0 where none does. `instead`: what some would stand at, by key."""
    counted = [row for row in leads if row.counts]
    weight = sum([row.weight for row in counted])
    percent = sum([row.weight * instead.get(row.pk, row.percent) for row in counted])
    return percent / weight if weight else 0.0


def _item_standing(item: AnyItem, rows: list[Standing], thresholds: Thresholds) -> ItemStanding[AnyItem]:
    leads = [row for row in rows if row.is_lead]
    assists = [row for row in rows if not row.is_lead]
    percent = item_percent(leads)
    due_on, expected = (leads[0].due_on, leads[0].expected) if leads else (None, None)
    light = worst(row.light for row in leads if row.light)
    pace = pace_of(percent, expected, thresholds) if light.is_running else None
    return ItemStanding(item, leads, assists, percent, expected, light, pace, due_on)


@dataclass(slots=True)
class Total:
    """A section, an agency's leads, or the whole plan: the mean of its parts and how many show which light.

    `counted` of its `count` parts are in the mean; where none is, there is no progress to speak of. Of `unreported`
    ones no report was ever accepted: they count as 0, and where that is all of them, the mean reads 尚无.
    """

    count: int = 0
    counted: int = 0
    unreported: int = 0
    percent: float = 0.0
    expected: float = 0.0
    lights: Counter[Light] = field(default_factory=Counter)

    @property
    def is_unreported(self) -> bool:
        """Whether a report of none that counts was ever accepted."""
        return self.counted > 0 and self.unreported == self.counted

    @property
    def gap(self) -> Decimal:
        """In percentage points, of the figures as a plan or section shows them."""
        return difference(self.percent, self.expected, TENTH)

    @property
    def light(self) -> Light:
        return worst(self.lights)


def total(parts: Sequence[Standing | ItemStanding]) -> Total:
    """The mean of the parts that count, and of what is expected of the same parts, so that the two compare."""
    counted = averaged(parts)
    return Total(
        count=len(parts),
        counted=len(counted),
        unreported=sum(not part.has_accepted for part in counted),
        percent=mean([part.percent for part in counted]),
        expected=mean([expected_or_own(part) for part in counted]),
        lights=Counter([part.light for part in parts if part.light]),
    )
