"""量化指标: targets beside the latest accepted reading."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agencies.models import Agency
from tasks.models import ActionItem, Indicator, Plan
from tasks.rules.asof import AsOf
from tasks.rules.status import Light, expected_percent, indicator_light
from tasks.standing.questions import indicators_of_agency, indicators_of_item, targets_of_item
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
    indicators: Iterable[Any] = indicators_of_item(item=item.pk, moment=as_of.moment)
    if then := getattr(item, "former", None):
        indicators = list(indicators_read_then(indicators, {item.pk: then}))
        for each in indicators:
            each.item, each.due_on = item, item.due_on
    return [_row(indicator, item.plan, as_of) for indicator in indicators]


def indicators_read_then(indicators: Iterable[Indicator], formers: Mapping[int, Mapping[str, Any]]) -> Iterator[Any]:
    """Those that were known, with name and target as they were read; `formers` by item, where it was corrected since.

    In the given order; behind it what was read then and has gone since, which never had a reading.
    """
    known = {row["pk"]: (item, row) for item, former in formers.items() for row in former["indicators"]}
    for indicator in indicators:
        if indicator.item_id not in formers:
            yield indicator
        elif indicator.pk in known:
            yield _with_reading(indicator, known.pop(indicator.pk)[1])
    for pk, (item, row) in known.items():
        gone: Any = _with_reading(Indicator(pk=pk, item_id=item), row)
        gone.value = None
        yield gone


def _with_reading(indicator: Indicator, row: Mapping[str, Any]) -> Indicator:
    for name in ("name", "unit", "start", "end"):
        setattr(indicator, name, row[name])
    indicator.target = Decimal(row["target"])
    return indicator


def agency_indicator_rows(plan: Plan, as_of: AsOf, agency: Agency) -> list[IndicatorRow]:
    """The indicators of which this agency's accepted reports give readings, with the agency's own latest reading."""
    indicators: list[Any] = list(indicators_of_agency(agency=agency.pk, plan=plan.pk, moment=as_of.moment))
    formers = {each.item_id: each.former for each in indicators if each.former}
    read = [each for each in indicators_read_then(indicators, formers) if each.value is not None]
    return [_row(indicator, plan, as_of) for indicator in read]


def targets_of(item: int) -> list[Indicator]:
    """The item's indicators as they are, without readings; given by its key."""
    return targets_of_item(item=item)


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
