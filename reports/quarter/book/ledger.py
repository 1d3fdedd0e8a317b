"""任务台账 has one row for each item and lead agency, from which everything else in the workbook is added up."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone

from reports.quarter.book.tables import (
    DAY,
    NO_REPORT,
    NOTHING,
    ONGOING,
    PERCENT,
    POINTS,
    WHOLE,
    BookColumn,
    BookTable,
    light_text,
    percent,
    rows_of,
)
from reports.quarter.book.words import before_head, red_text
from reports.quarter.facts import ItemFacts, PlanFacts, Snapshot
from reports.quarter.row_facts import ChangeRow, EarlierRow, LedgerRow
from reports.xlsx.sheets import Value
from tasks.rules.numerals import chinese_numeral
from tasks.rules.periods import period_name
from tasks.rules.status import Light

NAME = "任务台账"
NO_AGENCY, SETTLING = "未明确", "待销号"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A row of the ledger; an item without a lead agency has one whose `row` is None.

    `earlier` is the same lead at the previous close; `is_reported` says whether any report on the item was accepted.
    """

    plan: PlanFacts
    item: ItemFacts
    row: LedgerRow | None
    section: str
    is_first: bool
    is_reported: bool
    earlier: EarlierRow | None

    @property
    def item_percent(self) -> Value:
        """The item's progress, in words where none is on record or nobody's counts."""
        if not self.item.counts:
            return NOTHING
        return percent(self.item.percent) if self.is_reported else NO_REPORT

    @property
    def previous(self) -> Value:
        if self.row is None or self.row.previous_percent is None:
            return None
        was_reported = self.earlier is None or self.earlier.has_accepted
        return percent(self.row.previous_percent) if was_reported else NO_REPORT


def of_lead(value: Callable[[LedgerRow], Value], otherwise: Value = None) -> Callable[[LedgerLine], Value]:
    """Shows a value of the line's lead agency; `otherwise` where its item has none."""
    return lambda line: value(line.row) if line.row else otherwise


def shown_light(facts: ItemFacts | ChangeRow) -> str:
    return light_text(facts.light, facts.light_word)


def lead_light(row: LedgerRow) -> str:
    """Names a lead's light, and that it waits to be closed: 「■ 红 逾期（待销号）」."""
    return light_text(row.light, row.light_word) + (f"（{SETTLING}）" if row.is_settling else "")


def lead_percent(row: LedgerRow) -> Value:
    return percent(row.percent) if row.has_accepted else NO_REPORT


def lead_gap(row: LedgerRow) -> float | None:
    """Percentage points between the two figures that are shown; None where no progress is on record."""
    return row.gap if row.has_accepted else None


def lead_basis(row: LedgerRow) -> float:
    """What a mean takes as expected of the lead, exact; of 持续推进 its own progress."""
    return round((row.percent if row.expected is None else row.expected) / 100, 8)


def closure_word(row: LedgerRow) -> str:
    return SETTLING if row.is_settling else row.closure_word


def progress_period(row: LedgerRow) -> str:
    """Names the period of the report at which the lead stands: 「2016年三季度」."""
    return period_name(row.progress_period) if row.progress_period else ""


def filed_on(row: LedgerRow) -> date | None:
    """Gives the day on which the newest report of the last period was filed."""
    return timezone.localdate(row.filed_at, timezone.get_default_timezone()) if row.filed_at else None


PREVIOUS = "previous"
UNASSIGNED = light_text(Light.UNASSIGNED, Light.UNASSIGNED.label)
PLAN: BookColumn[Any] = BookColumn("plan", "行动计划", 24, value=lambda line: line.plan.document_number)
COLUMNS: tuple[BookColumn[LedgerLine], ...] = (
    BookColumn("number", "序号", 6, WHOLE, True, value=lambda line: line.item.number),
    BookColumn("item", "任务", 26, value=lambda line: item_name(line.item)),
    BookColumn("agency", "负责单位", 18, value=of_lead(lambda row: row.agency, NO_AGENCY)),
    BookColumn("due_on", "完成时限", 12, DAY, True, value=lambda line: line.item.due_on or ONGOING),
    BookColumn("percent", "进度", 8, PERCENT, True, value=of_lead(lead_percent)),
    BookColumn("expected", "序时进度", 9, PERCENT, True, value=of_lead(lambda row: percent(row.expected))),
    BookColumn("light", "亮灯", 13, is_centred=True, value=of_lead(lead_light, UNASSIGNED)),
    BookColumn("filing", "本期报送", 11, is_centred=True, value=of_lead(lambda row: row.filing_word or NOTHING)),
    BookColumn("progress", "进展情况", 52, value=of_lead(lambda row: row.progress)),
    BookColumn("problems", "存在问题", 26, value=of_lead(lambda row: row.problems)),
    BookColumn("next_steps", "下一步打算", 26, value=of_lead(lambda row: row.next_steps)),
    # What follows is for the screen; paper ends here. Wide enough that no text makes its row taller on paper.
    BookColumn("section", "部分", 26, value=lambda line: line.section),
    BookColumn("item_light", "任务亮灯", 13, is_centred=True, value=lambda line: shown_light(line.item)),
    BookColumn("delay_reason", "滞后原因", 26, value=of_lead(lambda row: row.delay_reason)),
    BookColumn("gap", "较序时\n（百分点）", 11, POINTS, True, value=of_lead(lead_gap)),
    BookColumn("pace", "进度类别", 10, is_centred=True, value=of_lead(lambda row: row.pace_word)),
    BookColumn("item_percent", "任务进度", 9, PERCENT, True, value=lambda line: line.item_percent),
    BookColumn("item_pace", "任务进度类别", 10, is_centred=True, value=lambda line: line.item.pace_word),
    BookColumn(PREVIOUS, "", 14, PERCENT, True, value=lambda line: line.previous),
    BookColumn("reds", "曾逾期、现逾期", 26, value=lambda line: red_text(line.item)),
    BookColumn("closure", "办理状态", 10, is_centred=True, value=of_lead(closure_word)),
    BookColumn("first_due_on", "原定时限", 12, DAY, True, value=lambda line: line.item.first_due_on or ONGOING),
    BookColumn("due_source", "时限出处", 10, is_centred=True, value=lambda line: line.item.due_source.label),
    BookColumn("due_words", "公文时限原文", 24, value=lambda line: line.item.due_words),
    BookColumn("progress_period", "进展所属报告期", 14, is_centred=True, value=of_lead(progress_period)),
    BookColumn("filed_on", "报送日期", 12, DAY, True, value=of_lead(filed_on)),
    BookColumn("is_late", "迟报", 7, is_centred=True, value=of_lead(lambda row: "迟报" if row.is_late else "")),
    BookColumn("evidence", "佐证材料（件）", 9, WHOLE, True, value=of_lead(lambda row: row.evidence)),
    BookColumn("assists", "协助单位", 120, value=lambda line: "、".join(line.item.assists)),
    BookColumn("text", "公文原文", 220, value=lambda line: line.item.text),
    BookColumn("wording", "调整后的表述", 40, value=lambda line: line.item.wording),
    BookColumn("provenance", "出处", 40, value=lambda line: line.item.provenance),
    BookColumn("section_number", "部分序号", 9, WHOLE, True, value=lambda line: line.item.section),
    BookColumn("weight", "权重", 7, WHOLE, True, value=of_lead(lambda row: row.weight)),
    BookColumn("share", "任务内占比", 9, "0.0000", True, value=of_lead(lambda row: row.share)),
    BookColumn("basis", "计入平均的序时", 12, "0.000000%", True, value=of_lead(lead_basis)),
    BookColumn("counts", "计入", 7, is_centred=True, value=of_lead(lambda row: "是" if row.counts else "否", "否")),
    BookColumn("first", "任务首行", 7, WHOLE, True, value=lambda line: int(line.is_first)),
)
PRINTED = "next_steps"


@dataclass(frozen=True)
class Ledger:
    """The lines of the ledger, with the table that shows them."""

    lines: list[LedgerLine]
    table: BookTable

    @cached_property
    def _first_of(self) -> dict[tuple[str, object], int]:
        """Finds the first line of each item, section, agency and light of a plan."""
        places: dict[tuple[str, object], int] = {}
        for place, line in enumerate(self.lines):
            keys: list[object] = [("item", line.item.number), ("section", line.item.section)]
            if line.is_first:
                keys.append(("item_light", line.item.light))
            if line.row:
                keys += [("agency", line.row.agency_id), ("light", line.row.light), ("pace", line.row.pace)]
                keys.append(("row", line.row.pk))
            for key in keys:
                places.setdefault((line.plan.slug, key), place)
        return places

    def link(self, plan: PlanFacts, kind: str, key: object, column: str = "item") -> str:
        """Says where the first such line is; "" where there is none."""
        place = self._first_of.get((plan.slug, (kind, key)))
        return "" if place is None else self.table.place(column, place)

    def span(self, plan: PlanFacts, section: int) -> str:
        """The address of a section's rows, which stand together; "" where it has none."""
        places = [n for n, line in enumerate(self.lines) if line.plan is plan and line.item.section == section]
        return self.table.rows_link(places[0], places[-1]) if places else ""

    def chosen(self, wanted: Callable[[LedgerLine], bool]) -> list[LedgerLine]:
        return [line for line in self.lines if wanted(line)]


def section_name(number: int, title: str) -> str:
    return f"{chinese_numeral(number)}、{title}"


def item_name(item: ItemFacts) -> str:
    return f"{item.label}{item.title}"


def build_ledger(snapshot: Snapshot, note: str, *, is_several: bool) -> Ledger:
    lines = [line for plan in snapshot.plans for line in _lines(plan)]
    columns = tuple(
        replace(column, title=before_head(snapshot)) if column.key == PREVIOUS else column
        for column in ((PLAN, *COLUMNS) if is_several else COLUMNS)
    )
    table = BookTable(
        name=NAME,
        title=f"{snapshot.definition.period_name}任务台账",
        note=f"{note}。每行为一项任务的一个负责单位；打印到“下一步打算”列，其余各列供屏幕查阅。",
        columns=columns,
        rows=rows_of(columns, lines),
        frozen="agency",
        lights=("light", "item_light"),
        printed=PRINTED,
    )
    return Ledger(lines, table)


def _lines(plan: PlanFacts) -> list[LedgerLine]:
    titles = {section.number: section_name(section.number, section.title) for section in plan.sections}
    rows: dict[int, list[LedgerRow]] = {}
    for row in plan.rows:
        rows.setdefault(row.item, []).append(row)
    reported = {row.item for row in plan.rows if row.counts and row.has_accepted}
    earlier = {(row.item, row.agency_id): row for row in plan.earlier}
    return [
        LedgerLine(
            plan=plan,
            item=item,
            row=row,
            section=titles[item.section],
            is_first=not place,
            is_reported=item.number in reported,
            earlier=earlier.get((item.number, row.agency_id)) if row else None,
        )
        for item in plan.items
        for place, row in enumerate(rows.get(item.number, [None]))
    ]
