"""节点 lists a plan's milestones: when each was planned, where it was moved from, and whether it is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from reports.quarter.book.ledger import PLAN, Ledger, item_name
from reports.quarter.book.tables import DAY, WHOLE, BookColumn, BookTable, linked, rows_of
from reports.quarter.facts import ItemFacts, PlanFacts, Snapshot
from reports.quarter.row_facts import MilestoneRow
from tasks.rules.milestones import MilestoneState

NAME = "节点"
LEADS = "各负责单位"
SYMBOLS: dict[str, str] = {
    **{MilestoneState.LATE: "■", MilestoneState.SOON: "◆", MilestoneState.WAITING: "◎"},
    **{MilestoneState.PLANNED: "○", MilestoneState.CONFIRMED: "√"},
}


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A milestone with its item."""

    plan: PlanFacts
    item: ItemFacts
    fact: MilestoneRow

    @property
    def state(self) -> str:
        return f"{SYMBOLS[self.fact.state]} {self.fact.state_word}"


def build_milestones(snapshot: Snapshot, note: str, ledger: Ledger) -> BookTable:
    lines = [MilestoneLine(plan, plan.item(fact.item), fact) for plan in snapshot.plans for fact in plan.milestones]
    columns: tuple[BookColumn[MilestoneLine], ...] = (
        *((PLAN,) if len(snapshot.plans) > 1 else ()),
        BookColumn(
            *("number", "序号", 6, WHOLE, True),
            value=lambda line: linked(line.item.number, ledger.link(line.plan, "item", line.item.number), WHOLE),
        ),
        BookColumn("item", "任务", 40, value=lambda line: item_name(line.item)),
        BookColumn("name", "节点", 36, value=lambda line: line.fact.name),
        BookColumn("measure", "举措", 7, WHOLE, True, value=lambda line: line.fact.measure),
        BookColumn("agency", "责任单位", 24, value=lambda line: line.fact.agency or LEADS),
        BookColumn("planned", "计划日期", 12, DAY, True, value=lambda line: line.fact.planned_on),
        BookColumn("state", "状态", 16, is_centred=True, value=lambda line: line.state),
        BookColumn("done", "完成日期", 12, DAY, True, value=lambda line: line.fact.done_on),
        BookColumn("tail", "迟早", 12, is_centred=True, value=lambda line: line.fact.tail),
        BookColumn("former", "原定日期", 24, is_centred=True, value=lambda line: _days(line.fact.former)),
        BookColumn("reason", "改期原因", 44, value=lambda line: line.fact.reason),
    )
    return BookTable(
        name=NAME,
        title=f"{snapshot.definition.period_name}节点（路线图）",
        note=f"{note}。{_counted(line.fact for line in lines)}；改期的原定日期并列，已撤销的不列",
        columns=columns,
        rows=rows_of(columns, lines),
        frozen="name",
        alarms={"state": (SYMBOLS[MilestoneState.LATE],)},
    )


def _days(days: Iterable[date]) -> str:
    return "、".join(f"{day:%Y-%m-%d}" for day in days)


def _counted(facts: Iterable[MilestoneRow]) -> str:
    """「21个：逾期未完成3，已确认7」."""
    states = [fact.state for fact in facts]
    shown = "，".join(f"{state.label}{states.count(state)}" for state in MilestoneState if state in states)
    return f"{len(states)}个：{shown}" if shown else "尚未设置节点"
