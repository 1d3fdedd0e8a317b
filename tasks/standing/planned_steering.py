"""待生效的责任调整: what waits for its day, in words, and what of it can still be done when the day has come."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from agencies.models import Agency
from tasks.models import ActionItem, Assignment, PlannedSteering, PlannedSteeringEnd, PlannedStep
from tasks.models.choices import RUNNING
from tasks.standing.milestones import Successors
from tasks.standing.steering import Kind, Step


class PlannedLine(NamedTuple):
    """One change in words, with its item."""

    item: ActionItem
    words: str


class Held(NamedTuple):
    """What an agency has in an item, or would have after a deed, as much of it as a waiting change is held against."""

    pk: int
    item_id: int
    agency_id: int
    role: str
    closure: str


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
    planned: Iterable[PlannedStep], parts: Iterable[Assignment | Held], successors: Successors
) -> tuple[list[Step], list[PlannedStep]]:
    """The changes as they stand on the day of the successors, and those that fall away.

    An agency stands for whoever follows it alone by then, unless that one had a part of its own: nobody decided on
    that. What was closed meanwhile, belongs to nobody any more or was given by a newer decision is left as it is.
    """
    present = {(part.item_id, part.agency_id): part for part in parts}
    found = [(each, _as_it_stands(each, present, successors)) for each in planned]
    receiving = {step.agency for _, step in found if step and step.agency}
    gone = set(Agency.objects.filter(pk__in=receiving, ended_on__isnull=False).values_list("pk", flat=True))
    steps, lost = [], []
    for each, step in found:
        if step is None or step.agency in gone:
            lost.append(each)
        else:
            steps.append(step)
    return steps, lost


def items_waiting_for(agencies: Iterable[Agency], moment: datetime) -> set[int]:
    """The items in which a change waits that takes something from one of the agencies or gives it something."""
    concerned = Q(agency__in=(mine := list(agencies))) | Q(part__agency__in=mine)
    waiting = PlannedSteering.objects.waiting(moment).order_by()
    return set(PlannedStep.objects.filter(concerned, planned__in=waiting).values_list("item", flat=True))


def falling_away(
    items: Collection[int],
    moment: datetime,
    now: Iterable[Assignment],
    then: Iterable[Held],
    *,
    besides: Mapping[int, set[int]] | None = None,
    since: date = date.min,
) -> list[str]:
    """In words, the changes of those items that wait and could be done by `now`, but not by what would be `then`.

    `besides` are the agencies that would follow others, `since` the day from which they would.
    """
    waiting = PlannedSteering.objects.waiting(moment).filter(effective_on__gte=since).order_by()
    steps = PlannedStep.objects.filter(item__in=items, planned__in=waiting).select_related(
        "planned", "item", "part__agency", "agency"
    )
    asked = list(steps.defer("item__text").order_by("planned__effective_on", "item__place", "pk"))
    if not asked:
        return []
    day = timezone.localdate(moment)
    lost_already = still_possible(asked, now, Successors(day))[1]
    lost = still_possible(asked, then, Successors(day, besides))[1]
    return [
        f"{step.item.label}自{step.planned.effective_on:%Y-%m-%d}起{words_of(step)}"
        for step in lost
        if step not in lost_already
    ]


def held(part: Assignment, *, closure: str | None = None) -> Held:
    """What there is, or would be once it was closed or taken up again."""
    return Held(part.pk, part.item_id, part.agency_id, part.role, part.closure if closure is None else closure)


def _as_it_stands(
    step: PlannedStep, present: Mapping[tuple[int, int], Assignment | Held], successors: Successors
) -> Step | None:
    part, agency = None, None
    if step.part is not None:
        places = [present.get((step.item_id, key)) for key in successors.of(step.part.agency_id)]
        found = [each for each in places if each is not None]
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


def _is_its_own(part: Assignment | Held, step: PlannedStep) -> bool:
    """Whether a successor had a part in the item when the change of its predecessor's was recorded."""
    if part.agency_id == step.part.agency_id:  # type: ignore[union-attr]
        return False
    held = Assignment.objects.in_force(step.planned.recorded_at)
    return held.filter(item=step.item_id, agency=part.agency_id).exists()
