"""The sum of several plans: counts added, means taken over all their items."""

from collections.abc import Sequence

from reports.quarter.facts import ItemFacts, PlanFacts, Totals
from tasks.rules.status import SEVERITY, Light

COUNTS = (
    *("items", "leads", "assists", "red", "yellow", "blue", "green", "grey", "ahead", "on_pace", "behind"),
    *("owed", "accepted", "waiting", "sent_back", "missing", "waived", "late"),
)


def overall(plans: Sequence[PlanFacts]) -> Totals:
    """Of a single plan, its own totals."""
    if len(plans) == 1:
        return plans[0].totals
    items = averaged([item for plan in plans for item in plan.items])
    sums = {key: sum(getattr(plan.totals, key) for plan in plans) for key in COUNTS}
    lights = [Light(plan.totals.light) for plan in plans]
    return Totals(
        percent=_mean([item.percent for item in items]),
        expected=_mean([item.expected or 0.0 for item in items]),
        light=min(lights, key=SEVERITY.__getitem__, default=Light.GREY).value,
        **sums,
    )


def averaged(items: Sequence[ItemFacts]) -> list[ItemFacts]:
    """Those that a mean is taken of, as `tasks.standing.rollup.averaged` says."""
    counted = [item for item in items if item.counts] or list(items)
    return [item for item in counted if item.expected is not None] or counted


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 6) if values else 0.0
