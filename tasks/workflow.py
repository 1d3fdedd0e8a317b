"""Deeds: one function for each thing that people do. Guard, write the fact, done; nothing here sees a request.

`by` is who does it and `at` when. A deed that isn't allowed raises `WorkflowError` and changes nothing. Who may do a
deed is decided by `tasks.access` before it gets here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from agencies.models import Agency, AgencyGroup, User
from tasks.models import (
    AcceptedProgress,
    ActionItem,
    Assignment,
    Closure,
    Indicator,
    IndicatorReading,
    ItemRevision,
    ProgressReport,
    Receipt,
    ReportDraft,
    ReportingPeriod,
    Review,
)
from tasks.rollup import RUNNING, thresholds_of
from tasks.status import Pace, expected_percent, pace_of


class WorkflowError(Exception):
    """A deed that isn't allowed; says why in Chinese, and at which field where there is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


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


# ── responsibility ───────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def assign(
    *,
    item: ActionItem,
    agency: Agency,
    role: str,
    by: User | None,
    at: datetime,
    is_inferred: bool = False,
    weight: int = 1,
) -> Assignment:
    """The agency answers for the item from now on."""
    ActionItem.objects.select_for_update(of=("self",)).order_by().filter(pk=item.pk).values_list("pk").first()
    if item.assignments.filter(agency=agency, ended_at__isnull=True).exists():
        raise WorkflowError(f"{agency}已承担{item}，不能重复交办。")
    return Assignment.objects.create(
        item=item, agency=agency, role=role, weight=weight, is_inferred=is_inferred, recorded_at=at, recorded_by=by
    )


@transaction.atomic
def withdraw_assignment(*, assignment: Assignment, reason: str, by: User | None, at: datetime) -> None:
    """The agency no longer answers for the item; what it reported stays. Of two at once, the second is refused."""
    ended = Assignment.objects.filter(pk=assignment.pk, ended_at__isnull=True).update(
        ended_at=at, end_reason=reason, ended_by=by
    )
    if not ended:
        raise WorkflowError("该责任分工已经撤回。")


@transaction.atomic
def follow_group(*, group: AgencyGroup, by: User | None, at: datetime) -> None:
    """Makes assisting assignments follow the group's members, as 「其他成员单位协助」 means those that don't lead.

    Run twice, it changes nothing.
    """
    AgencyGroup.objects.select_for_update().filter(pk=group.pk).first()
    members = set(group.members.all())
    for item in group.items.prefetch_related("assignments__agency"):
        open_ones = [a for a in item.assignments.all() if a.ended_at is None]
        taken = {a.agency for a in open_ones}
        for agency in sorted(members - taken, key=lambda agency: (agency.ordinal, agency.pk)):
            assign(item=item, agency=agency, role=Assignment.Role.ASSIST, by=by, at=at, is_inferred=True)
        for assignment in open_ones:
            if assignment.is_inferred and assignment.agency not in members:
                withdraw_assignment(assignment=assignment, reason=f"不再是{group}成员单位", by=by, at=at)


@transaction.atomic
def amend_item(
    *, item: ActionItem, due_on: date | None, reason: str, by: User | None, at: datetime, wording: str = ""
) -> ItemRevision:
    """A new due date (None: 持续推进) or wording, with its reason. The former ones stay visible.

    Without a wording, the one in force stays.
    """
    if not reason.strip():
        raise WorkflowError("请写明调整原因。", "reason")
    if due_on is not None and due_on < item.plan.issued_on:
        raise WorkflowError("完成时限不能早于公文印发日期。", "due_on")
    ActionItem.objects.select_for_update(of=("self",)).order_by().filter(pk=item.pk).values_list("pk").first()
    current = item.revisions.order_by("recorded_at", "pk").last()
    is_inferred = False
    if current:
        wording = wording or current.wording
        at = max(at, current.recorded_at)
        is_inferred = current.is_inferred and current.due_on == due_on
    return ItemRevision.objects.create(
        item=item,
        due_on=due_on,
        is_inferred=is_inferred,
        wording=wording,
        reason=reason,
        recorded_at=at,
        recorded_by=by,
    )


@transaction.atomic
def acknowledge(*, assignment: Assignment, by: User, at: datetime) -> Receipt:
    """签收. A second receipt is the first one."""
    receipt, _ = Receipt.objects.get_or_create(assignment=assignment, defaults={"recorded_at": at, "recorded_by": by})
    return receipt


@transaction.atomic
def close_assignment(*, assignment: Assignment, kind: str, reason: str, by: User, at: datetime) -> Closure:
    """办结销号、中止、撤销, or 恢复办理 of what had ended; with its reason."""
    current = _locked(assignment, at)
    is_running = current.closure in RUNNING
    if not reason.strip():
        raise WorkflowError("请写明依据。", "reason")
    if is_running == (kind == Closure.Kind.REOPENED):
        raise WorkflowError("该责任分工正在办理，无须恢复。" if is_running else "该责任分工已经办结或中止。")
    return Closure.objects.create(
        assignment=assignment, kind=kind, reason=reason, recorded_at=current.at, recorded_by=by
    )


# ── reporting ────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def save_draft(
    *, assignment: Assignment, period: ReportingPeriod, by: User, at: datetime, fields: Mapping[str, object]
) -> ReportDraft:
    """Keeps what is written so far, however incomplete; only the agency sees it."""
    if _locked(assignment, at).closure not in RUNNING:
        raise WorkflowError("该任务已办结或中止，不再填报。")
    draft, _ = ReportDraft.objects.update_or_create(
        assignment=assignment, period=period, defaults={**fields, "saved_at": at, "saved_by": by}
    )
    return draft


@transaction.atomic
def submit_report(
    *, assignment: Assignment, period: ReportingPeriod, content: ReportContent, by: User, at: datetime
) -> ProgressReport:
    """Files the agency's report; its draft is gone. Until it is accepted it counts nowhere and shows as 待审.

    Filing again in the same period is a new row that takes the place of the one before. Late filing is allowed.
    """
    current = _locked(assignment, at)
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
        line = expected - period.plan.behind_margin
        raise WorkflowError(f"{content.percent}%低于黄灯线{line:.1f}%，请写明原因和预计赶上的时间。", "delay_reason")


@transaction.atomic
def review_report(
    *, report: ProgressReport, verdict: str, by: User, at: datetime, comment: str = "", again: bool = False
) -> Review:
    """Accepts a report or sends it back with a comment.

    Only the newest report of its assignment and period can be reviewed. One that has a verdict is refused unless the
    reviewer knows so and says `again`: of two coordinators at once, the second is told what the first decided.
    """
    current = _locked(report.assignment, at)
    newest = (
        ProgressReport.objects.as_of(current.at)
        .filter(assignment=report.assignment_id, period=report.period_id)
        .first()
    )
    if newest is None or newest.pk != report.pk:
        raise WorkflowError("该单位已重新报送，请审核最新一稿。")
    if newest.verdict and not again:
        raise WorkflowError(f"该报告已审核，结论为“{Review.Verdict(newest.verdict).label}”，未作改动。")
    if newest.verdict == verdict:
        raise WorkflowError(f"该报告的结论已经是“{Review.Verdict(verdict).label}”。")
    if verdict == Review.Verdict.SENT_BACK and not comment.strip():
        raise WorkflowError("退回须写明意见，供填报单位修改。", "comment")
    ProgressReport.objects.filter(pk=report.pk, settled_at__isnull=True).update(settled_at=current.at)
    review = Review.objects.create(
        report=report, verdict=verdict, comment=comment.strip(), recorded_at=current.at, recorded_by=by
    )
    if Review.Verdict.ACCEPTED in (verdict, newest.verdict):
        _record_accepted_progress(report.assignment, by=by, at=current.at)
    return review


def _record_accepted_progress(assignment: Assignment, *, by: User, at: datetime) -> None:
    """From now on the newest of its reports that stands accepted counts, if there is one."""
    report = ProgressReport.objects.accepted(at).filter(assignment=assignment).first()
    AcceptedProgress.objects.create(
        assignment=assignment,
        report=report,
        percent=report.percent if report else 0,
        recorded_at=at,
        recorded_by=by,
    )


CURRENT_COLUMNS = ("item_id", "item__plan_id", "due_on", "closure")


class Current(NamedTuple):
    """What guards ask of an assignment, and the instant at which a deed on it is recorded."""

    item_id: int
    plan_id: int
    due_on: date | None
    closure: str
    at: datetime


def _locked(assignment: Assignment, at: datetime) -> Current:
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
    item_id, plan_id, due_on, closure = found
    return Current(item_id, plan_id, due_on, closure, at)
