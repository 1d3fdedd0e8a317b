"""The course of a 节点: coordinators move, withdraw and confirm it; the agency that answers reports it done.

A form says what it was made from (`basis`, how many facts the milestone had): of two at once, the second is told. The
same form sent again is the first.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import models
from django.utils import timezone

from agencies.changes import note
from agencies.models import User
from tasks.models import (
    Assignment,
    Evidence,
    Message,
    Milestone,
    MilestoneDone,
    MilestoneEvidence,
    MilestonePlan,
    MilestoneReview,
    MilestoneWithdrawal,
)
from tasks.rules.milestones import MilestoneMove, refusal
from tasks.rules.texts import shortened
from tasks.standing.milestones import (
    MilestoneStanding,
    Successors,
    answering_parts,
    milestones_of_items,
    parts_in_force,
)
from tasks.workflow.current import WorkflowError, deed, lock_row
from tasks.workflow.evidence_store import own_evidence
from tasks.workflow.messages import coordinators_of, tell
from tasks.workflow.milestones import check_day

PROOF_RULE = "报节点完成须附佐证材料。"
STALE = "内容已被更新，本次未保存：该节点已有变动。请刷新页面，核对后再提交。"


class _Held:
    """A milestone that is locked until the deed ends, as it stands, with its facts oldest first."""

    def __init__(self, milestone: Milestone, at: datetime) -> None:
        lock_row(milestone, "UPDATE")
        self.milestone = milestone
        self.facts = facts_of(milestone)
        self.at = max([at, *(fact.recorded_at for fact in self.facts)])
        plan = milestone.item.plan.at(self.at)
        day = timezone.localdate(self.at)
        standings = milestones_of_items([milestone.item_id], self.at, day, plan.soon_days)
        self.standing: MilestoneStanding = next(each for each in standings if each.pk == milestone.pk)

    def repeated(self, basis: int | None, by: User | None, **content: object) -> models.Model | None:
        """The fact that the form made when it was sent before; refused where others have come since it was made."""
        if basis is None or len(self.facts) == basis:
            return None
        last = self.facts[-1]
        is_mine = last.recorded_by_id == (by.pk if by else None)
        if len(self.facts) == basis + 1 and is_mine and all(getattr(last, n, _NONE) == v for n, v in content.items()):
            return last
        raise WorkflowError(_why_stale(last))

    def require(self, move: MilestoneMove) -> None:
        refused = refusal(self.standing.state, move)
        if refused:
            raise WorkflowError(refused)


_NONE = object()


def _why_stale(last: "MilestonePlan | MilestoneDone | MilestoneReview | MilestoneWithdrawal") -> str:
    """Of two who decide at once, the second is told who decided what."""
    if not isinstance(last, MilestoneReview) or last.recorded_by is None:
        return STALE
    return (
        f"该节点已由{last.recorded_by}{'确认完成' if last.is_confirmed else '退回'}，未作改动。请刷新页面，核对后再办。"
    )


def facts_of(milestone: Milestone) -> list["MilestonePlan | MilestoneDone | MilestoneReview | MilestoneWithdrawal"]:
    """All that happened to it, oldest first; how many there are is the basis of a form."""
    rows: list[MilestonePlan | MilestoneDone | MilestoneReview | MilestoneWithdrawal] = [
        *MilestonePlan.objects.filter(milestone=milestone),
        *MilestoneDone.objects.filter(milestone=milestone),
        *MilestoneReview.objects.filter(done__milestone=milestone),
        *MilestoneWithdrawal.objects.filter(milestone=milestone),
    ]
    return sorted(rows, key=lambda fact: fact.recorded_at)


@deed
def move_milestone(
    *, milestone: Milestone, planned_on: date, reason: str, by: User, at: datetime, basis: int | None = None
) -> MilestonePlan:
    """改期: another planned day, with its reason; the former place stays visible."""
    held, reason = _Held(milestone, at), reason.strip()
    before = held.repeated(basis, by, planned_on=planned_on, reason=reason)
    if isinstance(before, MilestonePlan):
        return before
    held.require(MilestoneMove.MOVE)
    if not reason:
        raise WorkflowError("请写明改期原因。", "reason")
    check_day(planned_on, milestone.item)
    old = held.standing.planned_on
    if planned_on == old:
        raise WorkflowError("与现定日期相同，没有改动。", "planned_on")
    place = MilestonePlan.objects.create(
        milestone=milestone, planned_on=planned_on, reason=reason, recorded_at=held.at, recorded_by=by
    )
    note(
        "节点改期",
        milestone,
        by=by,
        at=held.at,
        old={"planned_on": old},
        new={"planned_on": planned_on},
        reason=reason,
        agency=milestone.agency,
    )
    _tell_answering(held, f"由{old:%Y-%m-%d}改期至{planned_on:%Y-%m-%d}：{shortened(reason)}", by=by)
    return place


@deed
def withdraw_milestone(
    *, milestone: Milestone, reason: str, by: User, at: datetime, basis: int | None = None
) -> MilestoneWithdrawal:
    """撤销, with its reason: nobody is asked for it any more; what was recorded stays."""
    held, reason = _Held(milestone, at), reason.strip()
    before = held.repeated(basis, by, reason=reason)
    if isinstance(before, MilestoneWithdrawal):
        return before
    held.require(MilestoneMove.WITHDRAW)
    if not reason:
        raise WorkflowError("请写明撤销原因。", "reason")
    withdrawal = MilestoneWithdrawal.objects.create(
        milestone=milestone, reason=reason, recorded_at=held.at, recorded_by=by
    )
    note("撤销节点", milestone, by=by, at=held.at, reason=reason, agency=milestone.agency)
    _tell_answering(held, f"已撤销：{shortened(reason)}", by=by)
    return withdrawal


@deed
def report_milestone(
    *,
    milestone: Milestone,
    assignment: Assignment,
    done_on: date | None,
    words: str,
    by: User,
    at: datetime,
    evidence: Iterable[Evidence] = (),
    basis: int | None = None,
) -> MilestoneDone:
    """报完成: the agency says since when it is done, and by which proof. It counts once a coordinator confirms it."""
    held, words = _Held(milestone, at), words.strip()
    evidence = list(evidence)
    before = held.repeated(basis, by, done_on=done_on, words=words)
    if isinstance(before, MilestoneDone):
        proof = MilestoneEvidence.objects.filter(done=before).values_list("evidence__blob", flat=True)
        if {upload.blob_id for upload in evidence} - set(proof):
            raise WorkflowError(STALE, "evidence")  # other proof under the same words is another report
        return before
    held.require(MilestoneMove.REPORT)
    _require_answering(held, assignment)
    if done_on is None:
        raise WorkflowError("请填写完成日期。", "done_on")
    if done_on > timezone.localdate(held.at):
        raise WorkflowError("完成日期不能晚于今天。", "done_on")
    if done_on < milestone.item.plan.issued_on:
        raise WorkflowError("完成日期不能早于公文印发日期。", "done_on")
    if not words:
        raise WorkflowError("请写明完成情况。", "words")
    attached = own_evidence(evidence, assignment)
    if not attached:
        raise WorkflowError(PROOF_RULE, "evidence")
    done = MilestoneDone.objects.create(
        milestone=milestone,
        assignment=assignment,
        done_on=done_on,
        words=words,
        recorded_at=held.at,
        recorded_by=by,
    )
    MilestoneEvidence.objects.bulk_create(MilestoneEvidence(done=done, evidence=upload) for upload in attached)
    new = {"done_on": done_on, "evidence": [upload.pk for upload in attached]}
    note("报节点完成", milestone, by=by, at=held.at, new=new, reason=words, agency=assignment.agency)
    tell(
        coordinators_of(milestone.item.plan),
        Message.Kind.REQUESTED,
        f"{assignment.agency}报{_named(milestone)}已于{done_on:%Y-%m-%d}完成，待确认。{shortened(words)}",
        link=milestone.get_absolute_url(),
        at=held.at,
        by=by,
        assignment=assignment,
    )
    return done


@deed
def review_milestone(
    *, milestone: Milestone, is_confirmed: bool, by: User, at: datetime, comment: str = "", basis: int | None = None
) -> MilestoneReview:
    """确认 what was reported done, or 退回, saying why: then it is to be done as before."""
    held, comment = _Held(milestone, at), comment.strip()
    before = held.repeated(basis, by, is_confirmed=is_confirmed, comment=comment)
    if isinstance(before, MilestoneReview):
        return before
    held.require(MilestoneMove.CONFIRM if is_confirmed else MilestoneMove.SEND_BACK)
    if not is_confirmed and not comment:
        raise WorkflowError("退回须写明意见，供责任单位了解。", "comment")
    reports = MilestoneDone.objects.filter(milestone=milestone).select_related("assignment__agency")
    done = reports.latest("recorded_at", "pk")
    review = MilestoneReview.objects.create(
        done=done, is_confirmed=is_confirmed, comment=comment, recorded_at=held.at, recorded_by=by
    )
    word = "确认节点完成" if is_confirmed else "退回节点完成"
    agency = done.assignment.agency
    note(word, milestone, by=by, at=held.at, new={"is_confirmed": is_confirmed}, reason=comment, agency=agency)
    said = f"：{shortened(comment)}" if comment else "。"
    tell(
        User.objects.of_agency(agency),
        Message.Kind.DECIDED,
        f"{_named(milestone)}{'已确认完成' if is_confirmed else '的完成情况被退回'}{said}",
        link=milestone.get_absolute_url(),
        at=held.at,
        by=by,
        assignment=done.assignment,
    )
    return review


def _answering(held: _Held) -> list[int]:
    """The keys of the assignments that answer for it, by assignment."""
    item, day = held.milestone.item_id, timezone.localdate(held.at)
    parts = parts_in_force([item], held.at)[item]
    return [part.pk for part in answering_parts(held.milestone.agency_id, parts, Successors(day))]


def _require_answering(held: _Held, assignment: Assignment) -> None:
    if assignment.pk not in _answering(held):
        raise WorkflowError("该节点现由其他单位负责，或任务已经办结，不能报完成。")


def _tell_answering(held: _Held, text: str, *, by: User) -> None:
    concerned = Assignment.objects.filter(pk__in=_answering(held)).values("agency")
    tell(
        User.objects.filter(agency__in=concerned, is_active=True),
        Message.Kind.OTHER,
        f"{_named(held.milestone)}{text}",
        link=held.milestone.get_absolute_url(),
        at=held.at,
        by=by,
    )


def _named(milestone: Milestone) -> str:
    return f"{milestone.item.label}节点“{milestone.name}”"
