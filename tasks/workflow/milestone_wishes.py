"""节点建议: the milestone that an agency asks for, and what becomes of it when a coordinator takes it over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from agencies.models import Agency, User
from tasks.models import (
    AgencyRequest,
    AskedMilestone,
    Assignment,
    Decision,
    Duty,
    GrantedMilestone,
    Measure,
    Milestone,
    MilestonePlan,
)
from tasks.rules.texts import shortened
from tasks.workflow.current import WorkflowError
from tasks.workflow.milestones import MilestoneContent, add_milestones, check_day

REASON = MilestonePlan._meta.get_field("reason").max_length or 0


@dataclass(frozen=True, slots=True)
class Wish:
    """A milestone as it is asked for or taken over: its name and day, and in a request whose it is and of what."""

    name: str
    planned_on: date
    agency: Agency | None = None
    measure: Measure | None = None
    duty: Duty | None = None

    @property
    def words(self) -> str:
        return f"“{self.name.strip()}”，{self.planned_on:%Y-%m-%d}完成"


def check_wish(wish: Wish | None, assignment: Assignment) -> Wish:
    """Refuses what a coordinator could not take over as it is."""
    if wish is None or not wish.name.strip():
        raise WorkflowError("请填写节点名称。", "name")
    check_day(wish.planned_on, assignment.item)
    if any(part is not None and part.item_id != assignment.item_id for part in (wish.measure, wish.duty)):
        raise WorkflowError("所选举措不属于该任务。", "measure")
    if Milestone.objects.filter(item=assignment.item_id, name=wish.name.strip(), withdrawal=None).exists():
        raise WorkflowError(f"{assignment.item.label}已有节点“{wish.name.strip()}”，请换个名称。", "name")
    return wish


def keep_wish(request: AgencyRequest, wish: Wish) -> AskedMilestone:
    return AskedMilestone.objects.create(
        request=request,
        name=wish.name.strip(),
        planned_on=wish.planned_on,
        agency=wish.agency,
        measure=wish.measure,
        duty=wish.duty,
    )


def carry_wish(
    asked: AgencyRequest, going_on: AgencyRequest, measures: Mapping[int, Measure], duties: Mapping[int, Duty]
) -> None:
    """Part of another deed: the request of who follows asks for the same, of words that its item still has.

    Of an item that was split or merged, `measures` and `duties` are the new ones, by the keys of the old.
    """
    wish, made = asked.asked_milestone, going_on.assignment
    measure = measures.get(wish.measure_id or 0, wish.measure)
    duty = duties.get(wish.duty_id or 0, wish.duty)
    measure = measure if measure and measure.item_id == made.item_id else None
    duty = duty if duty and duty.item_id == made.item_id else None
    own = made.agency if wish.agency_id else None
    keep_wish(going_on, Wish(wish.name, wish.planned_on, own, measure, duty))


def is_other(request: AgencyRequest, taken: Wish | None) -> bool:
    """Whether another name or day is to be taken over than was asked for."""
    asked = request.asked_milestone
    return taken is not None and (taken.name.strip(), taken.planned_on) != (asked.name, asked.planned_on)


def grant_wish(request: AgencyRequest, taken: Wish | None, decision: Decision, *, by: User, at: datetime) -> None:
    """Plans the milestone as it was asked for, or under the name and on the day that the coordinator gives it."""
    asked, assignment = request.asked_milestone, request.assignment
    wish = taken or Wish(asked.name, asked.planned_on)
    content = MilestoneContent(
        item=assignment.item,
        name=wish.name,
        planned_on=wish.planned_on,
        agency=asked.agency,
        measure=asked.measure,
        duty=asked.duty,
        reason=shortened(f"采纳{assignment.agency}的建议：{request.reason}", REASON),
    )
    [milestone] = add_milestones(contents=[content], by=by, at=at)
    GrantedMilestone.objects.create(decision=decision, milestone=milestone)


def is_granted_so(decision: Decision, taken: Wish | None) -> bool:
    """Whether the decision took over just that."""
    granted = GrantedMilestone.objects.filter(decision=decision).select_related("milestone").first()
    if granted is None or taken is None:
        return True
    first = granted.milestone.plans.order_by("recorded_at", "pk").first()
    return first is not None and (granted.milestone.name, first.planned_on) == (taken.name.strip(), taken.planned_on)
