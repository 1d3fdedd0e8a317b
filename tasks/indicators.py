"""量化指标: targets beside the latest accepted reading."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from agencies.models import Agency
from tasks.asof import AsOf
from tasks.models import Indicator, IndicatorReading, Plan
from tasks.querysets import Latest
from tasks.rollup import thresholds_of
from tasks.status import Light, Pace, expected_percent, pace_of


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """`percent` is the share of the target that is reached; it may pass 100. No reading counts as 0."""

    indicator: Indicator
    percent: float
    expected: float | None
    light: Light


def indicator_rows(plan: Plan, as_of: AsOf, **match: object) -> list[IndicatorRow]:
    """The plan's indicators that match, each with its latest reading from an accepted report of any agency, if any."""
    return _rows(plan, as_of, Indicator.objects.filter(item__plan=plan, **match), _accepted_readings(as_of))


def agency_indicator_rows(plan: Plan, as_of: AsOf, agency: Agency) -> list[IndicatorRow]:
    """The indicators of which this agency's accepted reports give readings, with the agency's own latest reading."""
    own = _accepted_readings(as_of).filter(report__assignment__agency=agency)
    return _rows(plan, as_of, Indicator.objects.filter(Exists(own), item__plan=plan), own)


def _accepted_readings(as_of: AsOf) -> QuerySet[IndicatorReading]:
    """Of the outer indicator, newest first."""
    return (
        IndicatorReading.objects.filter(indicator=OuterRef("pk"), report__recorded_at__lte=as_of.moment)
        .alias(verdict=Latest("Review", "verdict", as_of.moment, report="report"))
        .filter(verdict="accepted")
        .order_by("-report__recorded_at", "-report_id")
    )


def _rows(
    plan: Plan, as_of: AsOf, indicators: QuerySet[Indicator], readings: QuerySet[IndicatorReading]
) -> list[IndicatorRow]:
    due_on = Latest("ItemRevision", "due_on", as_of.moment, item="item")
    found = (
        indicators.annotate(value=Subquery(readings.values("value")[:1]), due_on=due_on)
        .select_related("item")
        .defer("item__text")
    )
    return [_row(indicator, indicator.value, indicator.due_on, plan, as_of) for indicator in found]


def _row(indicator: Indicator, value: Decimal | None, due_on: date | None, plan: Plan, as_of: AsOf) -> IndicatorRow:
    indicator.item.plan = plan
    percent = 100 * float(value or 0) / float(indicator.target) if indicator.target else 0.0
    expected = expected_percent(plan.issued_on, due_on, as_of.day)
    is_behind = percent < 100 and pace_of(percent, expected, thresholds_of(plan)) == Pace.BEHIND
    return IndicatorRow(indicator, percent, expected, Light.YELLOW if is_behind else Light.GREEN)
