"""Agencies ask for something (非本单位职责、延期、办结、节点), and coordinators decide on it.

A due date belongs to the item, as the notice gives it; an agency asks for itself, and what it is granted is a revision
of the item: it holds for every agency that answers for it, and the page on which it is decided says so.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from agencies.changes import note
from agencies.models import Agency, User
from tasks.models import (
    AgencyRequest,
    Assignment,
    Closure,
    Decision,
    Evidence,
    Message,
    RequestEvidence,
    RequestWithdrawal,
)
from tasks.rules.texts import shortened
from tasks.standing.course import SEVERAL, Move, State, refusal
from tasks.workflow.course import Place, place_of, record_closure, require_move, require_nothing_open
from tasks.workflow.current import WorkflowError, deed, lock_item, lock_row
from tasks.workflow.evidence_store import own_evidence
from tasks.workflow.local_duty import close_once_answered
from tasks.workflow.messages import Redated, coordinators_of, tell, tell_redated
from tasks.workflow.milestone_wishes import Wish, check_wish, grant_wish, is_granted_so, is_other, keep_wish
from tasks.workflow.responsibility import amend_item, withdraw_assignment
from tasks.workflow.steering import give_instead

EXTENSION_RULE = "延期须在原时限届满前提出"
COMPLETION_RULE = "申请办结须附佐证材料。"
WITHDRAWAL_REASON = Assignment._meta.get_field("end_reason").max_length or 0
REVISION_REASON = 500


@deed
def make_request(
    *,
    assignment: Assignment,
    kind: str,
    reason: str,
    by: User,
    at: datetime,
    due_on: date | None = None,
    wish: Wish | None = None,
    evidence: Iterable[Evidence] = (),
) -> AgencyRequest:
    """Makes a request, which waits for a coordinator's decision.

    Of each kind only one can wait, but for milestones (`wish`), which its reason names; completion is asked for with
    its evidence. The same form sent again is the first request.
    """
    place, day = place_of(assignment, at), timezone.localdate(at)
    is_wish = kind == AgencyRequest.Kind.MILESTONE
    if wish and is_wish and reason.strip():
        reason = f"建议节点{wish.words}。{reason.strip()}"
    waiting = AgencyRequest.objects.filter(assignment=assignment, kind=kind, decision=None, withdrawal=None)
    made = waiting.filter(reason=reason.strip(), due_on=due_on, recorded_by=by).first()
    if made is not None:
        return made
    hindrance = hindrance_to(
        kind,
        state=place.state,
        is_lead=assignment.role == Assignment.Role.LEAD,
        open_kinds=place.open_kinds,
        due_on=place.current.due_on,
        day=day,
    )
    if hindrance:
        is_of_the_date = hindrance == _too_late(place.current.due_on, day)
        raise WorkflowError(hindrance, "due_on" if is_of_the_date else None)
    if not reason.strip():
        raise WorkflowError("请写明理由。", "reason")
    is_extension = kind == AgencyRequest.Kind.EXTENSION
    if is_extension:
        _check_new_date(due_on, place.current.due_on)
    attached = own_evidence(evidence, assignment)
    if kind == AgencyRequest.Kind.COMPLETION and not attached:
        raise WorkflowError(COMPLETION_RULE, "evidence")
    wish = check_wish(wish, assignment) if is_wish else None
    request = AgencyRequest.objects.create(
        assignment=assignment,
        kind=kind,
        reason=reason.strip(),
        due_on=due_on if is_extension else None,
        old_due_on=place.current.due_on,
        recorded_at=place.at,
        recorded_by=by,
    )
    if wish:
        keep_wish(request, wish)
    RequestEvidence.objects.bulk_create(RequestEvidence(request=request, evidence=upload) for upload in attached)
    label = request.get_kind_display()
    note(
        label,
        request,
        by=by,
        at=place.at,
        old={"due_on": place.current.due_on} if is_extension else {},
        new={"due_on": due_on} if is_extension else {"evidence": [upload.pk for upload in attached]},
        reason=request.reason,
        agency=assignment.agency,
    )
    tell(
        coordinators_of(assignment.item.plan),
        Message.Kind.REQUESTED,
        f"{assignment.agency}：{assignment.item.label}{label}。{shortened(request.reason)}",
        link=reverse("tasks:request-detail", args=[request.pk]),
        at=place.at,
        by=by,
        assignment=assignment,
    )
    return request


def hindrance_to(
    kind: str, *, state: State, is_lead: bool, open_kinds: Collection[str], due_on: date | None, day: date
) -> str:
    """Says why a request of that kind can't be made on that day, whatever it would ask for; "" where it can.

    `open_kinds` are those of the assignment's requests that wait for an answer, `due_on` the due date in force.
    """
    if kind in open_kinds and kind not in SEVERAL:
        return f"已有待答复的申请（{AgencyRequest.Kind(kind).label}），请等待答复。"
    refused = refusal(state, Move(kind), is_lead=is_lead)
    if refused or kind != AgencyRequest.Kind.EXTENSION:
        return refused
    return "该任务持续推进，没有完成时限，无须延期。" if due_on is None else _too_late(due_on, day)


def _too_late(due_on: date | None, day: date) -> str:
    """An extension is asked for no later than on the due date in force."""
    if due_on is None or day <= due_on:
        return ""
    return f"{EXTENSION_RULE}：该任务时限为{due_on:%Y-%m-%d}，已经届满，不再受理。"


def _check_new_date(asked: date | None, in_force: date | None) -> None:
    assert in_force is not None  # else there is a hindrance
    if asked is None:
        raise WorkflowError("请填写申请延至的日期。", "due_on")
    if asked <= in_force:
        raise WorkflowError(f"申请延至的日期应晚于现时限{in_force:%Y-%m-%d}。", "due_on")


@deed
def decide_request(
    *,
    request: AgencyRequest,
    is_granted: bool,
    by: User,
    at: datetime,
    comment: str = "",
    due_on: date | None = None,
    instead: Agency | None = None,
    role: str = Assignment.Role.LEAD,
    taken: Wish | None = None,
) -> Decision:
    """Grants a request, with everything that follows from it, or refuses it, saying why.

    An extension may be granted until another day than the one asked for (`due_on`), with a comment. What is none of an
    agency's duties (非本单位职责) goes to another agency in the same deed, where one is named. A milestone is planned,
    under another name or on another day where `taken` says so, with a comment. A request is decided once: of two
    coordinators at once, the second is told what the first decided; the same form sent again is the first decision.
    """
    assignment, comment = request.assignment, comment.strip()
    is_extension = request.kind == AgencyRequest.Kind.EXTENSION
    granted_until = (due_on or request.due_on) if is_extension and is_granted else None
    lock_row(assignment, "UPDATE")
    decided = Decision.objects.filter(request=request).select_related("recorded_by").first()
    if decided:
        content = (decided.is_granted, decided.comment, decided.due_on, decided.recorded_by_id)
        if content == (is_granted, comment, granted_until, by.pk) and is_granted_so(decided, taken):
            return decided
        who = f"由{decided.recorded_by}" if decided.recorded_by else ""
        raise WorkflowError(f"该申请已{who}答复“{_verdict(decided)}”，未作改动。")
    if RequestWithdrawal.objects.filter(request=request).exists():
        raise WorkflowError("该申请已由申请单位撤回，无须答复。")
    place = place_of(assignment, at)
    require_move(assignment, place, Move.DECIDE)
    if not is_granted and not comment:
        raise WorkflowError("不同意须写明意见，供申请单位了解。", "comment")
    is_other_day = granted_until != request.due_on and granted_until is not None
    if is_other_day and not comment:
        raise WorkflowError("同意延至的日期与申请的不同，须写明意见，供申请单位了解。", "comment")
    is_other_wish = is_granted and request.kind == AgencyRequest.Kind.MILESTONE and is_other(request, taken)
    if is_other_wish and not comment:
        raise WorkflowError("采纳的节点名称或日期与建议不同，须写明意见，供建议单位了解。", "comment")
    decision = Decision.objects.create(
        request=request,
        is_granted=is_granted,
        comment=comment,
        due_on=granted_until,
        recorded_at=place.at,
        recorded_by=by,
    )
    if is_granted:
        _grant(request, place, decision, taken, by=by)
        if instead and request.kind == AgencyRequest.Kind.DECLINE:
            reason = f"原由{assignment.agency}承担，经答复非其职责"
            give_instead(item=assignment.item, agency=instead, role=role, reason=reason, by=by, at=place.at)
    new: dict[str, object] = {"is_granted": is_granted}
    note(
        f"{_verdict(decision)}：{request.get_kind_display()}",
        request,
        by=by,
        at=place.at,
        old={"due_on": request.due_on} if is_other_day else {},
        new=new | ({"due_on": granted_until} if is_other_day else {}),
        reason=comment,
        agency=assignment.agency,
    )
    until = f"（{_both_days(decision)}）" if is_other_day else ""
    if is_other_wish and taken:
        until = f"（节点定为{taken.words}）"
    answer = f"{assignment.item.label}{request.get_kind_display()}：{_verdict(decision)}{until}"
    tell(
        User.objects.of_agency(assignment.agency),
        Message.Kind.DECIDED,
        f"{answer}。{shortened(comment)}" if comment else f"{answer}。",
        link=reverse("tasks:request-detail", args=[request.pk]),
        at=place.at,
        by=by,
        assignment=assignment,
    )
    close_once_answered(assignment, by=by, at=place.at)
    return decision


def _both_days(decision: Decision) -> str:
    return f"申请延至{decision.request.due_on:%Y-%m-%d}，同意延至{decision.due_on:%Y-%m-%d}"


def _verdict(decision: Decision) -> str:
    return "同意" if decision.is_granted else "不同意"


def _grant(request: AgencyRequest, place: Place, decision: Decision, taken: Wish | None, *, by: User) -> None:
    assignment, agency, comment = request.assignment, request.assignment.agency, decision.comment
    if request.kind == AgencyRequest.Kind.DECLINE:
        require_nothing_open(place.open_kinds - {request.kind})  # others come together with it by a merger
        reason = shortened(f"同意{agency}退回（非本单位职责）：{request.reason}", WITHDRAWAL_REASON)
        withdraw_assignment(assignment=assignment, reason=reason, by=by, at=place.at, is_quiet=True)
    elif request.kind == AgencyRequest.Kind.COMPLETION:
        require_nothing_open(place.open_kinds - {request.kind})
        reason = shortened(comment or f"同意{agency}办结申请：{request.reason}", REVISION_REASON)
        record_closure(assignment, place, kind=Closure.Kind.CLOSED, reason=reason, by=by)
    elif request.kind == AgencyRequest.Kind.MILESTONE:
        grant_wish(request, taken, decision, by=by, at=place.at)
    else:
        _extend(request, place, decision, by=by)


def _extend(request: AgencyRequest, place: Place, decision: Decision, *, by: User) -> None:
    """The item's due date becomes the one granted, never an earlier one than it has meanwhile."""
    item = request.assignment.item
    lock_item(item)
    newest = item.revisions.order_by("-recorded_at", "-pk").first()
    in_force = newest.due_on if newest else None
    until = decision.due_on
    assert until is not None
    if in_force is None or in_force >= until:
        shown = f"{in_force:%Y-%m-%d}" if in_force else "持续推进"
        if until != request.due_on:
            raise WorkflowError(f"同意延至的日期应晚于现时限（{shown}）。", "due_on")
        raise WorkflowError(f"该任务的时限已调整为{shown}，无须再延至{until:%Y-%m-%d}；请不同意并说明。")
    agency, days = request.assignment.agency, f"（{_both_days(decision)}）" if until != request.due_on else ""
    reason = shortened(f"同意{agency}延期{days}：{request.reason}", REVISION_REASON)
    amend_item(item=item, due_on=until, reason=reason, by=by, at=place.at, tells=False)
    tell_redated([Redated(item, in_force, until)], reason, by=by, at=place.at, but=agency)
