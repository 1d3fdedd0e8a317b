"""The course of an assignment: one table of its states and of what each party may do in them. Pure.

`tasks.access` says which party a person is, deeds ask the table before they write, and pages ask it which buttons to
show. The state is never stored: it follows from receipt, open requests and the latest closure.

A request that waits for its answer never stops an agency from filing the report that the period asks for, and neither
does a missing receipt. Nothing is ended over a request that nobody has answered.
"""

from collections.abc import Collection, Mapping
from typing import Protocol

from django.db.models import Q, TextChoices

from tasks.models import AgencyRequest
from tasks.models.choices import RUNNING


class State(TextChoices):
    ISSUED = "issued", "待签收"
    DECLINING = "declining", "申请退回"
    IN_PROGRESS = "in_progress", "在办"
    COMPLETING = "completing", "申请办结"
    CLOSED = "closed", "已销号"
    SUSPENDED = "suspended", "中止"
    CANCELLED = "cancelled", "撤销"


class Party(TextChoices):
    AGENCY = "agency", "承担单位"
    COORDINATOR = "coordinator", "统筹人员"


class Move(TextChoices):
    """What can be done with an assignment. Requests and closures are named as their kinds are."""

    ACKNOWLEDGE = "acknowledge", "签收"
    REPORT = "report", "填报"
    DECLINE = "decline", "申请退回（非本单位职责）"
    EXTENSION = "extension", "申请延期"
    COMPLETION = "completion", "申请办结"
    MILESTONE = "milestone", "建议节点"
    DECIDE = "decide", "答复申请"
    URGE = "urge", "催办"
    CLOSE = "closed", "办结销号"
    SUSPEND = "suspended", "中止"
    CANCEL = "cancelled", "撤销"
    REOPEN = "reopened", "恢复办理"


REQUESTS = (Move.DECLINE, Move.EXTENSION, Move.COMPLETION, Move.MILESTONE)
SEVERAL = (Move.MILESTONE,)  # of which more than one may wait
ENDINGS = (Move.CLOSE, Move.SUSPEND, Move.CANCEL)
LEADS_ONLY = (Move.EXTENSION, Move.COMPLETION, Move.MILESTONE)  # an assisting agency's part ends with the item
SETTLING = "待销号"  # said of what has done everything while the office has still to close it
_ENDED: Mapping[Party, Collection[Move]] = {Party.AGENCY: (), Party.COORDINATOR: (Move.REOPEN,)}

COURSE: Mapping[State, Mapping[Party, Collection[Move]]] = {
    State.ISSUED: {
        Party.AGENCY: (Move.ACKNOWLEDGE, Move.DECLINE, Move.REPORT),
        Party.COORDINATOR: (Move.URGE, *ENDINGS),
    },
    State.DECLINING: {
        Party.AGENCY: (Move.REPORT,),
        Party.COORDINATOR: (Move.DECIDE,),
    },
    State.IN_PROGRESS: {
        Party.AGENCY: (Move.REPORT, Move.COMPLETION, Move.EXTENSION, Move.MILESTONE),
        Party.COORDINATOR: (Move.DECIDE, Move.URGE, *ENDINGS),
    },
    State.COMPLETING: {
        Party.AGENCY: (Move.REPORT, Move.EXTENSION),
        Party.COORDINATOR: (Move.DECIDE,),
    },
    State.CLOSED: _ENDED,
    State.SUSPENDED: _ENDED,
    State.CANCELLED: _ENDED,
}


def state_of(*, has_receipt: bool, open_kinds: Collection[str], closure: str) -> State:
    """The state of an assignment, by what has become of it.

    `open_kinds` are those of its requests that wait for an answer; `closure` the latest one's kind, "" for none. What
    was reopened is in progress, whether it was ever received or not. An open extension is no state of its own.
    """
    if closure not in RUNNING:
        return State(closure)
    if AgencyRequest.Kind.COMPLETION in open_kinds:
        return State.COMPLETING
    if AgencyRequest.Kind.DECLINE in open_kinds:
        return State.DECLINING
    return State.IN_PROGRESS if has_receipt or closure else State.ISSUED


def in_state(state: State) -> Q:
    """The same of rows in the database that were read with `as_of` and `with_state`: those in that state."""
    if state in (State.CLOSED, State.SUSPENDED, State.CANCELLED):
        return Q(closure=state)
    completing, declining = Q(open_completion__isnull=False), Q(open_decline__isnull=False)
    begun = Q(has_receipt=True) | ~Q(closure="")
    running = {
        State.COMPLETING: completing,
        State.DECLINING: ~completing & declining,
        State.IN_PROGRESS: ~completing & ~declining & begun,
        State.ISSUED: ~completing & ~declining & ~begun,
    }
    return Q(closure__in=RUNNING) & running[state]


def allows(state: State, party: Party | None, move: Move, *, is_lead: bool = True) -> bool:
    """Whether the party may do it in that state; without a party nobody may do anything."""
    return party is not None and move in COURSE[state][party] and (is_lead or move not in LEADS_ONLY)


def refusal(state: State, move: Move, *, is_lead: bool = True) -> str:
    """Why nobody may do it in that state, as people are told; "" where somebody may."""
    if any(allows(state, party, move, is_lead=is_lead) for party in Party):
        return ""
    if move in LEADS_ONLY and not is_lead:
        return f"{move.label}由负责单位提出，协助单位无须提出。"
    if move == Move.REOPEN:
        return "该责任分工正在办理，无须恢复。"
    if state in (State.CLOSED, State.SUSPENDED, State.CANCELLED):
        return "该责任分工已经办结或中止。"
    if state in (State.DECLINING, State.COMPLETING) and move in (Move.URGE, *ENDINGS):
        return f"该责任分工处于“{state.label}”，请先答复申请。"
    if state == State.ISSUED:
        return "请先签收，再提出申请。" if move in REQUESTS else "该责任分工尚未签收。"
    if move == Move.DECLINE and state == State.IN_PROGRESS:
        return "该任务已经签收；职责确有调整的，请联系统筹人员撤回交办。"
    return f"该责任分工处于“{state.label}”，不能{move.label}。"


def state_of_read(assignment: "WithState") -> State:
    """The state of an assignment that was read with `as_of` and `with_state`."""
    kinds = AgencyRequest.Kind
    keys = {kinds.DECLINE: assignment.open_decline, kinds.COMPLETION: assignment.open_completion}
    waiting = [kind for kind, key in keys.items() if key is not None]
    return state_of(has_receipt=assignment.has_receipt, open_kinds=waiting, closure=assignment.closure)


class WithState(Protocol):
    """An assignment that was read with what makes its state, or as much of one as a ledger reads."""

    @property
    def has_receipt(self) -> bool: ...

    @property
    def closure(self) -> str: ...

    @property
    def open_decline(self) -> int | None: ...

    @property
    def open_completion(self) -> int | None: ...


class WithCourse(WithState, Protocol):
    """The same with the other requests that wait."""

    @property
    def open_extension(self) -> int | None: ...

    @property
    def open_milestone(self) -> int | None: ...


def is_settling(assignment: WithState, percent: int) -> bool:
    """待销号: whether such an assignment has done everything, and waits for the office to close it.

    Rows in the database are asked by `settling` of their queryset.
    """
    return percent == 100 and assignment.closure in RUNNING and assignment.open_completion is not None


def open_requests(assignment: WithCourse) -> dict[str, int]:
    """The requests of such an assignment that wait for an answer: their keys by their kind."""
    kinds = AgencyRequest.Kind
    keys = {
        kinds.DECLINE: assignment.open_decline,
        kinds.COMPLETION: assignment.open_completion,
        kinds.EXTENSION: assignment.open_extension,
        kinds.MILESTONE: assignment.open_milestone,
    }
    return {kind: key for kind, key in keys.items() if key is not None}
