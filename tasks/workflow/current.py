"""What all deeds share: one transaction with its record of changes, the assignment locked, and how they are refused."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any, NamedTuple, TypeVar, cast

from django.db.models import Max

from agencies.changes import recording
from tasks.models import Assignment

AnyDeed = TypeVar("AnyDeed", bound=Callable[..., Any])


def deed(function: AnyDeed) -> AnyDeed:
    """All or nothing; what the function notes is in the record of changes when it is done. Deeds may do other deeds."""

    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with recording():
            return function(*args, **kwargs)

    return cast(AnyDeed, wrapper)


class WorkflowError(Exception):
    """A deed that isn't allowed; says why in Chinese, and at which field where there is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


CURRENT_COLUMNS = ("item_id", "item__plan_id", "due_on", "closure", "percent")


class Current(NamedTuple):
    """What guards ask of an assignment, and the instant at which a deed on it is recorded."""

    item_id: int
    plan_id: int
    due_on: date | None
    closure: str
    percent: int
    at: datetime


def locked(assignment: Assignment, at: datetime) -> Current:
    """The assignment as it stands, locked until the transaction ends, so that deeds on it happen one after another.

    Locked first and read afterwards: a statement that waits for a lock reads what was true before the wait. The lock is
    on this row alone; other assignments of the plan go on. A deed that waited may have looked at the clock before the
    one that it waited for: it is recorded no earlier than what is there, so that the last deed is the latest fact.
    """
    mine = Assignment.objects.order_by().filter(pk=assignment.pk)
    mine.select_for_update(of=("self",)).values_list("pk").first()
    newest = mine.aggregate(
        Max("recorded_at"),
        Max("reports__recorded_at"),
        Max("reports__reviews__recorded_at"),
        Max("closures__recorded_at"),
    )
    at = max([at, *(moment for moment in newest.values() if moment)])
    found = Assignment.objects.as_of(at).order_by().filter(pk=assignment.pk).values_list(*CURRENT_COLUMNS).first()
    if found is None:
        raise WorkflowError("该责任分工已经撤回。")
    item_id, plan_id, due_on, closure, percent = found
    return Current(item_id, plan_id, due_on, closure, percent, at)
