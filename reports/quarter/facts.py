"""The facts of a package stand as they were at its moment: plain, frozen, sorted; nothing here reads anything.

Percentages are 0–100, means rounded to six decimals. Lights are the values of `tasks.rules.status.Light` ("red" …)
beside their words; so are paces and filings. Texts are as people or the notice wrote them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from reports.quarter.definition import Definition
from reports.quarter.local_facts import LocalItemRow, LocalOfficeRow
from reports.quarter.row_facts import (
    UNTOLD_IF_EMPTY,
    AssistRow,
    ChangeRow,
    EarlierRow,
    FilingRow,
    IndicatorFacts,
    InstructionRow,
    LedgerRow,
    MilestoneRow,
    RedSpan,
    TrendRow,
    UnfiledRow,
)
from tasks.rules.due_dates import DueSource, source_of
from tasks.rules.rounding import TENTH, difference


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """A reporting period, whose `name` is 「2016年三季度」."""

    code: str
    name: str
    starts_on: date
    ends_on: date
    opens_on: date
    due_on: date
    is_locked: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums up a plan, a section, or an agency's leads (`items` then counts its lead assignments).

    `percent` and `expected` are means of what counts (`tasks.standing.rollup.total`); lights and paces count `items`.
    The filing counts are of the package's periods together: `owed` = accepted + waiting + sent_back + missing.
    """

    items: int
    leads: int
    assists: int
    percent: float
    expected: float
    light: str
    red: int
    yellow: int
    blue: int
    green: int
    grey: int
    ahead: int
    on_pace: int
    behind: int
    owed: int = 0
    accepted: int = 0
    waiting: int = 0
    sent_back: int = 0
    missing: int = 0
    waived: int = 0
    late: int = 0
    suspended: int = 0
    cancelled: int = 0
    unassigned: int = 0

    @property
    def gap(self) -> float:
        """Percentage points between the figures as a plan or section shows them."""
        return float(difference(self.percent, self.expected, TENTH))

    @property
    def filed(self) -> int:
        """已报 is what was accepted or waits."""
        return self.accepted + self.waiting

    @property
    def unfiled(self) -> int:
        """未报 and 退回 together are what is owed and not filed."""
        return self.owed - self.filed


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """A section of the notice, with what it comes to."""

    number: int
    title: str
    totals: Totals
    previous_percent: float | None


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """An agency's part in the plan. `unfiled_items` are labels of the tasks whose reports are 未报."""

    pk: int
    name: str
    totals: Totals
    unfiled_items: tuple[str, ...]
    previous_percent: float | None


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item of the notice. `text` is the notice's, verbatim; `provenance` says where it stands in it.

    `wording` is what a later document made of it, or "". `due_on` None is 持续推进; `due_words` are the notice's own,
    where it writes the date. `because` is the light in words.
    `was_red_on` (曾逾期) is the first day before the package's on which it was seen red; `reds` are all such times.
    """

    pk: int
    number: int
    label: str
    section: int
    title: str
    text: str
    wording: str
    provenance: str
    start: int
    end: int
    leads: tuple[str, ...]
    assists: tuple[str, ...]
    percent: float
    expected: float | None
    light: str
    light_word: str
    pace: str
    pace_word: str
    because: str
    first_due_on: date | None
    first_is_inferred: bool
    due_on: date | None
    is_inferred: bool
    was_red_on: date | None
    counts: bool
    full_label: str = ""  # with its part, where numbering restarts
    reds: tuple[RedSpan, ...] = ()
    due_words: str = ""

    @property
    def due_source(self) -> DueSource:
        return source_of(is_inferred=self.is_inferred, words=self.due_words)

    @property
    def gap(self) -> float | None:
        """Percentage points between the figures as they are shown."""
        return None if self.expected is None else float(difference(self.percent, self.expected))


@dataclass(frozen=True)
class PlanFacts:
    """A plan of the package, whole. Items are in the notice's order, agencies in their fixed one.

    `period` is the last of `periods` that had opened; None where the plan had none. `since` is the close that changes
    are told from, with `previous` as the plan stood then; None in a plan's first period.
    """

    slug: str
    document_number: str
    title: str
    name: str
    issuer: str
    issued_on: date
    notice_sha256: str
    behind_margin: int
    ahead_margin: int
    soon_days: int
    assists_owe_reports: bool
    periods: tuple[PeriodFacts, ...]
    since: date | None
    since_name: str
    totals: Totals
    previous: Totals | None
    sections: tuple[SectionFacts, ...]
    agencies: tuple[AgencyFacts, ...]
    items: tuple[ItemFacts, ...]
    rows: tuple[LedgerRow, ...]
    assists: tuple[AssistRow, ...]
    indicators: tuple[IndicatorFacts, ...]
    changes: tuple[ChangeRow, ...]
    unfiled: tuple[UnfiledRow, ...]
    filings: tuple[FilingRow, ...] = ()  # what the counts of filing are made of
    milestones: tuple[MilestoneRow, ...] = ()
    instructions: tuple[InstructionRow, ...] = ()
    trend: tuple[TrendRow, ...] = ()
    earlier: tuple[EarlierRow, ...] = ()  # what `previous` and each part's `previous_percent` are made of
    former: tuple[ItemFacts, ...] = ()  # items that were split or merged: in no count, but reports of them were owed
    local: tuple[LocalOfficeRow, ...] = field(default=(), metadata=UNTOLD_IF_EMPTY)
    local_items: tuple[LocalItemRow, ...] = field(default=(), metadata=UNTOLD_IF_EMPTY)

    @property
    def period(self) -> PeriodFacts | None:
        return self.periods[-1] if self.periods else None

    def item(self, number: int) -> ItemFacts:
        return self.items_by_number[number]

    @cached_property
    def items_by_number(self) -> dict[int, ItemFacts]:
        """Every item that a row names, those that were split or merged among them."""
        return {item.number: item for item in (*self.items, *self.former)}

    def label(self, number: int) -> str:
        """The item as the notice numbers it; where numbering restarts, with its part: 「第二部分（三）」."""
        item = self.item(number)
        return item.full_label or item.label

    def section(self, number: int) -> SectionFacts:
        return next(section for section in self.sections if section.number == number)

    def rows_of(self, item: ItemFacts) -> list[LedgerRow]:
        return [row for row in self.rows if row.item == item.number]

    def is_settling(self, item: ItemFacts) -> bool:
        """待销号: whether each lead that gives the item its light has done everything and waits to be closed."""
        shown = [row for row in self.rows_of(item) if row.light == item.light]
        return bool(shown) and all(row.is_settling for row in shown)

    @property
    def overdue(self) -> list[LedgerRow]:
        """逾期: leads past their due date and not closed, in the notice's order; without what waits to be closed."""
        return [row for row in self.rows if row.light == "red" and not row.is_settling]

    @property
    def behind(self) -> list[LedgerRow]:
        """滞后: leads with a yellow light, without what waits to be closed or was excused."""
        return [row for row in self.rows if row.light == "yellow" and not row.is_settling and not row.is_waived]

    @property
    def settling(self) -> list[LedgerRow]:
        """待销号: leads that have done everything and wait for the office to close them."""
        return [row for row in self.rows if row.is_settling]

    @property
    def laggards(self) -> list[AgencyFacts]:
        """Agencies that a document may name as behind (`overdue`, `behind`), the worst first."""
        reds = Counter(row.agency_id for row in self.overdue)
        yellows = Counter(row.agency_id for row in self.behind)
        late = [agency for agency in self.agencies if reds[agency.pk] or yellows[agency.pk]]
        return sorted(late, key=lambda agency: (-reds[agency.pk], -yellows[agency.pk], agency.totals.percent))

    @property
    def told(self) -> list[LedgerRow]:
        """Leads whose reports name a problem, a reason for delay or what comes next."""
        return [row for row in self.rows if row.problems or row.delay_reason or row.next_steps]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a package says. A single plan's facts are `plans[0]`."""

    definition: Definition
    plans: tuple[PlanFacts, ...]
    is_demo: bool = False  # simulated facts: every file says 演示数据

    @property
    def day(self) -> date:
        return self.definition.day

    @property
    def agency_names(self) -> dict[int, str]:
        return dict(_names(self.plans))


def _names(plans: Iterable[PlanFacts]) -> Iterable[tuple[int, str]]:
    for plan in plans:
        for agency in plan.agencies:
            yield agency.pk, agency.name
