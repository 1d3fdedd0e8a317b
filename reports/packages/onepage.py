"""一页图: a leader reads one plan's quarter on one sheet, made from a package's facts."""

from dataclasses import dataclass

from reports.briefing.words import share
from reports.models import Package
from reports.quarter import AgencyFacts, IndicatorFacts, ItemFacts, LedgerRow, PlanFacts
from tasks.rules.status import Light, Pace

# What fits on one sheet of A4 together; the workbook has every plan whole.
MOST_ITEMS = 20
MOST_INDICATORS = 8
MOST_LATE = 8
MOST_UNFILED = 16


@dataclass(frozen=True, slots=True)
class OnePage:
    """What the sheet shows of one plan; what doesn't fit is counted."""

    plan: PlanFacts
    package: Package

    @property
    def lights(self) -> list[tuple[Light, int, str]]:
        """Each light with how many items have it, and their share."""
        totals = self.plan.totals
        counted = ((light, getattr(totals, light.value)) for light in Light)
        return [(light, count, share(count, totals.items)) for light, count in counted]

    @property
    def paces(self) -> list[tuple[Pace, int, str]]:
        totals = self.plan.totals
        counted = ((pace, getattr(totals, pace.value)) for pace in Pace)
        return [(pace, count, share(count, totals.items)) for pace, count in counted]

    @property
    def moved(self) -> float | None:
        """How many percentage points were won since the previous close."""
        return self.plan.totals.percent - self.plan.previous.percent if self.plan.previous else None

    @property
    def items(self) -> list[ItemFacts]:
        """All items where they fit, otherwise the worst."""
        items = list(self.plan.items)
        if len(items) <= MOST_ITEMS:
            return items
        order = [light.value for light in Light]
        return sorted(items, key=lambda item: (order.index(item.light), item.gap or 0.0))[:MOST_ITEMS]

    @property
    def left_out(self) -> int:
        return len(self.plan.items) - len(self.items)

    @property
    def late_left_out(self) -> int:
        return len(self.plan.laggards) - len(self.laggards)

    @property
    def indicators_left_out(self) -> int:
        return len(self.plan.indicators) - len(self.indicators)

    @property
    def laggards(self) -> list[AgencyFacts]:
        return self.plan.laggards[:MOST_LATE]

    @property
    def indicators(self) -> list[IndicatorFacts]:
        """The indicators; those that are behind come first, where not all fit."""
        known = list(self.plan.indicators)
        if len(known) <= MOST_INDICATORS:
            return known
        return sorted(known, key=lambda indicator: (not indicator.is_behind, indicator.percent))[:MOST_INDICATORS]

    @property
    def unfiled(self) -> list[AgencyFacts]:
        """The agencies that owe reports, those with the most first."""
        return sorted(self._missing, key=lambda agency: -agency.totals.unfiled)[:MOST_UNFILED]

    @property
    def unfiled_left_out(self) -> int:
        return len(self._missing) - len(self.unfiled)

    @property
    def _missing(self) -> list[AgencyFacts]:
        return [agency for agency in self.plan.agencies if agency.unfiled_items]

    @property
    def reasons(self) -> list[tuple[LedgerRow, ItemFacts]]:
        """What late agencies give as the reason is quoted, at most three times."""
        late = [row for row in (*self.plan.overdue, *self.plan.behind) if row.delay_reason or row.problems]
        return [(row, self.plan.item(row.item)) for row in late[:3]]
