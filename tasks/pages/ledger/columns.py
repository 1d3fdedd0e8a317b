"""The columns of the ledgers, one line each: the head, what a click on it sorts by, and the class of its cell.

What the status rule decides is sorted in Python, anything else by the database.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from tasks.models import ReportingPeriod
from tasks.rules.status import SEVERITY


class Column(NamedTuple):
    head: str  # {period} stands for the current one
    name: str = ""  # names the order in the address; "" for a column that nobody sorts by
    fields: Sequence[str] = ()  # what the database sorts by
    key: Callable[[Any], Any] | None = None  # what Python sorts by, of a row with its standing
    css: str = ""


def _gap(row: Any) -> float:
    return row.gap if row.gap is not None else 0.0


LIGHT = Column("亮灯", "light", key=lambda row: (SEVERITY[row.light], _gap(row)))
BAR = Column("进度与序时", css="barcell")
PERCENT = Column("进度", "percent", key=lambda row: row.percent, css="num")
GAP = Column("差", "gap", key=_gap, css="num")

ITEM_COLUMNS = (
    Column("序号", "number", ("number",), css="no"),
    Column("任务"),
    Column("部分"),
    LIGHT,
    BAR,
    PERCENT,
    GAP,
    Column("完成时限", "due", ("due_on", "number")),
    Column("负责单位（列滞后单位）"),
)
ASSIGNMENT_COLUMNS = (
    Column("序号", "number", ("item__number", "agency__ordinal", "agency_id"), css="no"),
    Column("任务"),
    Column("单位", "agency", ("agency__ordinal", "agency_id", "item__number")),
    Column("角色"),
    LIGHT,
    BAR,
    PERCENT,
    GAP,
    Column("完成时限", "due", ("due_on", "item__number", "agency__ordinal")),
    Column("{period}报告"),
    Column("最近进展"),
)


def heads(columns: Iterable[Column], period: ReportingPeriod | None = None) -> list[Column]:
    """The columns with the period named in their heads, where there is one."""
    return [column._replace(head=column.head.format(period=period or "")) for column in columns]
