"""Sums up several plans: counts are added, means taken over all their items."""

from collections.abc import Sequence

from reports.quarter.facts import PlanFacts, Totals
from tasks.rules.means import averaged, expected_or_own, mean
from tasks.rules.status import Light, Pace, worst
from tasks.standing.filing import Filing

COUNTS = (
    *("items", "leads", "assists"),
    *(each.value for kind in (Light, Pace) for each in kind),
    *("owed", *(state.value for state in Filing), "late"),
)


def overall(plans: Sequence[PlanFacts]) -> Totals:
    """Sums up all plans together; a single plan has its own totals."""
    if len(plans) == 1:
        return plans[0].totals
    items = averaged([item for plan in plans for item in plan.items])
    return Totals(
        percent=round(mean([item.percent for item in items]), 6),
        expected=round(mean([expected_or_own(item) for item in items]), 6),
        light=worst(Light(plan.totals.light) for plan in plans).value,
        **{key: sum(getattr(plan.totals, key) for plan in plans) for key in COUNTS},
    )
