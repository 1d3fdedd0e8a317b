"""The columns of the list of offices to take away: the figures of the page, rounded as it shows them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reports.xlsx.sheets import Column, Value
from tasks.rules.rounding import TENTH, half_up
from tasks.standing.local import OfficeStanding

SHARE, PERCENT, POINTS, DATE, WHOLE = "0%", "0.0%", "+0.0;-0.0;0.0", "yyyy-mm-dd", "0"
UNISSUED, NONE = "未印发", "不设"
Labels = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class LocalColumn(Column):
    """A column that knows what it shows of an office; `labels` are those of the plan's items."""

    value: Callable[[OfficeStanding, Labels], Value] = field(kw_only=True)


def _share(part: Sequence[Any], whole: Sequence[Any]) -> float | None:
    return float(half_up(100 * len(part) / len(whole))) / 100 if whole else None


def _percent(value: float) -> float:
    return float(half_up(value, TENTH)) / 100


def _if_issued(of: Callable[[OfficeStanding], Value]) -> Callable[[OfficeStanding, Labels], Value]:
    return lambda each, _: of(each) if each.is_issued else None


def _if_counted(of: Callable[[OfficeStanding], Value]) -> Callable[[OfficeStanding, Labels], Value]:
    return lambda each, _: of(each) if each.is_issued and each.total.counted else None


def _gaps(each: OfficeStanding, labels: Labels) -> str:
    return "、".join(labels[item] for item in each.lacking)


COLUMNS: tuple[LocalColumn, ...] = (
    LocalColumn("市县", 14, value=lambda each, _: each.office.area),
    LocalColumn("层级", 12, value=lambda each, _: each.office.get_level_display()),
    LocalColumn("印发日期", 12, DATE, value=lambda each, _: each.plan.issued_on if each.plan else UNISSUED),
    LocalColumn("发文字号", 26, value=lambda each, _: each.plan.document_number if each.plan else ""),
    LocalColumn("应覆盖（项）", 11, WHOLE, value=_if_issued(lambda each: len(each.asked))),
    LocalColumn("覆盖（项）", 10, WHOLE, value=_if_issued(lambda each: len(each.covered))),
    LocalColumn("空缺（项）", 10, WHOLE, value=_if_issued(lambda each: len(each.lacking))),
    LocalColumn("待确认（项）", 11, WHOLE, value=_if_issued(lambda each: len(each.unsettled))),
    LocalColumn("本地任务（项）", 13, WHOLE, value=_if_issued(lambda each: len(each.items))),
    LocalColumn("写明时限", 10, SHARE, value=_if_issued(lambda each: _share(each.dated, each.items))),
    LocalColumn("设有节点", 10, SHARE, value=_if_issued(lambda each: _share(each.stepped, each.items))),
    LocalColumn("到期节点", 10, WHOLE, value=_if_issued(lambda each: len(each.came_due))),
    LocalColumn("按期完成", 10, WHOLE, value=_if_issued(lambda each: len(each.kept))),
    LocalColumn("进度", 10, PERCENT, value=_if_counted(lambda each: _percent(each.total.percent))),
    LocalColumn("序时", 10, PERCENT, value=_if_counted(lambda each: _percent(each.total.expected))),
    LocalColumn("差（百分点）", 12, POINTS, value=_if_counted(lambda each: each.gap)),
    LocalColumn("逾期（项）", 10, WHOLE, value=_if_issued(lambda each: each.reds)),
    LocalColumn("滞后（项）", 10, WHOLE, value=_if_issued(lambda each: each.yellows)),
    LocalColumn("应报（份）", 10, WHOLE, value=_if_issued(lambda each: each.owed)),
    LocalColumn("已报（份）", 10, WHOLE, value=_if_issued(lambda each: each.filed)),
    LocalColumn("县区（个）", 10, WHOLE, value=lambda each, _: each.counties or NONE),
    LocalColumn("县区已印发（个）", 14, WHOLE, value=lambda each, _: each.issued_counties if each.counties else None),
    LocalColumn("空缺任务", 40, is_wrapped=True, value=_gaps),
)
