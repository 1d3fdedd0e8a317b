"""量化指标, 本期变化, 逾期与未报, 存在问题与下一步 say what there is to say beside the totals."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from reports.quarter.book.ledger import PLAN, Ledger, item_name, shown_light
from reports.quarter.book.tables import (
    AMOUNT,
    DAY,
    ONGOING,
    PERCENT,
    POINTS,
    WHOLE,
    BookColumn,
    BookTable,
    RowCells,
    light_text,
    linked,
    percent,
    rows_of,
)
from reports.quarter.facts import PlanFacts, Snapshot
from reports.quarter.row_facts import ChangeRow, IndicatorFacts, LedgerRow
from reports.xlsx.sheets import Cell, Look
from tasks.rules.status import Light
from tasks.standing.filing import Filing

INDICATORS, CHANGES, LATE, TOLD = "量化指标", "本期变化", "逾期与未报", "存在问题与下一步"
AnyFact = TypeVar("AnyFact", IndicatorFacts, ChangeRow, LedgerRow)


@dataclass(frozen=True, slots=True)
class DetailLine(Generic[AnyFact]):
    """A fact of a plan's item, with the place in the ledger to which it leads."""

    plan: PlanFacts
    fact: AnyFact
    link: str


# The number is the link: LibreOffice breaks no line of a linked cell, and titles are long.
ITEM_COLUMNS: tuple[BookColumn[Any], ...] = (
    BookColumn("number", "序号", 6, WHOLE, True, value=lambda line: linked(line.fact.item, line.link, WHOLE)),
    BookColumn("item", "任务", 40, value=lambda line: item_name(line.plan.item(line.fact.item))),
)
INDICATOR_COLUMNS: tuple[BookColumn[DetailLine[IndicatorFacts]], ...] = (
    BookColumn("name", "指标", 26, value=lambda line: line.fact.name),
    BookColumn("unit", "单位", 8, is_centred=True, value=lambda line: line.fact.unit),
    BookColumn("target", "目标值", 11, AMOUNT, True, value=lambda line: line.fact.target),
    BookColumn("value", "现值（累计）", 11, AMOUNT, True, value=lambda line: line.fact.value),
    BookColumn("previous", "上期末值", 11, AMOUNT, True, value=lambda line: line.fact.previous_value),
    BookColumn("percent", "完成率", 9, PERCENT, True, value=lambda line: percent(line.fact.percent)),
    BookColumn("expected", "序时进度", 9, PERCENT, True, value=lambda line: percent(line.fact.expected)),
    BookColumn("state", "状态", 14, is_centred=True, value=lambda line: indicator_state(line.fact)),
    BookColumn("agency", "数据来源", 18, value=lambda line: line.fact.agency),
)
CHANGE_COLUMNS: tuple[BookColumn[DetailLine[ChangeRow]], ...] = (
    BookColumn("kinds", "变化", 14, value=lambda line: "、".join(line.fact.kinds)),
    BookColumn("before", "上期末进度", 10, PERCENT, True, value=lambda line: percent(line.fact.percent_before)),
    BookColumn("percent", "本期进度", 10, PERCENT, True, value=lambda line: percent(line.fact.percent)),
    BookColumn("moved", "变化\n（百分点）", 11, POINTS, True, value=lambda line: line.fact.moved),
    BookColumn("light_before", "上期末亮灯", 13, is_centred=True, value=lambda line: light_before(line.fact)),
    BookColumn("light", "本期亮灯", 13, is_centred=True, value=lambda line: shown_light(line.fact)),
    BookColumn("due_before", "上期末时限", 12, DAY, True, value=lambda line: due_dates(line.fact)[0]),
    BookColumn("due_on", "现时限", 12, DAY, True, value=lambda line: due_dates(line.fact)[1]),
    BookColumn("reason", "时限调整原因", 24, value=lambda line: line.fact.due_reason),
    BookColumn("added", "新增单位", 20, value=lambda line: "、".join(line.fact.agencies_added)),
    BookColumn("removed", "退出单位", 20, value=lambda line: "、".join(line.fact.agencies_removed)),
)
LATE_COLUMNS: tuple[BookColumn[Any], ...] = (
    BookColumn("kind", "类别", 10, is_centred=True),
    BookColumn("agency", "单位", 20),
    BookColumn("due_on", "完成时限", 12, DAY, True),
    BookColumn("percent", "进度", 9, PERCENT, True),
    BookColumn("expected", "序时进度", 9, PERCENT, True),
    BookColumn("gap", "较序时\n（百分点）", 11, POINTS, True),
    BookColumn("period", "报告期", 16, is_centred=True),
    BookColumn("report_due", "报送截止", 12, DAY, True),
    BookColumn("reason", "原因", 40),
)
TOLD_COLUMNS: tuple[BookColumn[DetailLine[LedgerRow]], ...] = (
    BookColumn("agency", "负责单位", 18, value=lambda line: line.fact.agency),
    BookColumn("light", "亮灯", 13, is_centred=True, value=lambda line: shown_light(line.fact)),
    BookColumn("percent", "进度", 9, PERCENT, True, value=lambda line: percent(line.fact.percent)),
    BookColumn("problems", "存在问题", 40, value=lambda line: line.fact.problems),
    BookColumn("delay_reason", "滞后原因", 34, value=lambda line: line.fact.delay_reason),
    BookColumn("next_steps", "下一步打算", 40, value=lambda line: line.fact.next_steps),
)


def _all_columns(snapshot: Snapshot, columns: tuple[BookColumn[Any], ...]) -> tuple[BookColumn[Any], ...]:
    """Puts the columns behind those of the item, which stand behind that of the plan where there are several."""
    return (*((PLAN,) if len(snapshot.plans) > 1 else ()), *ITEM_COLUMNS, *columns)


def build_indicators(snapshot: Snapshot, note: str, ledger: Ledger) -> BookTable:
    columns = _all_columns(snapshot, INDICATOR_COLUMNS)
    lines = [
        DetailLine(plan, indicator, ledger.link(plan, "item", indicator.item))
        for plan in snapshot.plans
        for indicator in plan.indicators
    ]
    return BookTable(
        name=INDICATORS,
        title=f"{snapshot.definition.period_name}量化指标",
        note=f"{note}。现值取已通过报告的最近一次累计数",
        columns=columns,
        rows=rows_of(columns, lines),
        frozen="name",
        lights=("state",),
    )


def indicator_state(indicator: IndicatorFacts) -> str:
    if indicator.value is None:
        return "尚无读数"
    if indicator.percent >= 100:
        return "● 已达目标"
    return "▲ 低于序时" if indicator.is_behind else "● 正常"


def build_changes(snapshot: Snapshot, note: str, ledger: Ledger) -> BookTable:
    columns = _all_columns(snapshot, CHANGE_COLUMNS)
    lines = [
        DetailLine(plan, change, ledger.link(plan, "item", change.item))
        for plan in snapshot.plans
        for change in plan.changes
    ]
    return BookTable(
        name=CHANGES,
        title=f"{snapshot.definition.period_name}变化",
        note=f"{note}。{_since(snapshot)}",
        columns=columns,
        rows=rows_of(columns, lines),
        frozen="kinds",
        lights=("light_before", "light"),
    )


def _since(snapshot: Snapshot) -> str:
    """Says in words from what the changes are told."""
    closes = [
        f"{plan.since_name}报送截止日（{plan.since:%Y-%m-%d}）" for plan in snapshot.plans if plan.since is not None
    ]
    if not closes:
        return "此前没有已截止的报告期，无从比较"
    return f"与{'、'.join(dict.fromkeys(closes))}相比"


def light_before(change: ChangeRow) -> str:
    return light_text(change.light_before, change.light_word_before)


def due_dates(change: ChangeRow) -> tuple[date | str | None, date | str | None]:
    """Gives both due dates where the item was given another; nothing where it keeps its own."""
    if change.due_before == change.due_on:
        return None, None
    return change.due_before or ONGOING, change.due_on or ONGOING


def build_late(snapshot: Snapshot, note: str, ledger: Ledger) -> BookTable:
    """Lists the leads that are late or behind, and the reports that are owed and not filed."""
    rows = [row for plan in snapshot.plans for row in (*_late(plan, ledger), *_unfiled(plan, ledger))]
    return BookTable(
        name=LATE,
        title=f"{snapshot.definition.period_name}逾期与未报",
        note=f"{note}。逾期、欠进度按负责单位列；未报、退回按应报报告列",
        columns=_all_columns(snapshot, LATE_COLUMNS),
        rows=rows,
        frozen="kind",
    )


def _late(plan: PlanFacts, ledger: Ledger) -> list[RowCells]:
    items = {item.number: item for item in plan.items}
    return [
        {
            **_item_cells(plan, row.item, ledger.link(plan, "row", row.pk)),
            "kind": Cell(str(light.label), Look(light.value), is_centred=True),
            "agency": row.agency,
            "due_on": items[row.item].due_on or ONGOING,
            "percent": percent(row.percent),
            "expected": percent(row.expected),
            "gap": row.gap,
            "reason": row.delay_reason,
        }
        for light, rows in ((Light.RED, plan.overdue), (Light.YELLOW, plan.behind))
        for row in rows
    ]


def _unfiled(plan: PlanFacts, ledger: Ledger) -> list[RowCells]:
    comments = {(row.item, row.agency_id): row.comment for row in plan.rows}
    return [
        {
            **_item_cells(plan, row.item, ledger.link(plan, "item", row.item)),
            "kind": row.filing_word,
            "agency": row.agency,
            "period": row.period,
            "report_due": row.due_on,
            "reason": _unfiled_reason(row.filing, comments.get((row.item, row.agency_id), ""), row.is_overdue),
        }
        for row in plan.unfiled
    ]


def _item_cells(plan: PlanFacts, number: int, link: str) -> RowCells:
    """Gives the cells of the plan and the item that a row is of."""
    return {
        "plan": plan.document_number,
        "number": linked(number, link, WHOLE),
        "item": item_name(plan.item(number)),
    }


def _unfiled_reason(filing: str, comment: str, is_overdue: bool) -> str:
    if filing == Filing.SENT_BACK:
        return f"退回意见：{comment}" if comment else "退回后未重新报送"
    return "截止日已过" if is_overdue else "未到截止日"


def build_told(snapshot: Snapshot, note: str, ledger: Ledger) -> BookTable:
    columns = _all_columns(snapshot, TOLD_COLUMNS)
    lines = [DetailLine(plan, row, ledger.link(plan, "row", row.pk)) for plan in snapshot.plans for row in plan.told]
    return BookTable(
        name=TOLD,
        title=f"{snapshot.definition.period_name}存在问题与下一步",
        note=f"{note}。取本报告期已通过的报告",
        columns=columns,
        rows=rows_of(columns, lines),
        frozen="agency",
        lights=("light",),
    )
