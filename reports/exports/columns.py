"""The ledgers to take away: exactly what the filter shows, in its order, all pages, as typed cells or as CSV."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from reports.xlsx.sheets import Column, Value
from tasks.models import Plan, ReportingPeriod
from tasks.pages.ledger.page import assignment_lines, item_lines
from tasks.rules.asof import AsOf
from tasks.rules.numerals import chinese_numeral
from tasks.standing.rollup import ItemStanding, Standing

PERCENT, POINTS, DATE, WHOLE = '0.0"%"', "+0.0;-0.0;0.0", "yyyy-mm-dd", "0"

ITEM_COLUMNS = (
    Column("序号", 8),
    Column("部分", 26, is_wrapped=True),
    Column("任务", 34, is_wrapped=True),
    Column("亮灯", 9),
    Column("进度", 9, PERCENT),
    Column("序时", 9, PERCENT),
    Column("差（百分点）", 12, POINTS),
    Column("进度类别", 10),
    Column("负责单位", 40, is_wrapped=True),
    Column("协助单位数", 11, WHOLE),
    Column("原定时限", 12, DATE),
    Column("现时限", 12, DATE),
    Column("推定", 7),
    Column("出处", 30, is_wrapped=True),
)
ASSIGNMENT_COLUMNS = (
    Column("序号", 8),
    Column("任务", 34, is_wrapped=True),
    Column("单位", 20, is_wrapped=True),
    Column("角色", 8),
    Column("亮灯", 9),
    Column("进度", 9, PERCENT),
    Column("序时", 9, PERCENT),
    Column("差（百分点）", 12, POINTS),
    Column("原定时限", 12, DATE),
    Column("现时限", 12, DATE),
    Column("推定", 7),
    Column("延期次数", 9, WHOLE),
    Column("本期报告", 10),
    Column("最近进展", 60, is_wrapped=True),
)

Row = Sequence[Value]


def item_rows(batches: Iterable[Sequence[int]], plan: Plan, as_of: AsOf, names: dict[int, str]) -> Iterator[Row]:
    """`names` are the agencies', by key."""
    for batch in batches:
        for line in item_lines(batch, plan, as_of):
            yield _item_row(line, plan, names)


def _item_row(line: ItemStanding, plan: Plan, names: dict[int, str]) -> Row:
    item = line.item
    return (
        item.label,
        f"{chinese_numeral(item.section.number)}、{item.section.title}",
        item.title,
        line.light_word,
        round(line.percent, 1),
        *_against(line),
        line.pace.label if line.pace else "",
        "、".join(names[lead.agency_id] for lead in line.leads),
        len(line.assists),
        item.first_due_on,
        line.due_on,
        _inferred(line.due_on, is_inferred=item.is_inferred),
        f"{plan.document_number}第{chinese_numeral(item.section.number)}部分{item.label}",
    )


def assignment_rows(
    batches: Iterable[Sequence[int]], plan: Plan, as_of: AsOf, period: ReportingPeriod | None
) -> Iterator[Row]:
    for batch in batches:
        for line in assignment_lines(batch, plan, as_of, period):
            one, standing = line.assignment, line.standing
            yield (
                one.label,
                one.title,
                one.agency,
                one.role_label,
                standing.light_word,
                standing.percent,
                *_against(standing),
                one.first_due_on,
                standing.due_on,
                _inferred(standing.due_on, is_inferred=one.due_is_inferred),
                one.extension_count,
                line.filing.label if line.filing else "",
                line.text,
            )


def _against(row: ItemStanding | Standing) -> tuple[float | None, float | None]:
    """序时 and 差, where there is an end to be measured by."""
    if row.expected is None or row.gap is None:
        return None, None
    return round(row.expected, 1), round(row.gap, 1)


def _inferred(due_on: date | None, *, is_inferred: bool | None) -> str:
    if due_on is None:
        return "持续推进"
    return "推定" if is_inferred else ""
