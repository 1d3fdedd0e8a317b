"""节点: the one rule for where a dated step stands on a day, and what may be done with it there.

Sources: docs/rules.md 3. Pure: everything it needs is an argument.
"""

from datetime import date
from enum import StrEnum

from django.db.models import TextChoices


class MilestoneState(TextChoices):
    """Where a milestone stands, in the order in which it asks for somebody's hand."""

    LATE = "late", "逾期未完成"
    SOON = "soon", "临近"
    WAITING = "waiting", "已完成待确认"
    PLANNED = "planned", "计划中"
    CONFIRMED = "confirmed", "已确认"
    WITHDRAWN = "withdrawn", "已撤销"

    @property
    def is_open(self) -> bool:
        """Whether it is yet to be done."""
        return self in OPEN

    @property
    def is_done(self) -> bool:
        """Whether its agency says that it is done, confirmed or not."""
        return self in (MilestoneState.WAITING, MilestoneState.CONFIRMED)


OPEN = (MilestoneState.LATE, MilestoneState.SOON, MilestoneState.PLANNED)


def state_of(
    planned_on: date, day: date, *, soon_days: int, is_withdrawn: bool, is_reported: bool, is_confirmed: bool | None
) -> MilestoneState:
    """The state on that day. `is_confirmed` is the verdict on the latest report that it is done; None while it waits.

    What was sent back is to be done as before: its planned day decides.
    """
    if is_withdrawn:
        return MilestoneState.WITHDRAWN
    if is_reported and is_confirmed is not False:
        return MilestoneState.CONFIRMED if is_confirmed else MilestoneState.WAITING
    if planned_on < day:
        return MilestoneState.LATE
    return MilestoneState.SOON if (planned_on - day).days <= soon_days else MilestoneState.PLANNED


class MilestoneMove(StrEnum):
    """What is done with a milestone once it is planned."""

    MOVE = "move"
    WITHDRAW = "withdraw"
    REPORT = "report"
    CONFIRM = "confirm"
    SEND_BACK = "send_back"


STEERING = (MilestoneMove.MOVE, MilestoneMove.WITHDRAW, MilestoneMove.CONFIRM, MilestoneMove.SEND_BACK)
_WHILE_OPEN = (MilestoneMove.MOVE, MilestoneMove.WITHDRAW, MilestoneMove.REPORT)
MOVES: dict[MilestoneState, tuple[MilestoneMove, ...]] = {
    **dict.fromkeys(OPEN, _WHILE_OPEN),
    MilestoneState.WAITING: (MilestoneMove.CONFIRM, MilestoneMove.SEND_BACK),
    MilestoneState.CONFIRMED: (MilestoneMove.SEND_BACK,),  # a confirmation can be taken back, saying why
    MilestoneState.WITHDRAWN: (),
}


def refusal(state: MilestoneState, move: MilestoneMove) -> str:
    """Says why that can't be done with a milestone in that state; "" where it can."""
    if move in MOVES[state]:
        return ""
    return {
        MilestoneState.WAITING: "该节点已报完成，请先确认或退回。",
        MilestoneState.CONFIRMED: "该节点已确认完成，未作改动。",
        MilestoneState.WITHDRAWN: "该节点已经撤销。",
    }.get(state, "该节点尚未报完成。")
