"""撤回: agencies take back what they filed or asked for, as long as nobody has reviewed or decided it."""

from datetime import datetime

from agencies.changes import note
from agencies.models import User
from tasks.models import (
    AgencyRequest,
    Assignment,
    Decision,
    ProgressReport,
    ReportDraft,
    ReportingPeriod,
    ReportWithdrawal,
    RequestWithdrawal,
)
from tasks.workflow.course import place_of
from tasks.workflow.current import WorkflowError, deed, lock_and_read
from tasks.workflow.periods import require_unlocked
from tasks.workflow.questions import drafts_of

TEXTS = ("percent", "progress", "problems", "next_steps", "delay_reason", "lower_reason", "is_unchanged")
TEXT_LENGTH = ReportWithdrawal._meta.get_field("reason").max_length or 0


@deed
def withdraw_report(*, report: ProgressReport, by: User, at: datetime, reason: str = "") -> ReportWithdrawal:
    """Takes back everything that the agency filed in the period since the last review; it was never filed.

    What the newest of them said is a draft again, unless the agency had begun another. Refused once a coordinator has
    reviewed it, in a locked period, and for what goes on with other agencies' reports. Done twice is done once.
    """
    assignment, period = report.assignment, report.period
    current = lock_and_read(assignment, at, period)
    taken = ReportWithdrawal.objects.filter(report=report).first()
    if taken:
        return taken
    require_unlocked(period)
    _check_length(reason)
    unreviewed = _since_the_last_review(assignment, period, current.at)
    if not unreviewed or report.pk != unreviewed[0].pk:
        is_newest = current.newest_report == report.pk
        why = "统筹人员已经审核这份报告，不能撤回；可重新报送。" if is_newest else "已有更新的一稿，请撤回最新一稿。"
        raise WorkflowError(why)
    if any(each.goes_on for each in unreviewed):
        raise WorkflowError("这份报告承接了原单位的内容，不能撤回；如需更正，请重新报送。")
    said = {"reason": reason.strip(), "recorded_at": current.at, "recorded_by": by}
    withdrawal, *_ = [ReportWithdrawal.objects.create(report=each, **said) for each in unreviewed]
    waiting = ProgressReport.objects.filter(pk__in=[each.pk for each in unreviewed], settled_at=None)
    waiting.update(settled_at=current.at)
    _draft_again(report, by=by, at=current.at)
    note(
        "撤回报告",
        assignment,
        by=by,
        at=current.at,
        old={"report": report.pk, "period": period.code, "percent": report.percent},
        new={},
        reason=reason.strip(),
        agency=assignment.agency,
    )
    return withdrawal


def _since_the_last_review(assignment: Assignment, period: ReportingPeriod, moment: datetime) -> list[ProgressReport]:
    """The newest first; none where the newest was reviewed."""
    filed = ProgressReport.objects.as_of(moment).with_origin().filter(assignment=assignment, period=period)
    unreviewed: list[ProgressReport] = []
    for each in filed:
        if each.verdict is not None:
            break
        unreviewed.append(each)
    return unreviewed


def _draft_again(report: ProgressReport, *, by: User, at: datetime) -> None:
    """A version past any that a form of this period was made from, so that none of them is taken for current."""
    draft = next(iter(drafts_of(assignment=report.assignment_id, period=report.period_id)), None)
    if draft is not None:
        draft.version = max(draft.version, report.pk) + 1
        draft.save(update_fields=["version"])
        return
    readings = {str(reading.indicator_id): str(reading.value) for reading in report.readings.all()}
    draft = ReportDraft.objects.create(
        assignment_id=report.assignment_id,
        period_id=report.period_id,
        readings=readings,
        saved_at=at,
        saved_by=by,
        version=report.pk + 1,
        **{name: getattr(report, name) for name in TEXTS},
    )
    draft.evidence.set(report.evidence.all())


@deed
def withdraw_request(*, request: AgencyRequest, by: User, at: datetime, reason: str = "") -> RequestWithdrawal:
    """Takes back a request that waits; it may be asked for again. Done twice is done once."""
    place = place_of(request.assignment, at)
    taken = RequestWithdrawal.objects.filter(request=request).first()
    if taken:
        return taken
    if Decision.objects.filter(request=request).exists():
        raise WorkflowError("该申请已经答复，不能撤回。")
    _check_length(reason)
    withdrawal = RequestWithdrawal.objects.create(
        request=request, reason=reason.strip(), recorded_at=place.at, recorded_by=by
    )
    note(
        f"撤回申请：{request.get_kind_display()}",
        request,
        by=by,
        at=place.at,
        reason=reason.strip(),
        agency=request.assignment.agency,
    )
    return withdrawal


def _check_length(reason: str) -> None:
    if len(reason.strip()) > TEXT_LENGTH:
        raise WorkflowError(f"撤回原因不能超过{TEXT_LENGTH}字。", "reason")
