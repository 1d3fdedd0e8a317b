"""What the page asks on which a report is excused (免报)."""

from datetime import datetime

from tasks.models import Assignment, ReportingPeriod
from tasks.models.obligation import Obligation


def is_waived(assignment: Assignment, period: ReportingPeriod, moment: datetime) -> bool:
    """Whether the assignment is excused from the period's report."""
    standing = Assignment.objects.as_of(moment, period).only("pk").get(pk=assignment.pk)
    return standing.obligation == Obligation.WAIVED
