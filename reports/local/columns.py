"""The columns of the list of offices to take away: the figures of the page, rounded as it shows them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reports.xlsx.sheets import Column, Value
from tasks.rules.rounding import TENTH, half_up
from tasks.rules.units import unit_word
from tasks.standing.local import OfficeStanding

SHARE, PERCENT, POINTS, DATE, WHOLE = "0%", "0.0%", "+0.0;-0.0;0.0", "yyyy-mm-dd", "0"
UNISSUED, NONE, UNREPORTED = "未印发", "不设", "尚无"


class Among(NamedTuple):
    """What the columns know beside an office: the labels of the plan's items, and the levels of all its offices."""

    labels: Mapping[int, str]
    levels: Collection[str]


@dataclass(frozen=True, slots=True)
class LocalColumn(Column):
    """A column that knows what it shows of an office; `of_below` is of the offices below that one."""

    value: Callable[[OfficeStanding, Among], Value] = field(kw_only=True)
    of_below: bool = field(default=False, kw_only=True)


def _share(part: Sequence[Any], whole: Sequence[Any]) -> float | None:
    return float(half_up(100 * len(part) / len(whole))) / 100 if whole else None


def _percent(value: float) -> float:
    return float(half_up(value, TENTH)) / 100


def _progress(each: OfficeStanding) -> Value:
    return UNREPORTED if each.total.is_unreported else _percent(each.total.percent)


def _gap(each: OfficeStanding) -> Value:
    return None if each.total.is_unreported else each.gap


def _if_issued(of: Callable[[OfficeStanding], Value]) -> Callable[[OfficeStanding, Among], Value]:
    return lambda each, _: of(each) if each.is_issued else None


def _if_counted(of: Callable[[OfficeStanding], Value]) -> Callable[[OfficeStanding, Among], Value]:
    return lambda each, _: of(each) if each.is_issued and each.total.counted else None


def _gaps(each: OfficeStanding, among: Among) -> str:
    return "、".join(among.labels[item] for item in each.lacking)


def _issued_counties(each: OfficeStanding, among: Among) -> int | None:
    return each.issued_counties if each.counties else None


COLUMNS: tuple[LocalColumn, ...] = (
    LocalColumn("市县", 12, value=lambda each, _: each.office.area),
    LocalColumn("层级", 13, value=lambda each, among: unit_word(each.office.level, among.levels)),
    LocalColumn("印发日期", 11, DATE, value=lambda each, _: each.plan.issued_on if each.plan else UNISSUED),
    LocalColumn("发文字号", 22, value=lambda each, _: each.plan.document_number if each.plan else ""),
    LocalColumn("应覆盖\n（项）", 8, WHOLE, value=_if_issued(lambda each: len(each.asked))),
    LocalColumn("覆盖\n（项）", 8, WHOLE, value=_if_issued(lambda each: len(each.covered))),
    LocalColumn("空缺\n（项）", 8, WHOLE, value=_if_issued(lambda each: len(each.lacking))),
    LocalColumn("待确认\n（项）", 8, WHOLE, value=_if_issued(lambda each: len(each.unsettled))),
    LocalColumn("本地任务\n（项）", 9, WHOLE, value=_if_issued(lambda each: len(each.items))),
    LocalColumn("写明时限", 8, SHARE, value=_if_issued(lambda each: _share(each.dated, each.items))),
    LocalColumn("设有节点", 8, SHARE, value=_if_issued(lambda each: _share(each.stepped, each.items))),
    LocalColumn("到期节点", 8, WHOLE, value=_if_issued(lambda each: len(each.came_due))),
    LocalColumn("按期完成", 8, WHOLE, value=_if_issued(lambda each: len(each.kept))),
    LocalColumn("进度", 8, PERCENT, value=_if_counted(_progress)),
    LocalColumn("序时", 8, PERCENT, value=_if_counted(lambda each: _percent(each.total.expected))),
    LocalColumn("差\n（百分点）", 11.5, POINTS, value=_if_counted(_gap)),
    LocalColumn("逾期\n（项）", 8, WHOLE, value=_if_issued(lambda each: each.reds)),
    LocalColumn("滞后\n（项）", 8, WHOLE, value=_if_issued(lambda each: each.yellows)),
    LocalColumn("应报\n（份）", 8, WHOLE, value=_if_issued(lambda each: each.owed)),
    LocalColumn("已报\n（份）", 8, WHOLE, value=_if_issued(lambda each: each.filed)),
    LocalColumn("县区\n（个）", 8, WHOLE, value=lambda each, _: each.counties or NONE, of_below=True),
    LocalColumn("县区已印发\n（个）", 11.5, WHOLE, value=_issued_counties, of_below=True),
    LocalColumn("空缺任务", 40, is_wrapped=True, value=_gaps),
)


def columns_of(offices: Collection[OfficeStanding]) -> list[LocalColumn]:
    """Without those of offices further below where none of them has any."""
    has_below = any(each.counties for each in offices)
    return [column for column in COLUMNS if has_below or not column.of_below]
