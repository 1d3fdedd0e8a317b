"""责任矩阵 crosses items and agencies. A lead's cell is its progress as a number, with its light's shape and colour."""

from reports.quarter.book.ledger import PLAN, Ledger, item_name
from reports.quarter.book.tables import (
    SYMBOLS,
    UNREPORTED,
    WHOLE,
    BookColumn,
    BookTable,
    RowCells,
    linked,
    look_of,
    percent,
)
from reports.quarter.facts import ItemFacts, PlanFacts, Snapshot
from reports.quarter.row_facts import LedgerRow
from reports.xlsx.sheets import BLANK, Cell, Look

NAME = "责任矩阵"
ASSISTS = "协"


def build_matrix(snapshot: Snapshot, note: str, ledger: Ledger) -> BookTable:
    names = snapshot.agency_names
    several = len(snapshot.plans) > 1
    columns = (
        *((PLAN,) if several else ()),
        BookColumn("number", "序号", 6, WHOLE, True),
        BookColumn("item", "任务", 40),
        *(BookColumn(str(pk), name, 7.5, is_centred=True) for pk, name in names.items()),
    )
    rows = [row for plan in snapshot.plans for row in _rows(plan, ledger, list(names))]
    return BookTable(
        name=NAME,
        title=f"{snapshot.definition.period_name}责任矩阵",
        note=f"{note}。数字为负责单位进度，“{UNREPORTED}”为尚无通过的报告，“{ASSISTS}”为协助单位",
        columns=columns,
        rows=rows,
        frozen=str(next(iter(names))) if names else "item",
        upright=[str(pk) for pk in names],
        is_filtered=False,
    )


def _rows(plan: PlanFacts, ledger: Ledger, keys: list[int]) -> list[RowCells]:
    cells: dict[int, dict[int, Cell]] = {item.number: {} for item in plan.items}
    for row in plan.rows:
        cells[row.item][row.agency_id] = _lead_cell(row)
    for assist in plan.assists:
        cells[assist.item][assist.agency_id] = Cell(ASSISTS, Look.BODY, is_centred=True)
    return [_row(item, plan, ledger, cells[item.number], keys) for item in plan.items]


def _lead_cell(row: LedgerRow) -> Cell:
    symbol, look = SYMBOLS[row.light], look_of(row.light)
    if not row.has_accepted:
        return Cell(f"{symbol} {UNREPORTED}", look, is_centred=True)
    return Cell(percent(row.percent), look, f'"{symbol} "0%', is_centred=True)


def _row(item: ItemFacts, plan: PlanFacts, ledger: Ledger, cells: dict[int, Cell], keys: list[int]) -> RowCells:
    return {
        "plan": plan.document_number,
        "number": linked(item.number, ledger.link(plan, "item", item.number), WHOLE),
        "item": item_name(item),
        **{str(key): cells.get(key, BLANK) for key in keys},
    }
