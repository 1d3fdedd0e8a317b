"""批示 lists leaders' words on a plan's items: who was asked, until when, and what was answered."""

from dataclasses import dataclass

from reports.quarter.book.ledger import PLAN, Ledger, item_name
from reports.quarter.book.tables import DAY, WHOLE, BookColumn, BookTable, linked, rows_of
from reports.quarter.facts import ItemFacts, PlanFacts, Snapshot
from reports.quarter.row_facts import InstructionRow

NAME = "批示"
LATE = "■ 逾期未答复"


@dataclass(frozen=True, slots=True)
class InstructionLine:
    """What one agency was asked, with its item."""

    plan: PlanFacts
    item: ItemFacts
    fact: InstructionRow

    @property
    def state(self) -> str:
        if self.fact.answered_on is None:
            return LATE if self.fact.is_late else "○ 待答复"
        return "√ 逾期答复" if self.fact.is_late else "√ 已答复"


def build_instructions(snapshot: Snapshot, note: str, ledger: Ledger) -> BookTable:
    lines = [InstructionLine(plan, plan.item(fact.item), fact) for plan in snapshot.plans for fact in plan.instructions]
    columns: tuple[BookColumn[InstructionLine], ...] = (
        *((PLAN,) if len(snapshot.plans) > 1 else ()),
        BookColumn(
            *("number", "序号", 6, WHOLE, True),
            value=lambda line: linked(line.item.number, ledger.link(line.plan, "item", line.item.number), WHOLE),
        ),
        BookColumn("item", "任务", 22, value=lambda line: item_name(line.item)),
        BookColumn("leader", "批示领导", 12, value=lambda line: line.fact.leader),
        BookColumn("given", "批示日期", 11, DAY, True, value=lambda line: line.fact.given_on),
        BookColumn("text", "批示内容", 34, value=lambda line: line.fact.text),
        BookColumn("document", "批示件", 14, value=lambda line: line.fact.document),
        BookColumn("agency", "承办单位", 16, value=lambda line: line.fact.agency),
        BookColumn("until", "答复期限", 11, DAY, True, value=lambda line: line.fact.answer_by),
        BookColumn("state", "状态", 13, is_centred=True, value=lambda line: line.state),
        BookColumn("answered", "答复日期", 11, DAY, True, value=lambda line: line.fact.answered_on),
        BookColumn("answer", "答复", 38, value=lambda line: line.fact.answer),
        BookColumn("noted", "阅知日期", 11, DAY, True, value=lambda line: line.fact.noted_on),
    )
    return BookTable(
        name=NAME,
        title=f"{snapshot.definition.period_name}批示及答复",
        note=f"{note}。{_counted([line.fact for line in lines])}",
        columns=columns,
        rows=rows_of(columns, lines),
        frozen="item",
        alarms={"state": (LATE,)},
    )


def _counted(facts: list[InstructionRow]) -> str:
    """「2件，涉及3家（次）单位：已答复1，待答复2，其中逾期1」."""
    if not facts:
        return "尚无批示"
    waiting = [fact for fact in facts if fact.answered_on is None]
    late = sum(fact.is_late for fact in waiting)
    tail = f"，其中逾期{late}" if late else ""
    given = len({fact.instruction for fact in facts})
    return f"{given}件，涉及{len(facts)}家（次）单位：已答复{len(facts) - len(waiting)}，待答复{len(waiting)}{tail}"
