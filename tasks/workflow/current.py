"""All deeds share one transaction with its record of changes, a locked assignment, and how they are refused."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import wraps
from typing import Any, Literal, NamedTuple, TypeVar, cast

from django.db import connection, models

from agencies.changes import recording
from tasks.models import ActionItem, Assignment, ReportingPeriod
from tasks.workflow.questions import guarded_columns

AnyDeed = TypeVar("AnyDeed", bound=Callable[..., Any])


def deed(function: AnyDeed) -> AnyDeed:
    """Makes a function all or nothing, what it notes in the record of changes included. Deeds may do other deeds."""

    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with recording():
            return function(*args, **kwargs)

    return cast(AnyDeed, wrapper)


class WorkflowError(Exception):
    """A deed isn't allowed; the error says why in Chinese, and at which field where there is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class LockedAssignment(NamedTuple):
    """What guards ask of an assignment, and the instant at which a deed on it is recorded."""

    item_id: int
    plan_id: int
    due_on: date | None
    closure: str
    percent: int
    newest_report: int | None  # of the period that was asked for
    at: datetime


def lock_row(row: models.Model, strength: Literal["UPDATE", "NO KEY UPDATE", "SHARE"]) -> None:
    """Locks one row until the deed ends; on SQLite a deed has the whole database. Plain SQL, as every deed does it."""
    assert connection.in_atomic_block, "outside of a deed a lock ends at once"
    if connection.features.has_select_for_update:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {row._meta.db_table} WHERE id = %s FOR {strength}", [row.pk])


def lock_item(item: ActionItem) -> None:
    """Locks an item until the deed ends; refused once it was split or merged: what it was goes on in others."""
    ended = ActionItem.objects.select_for_update(of=("self",)).order_by().filter(pk=item.pk).values_list("ended_at")
    if next(iter(ended), (None,))[0] is not None:
        raise WorkflowError(f"{item.label}已拆分或合并，请在新任务上办理。")


def lock_and_read(assignment: Assignment, at: datetime, period: ReportingPeriod | None = None) -> LockedAssignment:
    """Locks an assignment until the transaction ends, so that deeds on it happen one after another, and reads it.

    With a period, the key of its newest report in it is read as well.

    Locked first and read afterwards: a statement that waits for a lock reads what was true before the wait. The lock is
    on this row alone; other assignments of the plan go on. A deed that waited may have looked at the clock before the
    one that it waited for: it is recorded no earlier than what is there, so that the last deed is the latest fact.
    """
    lock_row(assignment, "UPDATE")
    at = max(at, assignment.recorded_at)
    columns, last_word = _read(assignment, at, period)
    if last_word is not None and last_word > at:
        at = last_word
        columns, _ = _read(assignment, at, period)
    if not columns:
        raise WorkflowError("该责任分工已经撤回。")
    return LockedAssignment._make((*columns, at))


def _read(
    assignment: Assignment, at: datetime, period: ReportingPeriod | None
) -> tuple[Sequence[Any], datetime | None]:
    """Reads the columns at the moment, none where the assignment had ended; and the moment of the last word on it."""
    rows = guarded_columns(pk=assignment.pk, moment=at, period=period and period.pk, has_period=period is not None)
    *columns, last_word = next(iter(rows), (None,))
    return columns, last_word
