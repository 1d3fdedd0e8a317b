"""任务台账: one row for each item and lead agency, which everything else in the workbook is added up from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from reports.quarter.book.tables import (
    DAY,
    ONGOING,
    PERCENT,
    POINTS,
    WHOLE,
    BookColumn,
    BookTable,
    RowCells,
    light_text,
    percent,
)
from reports.quarter.facts import ItemFacts, PlanFacts, Snapshot
from reports.quarter.row_facts import LedgerRow
from tasks.rules.numerals import chinese_numeral

NAME = "任务台账"
NO_AGENCY = "未明确"
PLAN = BookColumn("plan", "行动计划", 24)
COLUMNS = (
    BookColumn("number", "序号", 6, WHOLE, True),
    BookColumn("item", "任务", 26),
    BookColumn("agency", "负责单位", 18),
    BookColumn("due_on", "完成时限", 12, DAY, True),
    BookColumn("percent", "进度", 8, PERCENT, True),
    BookColumn("expected", "序时进度", 9, PERCENT, True),
    BookColumn("light", "亮灯", 13, is_centred=True),
    BookColumn("filing", "本期报送", 9, is_centred=True),
    BookColumn("progress", "进展情况", 52),
    BookColumn("problems", "存在问题", 26),
    BookColumn("next_steps", "下一步打算", 26),
    # What follows is for the screen; paper ends here. Wide enough that no text makes its row taller on paper.
    BookColumn("section", "部分", 26),
    BookColumn("item_light", "任务亮灯", 13, is_centred=True),
    BookColumn("delay_reason", "滞后原因", 26),
    BookColumn("gap", "较序时\n（百分点）", 11, POINTS, True),
    BookColumn("pace", "进度类别", 10, is_centred=True),
    BookColumn("item_percent", "任务进度", 9, PERCENT, True),
    BookColumn("previous", "上期末进度", 10, PERCENT, True),
    BookColumn("was_red_on", "曾逾期", 12, DAY, True),
    BookColumn("closure", "办理状态", 10, is_centred=True),
    BookColumn("first_due_on", "原定时限", 12, DAY, True),
    BookColumn("due_note", "时限说明", 10, is_centred=True),
    BookColumn("progress_period", "进展所属报告期", 10, is_centred=True),
    BookColumn("filed_on", "报送日期", 12, DAY, True),
    BookColumn("is_late", "迟报", 7, is_centred=True),
    BookColumn("evidence", "佐证材料（件）", 9, WHOLE, True),
    BookColumn("assists", "协助单位", 120),
    BookColumn("text", "公文原文", 220),
    BookColumn("wording", "调整后的表述", 40),
    BookColumn("provenance", "出处", 40),
    BookColumn("section_number", "部分序号", 9, WHOLE, True),
    BookColumn("weight", "权重", 7, WHOLE, True),
    BookColumn("share", "任务内占比", 9, "0.0000", True),
    BookColumn("counts", "计入", 7, is_centred=True),
    BookColumn("first", "任务首行", 7, WHOLE, True),
)
PRINTED = "next_steps"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A row of the ledger; an item without a lead agency has one with `row` None."""

    plan: PlanFacts
    item: ItemFacts
    row: LedgerRow | None
    section: str
    is_first: bool


@dataclass(frozen=True)
class Ledger:
    """The lines with the table that shows them."""

    lines: list[LedgerLine]
    table: BookTable

    @cached_property
    def _first_of(self) -> dict[tuple[str, object], int]:
        """The first line of each item, section, agency and light of a plan."""
        found: dict[tuple[str, object], int] = {}
        for place, line in enumerate(self.lines):
            keys: list[object] = [("item", line.item.number), ("section", line.item.section)]
            if line.is_first:
                keys.append(("item_light", line.item.light))
            if line.row:
                keys += [("agency", line.row.agency_id), ("light", line.row.light), ("pace", line.row.pace)]
                keys.append(("row", line.row.pk))
            for key in keys:
                found.setdefault((line.plan.slug, key), place)
        return found

    def link(self, plan: PlanFacts, kind: str, key: object, column: str = "item") -> str:
        """Where the first such line is; "" where there is none."""
        place = self._first_of.get((plan.slug, (kind, key)))
        return "" if place is None else self.table.place(column, place)

    def chosen(self, wanted: Callable[[LedgerLine], bool]) -> list[LedgerLine]:
        return [line for line in self.lines if wanted(line)]


def section_name(number: int, title: str) -> str:
    return f"{chinese_numeral(number)}、{title}"


def item_name(item: ItemFacts) -> str:
    return f"{item.label}{item.title}"


def build_ledger(snapshot: Snapshot, note: str, *, is_several: bool) -> Ledger:
    lines = [line for plan in snapshot.plans for line in _lines(plan)]
    table = BookTable(
        NAME,
        f"{snapshot.definition.period_name}任务台账",
        f"{note}。每行为一项任务的一个负责单位；打印到“下一步打算”列，其余各列供屏幕查阅。",
        (PLAN, *COLUMNS) if is_several else COLUMNS,
        [_row(line) for line in lines],
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
    return [
        LedgerLine(plan, item, row, titles[item.section], is_first=not place)
        for item in plan.items
        for place, row in enumerate(rows.get(item.number, [None]))
    ]


def _row(line: LedgerLine) -> RowCells:
    item = line.item
    cells: dict[str, object] = {
        "plan": line.plan.document_number,
        "number": item.number,
        "section": line.section,
        "section_number": item.section,
        "item": item_name(item),
        "agency": NO_AGENCY,
        "due_on": item.due_on or ONGOING,
        "item_light": light_text(item.light, item.light_word),
        "item_percent": percent(item.percent),
        "was_red_on": item.was_red_on,
        "first_due_on": item.first_due_on or ONGOING,
        "due_note": _due_note(item),
        "assists": "、".join(item.assists),
        "text": item.text,
        "wording": item.wording,
        "provenance": item.provenance,
        "counts": "否",
        "first": int(line.is_first),
    }
    return {**cells, **(_of_agency(line.row) if line.row else {})}  # type: ignore[dict-item]


def _of_agency(row: LedgerRow) -> dict[str, object]:
    return {
        "agency": row.agency,
        "percent": percent(row.percent),
        "expected": percent(row.expected),
        "light": light_text(row.light, row.light_word),
        "filing": row.filing_word or "—",
        "progress": row.progress,
        "problems": row.problems,
        "next_steps": row.next_steps,
        "delay_reason": row.delay_reason,
        "gap": row.gap,
        "pace": row.pace_word,
        "previous": percent(row.previous_percent),
        "closure": row.closure_word,
        "progress_period": row.progress_period,
        "filed_on": timezone.localdate(row.filed_at, timezone.get_default_timezone()) if row.filed_at else None,
        "is_late": "迟报" if row.is_late else "",
        "evidence": row.evidence,
        "weight": row.weight,
        "share": row.share,
        "counts": "是" if row.counts else "否",
    }


def _due_note(item: ItemFacts) -> str:
    if item.due_on != item.first_due_on:
        return "已调整"
    return "推定" if item.is_inferred else ""
