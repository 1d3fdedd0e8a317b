"""One item of the parent's plan in one office: what that does for it, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from tasks.rules.due_dates import DueSource
from tasks.rules.means import expected_or_own, mean
from tasks.rules.rounding import difference
from tasks.rules.status import Light, worst
from tasks.standing.rollup import ItemStanding


class LocalItem(NamedTuple):
    """An item of a local plan. `targets` are the parent's items that it carries out; None while nobody has decided.

    本地增加 carries out none of them.
    """

    pk: int
    number: int
    label: str
    title: str
    due_on: date | None
    due_source: str
    targets: frozenset[int] | None

    @property
    def is_dated(self) -> bool:
        """写明时限: whether its due date is its own, and not concluded from the plan's year."""
        return self.due_source != DueSource.INFERRED

    @property
    def is_added(self) -> bool:
        """本地增加: whether it is said to carry out none of the parent's items."""
        return self.targets is not None and not self.targets


LocalStanding = ItemStanding[LocalItem]


class CellState(StrEnum):
    """What an office does for an item of the parent's."""

    LISTED = "listed"
    PENDING = "pending"
    LACKING = "lacking"
    UNISSUED = "unissued"
    OVER = "over"

    @property
    def label(self) -> str:
        return STATE_WORDS[self]


STATE_WORDS = {
    CellState.LISTED: "已列",
    CellState.PENDING: "待确认",
    CellState.LACKING: "方案未列",
    CellState.UNISSUED: "未印发",
    CellState.OVER: "未要求落实，方案未列",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """`items` are the local ones that carry the parent's out, in their order."""

    state: CellState
    items: Sequence[LocalStanding] = ()

    @property
    def counted(self) -> list[LocalStanding]:
        return [each for each in self.items if each.counts]

    @property
    def percent(self) -> float | None:
        """The mean of the local items that count; None where none does."""
        counted = self.counted
        return mean([each.percent for each in counted]) if counted else None

    @property
    def expected(self) -> float | None:
        """What is expected of the same; None where all of them go on without an end."""
        counted = self.counted
        if all(each.expected is None for each in counted):
            return None
        return mean([expected_or_own(each) for each in counted])

    @property
    def gap(self) -> Decimal | None:
        """In percentage points, of the figures as they are shown."""
        percent, expected = self.percent, self.expected
        return None if percent is None or expected is None else difference(percent, expected)

    @property
    def light(self) -> Light | None:
        """The gravest of the local items' lights; None where there is no such item."""
        return worst(each.light for each in self.items) if self.items else None

    @property
    def has_accepted(self) -> bool:
        """Whether a report that counts was ever accepted; until then its 0 reads 尚无通过的报告."""
        return any(row.has_accepted and row.counts for each in self.items for row in each.leads)
