"""量化指标: targets beside the latest accepted reading."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agencies.models import Agency
from tasks.models import ActionItem, Indicator, Plan
from tasks.rules.asof import AsOf
from tasks.rules.status import Light, expected_percent, indicator_light
from tasks.standing.questions import indicators_of_agency, indicators_of_item
from tasks.standing.rollup import thresholds_on


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """`percent` is the share of the target that is reached; it may pass 100. No reading counts as 0."""

    indicator: Indicator
    percent: float
    expected: float | None
    light: Light


def item_indicator_rows(item: ActionItem, as_of: AsOf) -> list[IndicatorRow]:
    """The item's indicators, each with its latest reading from an accepted report of any agency, if any."""
    indicators: Iterable[Indicator] = indicators_of_item(item=item.pk, moment=as_of.moment)
    if then := getattr(item, "former", None):
        indicators = _as_read_then(indicators, {row["pk"]: row for row in then["indicators"]})
    return [_row(indicator, item.plan, as_of) for indicator in indicators]


def _as_read_then(indicators: Iterable[Indicator], then: Mapping[int, dict[str, Any]]) -> Iterator[Indicator]:
    """Those that were known, with name and target as they were read before a correction."""
    for indicator in indicators:
        if row := then.get(indicator.pk):
            for name in ("name", "unit", "start", "end"):
                setattr(indicator, name, row[name])
            indicator.target = Decimal(row["target"])
            yield indicator


def agency_indicator_rows(plan: Plan, as_of: AsOf, agency: Agency) -> list[IndicatorRow]:
    """The indicators of which this agency's accepted reports give readings, with the agency's own latest reading."""
    indicators = indicators_of_agency(agency=agency.pk, plan=plan.pk, moment=as_of.moment)
    return [_row(indicator, plan, as_of) for indicator in indicators]


def targets_of(item: int) -> list[Indicator]:
    """The item's indicators as they are, without readings; given by its key."""
    return list(Indicator.objects.filter(item=item).order_by("start"))


def _row(indicator: Any, plan: Plan, as_of: AsOf) -> IndicatorRow:
    """Of an indicator that was read with `value` and `due_on`."""
    indicator.item.plan = plan
    percent = percent_reached(indicator.value, indicator.target)
    expected = expected_percent(plan.issued_on, indicator.due_on, as_of.day)
    light = indicator_light(percent, expected, thresholds_on(plan, as_of.day))
    return IndicatorRow(indicator, percent, expected, light)


def percent_reached(value: Decimal | None, target: Decimal) -> float:
    """How much of the target is reached; it may pass 100. No reading counts as 0."""
    return 100 * float(value or 0) / float(target) if target else 0.0
