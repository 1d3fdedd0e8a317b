"""节点: coordinators plan dated steps of an item, one or many at once. Planned again just so is planned once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from agencies.changes import note
from agencies.models import Agency, User
from tasks.models import (
    ActionItem,
    Assignment,
    Duty,
    Measure,
    Message,
    Milestone,
    MilestonePlan,
    Plan,
)
from tasks.standing.milestones import Successors, answering_parts, parts_in_force
from tasks.standing.proposals import Proposal, proposals_of_plan
from tasks.workflow.current import WorkflowError, deed, lock_item
from tasks.workflow.messages import tell

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class MilestoneContent:
    """What is planned: a name and a day, on an item or one of its duties or measures, for one agency or its leads."""

    item: ActionItem
    name: str
    planned_on: date
    agency: Agency | None = None
    measure: Measure | None = None
    duty: Duty | None = None
    reason: str = ""


@deed
def plan_proposed(*, plan: Plan, keys: Collection[str], by: User, at: datetime) -> list[Milestone]:
    """Takes over what the notice's deadlines propose, by its keys. Taken over already, it is the milestone there is."""
    offered = {each.key: each for each in proposals_of_plan(plan, also_planned=True)}
    if not offered.keys() >= set(keys):
        raise WorkflowError("公文时限的读法已被更正，请按最新列出的重新勾选。")
    contents = [content_of(each) for key, each in offered.items() if key in keys]
    return add_milestones(contents=contents, by=by, at=at)


def content_of(proposal: Proposal) -> MilestoneContent:
    """What is planned where a proposal is taken over: its item's leads answer for it."""
    return MilestoneContent(
        item=proposal.item,
        name=proposal.name,
        planned_on=proposal.planned_on,
        measure=proposal.measure,
        duty=proposal.duty,
        reason=proposal.reason,
    )


@deed
def add_milestones(*, contents: Sequence[MilestoneContent], by: User | None, at: datetime) -> list[Milestone]:
    """Plans them, all or none, and tells each agency once. One that is planned already just so is the one there is."""
    if not contents:
        raise WorkflowError("请选择要新增的节点。")
    if len(contents) > MOST_AT_ONCE:
        raise WorkflowError(f"一次最多新增{MOST_AT_ONCE}个节点，请分批。")
    items = {content.item.pk: content.item for content in contents}
    for item in sorted(items.values(), key=lambda item: item.pk):
        lock_item(item)
    made, new = [], []
    for content in contents:
        _check(content, at)
        same = _planned_before(content, at)
        if same is None:
            same = _add(content, by=by, at=at)
            new.append(same)
        made.append(same)
    _tell_planned(new, by=by, at=at)
    return made


@deed
def add_milestone(
    *,
    item: ActionItem,
    name: str,
    planned_on: date,
    by: User | None,
    at: datetime,
    agency: Agency | None = None,
    measure: Measure | None = None,
    duty: Duty | None = None,
    reason: str = "",
) -> Milestone:
    """Plans one."""
    content = MilestoneContent(item, name, planned_on, agency, measure, duty, reason)
    return add_milestones(contents=[content], by=by, at=at)[0]


def _check(content: MilestoneContent, at: datetime) -> None:
    item = content.item
    if not content.name.strip():
        raise WorkflowError("请填写节点名称。", "name")
    check_day(content.planned_on, item)
    parts = (content.measure, content.duty)
    if any(part is not None and part.item_id != item.pk for part in parts):
        raise WorkflowError("所选举措不属于该任务。", "measure")
    if content.agency is not None:
        held = Assignment.objects.in_force(at).filter(item=item, agency=content.agency)
        if not held.exists():
            raise WorkflowError(f"{content.agency}不承担该任务，请先调整责任单位。", "agency")


def check_day(planned_on: date, item: ActionItem) -> None:
    """Refuses a day before the plan was issued."""
    if planned_on < item.plan.issued_on:
        raise WorkflowError("节点日期不能早于公文印发日期。", "planned_on")


def _planned_before(content: MilestoneContent, at: datetime) -> Milestone | None:
    """The item's milestone of that name, where it is planned just so; refused where it is planned otherwise."""
    found = Milestone.objects.filter(item=content.item, name=content.name.strip(), withdrawal__isnull=True).first()
    if found is None:
        return None
    place = found.plans.order_by("-recorded_at", "-pk").first()
    of = (content.agency, content.measure, content.duty)
    is_same = place is not None and (place.planned_on, place.reason) == (content.planned_on, content.reason.strip())
    if is_same and (found.agency, found.measure, found.duty) == of:
        return found
    raise WorkflowError(f"{content.item.label}已有节点“{found.name}”，请换个名称，或对原节点改期。", "name")


def _add(content: MilestoneContent, *, by: User | None, at: datetime) -> Milestone:
    milestone = Milestone.objects.create(
        item=content.item,
        duty=content.duty,
        measure=content.measure,
        agency=content.agency,
        name=content.name.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    MilestonePlan.objects.create(
        milestone=milestone,
        planned_on=content.planned_on,
        reason=content.reason.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    note(
        "新增节点",
        milestone,
        by=by,
        at=at,
        new={"item": content.item.number, "planned_on": content.planned_on},
        reason=content.reason.strip(),
        agency=content.agency,
    )
    return milestone


def _tell_planned(milestones: Sequence[Milestone], *, by: User | None, at: datetime) -> None:
    """Tells each agency in one message, however many milestones it got at once."""
    if not milestones:
        return
    by_agency: dict[int, list[Milestone]] = {}
    successors = Successors(timezone.localdate(at))
    parts = parts_in_force({milestone.item_id for milestone in milestones}, at)
    for milestone in milestones:
        for part in answering_parts(milestone.agency_id, parts[milestone.item_id], successors):
            by_agency.setdefault(part.agency_id, []).append(milestone)
    people: dict[int | None, list[User]] = {}
    for person in User.objects.filter(agency__in=by_agency, is_active=True):
        people.setdefault(person.agency_id, []).append(person)
    for agency, mine in by_agency.items():
        first = mine[0]
        more = "" if len(mine) == 1 else f"等{len(mine)}个节点"
        text = f"{first.item.label}新增节点“{first.name}”{more}，请按期完成并报送佐证材料。"
        tell(people.get(agency, ()), Message.Kind.OTHER, text, link=first.get_absolute_url(), at=at, by=by)
