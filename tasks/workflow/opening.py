"""Reporting periods open on their day, by the daily round and with a plan that is issued amid one."""

from datetime import date

from django.db.models import Max

from agencies.changes import note
from qa_plan import clock
from tasks.models import Assignment, Plan, ReportingPeriod, WorkdayOverride
from tasks.models.choices import AssignmentRole
from tasks.rules.periods import may_have_opened, periods_between
from tasks.workflow.current import deed, lock_row


def open_periods(plan: Plan, on: date) -> list[ReportingPeriod]:
    """Opens the periods whose opening day has come; on most days there is none, and nothing to wait for."""
    return _open(plan, on) if periods_to_open(plan, on) else []


@deed
def _open(plan: Plan, on: date) -> list[ReportingPeriod]:
    """Rounds at the same time wait for each other: each period is opened and noted once."""
    lock_row(plan, "NO KEY UPDATE")
    opened = ReportingPeriod.objects.bulk_create(periods_to_open(plan, on))
    for period in opened:
        days = {"opens_on": period.opens_on, "due_on": period.due_on}
        note("开放报告期", period, by=None, at=clock.at(on), new=days)
    return opened


def periods_to_open(plan: Plan, on: date) -> list[ReportingPeriod]:
    moment = clock.end_of(on)
    known, series = list(plan.periods.all()), plan.series(moment)
    codes = {period.code for period in known}
    if may_have_opened(plan.begins_on, on, series) <= codes:
        return []
    overrides = WorkdayOverride.objects.as_overrides()
    planned = periods_between(plan.begins_on, reports_until(plan, on), series, overrides=overrides)
    return [
        ReportingPeriod(
            plan=plan,
            code=period.code,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            opens_on=period.opens_on,
            due_on=period.due_on,
        )
        for period in planned
        if period.opens_on <= on and not any(period.overlaps(each.starts_on, each.ends_on) for each in known)
    ]


def reports_until(plan: Plan, on: date) -> date:
    """The last day that the plan reports on as things stand: its latest due date, and as long as anything runs."""
    moment = clock.end_of(on)
    last_due_on = plan.items.existing(moment).as_of(moment).aggregate(last=Max("due_on"))["last"]
    until = max(plan.due_on, last_due_on or plan.due_on)
    if on <= until:
        return until
    leads = Assignment.objects.in_force(moment).filter(item__plan=plan, role=AssignmentRole.LEAD)
    return on if leads.running(moment).exists() else until
