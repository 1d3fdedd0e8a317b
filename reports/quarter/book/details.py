"""量化指标, 本期变化, 逾期与未报, 存在问题与下一步: what there is to say beside the totals."""

from reports.quarter.book.ledger import PLAN, Ledger, item_name
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
)
from reports.quarter.facts import PlanFacts, Snapshot
from reports.quarter.row_facts import ChangeRow, IndicatorFacts
from reports.xlsx.sheets import Cell, Look

INDICATORS, CHANGES, LATE, TOLD = "量化指标", "本期变化", "逾期与未报", "存在问题与下一步"
ITEM_COLUMNS = (BookColumn("number", "序号", 6, WHOLE, True), BookColumn("item", "任务", 40))
OVERDUE, BEHIND, MISSING, SENT_BACK = "逾期", "欠进度", "未报", "退回"


def _columns(snapshot: Snapshot, *columns: BookColumn) -> tuple[BookColumn, ...]:
    return (*((PLAN,) if len(snapshot.plans) > 1 else ()), *ITEM_COLUMNS, *columns)


def _item(plan: PlanFacts, number: int, ledger: Ledger, link: str = "") -> dict[str, object]:
    """The number is the link: LibreOffice breaks no line of a linked cell, and titles are long."""
    return {
        "plan": plan.document_number,
        "number": linked(number, link or ledger.link(plan, "item", number), WHOLE),
        "item": item_name(plan.item(number)),
    }


def build_indicators(snapshot: Snapshot, note: str, ledger: Ledger) -> BookTable:
    columns = _columns(
        snapshot,
        BookColumn("name", "指标", 26),
        BookColumn("unit", "单位", 8, is_centred=True),
        BookColumn("target", "目标值", 11, AMOUNT, True),
        BookColumn("value", "现值（累计）", 11, AMOUNT, True),
        BookColumn("previous", "上期末值", 11, AMOUNT, True),
        BookColumn("percent", "完成率", 9, PERCENT, True),
        BookColumn("expected", "序时进度", 9, PERCENT, True),
        BookColumn("state", "状态", 14, is_centred=True),
        BookColumn("agency", "数据来源", 18),
    )
    rows = [_indicator(plan, one, ledger) for plan in snapshot.plans for one in plan.indicators]
    return BookTable(
        INDICATORS,
        f"{snapshot.definition.period_name}量化指标",
        f"{note}。现值取已通过报告的最近一次累计数",
        columns,
        rows,
        frozen="name",
        lights=("state",),
    )


def _indicator(plan: PlanFacts, one: IndicatorFacts, ledger: Ledger) -> RowCells:
    return {
        **_item(plan, one.item, ledger),  # type: ignore[dict-item]
        "name": one.name,
        "unit": one.unit,
        "target": one.target,
        "value": one.value,
        "previous": one.previous_value,
        "percent": percent(one.percent),
        "expected": percent(one.expected),
        "state": _indicator_state(one),
        "agency": one.agency,
    }


def _indicator_state(one: IndicatorFacts) -> str:
    if one.value is None:
        return "尚无读数"
    if one.percent >= 100:
        return "● 已达目标"
    return "▲ 低于序时" if one.is_behind else "● 正常"


def build_changes(snapshot: Snapshot, note: str, ledger: Ledger) -> BookTable:
    columns = _columns(
        snapshot,
        BookColumn("kinds", "变化", 14),
        BookColumn("before", "上期末进度", 10, PERCENT, True),
        BookColumn("percent", "本期进度", 10, PERCENT, True),
        BookColumn("moved", "变化\n（百分点）", 11, POINTS, True),
        BookColumn("light_before", "上期末亮灯", 13, is_centred=True),
        BookColumn("light", "本期亮灯", 13, is_centred=True),
        BookColumn("due_before", "上期末时限", 12, DAY, True),
        BookColumn("due_on", "现时限", 12, DAY, True),
        BookColumn("reason", "时限调整原因", 24),
        BookColumn("added", "新增单位", 20),
        BookColumn("removed", "退出单位", 20),
    )
    rows = [_change(plan, row, ledger) for plan in snapshot.plans for row in plan.changes]
    title = f"{snapshot.definition.period_name}变化"
    return BookTable(
        CHANGES,
        title,
        f"{note}。{_since(snapshot)}",
        columns,
        rows,
        frozen="kinds",
        lights=("light_before", "light"),
    )


def _since(snapshot: Snapshot) -> str:
    """What the changes are told from, in words."""
    told = [
        f"{plan.since_name}报送截止日（{plan.since:%Y-%m-%d}）" for plan in snapshot.plans if plan.since is not None
    ]
    if not told:
        return "此前没有已截止的报告期，无从比较"
    return f"与{'、'.join(dict.fromkeys(told))}相比"


def _change(plan: PlanFacts, row: ChangeRow, ledger: Ledger) -> RowCells:
    is_redated = row.due_before != row.due_on
    return {
        **_item(plan, row.item, ledger),  # type: ignore[dict-item]
        "kinds": "、".join(row.kinds),
        "before": percent(row.percent_before),
        "percent": percent(row.percent),
        "moved": row.moved,
        "light_before": light_text(row.light_before, row.light_word_before),
        "light": light_text(row.light, row.light_word),
        "due_before": (row.due_before or ONGOING) if is_redated else None,
        "due_on": (row.due_on or ONGOING) if is_redated else None,
        "reason": row.due_reason,
        "added": "、".join(row.agencies_added),
        "removed": "、".join(row.agencies_removed),
    }


def build_late(snapshot: Snapshot, note: str, ledger: Ledger) -> BookTable:
    columns = _columns(
        snapshot,
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
    rows = [row for plan in snapshot.plans for row in (*_late(plan, ledger), *_unfiled(plan, ledger))]
    return BookTable(
        LATE,
        f"{snapshot.definition.period_name}逾期与未报",
        f"{note}。逾期、欠进度按负责单位列；未报、退回按应报报告列",
        columns,
        rows,
        frozen="kind",
    )


def _late(plan: PlanFacts, ledger: Ledger) -> list[RowCells]:
    items = {item.number: item for item in plan.items}
    return [
        {
            **_item(plan, row.item, ledger, ledger.link(plan, "row", row.pk)),  # type: ignore[dict-item]
            "kind": Cell(word, look, is_centred=True),
            "agency": row.agency,
            "due_on": items[row.item].due_on or ONGOING,
            "percent": percent(row.percent),
            "expected": percent(row.expected),
            "gap": row.gap,
            "reason": row.delay_reason,
        }
        for word, look, rows in ((OVERDUE, Look.RED, plan.overdue), (BEHIND, Look.YELLOW, plan.behind))
        for row in rows
    ]


def _unfiled(plan: PlanFacts, ledger: Ledger) -> list[RowCells]:
    comments = {(row.item, row.agency_id): row.comment for row in plan.rows}
    return [
        {
            **_item(plan, row.item, ledger),  # type: ignore[dict-item]
            "kind": row.filing_word,
            "agency": row.agency,
            "period": row.period,
            "report_due": row.due_on,
            "reason": _unfiled_reason(row.filing, comments.get((row.item, row.agency_id), ""), row.is_overdue),
        }
        for row in plan.unfiled
    ]


def _unfiled_reason(filing: str, comment: str, is_overdue: bool) -> str:
    if filing == "sent_back":
        return f"退回意见：{comment}" if comment else "退回后未重新报送"
    return "截止日已过" if is_overdue else "未到截止日"


def build_told(snapshot: Snapshot, note: str, ledger: Ledger) -> BookTable:
    columns = _columns(
        snapshot,
        BookColumn("agency", "负责单位", 18),
        BookColumn("light", "亮灯", 13, is_centred=True),
        BookColumn("percent", "进度", 9, PERCENT, True),
        BookColumn("problems", "存在问题", 40),
        BookColumn("delay_reason", "滞后原因", 34),
        BookColumn("next_steps", "下一步打算", 40),
    )
    rows: list[RowCells] = [
        {
            **_item(plan, row.item, ledger, ledger.link(plan, "row", row.pk)),  # type: ignore[dict-item]
            "agency": row.agency,
            "light": light_text(row.light, row.light_word),
            "percent": percent(row.percent),
            "problems": row.problems,
            "delay_reason": row.delay_reason,
            "next_steps": row.next_steps,
        }
        for plan in snapshot.plans
        for row in plan.told
    ]
    return BookTable(
        TOLD,
        f"{snapshot.definition.period_name}存在问题与下一步",
        f"{note}。取本报告期已通过的报告",
        columns,
        rows,
        frozen="agency",
        lights=("light",),
    )
