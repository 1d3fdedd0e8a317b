"""The course of an assignment from receipt to closing."""

from datetime import datetime

from agencies.changes import note
from agencies.models import User
from tasks.models import Assignment, Closure, Receipt
from tasks.rollup import RUNNING
from tasks.workflow.current import WorkflowError, deed, locked


@deed
def acknowledge(*, assignment: Assignment, by: User, at: datetime) -> Receipt:
    """签收. A second receipt is the first one."""
    receipt, is_new = Receipt.objects.get_or_create(
        assignment=assignment, defaults={"recorded_at": at, "recorded_by": by}
    )
    if is_new:
        note("签收", assignment, by=by, at=at, agency=assignment.agency)
    return receipt


@deed
def close_assignment(*, assignment: Assignment, kind: str, reason: str, by: User, at: datetime) -> Closure:
    """办结销号、中止、撤销, or 恢复办理 of what had ended; with its reason."""
    current = locked(assignment, at)
    is_running = current.closure in RUNNING
    if not reason.strip():
        raise WorkflowError("请写明依据。", "reason")
    if is_running == (kind == Closure.Kind.REOPENED):
        raise WorkflowError("该责任分工正在办理，无须恢复。" if is_running else "该责任分工已经办结或中止。")
    closure = Closure.objects.create(
        assignment=assignment, kind=kind, reason=reason, recorded_at=current.at, recorded_by=by
    )
    note(
        Closure.Kind(kind).label,
        assignment,
        by=by,
        at=current.at,
        old={"closure": current.closure},
        new={"closure": kind},
        reason=reason,
        agency=assignment.agency,
    )
    return closure
