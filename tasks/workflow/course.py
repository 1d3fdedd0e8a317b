"""An assignment runs its course from receipt to closing; `tasks.standing.course` says what each state allows."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.db.models.functions import Coalesce

from agencies.changes import note
from agencies.models import User
from tasks.models import AgencyRequest, Assignment, Closure, Evidence, Message, Plan, Receipt
from tasks.models.choices import ClosureKind
from tasks.rules.texts import shortened
from tasks.standing.course import ENDINGS, Move, State, refusal, state_of
from tasks.workflow.current import LockedAssignment, WorkflowError, deed, lock_and_read
from tasks.workflow.messages import tell, tell_of_ending

REASON_LENGTH = Closure._meta.get_field("reason").max_length or 0


class Place(NamedTuple):
    """A locked assignment's place on its course; `at` is the instant at which a deed on it is recorded."""

    current: LockedAssignment
    state: State
    open_kinds: frozenset[str]
    receipt: Receipt | None
    at: datetime


def place_of(assignment: Assignment, at: datetime) -> Place:
    """Locks the assignment, then reads its place, so that of two deeds at once the second sees what the first did."""
    current = lock_and_read(assignment, at)
    receipt = Receipt.objects.filter(assignment=assignment).first()
    requests = list(
        AgencyRequest.objects.filter(assignment=assignment)
        .order_by()
        .annotate(answered_at=Coalesce("decision__recorded_at", "withdrawal__recorded_at"))
        .values_list("kind", "recorded_at", "answered_at")
    )
    open_kinds = frozenset(kind for kind, _, decided_at in requests if decided_at is None)
    known = [moment for _, made_at, decided_at in requests for moment in (made_at, decided_at) if moment]
    if receipt:
        known.append(receipt.recorded_at)
    state = state_of(has_receipt=receipt is not None, open_kinds=open_kinds, closure=current.closure)
    return Place(current, state, open_kinds, receipt, max([current.at, *known]))


def require_move(assignment: Assignment, place: Place, move: Move) -> None:
    """Raises WorkflowError, saying why, unless the table allows it. Nothing is ended over an unanswered request."""
    refused = refusal(place.state, move, is_lead=assignment.role == Assignment.Role.LEAD)
    if refused:
        raise WorkflowError(refused)
    if move in ENDINGS:
        require_nothing_open(place.open_kinds)


def require_nothing_open(kinds: Iterable[str]) -> None:
    waiting = "、".join(AgencyRequest.Kind(kind).label for kind in sorted(kinds))
    if waiting:
        raise WorkflowError(f"另有待答复的申请（{waiting}），请先答复。")


@deed
def acknowledge(*, assignment: Assignment, by: User, at: datetime) -> Receipt:
    """签收: the agency confirms that it has the task. A second receipt is the first one."""
    place = place_of(assignment, at)
    if place.receipt:
        return place.receipt
    require_move(assignment, place, Move.ACKNOWLEDGE)
    receipt = Receipt.objects.create(assignment=assignment, recorded_at=place.at, recorded_by=by)
    note("签收", assignment, by=by, at=place.at, agency=assignment.agency)
    return receipt


@deed
def acknowledge_all(*, assignments: Iterable[Assignment], by: User, at: datetime) -> int:
    """签收 of all or none, always locked in one order; returns how many there were."""
    ordered = sorted(assignments, key=lambda assignment: assignment.pk)
    for assignment in ordered:
        acknowledge(assignment=assignment, by=by, at=at)
    return len(ordered)


@deed
def close_assignment(
    *,
    assignment: Assignment,
    kind: str,
    reason: str,
    by: User | None,
    at: datetime,
    unproven: str | None = None,
    basis: int | None = None,
    made: Plan | None = None,
) -> Closure:
    """Ends an assignment (办结销号、中止、撤销) or takes an ended one up again (恢复办理); the agency is told why.

    办结 needs evidence on record for the assignment, or `unproven`, the reason why there is none, which goes with the
    closure; None where whoever calls answers for that. `basis` is how often it was closed or reopened when the form was
    made: what changed since is refused, and the same form sent again is the first closure.
    Without `by` the system closes it. The agency's message leads to what was `made`, where the task was to make a plan.
    """
    place, reason = place_of(assignment, at), reason.strip()
    said = _as_kept(assignment, place, kind, reason, unproven)
    closures = list(Closure.objects.filter(assignment=assignment).order_by("recorded_at", "pk"))
    if basis is not None and len(closures) == basis + 1:
        last = closures[-1]
        if (last.kind, last.reason, last.recorded_by_id) == (kind, said, by and by.pk):
            return last
    _require_closing(assignment, place, kind, reason, unproven)
    if basis is not None and len(closures) != basis:
        raise WorkflowError("内容已被更新，本次未保存：该责任分工已被办结、中止或恢复。请刷新页面，核对后再办。")
    closure = record_closure(assignment, place, kind=kind, reason=said, by=by)
    tell(
        User.objects.of_agency(assignment.agency),
        Message.Kind.OTHER,
        f"{assignment.item.label}{closure.get_kind_display()}：{shortened(said)}",
        link=(made or assignment).get_absolute_url(),
        at=place.at,
        by=by,
        assignment=assignment,
    )
    tell_of_ending(assignment, ClosureKind(kind), said, by=by, at=place.at)
    return closure


@deed
def check_closing(*, assignment: Assignment, kind: str, reason: str, at: datetime, unproven: str | None = None) -> None:
    """Raises WorkflowError where `close_assignment` would; writes nothing."""
    _require_closing(assignment, place_of(assignment, at), kind, reason.strip(), unproven)


def _require_closing(assignment: Assignment, place: Place, kind: str, reason: str, unproven: str | None) -> None:
    if not reason:
        raise WorkflowError("请写明依据。", "reason")
    require_move(assignment, place, Move(kind))
    if _is_bare(assignment, place, kind, unproven) and not (unproven or "").strip():
        raise WorkflowError("该责任分工没有佐证材料。请写明没有佐证材料的原因，或请单位补报后再办结。", "unproven")
    if len(_as_kept(assignment, place, kind, reason, unproven)) > REASON_LENGTH:
        raise WorkflowError(f"依据和无佐证材料的原因合计不能超过{REASON_LENGTH}字。", "reason")


def _is_bare(assignment: Assignment, place: Place, kind: str, unproven: str | None) -> bool:
    """Whether it would be closed without evidence on record, which needs a reason."""
    return kind == Closure.Kind.CLOSED and unproven is not None and not evidence_on_record(assignment, place.at)


def _as_kept(assignment: Assignment, place: Place, kind: str, reason: str, unproven: str | None) -> str:
    """The reason, with the other one behind it, why there is no evidence."""
    why = (unproven or "").strip() if _is_bare(assignment, place, kind, unproven) else ""
    return f"{reason}（无佐证材料：{why}）" if why else reason


def evidence_on_record(assignment: Assignment, at: datetime) -> list[Evidence]:
    """What came with the assignment's reports and requests by then, each once, oldest first."""
    filed = Q(reports__assignment=assignment, reports__recorded_at__lte=at, reports__withdrawal=None)
    asked = Q(requests__assignment=assignment, requests__recorded_at__lte=at)
    return list(Evidence.objects.filter(filed | asked).select_related("blob").distinct().order_by("pk"))


def record_closure(assignment: Assignment, place: Place, *, kind: str, reason: str, by: User | None) -> Closure:
    """Writes the fact and its note; whether it is allowed was asked before."""
    closure = Closure.objects.create(
        assignment=assignment, kind=kind, reason=reason, recorded_at=place.at, recorded_by=by
    )
    note(
        Closure.Kind(kind).label,
        assignment,
        by=by,
        at=place.at,
        old={"closure": place.current.closure},
        new={"closure": kind},
        reason=reason,
        agency=assignment.agency,
    )
    return closure
