"""What filing one report asks besides what 我的填报 does."""

from django.db.models import DateTimeField, IntegerField, QuerySet

from qa_plan.compile_once import Param, compile_once
from tasks.models import Assignment, Evidence, ProgressReport, ReportingPeriod


@compile_once(assignment=IntegerField(), period=IntegerField(), moment=DateTimeField())
def accepted_before(assignment: Param, period: Param, moment: Param) -> QuerySet[ProgressReport, str]:
    """What was said in the latest accepted report of another period, if any."""
    accepted = ProgressReport.objects.accepted(moment).filter(assignment=assignment)
    return accepted.exclude(period=period).values_list("progress", flat=True)[:1]


def drafted_evidence(assignment: Assignment, period: ReportingPeriod) -> QuerySet[Evidence]:
    drafted = Evidence.objects.filter(drafts__assignment=assignment, drafts__period=period)
    return drafted.select_related("blob")


def filed_report(pk: int) -> ProgressReport:
    """With what a form that was refused is compared with: who filed it, and its readings."""
    return ProgressReport.objects.select_related("recorded_by").prefetch_related("readings").get(pk=pk)
