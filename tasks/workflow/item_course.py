"""中止 and 恢复办理 of a whole item: one deed, on record for each of its parts."""

from collections.abc import Iterable
from datetime import datetime

from agencies.models import User
from tasks.models import ActionItem, Assignment, Closure
from tasks.models.choices import RUNNING
from tasks.standing.steering import basis_of, parts_of_items
from tasks.workflow.course import close_assignment
from tasks.workflow.current import WorkflowError, deed, lock_item
from tasks.workflow.takeover import instant_of

STALE = "核对之后，责任分工、进度或申请又有变化。请重新核对后再确认。"
KINDS = (Closure.Kind.SUSPENDED, Closure.Kind.REOPENED)


def concerned(parts: Iterable[Assignment], kind: str) -> list[Assignment]:
    """Of an item's parts those that it would turn: what runs is suspended, what is suspended is taken up again."""
    if kind == Closure.Kind.SUSPENDED:
        return [part for part in parts if part.closure in RUNNING]
    return [part for part in parts if part.closure == Closure.Kind.SUSPENDED]


@deed
def close_item(*, item: ActionItem, kind: str, reason: str, basis: str, by: User, at: datetime) -> list[Closure]:
    """中止 of everything that runs of the item, or 恢复办理 of everything that is suspended: all of it or none.

    `basis` stands for what was shown (`tasks.standing.steering.basis_of`). The same form sent again is the first.
    """
    reason = reason.strip()
    lock_item(item)
    at = instant_of(Assignment.objects.filter(item=item, ended_at__isnull=True), at)
    parts = parts_of_items([item.pk], at)
    if basis_of(parts) != basis:
        if done := _done_before(parts, kind, reason, by):
            return done
        raise WorkflowError(STALE)
    chosen = concerned(parts, kind)
    if not chosen:
        raise WorkflowError("没有可办理的责任分工。")
    return [_close(part, item, kind, reason, by=by, at=at) for part in sorted(chosen, key=lambda part: part.pk)]


def _close(part: Assignment, item: ActionItem, kind: str, reason: str, *, by: User, at: datetime) -> Closure:
    part.item = item
    try:
        return close_assignment(assignment=part, kind=kind, reason=reason, by=by, at=at)
    except WorkflowError as refused:
        message = refused.message if refused.field else f"{part.agency}：{refused.message}"
        raise WorkflowError(message, refused.field) from refused


def _done_before(parts: Iterable[Assignment], kind: str, reason: str, by: User) -> list[Closure]:
    """What the same person has just done, with the same reason, where nothing is left to do."""
    present = list(parts)
    if concerned(present, kind):
        return []
    latest: dict[int, Closure] = {}
    for closure in Closure.objects.filter(assignment__in=present).order_by("recorded_at", "pk"):
        latest[closure.assignment_id] = closure
    return [each for each in latest.values() if (each.kind, each.reason, each.recorded_by_id) == (kind, reason, by.pk)]
