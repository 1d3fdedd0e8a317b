"""量化指标 of a snapshot have their targets, the latest accepted reading, and what it was at the close before."""

from decimal import Decimal

from django.db.models import Subquery

from reports.quarter.definition import Definition
from reports.quarter.records import PlanState
from reports.quarter.row_facts import IndicatorFacts
from tasks.models import Indicator, ReportingPeriod
from tasks.rules.status import Light, expected_percent, indicator_light
from tasks.standing.indicators import indicators_read_then, percent_reached
from tasks.standing.questions import accepted_readings
from tasks.standing.rollup import thresholds_of

CENT = Decimal("0.01")


def indicator_facts(
    definition: Definition, now: PlanState, since: ReportingPeriod | None
) -> tuple[IndicatorFacts, ...]:
    """Reads the indicators in the notice's order. One query."""
    latest = accepted_readings(definition.as_of)
    earlier = accepted_readings(since.closes_at if since else definition.as_of)
    indicators = (
        Indicator.objects.filter(item__plan=now.plan)
        .annotate(
            value=Subquery(latest.values("value")[:1]),
            agency=Subquery(latest.values("report__assignment__agency__name")[:1]),
            earlier=Subquery(earlier.values("value")[:1]),
        )
        .order_by("item__place", "start", "pk")
    )
    formers = {item.pk: item.former for item in now.items if item.former}
    places = {item.pk: place for place, item in enumerate(now.items)}
    there = [each for each in indicators_read_then(indicators, formers) if each.item_id in places]
    there.sort(key=lambda each: (places[each.item_id], each.start, each.pk))
    return tuple(_facts(indicator, now, has_earlier=since is not None) for indicator in there)


def _exact(value: Decimal | None) -> Decimal | None:
    """Gives the value with two decimals, as it is kept: what databases give back of a subquery differs."""
    return None if value is None else value.quantize(CENT)


def _facts(indicator: Indicator, now: PlanState, *, has_earlier: bool) -> IndicatorFacts:
    item = now.item_of[indicator.item_id]
    value, target = _exact(getattr(indicator, "value", None)), indicator.target
    percent = percent_reached(value, target)
    expected = expected_percent(now.plan.issued_on, item.due_on, now.day)
    return IndicatorFacts(
        item=item.number,
        name=indicator.name,
        unit=indicator.unit,
        target=target.quantize(CENT),
        value=value,
        percent=round(percent, 6),
        expected=None if expected is None else round(expected, 6),
        is_behind=indicator_light(percent, expected, thresholds_of(now.plan)) == Light.YELLOW,
        previous_value=_exact(getattr(indicator, "earlier", None)) if has_earlier else None,
        agency=getattr(indicator, "agency", None) or "",
    )
