"""One agency's part in a plan, for its own page: only its rows are read."""

from dataclasses import dataclass

from agencies.models import Agency
from tasks.asof import AsOf
from tasks.filing import Filing, FilingCount, count_filings, current_period, filings, shown_filing
from tasks.models import ActionItem, Assignment, Plan
from tasks.rollup import Standing, Total, standing_of, total
from tasks.status import SEVERITY, Light


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """One assignment on an agency's page."""

    assignment: Assignment
    standing: Standing
    filing: Filing | None

    @property
    def item(self) -> ActionItem:
        return self.assignment.item


@dataclass(frozen=True, slots=True)
class AgencyPart:
    leads: list[AgencyLine]
    assists: list[AgencyLine]
    total: Total
    filing: FilingCount | None

    @property
    def waived(self) -> list[AgencyLine]:
        """免报 in the current period."""
        return [line for line in (*self.leads, *self.assists) if line.standing.is_waived]

    @property
    def troubles(self) -> list[tuple[Light, int]]:
        """How many leads are late or behind."""
        counts = [(light, self.total.lights[light]) for light in (Light.RED, Light.YELLOW)]
        return [(light, count) for light, count in counts if count]


def agency_part(plan: Plan, agency: Agency, as_of: AsOf) -> AgencyPart:
    """What one agency has to do in the plan and how it stands; leads worst first, assisting ones apart."""
    period = current_period(plan, as_of.day)
    found = (
        Assignment.objects.as_of(as_of.moment, period)
        .with_due_history(as_of.moment)
        .filter(item__plan=plan, agency=agency)
        .select_related("item")
        .defer("item__text")
        .order_by("item__number")
    )
    assignments = {assignment.pk: assignment for assignment in found}
    rows = [standing_of(assignment, plan, as_of.day) for assignment in assignments.values()]
    states = filings(period, as_of.moment, assignment__agency=agency)

    def line(row: Standing) -> AgencyLine:
        assignment = assignments[row.pk]
        assignment.item.plan = plan
        return AgencyLine(assignment, row, shown_filing(row.obligation, states.get(row.pk)))

    leads = sorted((row for row in rows if row.is_lead), key=lambda row: (SEVERITY[row.light], row.gap or 0.0))
    return AgencyPart(
        leads=[line(row) for row in leads],
        assists=[line(row) for row in rows if not row.is_lead],
        total=total([row for row in leads if row.counts]),
        filing=count_filings(period, ((row.pk, row.obligation) for row in rows), states) if period else None,
    )
