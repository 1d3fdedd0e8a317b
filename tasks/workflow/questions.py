"""What guards ask after the lock, put into SQL once: a deed on a hundred reports asks each of it a hundred times."""

from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    DateTimeField,
    Exists,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)

from qa_plan.compile_once import Param, compile_once
from tasks.models import Assignment, PeriodLock, ProgressReport, ReportDraft, Review, Urge, UrgedAssignment
from tasks.models.latest import Latest

GUARDED = ("item_id", "item__plan_id", "due_on", "closure", "percent")


class LastWord(Func):
    """When anything was last said of an assignment: in a report, a review or withdrawal of one, or by a closure."""

    arity = 1
    output_field = DateTimeField()
    template = (
        "(SELECT MAX(said.at) FROM ("
        "SELECT recorded_at AS at FROM tasks_progressreport WHERE assignment_id = %(expressions)s UNION ALL "
        "SELECT review.recorded_at FROM tasks_review review JOIN tasks_progressreport report"
        " ON report.id = review.report_id WHERE report.assignment_id = %(expressions)s UNION ALL "
        "SELECT taken.recorded_at FROM tasks_reportwithdrawal taken JOIN tasks_progressreport report"
        " ON report.id = taken.report_id WHERE report.assignment_id = %(expressions)s UNION ALL "
        "SELECT recorded_at FROM tasks_closure WHERE assignment_id = %(expressions)s) said)"
    )


@compile_once(pk=IntegerField(), moment=DateTimeField(), period=IntegerField())
def guarded_columns(
    pk: Param, moment: Param, period: Param, *, has_period: bool
) -> QuerySet[Assignment, tuple[Any, ...]]:
    """Of the assignment, where it is in force: what guards look at, its newest report in the period, its last word."""
    of_period = ProgressReport.objects.as_of(moment).filter(assignment=OuterRef("pk"), period=period)
    newest = Subquery(of_period.values("pk")[:1]) if has_period else Value(None, BigIntegerField())
    standing = Assignment.objects.in_force(moment).with_standing(moment, Value("")).order_by().filter(pk=pk)
    return standing.values_list(*GUARDED, newest, LastWord("pk"))


@compile_once(assignment=IntegerField(), period=IntegerField(), moment=DateTimeField())
def newest_reports(
    assignment: Param, period: Param, moment: Param
) -> QuerySet[ProgressReport, tuple[int, str | None, int | None]]:
    """The newest report of the period, if any: its key, its verdict, and the key of the review that gave it."""
    reports = ProgressReport.objects.as_of(moment).filter(assignment=assignment, period=period)
    return reports.values_list("pk", "verdict", Latest("Review", "id", moment, report="pk"))[:1]


@compile_once(assignment=IntegerField(), moment=DateTimeField())
def newest_accepted(assignment: Param, moment: Param) -> QuerySet[ProgressReport, tuple[date, int, int]]:
    """The report that stands accepted for the newest period, if any: when that began, its key and its percentage."""
    accepted = ProgressReport.objects.accepted(moment).filter(assignment=assignment)
    newest = accepted.order_by("-period__starts_on", "-recorded_at", "-pk")
    return newest.values_list("period__starts_on", "pk", "percent")[:1]


@compile_once(report=IntegerField(), since=DateTimeField())
def waiting_origins(report: Param, since: Param) -> QuerySet[ProgressReport, tuple[int]]:
    """The reports of predecessors that it goes on with since then, and that waited then (机构调整)."""
    reviewed = Review.objects.filter(report=OuterRef("pk"), recorded_at__lte=since)
    origins = ProgressReport.objects.filter(~Exists(reviewed), continuations__report=report)
    return origins.order_by("pk").values_list("pk")


@compile_once(assignment=IntegerField(), period=IntegerField())
def drafts_of(assignment: Param, period: Param) -> QuerySet[ReportDraft]:
    """The draft of the period's report, if any."""
    return ReportDraft.objects.filter(assignment=assignment, period=period)


@compile_once(period=IntegerField())
def newest_locks(period: Param) -> QuerySet[PeriodLock]:
    """The last word on whether the period is locked, if any."""
    return PeriodLock.objects.filter(period=period).order_by("-recorded_at", "-pk")[:1]


@compile_once(assignment=IntegerField(), period=IntegerField())
def notices_to_file(assignment: Param, period: Param) -> QuerySet[Urge, tuple[int, bool]]:
    """The unanswered notices for that assignment's report: the key, and whether another report that it asks for lacks.

    Filed counts what was filed since the notice.
    """
    filed = ProgressReport.objects.filter(
        assignment=OuterRef("assignment"),
        period=period,
        recorded_at__gte=OuterRef("urge__recorded_at"),
        withdrawal__isnull=True,
    )
    lacking = UrgedAssignment.objects.filter(~Exists(filed), urge=OuterRef("pk"))
    mine = Urge.objects.filter(period=period, reply__isnull=True, subjects__assignment=assignment)
    return mine.order_by("pk").values_list("pk", Exists(lacking))
