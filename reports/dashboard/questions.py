"""What dashboards and an agency's page ask, put into SQL once: it was a quarter of the time of an agency's page."""

from typing import Any

from django.db.models import Count, DateField, DateTimeField, F, IntegerField, OuterRef, QuerySet, Subquery, Value

from agencies.models import Agency
from qa_plan.compile_once import InKeys, KeyList, Param, compile_once
from tasks.models import Assignment, Evidence, ProgressReport, ReportingPeriod, Waiver
from tasks.models.obligation import obligation
from tasks.models.read_then import title_then
from tasks.standing.filing import Filed


@compile_once(
    plan=IntegerField(),
    agency=IntegerField(),
    moment=DateTimeField(),
    period=IntegerField(),
    closing=DateTimeField(),
    day=DateField(),
)
def agency_assignments(
    plan: Param,
    agency: Param,
    moment: Param,
    period: Param,
    closing: Param,
    day: Param,
    *,
    has_period: bool,
    assists: bool,
) -> QuerySet[Assignment]:
    """Those in force at the moment, and those that were at the closing, with all that tells how they stand."""
    owed = obligation(period, closing, assists=assists) if has_period else Value("")
    assignments = Assignment.objects.held(closing, moment).filter(item__plan=plan, agency=agency)
    standing = assignments.with_standing(moment, owed).with_due_history(moment).with_state(moment)
    standing = standing.with_once_red(day, moment).annotate(title_then=title_then(moment, "item", "item__title"))
    return standing.select_related("item").defer("item__text").order_by("item__place")


@compile_once(period=IntegerField(), agency=IntegerField(), moment=DateTimeField())
def reports_of_agency(period: Param, agency: Param, moment: Param) -> QuerySet[ProgressReport, tuple[Any, ...]]:
    """What it filed in the period, newest first, as `Filed`."""
    reports = ProgressReport.objects.as_of(moment).filter(period=period, assignment__agency=agency)
    return reports.values_list(*Filed._fields)


@compile_once(plan=IntegerField(), agency=IntegerField(), moment=DateTimeField(), day=DateField())
def opened_with_excused(plan: Param, agency: Param, moment: Param, day: Param) -> QuerySet[ReportingPeriod, Any]:
    """The periods opened by that day, the newest first, each with how many of the agency's reports are 免报."""
    turns = Waiver.objects.filter(recorded_at__lte=moment)
    later = turns.filter(assignment=OuterRef("assignment"), period=OuterRef("period")).order_by("-recorded_at", "-pk")
    last = turns.filter(assignment__agency=agency, period=OuterRef("pk"), pk=Subquery(later.values("pk")[:1]))
    excused = last.filter(is_waived=True).order_by().values("period").annotate(count=Count("pk")).values("count")
    opened = ReportingPeriod.objects.filter(plan=plan, opens_on__lte=day).annotate(excused=Subquery(excused))
    return opened.order_by("-opens_on")


@compile_once(reports=KeyList())
def evidence_of_reports(reports: Param) -> QuerySet[Any, Any]:
    """What is with each of the reports, which is its `report_key`; one that is with several comes with each."""
    attached = Evidence.objects.filter(InKeys(F("reports"), reports)).annotate(report_key=F("reports"))
    return attached.select_related("blob").order_by("pk")


@compile_once(keys=KeyList())
def agencies_by_key(keys: Param) -> QuerySet[Agency]:
    return Agency.objects.filter(InKeys(F("pk"), keys))
