"""总数明细 and 报送明细 list the rows that figures are made of, so that a figure leads to just its rows."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from reports.quarter.book.ledger import (
    NO_AGENCY,
    PLAN,
    Ledger,
    item_name,
    lead_gap,
    lead_light,
    lead_percent,
    shown_light,
)
from reports.quarter.book.tables import (
    DAY,
    ONGOING,
    PERCENT,
    POINTS,
    WHOLE,
    BookColumn,
    BookTable,
    linked,
    percent,
    rows_of,
)
from reports.quarter.facts import ItemFacts, PlanFacts, Snapshot
from reports.quarter.row_facts import AssistRow, FilingRow, LedgerRow
from reports.xlsx.sheets import Value
from tasks.rules.status import SEVERITY, Light, Pace
from tasks.standing.filing import FILED, UNFILED, Filing

FIGURES, FILINGS = "总数明细", "报送明细"
Keys = tuple[Hashable, ...]
# In this order every kind of filing stands together: late ones are the last accepted and the first that wait.
FILING_ORDER = (
    *((Filing.ACCEPTED, False), (Filing.ACCEPTED, True), (Filing.WAITING, True), (Filing.WAITING, False)),
    *((Filing.MISSING, False), (Filing.SENT_BACK, False), (Filing.WAIVED, False)),
)


@dataclass(slots=True)
class Listing:
    """A list, which knows from which row to which each figure of each plan has its rows."""

    table: BookTable
    lines: Sequence[Any]
    spans: dict[Keys, tuple[int, int]] = field(default_factory=dict)

    def link(self, plan: PlanFacts, *key: Hashable) -> str:
        """The address of the figure's rows, all of them and no other; "" where it has none."""
        span = self.spans.get((plan.slug, *key))
        return self.table.rows_link(*span) if span else ""

    def mark(self, row: int, plan: PlanFacts, keys: Iterator[Keys]) -> None:
        """Notes of which figures the row is one."""
        for key in keys:
            first, _ = self.spans.get((plan.slug, *key), (row, row))
            self.spans[plan.slug, *key] = first, row


# ── items, leads and assists ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A row behind a figure: an item, and where it is one agency's part, the part."""

    plan: PlanFacts
    figure: str
    item: ItemFacts
    part: LedgerRow | AssistRow | None
    keys: tuple[Keys, ...]

    @property
    def agency(self) -> str:
        return self.part.agency if self.part else "、".join(self.item.leads) or NO_AGENCY

    @property
    def light(self) -> str:
        if isinstance(self.part, LedgerRow):
            return lead_light(self.part)
        return "" if self.part else shown_light(self.item)

    @property
    def pace(self) -> str:
        if isinstance(self.part, LedgerRow):
            return self.part.pace_word
        return "" if self.part else self.item.pace_word


def build_figures(snapshot: Snapshot, note: str, ledger: Ledger) -> Listing:
    """Lists items once for their number, once by light and once by pace; leads and assists by agency."""
    item_percents = {(line.plan.slug, line.item.number): line.item_percent for line in ledger.lines}

    def shown_percent(line: FigureLine) -> Value:
        if isinstance(line.part, LedgerRow):
            return lead_percent(line.part)
        return None if line.part else item_percents[line.plan.slug, line.item.number]

    def expected(line: FigureLine) -> Value:
        if isinstance(line.part, AssistRow):
            return None
        return percent(line.part.expected if line.part else line.item.expected)

    def gap(line: FigureLine) -> Value:
        if isinstance(line.part, LedgerRow):
            return lead_gap(line.part)
        return line.item.gap if line.part is None and isinstance(shown_percent(line), float) else None

    def number(line: FigureLine) -> Any:
        return linked(line.item.number, ledger.link(line.plan, "item", line.item.number), WHOLE)

    columns: tuple[BookColumn[FigureLine], ...] = (
        *((PLAN,) if len(snapshot.plans) > 1 else ()),
        BookColumn("figure", "所属数字", 26, value=lambda line: line.figure),
        BookColumn("number", "序号", 6, WHOLE, True, value=number),
        BookColumn("item", "任务", 40, value=lambda line: item_name(line.item)),
        BookColumn("agency", "单位", 30, value=lambda line: line.agency),
        BookColumn("due_on", "完成时限", 12, DAY, True, value=lambda line: line.item.due_on or ONGOING),
        BookColumn("percent", "进度", 9, PERCENT, True, value=shown_percent),
        BookColumn("expected", "序时进度", 9, PERCENT, True, value=expected),
        BookColumn("gap", "较序时\n（百分点）", 11, POINTS, True, value=gap),
        BookColumn("light", "亮灯", 13, is_centred=True, value=lambda line: line.light),
        BookColumn("pace", "进度类别", 10, is_centred=True, value=lambda line: line.pace),
    )
    lines = [line for plan in snapshot.plans for line in _figure_lines(plan)]
    listing = Listing(
        BookTable(
            name=FIGURES,
            title=f"{snapshot.definition.period_name}总数明细",
            note=f"{note}。“总体情况”“分单位”各数字由这里的行组成，点数字即选中其各行",
            columns=columns,
            rows=rows_of(columns, lines),
            frozen="number",
            lights=("light",),
        ),
        lines,
    )
    for row, line in enumerate(lines):
        listing.mark(row, line.plan, iter(line.keys))
    return listing


def _figure_lines(plan: PlanFacts) -> Iterator[FigureLine]:
    for item in sorted(plan.items, key=lambda item: not item.counts):
        keys: tuple[Keys, ...] = (("items",), ("counted",)) if item.counts else (("items",),)
        yield FigureLine(plan, "任务总数" if item.counts else "任务总数（不计入进度）", item, None, keys)
    for light in Light:
        for item in plan.items:
            if item.light == light:
                yield FigureLine(plan, f"亮灯：{light.words}", item, None, ((light.value,),))
    for pace in Pace:
        for item in plan.items:
            if item.pace == pace:
                yield FigureLine(plan, f"进度类别：{pace.label}", item, None, ((pace.value,),))
    yield from _part_lines(plan)


def _part_lines(plan: PlanFacts) -> Iterator[FigureLine]:
    items = plan.items_by_number
    place = {agency.pk: number for number, agency in enumerate(plan.agencies)}
    for row in sorted(plan.rows, key=lambda row: (place[row.agency_id], SEVERITY[Light(row.light)])):
        keys: tuple[Keys, ...] = (("leads",), ("agency", row.agency_id), ("agency", row.agency_id, row.light))
        yield FigureLine(plan, "负责分工", items[row.item], row, keys)
    for assist in sorted(plan.assists, key=lambda assist: place[assist.agency_id]):
        keys = (("assists",), ("assists", assist.agency_id))
        yield FigureLine(plan, "协助分工", items[assist.item], assist, keys)


# ── reports ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FilingLine:
    """A report that somebody was to file."""

    plan: PlanFacts
    item: ItemFacts
    row: FilingRow


def build_filings(snapshot: Snapshot, note: str, ledger: Ledger) -> Listing:
    """Lists every report that was owed or excused, each kind of filing together."""
    lines = [line for plan in snapshot.plans for line in _filing_lines(plan)]

    def number(line: FilingLine) -> Any:
        return linked(line.item.number, ledger.link(line.plan, "item", line.item.number), WHOLE)

    columns: tuple[BookColumn[FilingLine], ...] = (
        *((PLAN,) if len(snapshot.plans) > 1 else ()),
        BookColumn("filing", "报送", 12, is_centred=True, value=lambda line: line.row.filing_word),
        BookColumn("late", "迟报", 8, is_centred=True, value=lambda line: "迟报" if line.row.is_late else ""),
        BookColumn("number", "序号", 6, WHOLE, True, value=number),
        BookColumn("item", "任务", 46, value=lambda line: item_name(line.item)),
        BookColumn("agency", "单位", 30, value=lambda line: line.row.agency),
        BookColumn("period", "报告期", 16, is_centred=True, value=lambda line: line.row.period),
        BookColumn("due_on", "报送截止", 12, DAY, True, value=lambda line: line.row.due_on),
        BookColumn("section_number", "部分序号", 9, WHOLE, True, value=lambda line: line.item.section),
    )
    listing = Listing(
        BookTable(
            name=FILINGS,
            title=f"{snapshot.definition.period_name}报送明细",
            note=f"{note}。每行为一份应报或免报的报告；已报含已通过、待审，未报含未报送、退回待重报",
            columns=columns,
            rows=rows_of(columns, lines),
            frozen="number",
        ),
        lines,
    )
    for row, line in enumerate(lines):
        listing.mark(row, line.plan, _filing_keys(line.row))
    return listing


def _filing_lines(plan: PlanFacts) -> list[FilingLine]:
    items = plan.items_by_number
    place = {(state.value, is_late): number for number, (state, is_late) in enumerate(FILING_ORDER)}
    rows = sorted(plan.filings, key=lambda row: place[row.filing, row.is_late])
    return [FilingLine(plan, items[row.item], row) for row in rows]


def _filing_keys(row: FilingRow) -> Iterator[Keys]:
    """The figures that a report counts in."""
    yield (row.filing,)
    if row.is_late:
        yield ("late",)
    if row.filing in FILED:
        yield from (("owed",), ("filed",))
    if row.filing in UNFILED:
        yield from (("owed",), ("unfiled",))
