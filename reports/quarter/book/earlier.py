"""上期末明细 has one row for each item and lead agency as they stood at the close that the package is compared with."""

from collections.abc import Iterator
from dataclasses import dataclass

from reports.quarter.book.ledger import NO_AGENCY, PLAN, item_name
from reports.quarter.book.tables import NO_REPORT, PERCENT, WHOLE, BookColumn, BookTable, light_text, percent, rows_of
from reports.quarter.book.words import NO_CLOSE_BEFORE, closes_before
from reports.quarter.facts import ItemFacts, PlanFacts, Snapshot
from reports.quarter.row_facts import EarlierRow
from reports.xlsx.sheets import Value

NAME = "上期末明细"


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """A lead as it stood at the previous close; the first of its item speaks for it."""

    plan: PlanFacts
    item: ItemFacts
    row: EarlierRow
    is_first: bool

    @property
    def light(self) -> str:
        return light_text(self.row.light, self.row.light_word) if self.row.light else ""

    @property
    def percent(self) -> Value:
        if not self.row.agency_id:
            return None
        return percent(self.row.percent) if self.row.has_accepted else NO_REPORT


EARLIER_COLUMNS: tuple[BookColumn[EarlierLine], ...] = (
    BookColumn("number", "序号", 6, WHOLE, True, value=lambda line: line.item.number),
    BookColumn("item", "任务", 40, value=lambda line: item_name(line.item)),
    BookColumn("agency", "负责单位", 26, value=lambda line: line.row.agency or NO_AGENCY),
    BookColumn("percent", "进度", 9, PERCENT, True, value=lambda line: line.percent),
    BookColumn("light", "亮灯", 13, is_centred=True, value=lambda line: line.light),
    BookColumn(
        *("item_light", "任务亮灯", 13),
        is_centred=True,
        value=lambda line: light_text(line.row.item_light, line.row.item_light_word),
    ),
    BookColumn("item_pace", "任务进度类别", 12, is_centred=True, value=lambda line: line.row.item_pace_word),
    BookColumn("section_number", "部分序号", 9, WHOLE, True, value=lambda line: line.item.section),
    BookColumn("share", "任务内占比", 10, "0.0000", True, value=lambda line: line.row.share),
    BookColumn(
        *("basis", "计入平均的序时", 12, "0.000000%", True),
        value=lambda line: round(line.row.expected / 100, 8) if line.row.agency_id else None,
    ),
    BookColumn("first", "任务首行", 9, WHOLE, True, value=lambda line: int(line.is_first)),
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The lines of the previous close, with the table that shows them."""

    lines: list[EarlierLine]
    table: BookTable


def build_earlier(snapshot: Snapshot, note: str) -> Earlier:
    lines = [line for plan in snapshot.plans for line in _earlier_lines(plan)]
    columns = (PLAN, *EARLIER_COLUMNS) if len(snapshot.plans) > 1 else EARLIER_COLUMNS
    closes = "、".join(closes_before(snapshot))
    made = f"上期末：{closes}；本期用于比较的数字由这里的行组成" if closes else NO_CLOSE_BEFORE
    table = BookTable(
        name=NAME,
        title=f"{snapshot.definition.period_name}上期末明细",
        note=f"{note}。{made}",
        columns=columns,
        rows=rows_of(columns, lines),
        frozen="agency",
        lights=("light", "item_light"),
    )
    return Earlier(lines, table)


def _earlier_lines(plan: PlanFacts) -> Iterator[EarlierLine]:
    items = plan.items_by_number
    seen: set[int] = set()
    for row in plan.earlier:
        yield EarlierLine(plan, items[row.item], row, row.item not in seen)
        seen.add(row.item)
