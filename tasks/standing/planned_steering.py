"""待生效的责任调整: what waits for its day, in words, and what of it can still be done when the day has come."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from agencies.models import Agency
from tasks.models import ActionItem, Assignment, PlannedSteering, PlannedSteeringEnd, PlannedStep
from tasks.models.choices import RUNNING
from tasks.standing.milestones import Successors
from tasks.standing.steering import Kind, Step


class PlannedLine(NamedTuple):
    """One change in words, with its item."""

    item: ActionItem
    words: str


class PlannedNote(NamedTuple):
    """A change of who answers that waits for its day: its key, the day, what, why, by whom and since when."""

    pk: int
    effective_on: date
    words: str
    reason: str
    by: str
    recorded_at: datetime


def steps_of(planned: PlannedSteering) -> list[PlannedStep]:
    """Its changes, each with its item and agencies."""
    steps = PlannedStep.objects.filter(planned=planned).select_related("item__plan", "part__agency", "agency")
    return list(steps.defer("item__text", "item__plan__notice_text").order_by("item__place", "pk"))


def end_by(planned: PlannedSteering, moment: datetime) -> PlannedSteeringEnd | None:
    """What had become of it by then; None while it waited."""
    ends = PlannedSteeringEnd.objects.filter(planned=planned, recorded_at__lte=moment)
    return ends.select_related("recorded_by").first()


def lines_of(steps: Iterable[PlannedStep]) -> list[PlannedLine]:
    return [PlannedLine(step.item, words_of(step)) for step in steps]


def waiting_notes(item: ActionItem, moment: datetime) -> list[PlannedNote]:
    """What waited for its day then of one item, the next first. One query."""
    waiting = PlannedSteering.objects.waiting(moment)
    steps = PlannedStep.objects.filter(item=item, planned__in=waiting.order_by())
    steps = steps.select_related("planned__recorded_by", "part__agency", "agency")
    return [note_of(step) for step in steps.order_by("planned__effective_on", "pk")]


def note_of(step: PlannedStep) -> PlannedNote:
    planned = step.planned
    by = planned.recorded_by
    return PlannedNote(
        planned.pk, planned.effective_on, words_of(step), planned.reason, str(by or ""), planned.recorded_at
    )


def words_of(step: PlannedStep) -> str:
    """「省商务厅（负责）更换为省水利厅」, 「新增省水利厅协助」."""
    role = step.get_role_display()
    if step.part is None:
        return f"新增{step.agency}{role}"
    was = f"{step.part.agency}（{step.part.get_role_display()}）"
    if step.kind == Kind.WITHDRAW:
        return f"{was}退出"
    if step.kind == Kind.ROLE:
        return f"{was}改为{role}"
    return f"{was}更换为{step.agency}" + ("，沿用进度" if step.keeps_progress else "")


def still_possible(
    planned: Sequence[PlannedStep], parts: Iterable[Assignment], day: date
) -> tuple[list[Step], list[str]]:
    """The changes as they stand on the day, and in words those that fall away.

    An agency stands for whoever follows it alone by then, unless that one had a part of its own: nobody decided on
    that. What was closed meanwhile, belongs to nobody any more or was given by a newer decision is left as it is.
    """
    present = {(part.item_id, part.agency_id): part for part in parts}
    successors = Successors(day)
    found = [(each, _as_it_stands(each, present, successors)) for each in planned]
    receiving = {step.agency for _, step in found if step and step.agency}
    gone = set(Agency.objects.filter(pk__in=receiving, ended_on__isnull=False).values_list("pk", flat=True))
    steps, lost = [], []
    for each, step in found:
        if step is None or step.agency in gone:
            lost.append(f"{each.item.label}{words_of(each)}")
        else:
            steps.append(step)
    return steps, lost


def _as_it_stands(step: PlannedStep, present: dict[tuple[int, int], Assignment], successors: Successors) -> Step | None:
    part, agency = None, None
    if step.part is not None:
        held = [present.get((step.item_id, key)) for key in successors.of(step.part.agency_id)]
        found = [each for each in held if each is not None]
        part = found[0] if len(found) == 1 else None
        if part is None or part.closure not in RUNNING or _is_its_own(part, step):
            return None
    if step.kind == Kind.ROLE and part:
        agency = part.agency_id
    elif step.agency_id is not None:
        following = successors.of(step.agency_id)
        if len(following) != 1:
            return None
        [agency] = following
    if step.kind == Kind.ADD and (given := present.get((step.item_id, agency or 0))) and given.role != step.role:
        return None
    role = part.role if part and step.kind == Kind.REPLACE else step.role
    return Step(Kind(step.kind), step.item_id, part.pk if part else None, agency, role, step.keeps_progress)


def _is_its_own(part: Assignment, step: PlannedStep) -> bool:
    """Whether a successor had a part in the item when the change of its predecessor's was recorded."""
    if part.agency_id == step.part.agency_id:  # type: ignore[union-attr]
        return False
    held = Assignment.objects.in_force(step.planned.recorded_at)
    return held.filter(item=step.item_id, agency=part.agency_id).exists()
