"""The columns of the ledgers, one line each: the head, what a click on it sorts by, and its cell.

The places in a cell are filled by `tasks.templatetags.rows`, which escapes what people typed.
What the status rule decides is sorted in Python, anything else by the database.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from tasks.models import ReportingPeriod
from tasks.rules.status import SEVERITY

NOTHING = Decimal()


class Column(NamedTuple):
    head: str  # {period} stands for the current one
    name: str = ""  # names the order in the address; "" for a column that nobody sorts by
    fields: Sequence[str] = ()  # what the database sorts by
    key: Callable[[Any], Any] | None = None  # what Python sorts by, of a row with its standing
    css: str = ""  # the class of the head and of the cell
    cell: str = ""  # what stands in it, with places to be filled
    narrow: str = ""  # a class of the cell alone: what it does on a phone
    hides_as: str = ""  # names it in the address of a ledger without it; "" for one that every ledger has

    @property
    def form(self) -> str:
        """The cell as it is drawn, before its places are filled."""
        return f'<td role="cell" class="{f"{self.css} {self.narrow}".strip()}">{self.cell}</td>'


def _gap(row: Any) -> Decimal:
    return row.gap or NOTHING


def _severity(row: Any) -> int:
    """The worst light first; assisting assignments, which have none, come last."""
    return SEVERITY[row.light] if row.light else len(SEVERITY)


LIGHT = Column("亮灯", "light", key=lambda row: (_severity(row), _gap(row)), cell="{light}", narrow="lightcell")
BAR = Column("进度与序时", css="barcell", cell="{bar}", hides_as="bar")
PERCENT = Column("进度", "percent", key=lambda row: row.percent, css="num", cell="{percent}", narrow="pctcell")
GAP = Column("差", "gap", key=_gap, css="num", cell="{gap}", narrow="no-phone {gap_class}", hides_as="gap")
DUE = Column("完成时限", "due", ("due_on", "place"), cell="{due}", narrow="duecell nw", hides_as="due")
LEAD_LIGHT = LIGHT._replace(cell="{light}{settling}")
ITEM_LINK = '<a href="{items}{number}/{query}">{title}</a>'
ASSIGNMENT_LINK = '<a href="{items}{number}/{query}#a{key}">{title}</a>'
AGENCY_LINK = '<a href="{agencies}{agency_key}/{query}">{agency}</a>'

ITEM_COLUMNS = (
    Column("序号", "number", ("place",), css="no", cell="{choice}{label}"),
    Column("任务", cell=ITEM_LINK, narrow="title"),
    Column("部分", cell="{section}", narrow="no-phone nw", hides_as="section"),
    LIGHT,
    BAR,
    PERCENT,
    GAP,
    DUE,
    Column("负责单位（列滞后单位）", cell="{behind}", narrow="no-phone", hides_as="agencies"),
)
ASSIGNMENT_COLUMNS = (
    Column("序号", "number", ("item__place", "agency__ordinal", "agency_id"), css="no", cell="{choice}{label}"),
    Column("任务", cell=ASSIGNMENT_LINK, narrow="title"),
    Column("单位", "agency", ("agency__ordinal", "agency_id", "item__place"), cell=AGENCY_LINK, narrow="ag"),
    Column("角色", cell="{role}{inferred}", narrow="no-phone nw", hides_as="role"),
    LEAD_LIGHT,
    Column("状态", cell="{state}", narrow="nw no-phone", hides_as="state"),
    BAR,
    PERCENT,
    GAP,
    DUE._replace(fields=("due_on", "item__place", "agency__ordinal")),
    Column("{period}报告", cell="{filing}", narrow="nw no-phone", hides_as="report"),
    Column("最近进展", cell="{text}", narrow="whole", hides_as="text"),
)


def hideable(columns: Iterable[Column]) -> list[tuple[str, str]]:
    """What a ledger can do without, to choose from."""
    named = [(column.hides_as, column.head.format(period="本期").partition("（")[0]) for column in columns]
    return [(name, head) for name, head in named if name]


def shown(columns: Iterable[Column], hidden: Collection[str]) -> list[Column]:
    return [column for column in columns if column.hides_as not in hidden]


def heads(columns: Iterable[Column], period: ReportingPeriod | None = None) -> list[Column]:
    """The columns with the period named in their heads, where there is one."""
    return [column._replace(head=column.head.format(period=period or "")) for column in columns]


def row_form(columns: Iterable[Column]) -> str:
    """A row of the ledger before its places are filled."""
    return f'<tr role="row">{"".join(column.form for column in columns)}</tr>'
