"""Agencies write drafts and file reports."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from django.utils import timezone

from agencies.changes import note
from agencies.models import User
from tasks.access import awaits_consent
from tasks.models import (
    Assignment,
    Evidence,
    IndicatorReading,
    ProgressReport,
    ReportDraft,
    ReportEvidence,
    ReportingPeriod,
)
from tasks.models.choices import RUNNING
from tasks.rules.rounding import TENTH, percent_text
from tasks.rules.status import Pace, behind_line, expected_percent, pace_of
from tasks.standing.indicators import targets_of
from tasks.standing.rollup import thresholds_of
from tasks.workflow.current import LockedAssignment, WorkflowError, deed, lock_and_read
from tasks.workflow.evidence_store import own_evidence
from tasks.workflow.messages import clear_asked_consent
from tasks.workflow.periods import require_opened, require_unlocked
from tasks.workflow.questions import newest_accepted
from tasks.workflow.repeated import filed_before, saved_before
from tasks.workflow.urges import answer_by_filing
from tasks.workflow.versions import Basis, StaleError, checked_draft


@dataclass(frozen=True, slots=True)
class ReportContent:
    """What an agency says in a report. `readings` are cumulative values by the indicator's key.

    `evidence` is what goes along with it; None takes along what the draft has.
    """

    percent: int
    progress: str
    problems: str = ""
    next_steps: str = ""
    delay_reason: str = ""
    lower_reason: str = ""
    is_unchanged: bool = False
    readings: Mapping[int, Decimal] = field(default_factory=dict)
    evidence: Sequence[Evidence] | None = None


@deed
def save_draft(
    *,
    assignment: Assignment,
    period: ReportingPeriod,
    by: User,
    at: datetime,
    fields: Mapping[str, object],
    basis: Basis | None = None,
) -> ReportDraft:
    """Keeps what is written so far, however incomplete; only the agency sees it. Fields not given stay as they were.

    What lies with the agency's head is changed by the head alone. With a `basis`, refused as stale where somebody else
    saved or filed since; the same form sent again is the first draft.
    """
    current = lock_and_read(assignment, at, period)
    _require_running(current)
    require_unlocked(period)
    try:
        draft = checked_draft(assignment, period, basis, current.newest_report)
    except StaleError:
        if saved := saved_before(assignment, period, basis, fields, by=by):
            return saved
        raise
    if draft and draft.handed_in_at and awaits_consent(by, assignment.agency):
        raise WorkflowError("已送单位负责人审签，修改请先取回。")
    if draft is None:
        draft = ReportDraft(assignment=assignment, period=period, version=0)
    values = {**fields, "saved_at": at, "saved_by": by}
    evidence = cast("Iterable[Evidence] | None", values.pop("evidence", None))
    for name, value in values.items():
        setattr(draft, name, value)
    draft.version += 1
    draft.save()
    if evidence is not None:
        draft.evidence.set(own_evidence(evidence, assignment))
    return draft


@deed
def submit_report(
    *,
    assignment: Assignment,
    period: ReportingPeriod,
    content: ReportContent,
    by: User,
    at: datetime,
    basis: Basis | None = None,
) -> ProgressReport:
    """Files the agency's report; its draft is gone. Until it is accepted it counts nowhere and shows as 待审.

    Filing again in the same period is a new row that takes the place of the one before. Late filing is allowed. Where
    the agency's head consents first (审签) nobody else files; what a liaison handed in names the liaison who wrote it.
    With a `basis`, refused as stale where somebody else saved or filed since; the same form sent again is the first
    report.
    """
    current, day = lock_and_read(assignment, at, period), timezone.localdate(at)
    if current.plan_id != period.plan_id:
        raise WorkflowError("报告期不属于该行动计划。")
    _require_running(current)
    require_unlocked(period)
    require_opened(period, day)
    try:
        draft = checked_draft(assignment, period, basis, current.newest_report)
    except StaleError:
        if filed := filed_before(assignment, period, basis, content, by=by):
            return filed
        raise
    if awaits_consent(by, assignment.agency):
        raise WorkflowError("本单位的报告须经单位负责人审签后报送。")
    accepted = accepted_until(period, assignment, current)
    check_content(content, due_on=current.due_on, period=period, day=day, accepted=accepted)
    if current.newest_report:
        waiting = ProgressReport.objects.filter(assignment=assignment, period=period, settled_at__isnull=True)
        waiting.update(settled_at=current.at)
    report = ProgressReport.objects.create(
        assignment=assignment,
        period=period,
        percent=content.percent,
        progress=content.progress.strip(),
        problems=content.problems.strip(),
        next_steps=content.next_steps.strip(),
        delay_reason=content.delay_reason.strip(),
        lower_reason=content.lower_reason.strip(),
        is_unchanged=content.is_unchanged,
        prepared_by_id=draft.handed_in_by_id if draft else None,
        recorded_at=current.at,
        recorded_by=by,
    )
    if content.readings:
        _record_readings(report, content.readings, item=current.item_id)
    drafted = draft.evidence.all() if draft else ()
    attached = own_evidence(drafted if content.evidence is None else content.evidence, assignment)
    ReportEvidence.objects.bulk_create(ReportEvidence(report=report, evidence=evidence) for evidence in attached)
    if draft:
        draft.delete()
        if draft.handed_in_at:
            clear_asked_consent(assignment, at=current.at)
    note(
        "报送",
        assignment,
        by=by,
        at=current.at,
        new={"report": report.pk, "period": period.code, "percent": content.percent}
        | ({"evidence": [evidence.pk for evidence in attached]} if attached else {}),
        agency=assignment.agency,
    )
    answer_by_filing(report)
    return report


def _require_running(current: LockedAssignment) -> None:
    if current.closure not in RUNNING:
        raise WorkflowError("该任务已办结或中止，不再填报。")


def _record_readings(report: ProgressReport, readings: Mapping[int, Decimal], *, item: int) -> None:
    """Records the report's readings; those of another item's indicators are refused."""
    indicators = [indicator for indicator in targets_of(item) if indicator.pk in readings]
    if len(indicators) != len(readings):
        raise WorkflowError("读数中有不属于该任务的指标。")
    IndicatorReading.objects.bulk_create(
        IndicatorReading(report=report, indicator=indicator, value=readings[indicator.pk]) for indicator in indicators
    )


def accepted_until(period: ReportingPeriod, assignment: Assignment, current: LockedAssignment) -> int:
    """The floor of a report of the period, read from the database."""
    newest = next(iter(newest_accepted(assignment=assignment.pk, moment=current.at)), None)
    return floor_of(period, newest[0] if newest else None, current.percent)


def floor_of(period: ReportingPeriod, newest: date | None, percent: int) -> int:
    """The percentage that a report of the period may not go below without a reason (回调原因).

    Where the assignment stands, unless by a newer period: `newest` is when the newest accepted one began, if any.
    """
    return 0 if newest and newest > period.starts_on else percent


def check_content(
    content: ReportContent, *, due_on: date | None, period: ReportingPeriod, day: date, accepted: int = 0
) -> None:
    """Raises WorkflowError at the field that a report may not leave so: percent, progress, lower or delay reason.

    `accepted` is the last accepted percentage; to go below it needs a reason.
    """
    if not 0 <= content.percent <= 100:
        raise WorkflowError("进度应为0到100之间的整数。", "percent")
    if not content.progress.strip():
        raise WorkflowError("请填写进展情况。", "progress")
    if content.percent < accepted and not content.lower_reason.strip():
        raise WorkflowError(f"{content.percent}%低于上次通过的{accepted}%，请写明回调原因。", "lower_reason")
    expected = expected_percent(period.plan.issued_on, due_on, day)
    is_behind = pace_of(content.percent, expected, thresholds_of(period.plan)) == Pace.BEHIND
    if is_behind and not content.delay_reason.strip():
        assert expected is not None
        line = behind_line(expected, thresholds_of(period.plan))
        raise WorkflowError(
            f"{content.percent}%低于黄灯线{percent_text(line, TENTH)}，请写明原因和预计赶上的时间。", "delay_reason"
        )
