"""A report's form that was sent twice: what the first sending made, found again."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from agencies.models import User
from tasks.models import Assignment, ProgressReport, ReportDraft, ReportingPeriod
from tasks.workflow.questions import drafts_of
from tasks.workflow.versions import Basis


class Content(Protocol):
    """What a report says."""

    @property
    def percent(self) -> int: ...
    @property
    def progress(self) -> str: ...
    @property
    def problems(self) -> str: ...
    @property
    def next_steps(self) -> str: ...
    @property
    def delay_reason(self) -> str: ...
    @property
    def lower_reason(self) -> str: ...
    @property
    def is_unchanged(self) -> bool: ...
    @property
    def readings(self) -> Mapping[int, Decimal]: ...


TEXTS = ("progress", "problems", "next_steps", "delay_reason", "lower_reason")


def filed_before(
    assignment: Assignment, period: ReportingPeriod, basis: Basis | None, content: Content, *, by: User
) -> ProgressReport | None:
    """The only report filed since the basis, where the same person filed it with the same content, and it waits."""
    standing = ProgressReport.objects.filter(assignment=assignment, period=period, withdrawal=None)
    reports = list(standing.order_by("-recorded_at", "-pk")[:2])
    if basis is None or not reports or drafts_of(assignment=assignment.pk, period=period.pk):
        return None
    newest, before = reports[0], reports[1].pk if len(reports) > 1 else 0
    if before != basis.report or newest.recorded_by_id != by.pk or newest.settled_at is not None:
        return None
    same = (newest.percent, newest.is_unchanged) == (content.percent, content.is_unchanged)
    same = same and all(getattr(newest, name) == getattr(content, name).strip() for name in TEXTS)
    readings = dict(newest.readings.values_list("indicator", "value"))
    return newest if same and readings == dict(content.readings) else None


def saved_before(
    assignment: Assignment, period: ReportingPeriod, basis: Basis | None, fields: Mapping[str, object], *, by: User
) -> ReportDraft | None:
    """The draft saved once since the basis, where the same person saved the same."""
    draft = next(iter(drafts_of(assignment=assignment.pk, period=period.pk)), None)
    if basis is None or draft is None or draft.version != basis.draft + 1 or draft.saved_by_id != by.pk:
        return None
    given = {name: value for name, value in fields.items() if name != "evidence"}
    return draft if all(getattr(draft, name) == value for name, value in given.items()) else None
