"""What the pages on periods ask: who would owe a report, and whether one is excused (免报)."""

from datetime import datetime

from django.db.models import Count, Q

from tasks.models import Assignment, Plan, ReportingPeriod
from tasks.models.obligation import Obligation


def is_waived(assignment: Assignment, period: ReportingPeriod, moment: datetime) -> bool:
    """Whether the assignment is excused from the period's report."""
    standing = Assignment.objects.as_of(moment, period).only("pk").get(pk=assignment.pk)
    return standing.obligation == Obligation.WAIVED


def owing(plan: Plan, moment: datetime) -> list[tuple[str, int, int]]:
    """Each agency that would owe reports of a period that opened now: its name, how many, and its accounts."""
    roles = [Assignment.Role.LEAD, *([Assignment.Role.ASSIST] if plan.assists_owe_reports else [])]
    parts = Assignment.objects.in_force(moment).running(moment).filter(item__plan=plan, role__in=roles)
    active = Q(agency__users__is_active=True)
    rows = parts.order_by("agency__ordinal", "agency_id").values("agency_id", "agency__name")
    counted = rows.annotate(
        owed_now=Count("pk", distinct=True), people_now=Count("agency__users", active, distinct=True)
    )
    return list(counted.values_list("agency__name", "owed_now", "people_now"))
