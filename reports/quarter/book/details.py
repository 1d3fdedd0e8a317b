"""量化指标, 本期变化, 逾期与未报, 存在问题与下一步 say what there is to say beside the totals."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar

from reports.quarter.book.ledger import (
    PLAN,
    SETTLING,
    Ledger,
    item_name,
    lead_gap,
    lead_light,
    lead_percent,
    shown_light,
)
from reports.quarter.book.tables import (
    DAY,
    NO_REPORT,
    NOTHING,
    ONGOING,
    PERCENT,
    POINTS,
    TENTHS,
    WHOLE,
    BookColumn,
    BookTable,
    RowCells,
    amount,
    light_text,
    linked,
    look_of,
    percent,
    rows_of,
)
from reports.quarter.book.words import against_before, before_head
from reports.quarter.facts import PlanFacts, Snapshot
from reports.quarter.reasons import late_reason
from reports.quarter.row_facts import ChangeRow, IndicatorFacts, LedgerRow
from reports.xlsx.sheets import Cell, Value
from tasks.rules.rounding import TENTH, difference
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


@dataclass(frozen=True, slots=True)
class ChangeLine(DetailLine[ChangeRow]):
    """A change with both figures as they are shown: a number, or words where no report was accepted or none counts."""

    before: Value
    percent: Value

    @property
    def moved(self) -> float | None:
        """Percentage points between the two figures, where both are numbers."""
        if not (isinstance(self.before, float) and isinstance(self.percent, float)):
            return None
        return float(difference(self.fact.percent, self.fact.percent_before))


# The number is the link: LibreOffice breaks no line of a linked cell, and titles are long.
ITEM_COLUMNS: tuple[BookColumn[Any], ...] = (
    BookColumn("number", "序号", 6, WHOLE, True, value=lambda line: linked(line.fact.item, line.link, WHOLE)),
    BookColumn("item", "任务", 40, value=lambda line: item_name(line.plan.item(line.fact.item))),
)
INDICATOR_COLUMNS: tuple[BookColumn[DetailLine[IndicatorFacts]], ...] = (
    BookColumn("name", "指标", 26, value=lambda line: line.fact.name),
    BookColumn("unit", "单位", 8, is_centred=True, value=lambda line: line.fact.unit),
    BookColumn("target", "目标值", 11, value=lambda line: amount(line.fact.target)),
    BookColumn("value", "现值（累计）", 11, value=lambda line: amount(line.fact.value)),
    BookColumn("previous", "{}", 16, value=lambda line: amount(line.fact.previous_value)),
    BookColumn("percent", "完成率", 9, TENTHS, True, value=lambda line: percent(line.fact.percent, TENTH)),
    BookColumn("expected", "序时进度", 9, TENTHS, True, value=lambda line: percent(line.fact.expected, TENTH)),
    BookColumn("state", "状态", 14, is_centred=True, value=lambda line: indicator_state(line.fact)),
    BookColumn("agency", "数据来源", 18, value=lambda line: line.fact.agency),
)
CHANGE_COLUMNS: tuple[BookColumn[ChangeLine], ...] = (
    BookColumn("kinds", "变化", 14, value=lambda line: "、".join(line.fact.kinds)),
    BookColumn("before", "{}进度", 16, PERCENT, True, value=lambda line: line.before),
    BookColumn("percent", "本期进度", 10, PERCENT, True, value=lambda line: line.percent),
    BookColumn("moved", "变化\n（百分点）", 11, POINTS, True, value=lambda line: line.moved),
    BookColumn("light_before", "{}亮灯", 16, is_centred=True, value=lambda line: light_before(line.fact)),
    BookColumn("light", "本期亮灯", 13, is_centred=True, value=lambda line: shown_light(line.fact)),
    BookColumn("due_before", "{}时限", 16, DAY, True, value=lambda line: due_dates(line.fact)[0]),
    BookColumn("due_on", "现时限", 12, DAY, True, value=lambda line: due_dates(line.fact)[1]),
    BookColumn("reason", "时限调整原因", 24, value=lambda line: line.fact.due_reason),
    BookColumn("added", "新增单位", 20, value=lambda line: "、".join(line.fact.agencies_added)),
    BookColumn("removed", "退出单位", 20, value=lambda line: "、".join(line.fact.agencies_removed)),
)
LATE_COLUMNS: tuple[BookColumn[Any], ...] = (
    BookColumn("kind", "类别", 12, is_centred=True),
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
    BookColumn("light", "亮灯", 13, is_centred=True, value=lambda line: lead_light(line.fact)),
    BookColumn("percent", "进度", 9, PERCENT, True, value=lambda line: lead_percent(line.fact)),
    BookColumn("problems", "存在问题", 40, value=lambda line: line.fact.problems),
    BookColumn("delay_reason", "滞后原因", 34, value=lambda line: line.fact.delay_reason),
    BookColumn("next_steps", "下一步打算", 40, value=lambda line: line.fact.next_steps),
)


def _all_columns(snapshot: Snapshot, columns: tuple[BookColumn[Any], ...]) -> tuple[BookColumn[Any], ...]:
    """Puts the columns behind those of the item, which stand behind that of the plan where there are several.

    Heads of what was compared name the day of it.
    """
    before = before_head(snapshot)
    own = (replace(column, title=column.title.replace("{}", before)) for column in columns)
    return (*((PLAN,) if len(snapshot.plans) > 1 else ()), *ITEM_COLUMNS, *own)


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
        note=f"{note}。现值取已通过报告的最近一次累计数；低于序时：完成率落后序时超过{margins(snapshot)}个百分点",
        columns=columns,
        rows=rows_of(columns, lines),
        frozen="name",
        lights=("state",),
    )


def indicator_state(indicator: IndicatorFacts) -> str:
    if indicator.value is None:
        return "尚无数据"
    if indicator.percent >= 100:
        return "● 已达目标"
    return "▲ 低于序时" if indicator.is_behind else "● 正常"


def build_changes(snapshot: Snapshot, note: str, ledger: Ledger) -> BookTable:
    columns = _all_columns(snapshot, CHANGE_COLUMNS)
    percents = {(line.plan.slug, line.item.number): line.item_percent for line in ledger.lines}
    reported = {plan.slug: _reported(plan) for plan in snapshot.plans}
    lines = [
        ChangeLine(
            plan=plan,
            fact=change,
            link=ledger.link(plan, "item", change.item),
            before=_before(change, reported[plan.slug].get(change.item)),
            percent=percents[plan.slug, change.item],
        )
        for plan in snapshot.plans
        for change in plan.changes
    ]
    return BookTable(
        name=CHANGES,
        title=f"{snapshot.definition.period_name}变化",
        note=f"{note}。{against_before(snapshot)}",
        columns=columns,
        rows=rows_of(columns, lines),
        frozen="kinds",
        lights=("light_before", "light"),
    )


def margins(snapshot: Snapshot) -> str:
    """By how many points one is behind, in words."""
    return "、".join(dict.fromkeys(str(plan.behind_margin) for plan in snapshot.plans))


def _reported(plan: PlanFacts) -> dict[int, bool]:
    """By item, of those that counted at the previous close: whether any report on it had been accepted."""
    reported: dict[int, bool] = {}
    for row in plan.earlier:
        if row.share:
            reported[row.item] = reported.get(row.item, False) or row.has_accepted
    return reported


def _before(change: ChangeRow, was_reported: bool | None) -> Value:
    """The item's progress at the previous close; None: it didn't count then."""
    told = percent(change.percent_before) if was_reported else NO_REPORT
    return NOTHING if was_reported is None else told


def light_before(change: ChangeRow) -> str:
    return light_text(change.light_before, change.light_word_before) if change.light_before else ""


def due_dates(change: ChangeRow) -> tuple[date | str | None, date | str | None]:
    """Gives both due dates where the item was given another; nothing where it keeps its own."""
    if change.due_before == change.due_on:
        return None, None
    return change.due_before or ONGOING, change.due_on or ONGOING


def build_late(snapshot: Snapshot, note: str, ledger: Ledger) -> BookTable:
    """Lists the leads that are late, behind or wait to be closed, and the reports that are owed and not filed."""
    rows = [row for plan in snapshot.plans for row in (*_late(plan, ledger), *_unfiled(plan, ledger))]
    return BookTable(
        name=LATE,
        title=f"{snapshot.definition.period_name}逾期与未报",
        note=f"{note}。逾期、滞后、待销号按负责单位列，免报的、待销号的不列为滞后；未报送、退回待重报按应报报告列",
        columns=_all_columns(snapshot, LATE_COLUMNS),
        rows=rows,
        frozen="kind",
    )


def _late(plan: PlanFacts, ledger: Ledger) -> list[RowCells]:
    items = plan.items_by_number
    return [
        {
            **_item_cells(plan, row.item, ledger.link(plan, "row", row.pk)),
            "kind": Cell(kind, look_of(light.value), is_centred=True),
            "agency": row.agency,
            "due_on": items[row.item].due_on or ONGOING,
            "percent": lead_percent(row),
            "expected": percent(row.expected),
            "gap": lead_gap(row),
            "reason": _late_reason(row, plan),
        }
        for kind, light, rows in (
            (Light.RED.label, Light.RED, plan.overdue),
            (Light.YELLOW.label, Light.YELLOW, plan.behind),
            (SETTLING, Light.BLUE, plan.settling),
        )
        for row in rows
    ]


def _late_reason(row: LedgerRow, plan: PlanFacts) -> str:
    """Why it is late, or that it waits for the office."""
    return "进度已达100%，办结申请待审核" if row.is_settling else late_reason(plan, row)


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
