"""Coordinators decide on a reporting period: 锁定 and 解锁 of the whole, 免报 of one assignment.

A period is opened by the daily round: `tasks.workflow.daily`.
"""

from datetime import date, datetime

from django.utils import timezone

from agencies.changes import note
from agencies.models import User
from tasks.models import Assignment, PeriodLock, ProgressReport, ReportingPeriod, Waiver
from tasks.models.choices import RUNNING
from tasks.standing.filing import FILED, Filing, filing_of, newest_lock
from tasks.workflow.current import WorkflowError, deed, lock_and_read, lock_row
from tasks.workflow.questions import newest_locks


@deed
def lock_period(*, period: ReportingPeriod, reason: str, by: User, at: datetime) -> PeriodLock:
    """锁定: the period is closed; from now on nothing of this period is filed, saved or reviewed."""
    return _set_lock(period, is_locked=True, reason=reason, by=by, at=at)


@deed
def unlock_period(*, period: ReportingPeriod, reason: str, by: User, at: datetime) -> PeriodLock:
    """解锁: the period is open again, with the reason; that it was locked stays on record."""
    return _set_lock(period, is_locked=False, reason=reason, by=by, at=at)


def _set_lock(period: ReportingPeriod, *, is_locked: bool, reason: str, by: User, at: datetime) -> PeriodLock:
    word = "锁定" if is_locked else "解锁"
    if not reason.strip():
        raise WorkflowError(f"请写明{word}原因。", "reason")
    lock_row(period, "UPDATE")
    last = newest_lock(period)
    if last is not None and (last.is_locked, last.reason, last.recorded_by) == (is_locked, reason.strip(), by):
        return last  # the same form sent again
    if (last is not None and last.is_locked) == is_locked:
        raise WorkflowError(f"{period}报告期{'已经锁定' if is_locked else '没有锁定'}，无须{word}。")
    at = max(at, last.recorded_at) if last else at
    lock = PeriodLock.objects.create(
        period=period, is_locked=is_locked, reason=reason.strip(), recorded_at=at, recorded_by=by
    )
    note(
        f"{word}报告期",
        period,
        by=by,
        at=at,
        old={"is_locked": not is_locked},
        new={"is_locked": is_locked},
        reason=lock.reason,
    )
    return lock


@deed
def waive_report(*, assignment: Assignment, period: ReportingPeriod, reason: str, by: User, at: datetime) -> Waiver:
    """免报: the assignment owes no report in the period. Only before it is due: what was owed then stays owed."""
    return _set_waiver(assignment, period, is_waived=True, reason=reason, by=by, at=at)


@deed
def restore_report(*, assignment: Assignment, period: ReportingPeriod, reason: str, by: User, at: datetime) -> Waiver:
    """恢复应报: the assignment owes again the report that was waived."""
    return _set_waiver(assignment, period, is_waived=False, reason=reason, by=by, at=at)


def _set_waiver(
    assignment: Assignment, period: ReportingPeriod, *, is_waived: bool, reason: str, by: User, at: datetime
) -> Waiver:
    word = "免报" if is_waived else "恢复应报"
    if not reason.strip():
        raise WorkflowError(f"请写明{word}原因。", "reason")
    current = lock_and_read(assignment, at)
    require_unlocked(period)
    if current.plan_id != period.plan_id:
        raise WorkflowError("报告期不属于该行动计划。")
    if timezone.localdate(current.at) > period.due_on:
        raise WorkflowError(f"{period}报告已于{_day(period.due_on)}截止，免报和恢复应报须在截止日之前办理。")
    if current.closure not in RUNNING:
        raise WorkflowError("该任务已办结或中止，不再应报。")
    if assignment.role == Assignment.Role.ASSIST and not period.plan.assists_owe_reports:
        raise WorkflowError("协助单位不应报，无须免报。")
    last = Waiver.objects.filter(assignment=assignment, period=period).order_by("recorded_at", "pk").last()
    if last is not None and (last.is_waived, last.reason, last.recorded_by) == (is_waived, reason.strip(), by):
        return last  # the same form sent again
    if (last is not None and last.is_waived) == is_waived:
        raise WorkflowError(f"该单位本项{period}报告{'已经免报' if is_waived else '没有免报'}，无须{word}。")
    at = max(current.at, last.recorded_at) if last else current.at
    if is_waived and _newest_filing(assignment, period, at) in FILED:
        raise WorkflowError(f"该单位本项{period}报告已经报送，无须免报。")
    waiver = Waiver.objects.create(
        assignment=assignment,
        period=period,
        is_waived=is_waived,
        reason=reason.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    note(
        word,
        assignment,
        by=by,
        at=at,
        new={"period": period.code, "is_waived": is_waived},
        reason=waiver.reason,
        agency=assignment.agency,
    )
    return waiver


def _newest_filing(assignment: Assignment, period: ReportingPeriod, at: datetime) -> Filing:
    return filing_of(ProgressReport.objects.as_of(at).filter(assignment=assignment, period=period).first())


# ── what periods refuse ──────────────────────────────────────────────────────────────────────────────────────────


def require_opened(period: ReportingPeriod, day: date) -> None:
    """Refuses reports before the period opens, saying when it does."""
    if day < period.opens_on:
        raise WorkflowError(f"{period}报告{period.opens_on:%Y-%m-%d}开放填报。")


def require_unlocked(period: ReportingPeriod) -> None:
    """Refuses deeds on a locked period, saying when and why it was locked; whoever locks it waits for those allowed.

    Only inside a deed: it holds the period until the transaction ends, together with others that file in it.
    """
    lock_row(period, "SHARE")
    lock = next(iter(newest_locks(period=period.pk)), None)
    if lock is not None and lock.is_locked:
        raise WorkflowError(refusal(period, lock))


def refusal(period: ReportingPeriod, lock: PeriodLock) -> str:
    """Says when and why: 「三季度报告期已于10月20日锁定（通报已印发），如需补报请联系统筹人员解锁。」"""
    day = _day(timezone.localdate(lock.recorded_at))
    return f"{period}报告期已于{day}锁定（{lock.reason.rstrip('。')}），如需补报请联系统筹人员解锁。"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
