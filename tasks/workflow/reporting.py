"""What agencies write: drafts and reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from agencies.changes import note
from agencies.models import User
from tasks.models import Assignment, Indicator, IndicatorReading, ProgressReport, ReportDraft, ReportingPeriod
from tasks.rollup import RUNNING, thresholds_of
from tasks.status import Pace, behind_line, expected_percent, pace_of
from tasks.workflow.current import WorkflowError, deed, locked


@dataclass(frozen=True, slots=True)
class ReportContent:
    """What an agency says in a report. `readings` are cumulative values by the indicator's key."""

    percent: int
    progress: str
    problems: str = ""
    next_steps: str = ""
    delay_reason: str = ""
    is_unchanged: bool = False
    readings: Mapping[int, Decimal] = field(default_factory=dict)


@deed
def save_draft(
    *, assignment: Assignment, period: ReportingPeriod, by: User, at: datetime, fields: Mapping[str, object]
) -> ReportDraft:
    """Keeps what is written so far, however incomplete; only the agency sees it."""
    if locked(assignment, at).closure not in RUNNING:
        raise WorkflowError("该任务已办结或中止，不再填报。")
    draft, _ = ReportDraft.objects.update_or_create(
        assignment=assignment, period=period, defaults={**fields, "saved_at": at, "saved_by": by}
    )
    return draft


@deed
def submit_report(
    *, assignment: Assignment, period: ReportingPeriod, content: ReportContent, by: User, at: datetime
) -> ProgressReport:
    """Files the agency's report; its draft is gone. Until it is accepted it counts nowhere and shows as 待审.

    Filing again in the same period is a new row that takes the place of the one before. Late filing is allowed.
    """
    current = locked(assignment, at)
    plan = period.plan
    if current.plan_id != plan.pk:
        raise WorkflowError("报告期不属于该行动计划。")
    if current.closure not in RUNNING:
        raise WorkflowError("该任务已办结或中止，不再填报。")
    if timezone.localdate(at) < period.opens_on:
        raise WorkflowError(f"{period}报告{period.opens_on:%Y-%m-%d}开放填报。")
    check_content(content, due_on=current.due_on, period=period, day=timezone.localdate(at))
    reports = ProgressReport.objects.filter(assignment=assignment, settled_at__isnull=True)
    reports.filter(period=period).update(settled_at=current.at)
    report = ProgressReport.objects.create(
        assignment=assignment,
        period=period,
        percent=content.percent,
        progress=content.progress.strip(),
        problems=content.problems.strip(),
        next_steps=content.next_steps.strip(),
        delay_reason=content.delay_reason.strip(),
        is_unchanged=content.is_unchanged,
        recorded_at=current.at,
        recorded_by=by,
    )
    if content.readings:
        indicators = Indicator.objects.filter(item=current.item_id, pk__in=content.readings)
        if len(indicators) != len(content.readings):
            raise WorkflowError("读数中有不属于该任务的指标。")
        IndicatorReading.objects.bulk_create(
            IndicatorReading(report=report, indicator=indicator, value=content.readings[indicator.pk])
            for indicator in indicators
        )
    ReportDraft.objects.filter(assignment=assignment, period=period).delete()
    note(
        "报送",
        assignment,
        by=by,
        at=current.at,
        new={"report": report.pk, "period": period.code, "percent": content.percent},
        agency=assignment.agency,
    )
    return report


def check_content(content: ReportContent, *, due_on: date | None, period: ReportingPeriod, day: date) -> None:
    """Raises WorkflowError at the field that a report may not leave so: percent, progress, delay_reason."""
    if not 0 <= content.percent <= 100:
        raise WorkflowError("进度应为0到100之间的整数。", "percent")
    if not content.progress.strip():
        raise WorkflowError("请填写进展情况。", "progress")
    expected = expected_percent(period.plan.issued_on, due_on, day)
    is_behind = pace_of(content.percent, expected, thresholds_of(period.plan)) == Pace.BEHIND
    if is_behind and not content.delay_reason.strip():
        assert expected is not None
        line = behind_line(expected, thresholds_of(period.plan))
        raise WorkflowError(f"{content.percent}%低于黄灯线{line:.1f}%，请写明原因和预计赶上的时间。", "delay_reason")
