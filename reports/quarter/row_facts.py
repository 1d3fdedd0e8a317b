"""The lists of a snapshot consist of these rows; `reports.quarter.facts` says what holds of all facts."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tasks.rules.rounding import difference

UNTOLD_IF_EMPTY = {"untold if empty": True}  # facts without it are those of a format that didn't know it


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A lead agency's part in an item, with its report of the package's last period and where it stands.

    `progress` is the text that counts, of the accepted report that it stands at, which may be of an earlier period
    (`progress_period`); `problems`, `delay_reason` and `next_steps` are those of the newest accepted report of the
    package's periods. `has_accepted` False: no report was ever accepted. `filing` is where the last period's report
    stands (`tasks.standing.filing.Filing`), "" where none is owed; `comment` says why it was sent back. `owed` and
    `filed` count the package's periods. `share` is its part of the item's mean, 0 where it doesn't count.
    `previous_percent` None: not yet in force at the previous close.
    """

    pk: int
    item: int  # the item's number
    agency_id: int
    agency: str
    weight: int
    share: float
    counts: bool
    percent: int
    expected: float | None
    light: str
    light_word: str
    pace: str
    pace_word: str
    closure: str
    closure_word: str
    filing: str
    filing_word: str
    is_late: bool
    owed: int
    filed: int
    filed_at: datetime | None
    progress: str
    progress_period: str
    problems: str
    delay_reason: str
    next_steps: str
    comment: str
    evidence: int
    previous_percent: int | None
    has_accepted: bool = True
    reason: str = ""  # the latest on record why it is behind
    is_settling: bool = False  # 待销号: at 100 % while its closing waits for the office

    @property
    def gap(self) -> float | None:
        """Percentage points between the figures as they are shown."""
        return None if self.expected is None else float(difference(self.percent, self.expected))

    @property
    def is_waived(self) -> bool:
        return self.filing == "waived"


@dataclass(frozen=True, slots=True)
class AssistRow:
    """An assisting agency's part in an item, and where its report stands."""

    item: int
    agency_id: int
    agency: str
    percent: int
    is_inferred: bool
    filing: str
    filing_word: str


@dataclass(frozen=True, slots=True)
class IndicatorFacts:
    """A target and the latest accepted reading, which is None before there is one. `percent` may pass 100."""

    item: int
    name: str
    unit: str
    target: Decimal
    value: Decimal | None
    percent: float
    expected: float | None
    is_behind: bool
    previous_value: Decimal | None
    agency: str  # whose report gave the reading


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What changed of one item since the previous close. `kinds` tells only what differs.

    Of an item that there was not then, `light_before` is empty.
    """

    item: int
    kinds: tuple[str, ...]  # of 进度 亮灯 时限 单位; of an item that came of others what it came of: 由（五）拆分
    percent_before: float
    percent: float
    light_before: str
    light_word_before: str
    light: str
    light_word: str
    due_before: date | None
    due_on: date | None
    due_reason: str
    agencies_added: tuple[str, ...]
    agencies_removed: tuple[str, ...]

    @property
    def moved(self) -> float:
        """How many percentage points were won since."""
        return round(self.percent - self.percent_before, 6)


@dataclass(frozen=True, slots=True)
class RedSpan:
    """A time during which the daily round saw an item red: the first such day, and the day on which it no longer was.

    `until` None: it was red still, or repaired so lately that no round has seen it.
    """

    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class FilingRow:
    """A report that the package's periods ask of somebody, 免报 included, and where it stands."""

    period: str
    item: int
    agency_id: int
    agency: str
    filing: str
    filing_word: str
    is_late: bool
    due_on: date


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """A lead as it stood at the previous close, beside its item as it stood; without an agency where it had none.

    Percentages are exact, and `expected` is what a mean takes (`tasks.rules.means.expected_or_own`); `share` is its
    part of the item's mean, 0 where it didn't count.
    """

    item: int
    agency_id: int
    agency: str
    percent: int
    has_accepted: bool
    expected: float
    share: float
    light: str
    light_word: str
    item_light: str
    item_light_word: str
    item_pace: str
    item_pace_word: str


@dataclass(frozen=True, slots=True)
class UnfiledRow:
    """A report that is owed and not filed, or was sent back and is owed again."""

    period: str
    item: int
    agency_id: int
    agency: str
    filing: str
    filing_word: str
    due_on: date
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class TrendRow:
    """Where a section or an agency stood when a period closed; None where nothing counted or was accepted then."""

    kind: str  # section, agency
    key: int  # the section's number, the agency's key
    period: str
    closed_on: date
    percent: float | None


@dataclass(frozen=True, slots=True)
class InstructionRow:
    """What one agency was asked by an instruction, and its answer as far as there was one.

    `is_late`: it was answered after its day, or that day is past.
    """

    pk: int
    instruction: int
    item: int  # the item's number
    leader: str
    given_on: date
    document: str
    text: str
    agency_id: int
    agency: str
    answer_by: date
    answered_on: date | None
    answer: str
    is_late: bool
    noted_on: date | None


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A dated step of an item. `former` are the days to which it was planned before, `reason` why it was last moved.

    `tail` says how late or early it is: 「逾期12天」, 「晚5天」, 「还有3天」.
    """

    pk: int
    item: int  # the item's number
    name: str
    agency: str  # "" where the item's leads answer
    measure: int | None
    former: tuple[date, ...]
    planned_on: date
    reason: str
    state: str
    state_word: str
    done_on: date | None
    tail: str
