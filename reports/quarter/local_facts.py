"""What the offices below do for a plan, as a package's facts: plain and frozen, beside the plan's own numbers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from reports.quarter.row_facts import UNTOLD_IF_EMPTY
from tasks.rules.rounding import TENTH, difference


@dataclass(frozen=True, slots=True)
class LocalOfficeRow:
    """An office directly below. Without a `document` it has issued no plan, and nothing else of it counts.

    `asked` are the plan's items that it has to cover, `lacking` the numbers of those that it leaves out. `percent` and
    `expected` are the local plan's; None where nothing counts. `is_unreported`: it counts as 0, since no report of it
    was ever accepted, and reads 尚无.
    """

    code: str
    area: str
    level: str
    level_word: str
    document: str
    issued_on: date | None
    asked: int
    covered: int
    lacking: tuple[int, ...]
    unsettled: int
    items: int
    dated: int
    stepped: int
    came_due: int
    kept: int
    percent: float | None
    expected: float | None
    red: int
    yellow: int
    blue: int
    green: int
    suspended: int
    grey: int
    cancelled: int
    unassigned: int
    owed: int
    filed: int
    counties: int
    issued_counties: int
    is_unreported: bool = field(default=False, metadata=UNTOLD_IF_EMPTY)

    @property
    def is_issued(self) -> bool:
        return bool(self.document)

    @property
    def gap(self) -> float | None:
        """Percentage points between the figures as they are shown; None where either isn't."""
        if self.percent is None or self.expected is None or self.is_unreported:
            return None
        return float(difference(self.percent, self.expected, TENTH))


@dataclass(frozen=True, slots=True)
class LocalItemRow:
    """What an office does for an item of the plan: a row for each local item, or one that says that there is none.

    An office without a plan has one row. `item` is the plan's item by its number, None for that row, for 本地增加 and
    for what nobody has decided on. A local item that carries out several has a row for each; `is_first` is set on one
    of them. `is_asked` is set on the first row of each of the plan's items that the office has to cover. `basis` is
    what is expected, or its own progress without an end. `came_due` and `kept` count the local item's milestones.
    """

    code: str
    item: int | None
    state: str
    state_word: str
    is_asked: bool
    local: str = ""  # the local item as it is numbered and called
    is_first: bool = False
    counts: bool = False
    percent: float = 0.0
    basis: float = 0.0
    expected: float | None = None
    light: str = ""
    light_word: str = ""
    has_accepted: bool = False
    due_on: date | None = None
    is_dated: bool = False
    is_stepped: bool = False
    came_due: int = 0
    kept: int = 0
    words: str = ""
    words_by: str = ""
    words_on: date | None = None


def issued(rows: Iterable[LocalOfficeRow]) -> list[LocalOfficeRow]:
    return [row for row in rows if row.is_issued]
