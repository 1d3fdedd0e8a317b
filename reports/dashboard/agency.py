"""An agency's own page shows its part in a plan: only its rows are read."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from agencies.models import Agency, AgencyGroup
from reports.dashboard.questions import agency_assignments, opened_with_excused, reports_of_agency
from tasks.models import ActionItem, Assignment, Plan, ReportingPeriod
from tasks.rules.asof import AsOf
from tasks.rules.status import Light
from tasks.standing.course import is_settling
from tasks.standing.filing import (
    Filed,
    Filing,
    FilingCount,
    count_filings,
    filings_in,
    late_filings,
    shown_filing,
)
from tasks.standing.rollup import Standing, Total, standing_of, total


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """One assignment on an agency's page."""

    assignment: Assignment
    standing: Standing
    filing: Filing | None

    @property
    def is_settling(self) -> bool:
        return is_settling(self.assignment, self.standing.percent)

    @property
    def item(self) -> ActionItem:
        return self.assignment.item


@dataclass(frozen=True, slots=True)
class AgencyPart:
    """What an agency has to do in a plan, with how it stands."""

    leads: list[AgencyLine]
    assists: list[AgencyLine]
    total: Total
    filing: FilingCount | None
    waived: list[ReportingPeriod]  # those with 免报, newest first, each with how many as `excused`

    @property
    def settling(self) -> int:
        """待销号: how many leads wait for the office to close them."""
        return sum(line.is_settling for line in self.leads)

    @property
    def once_red(self) -> int:
        """曾逾期: how many leads were late, and aren't now."""
        return sum(line.assignment.was_red and line.standing.light != Light.RED for line in self.leads)

    @property
    def troubles(self) -> list[tuple[Light, int]]:
        """Counts the leads that are late or behind, and those that ended before they were done."""
        told = (Light.RED, Light.YELLOW, Light.SUSPENDED, Light.CANCELLED)
        return [(light, self.total.lights[light]) for light in told if self.total.lights[light]]


def agency_part(plan: Plan, agency: Agency, as_of: AsOf) -> AgencyPart:
    """Reads what one agency has to do in the plan and how it stands; leads worst first, assisting ones apart."""
    moment, periods = as_of.moment, opened_periods_of(agency, plan, as_of)
    period = periods[0] if periods else None
    terms = period.terms_at(moment) if period else None
    then_or_now = agency_assignments(  # those held now, or when the period closed
        plan=plan.pk,
        agency=agency.pk,
        moment=moment,
        day=as_of.day,
        period=terms and terms.period,
        closing=terms.closing if terms else moment,
        has_period=terms is not None,
        assists=terms is not None and terms.assists,
    )
    now = {each.pk: each for each in then_or_now if each.ended_at is None or each.ended_at > moment}
    rows = [standing_of(assignment, plan, as_of.day) for assignment in now.values()]
    obligations = [(assignment.pk, assignment.obligation) for assignment in then_or_now]
    filed = reports_of_agency(period=period.pk, agency=agency.pk, moment=moment) if period else []
    reports = [Filed._make(row) for row in filed]
    states = filings_in(period, reports) if period else {}

    def line(row: Standing) -> AgencyLine:
        assignment: Any = now[row.pk]
        assignment.item.plan, assignment.item.title = plan, assignment.title_then
        return AgencyLine(assignment, row, shown_filing(row.obligation, states.get(row.pk)))

    leads = sorted((row for row in rows if row.is_lead), key=lambda row: (row.severity, row.gap or 0))
    return AgencyPart(
        leads=[line(row) for row in leads],
        assists=[line(row) for row in rows if not row.is_lead],
        total=total(leads),
        filing=count_filings(period, obligations, states, late_filings(period, reports)) if period else None,
        waived=[each for each in periods if each.excused],
    )


def opened_periods_of(agency: Agency, plan: Plan, as_of: AsOf) -> list[Any]:
    """Lists the periods opened by that day, the newest first, each with how many of the agency's reports are 免报."""
    periods = opened_with_excused(plan=plan.pk, agency=agency.pk, moment=as_of.moment, day=as_of.day)
    for period in periods:
        period.plan = plan
    return periods


def groups_of(plan: Plan) -> QuerySet[AgencyGroup]:
    """The groups that the plan's items name as assisting, such as 领导小组其他成员单位."""
    return AgencyGroup.objects.filter(items__plan=plan).distinct()
