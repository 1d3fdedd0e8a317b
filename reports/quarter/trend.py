"""How sections and agencies stood at the close of each period before the package's day."""

from collections.abc import Iterable, Sequence

from reports.quarter.records import PlanState
from reports.quarter.row_facts import TrendRow
from tasks.models import ReportingPeriod
from tasks.standing.trend import trend_of

DECIMALS = 6


def trend_rows(now: PlanState, periods: Iterable[ReportingPeriod]) -> tuple[TrendRow, ...]:
    """Of the same items, the oldest period first; one query."""
    closed = [period for period in periods if period.due_on < now.day and period.due_on >= now.plan.begins_on]
    trend = trend_of(now.plan, closed, [item.pk for item in now.items])
    sections = {item.section_number for item in now.items}
    agencies = {holder.agency_id for holder in now.holders.values()}
    return (
        *_rows("section", sections, trend.sections, trend.periods),
        *_rows("agency", agencies, trend.agencies, trend.periods),
    )


def _rows(
    kind: str, keys: Iterable[int], series: dict[int, list[float | None]], periods: Sequence[ReportingPeriod]
) -> Iterable[TrendRow]:
    for key in sorted(keys):
        for period, point in zip(periods, series.get(key, [None] * len(periods)), strict=True):
            percent = None if point is None else round(point, DECIMALS)
            yield TrendRow(kind, key, period.code, period.due_on, percent)
