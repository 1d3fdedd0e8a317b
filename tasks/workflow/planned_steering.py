"""待生效: who answers is changed on a later day. Until then everything is as before, and it can be taken back.

The daily round does it on its day, by the same code as a change at once (`tasks.workflow.steering`), with what there is
then: nobody is there to confirm it anew, so what can't be done any more falls away, and coordinators are told.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from agencies.changes import note
from agencies.models import Agency, User
from qa_plan import clock
from tasks.models import (
    ActionItem,
    Assignment,
    Message,
    PlannedSteering,
    PlannedSteeringEnd,
    PlannedStep,
)
from tasks.models.choices import RUNNING
from tasks.rules.texts import shortened
from tasks.standing.milestones import Successors
from tasks.standing.planned_steering import lines_of, steps_of, still_possible
from tasks.standing.steering import Step, basis_of, normalised, parts_of_items
from tasks.standing.steering_outcome import Told, told_of
from tasks.workflow.current import WorkflowError, deed, lock_row
from tasks.workflow.messages import coordinators_of, tell
from tasks.workflow.steering import STALE, carry_out, check, check_reason, locked_items
from tasks.workflow.takeover import instant_of

Ended = PlannedSteeringEnd.Kind
END_REASON = PlannedSteeringEnd._meta.get_field("reason").max_length or 0


@deed
def plan_steering(
    *, steps: Sequence[Step], effective_on: date, reason: str, basis: str, by: User, at: datetime
) -> PlannedSteering:
    """Records changes of who answers for a later day, and tells those concerned. Nothing changes until then.

    `basis` stands for what was shown, as in `steer`. The same form sent again is the first. What waits already for the
    same agency in the same item is taken back first.
    """
    reason = check_reason(reason)
    if effective_on <= timezone.localdate(at):
        raise WorkflowError("生效日须晚于今天；即时生效的请留空。", "effective_on")
    items = locked_items(steps)
    parts = parts_of_items(items, at)
    by_key = {part.pk: part for part in parts}
    wanted = normalised(steps, parts)
    others = _waiting_in(items, at)
    if same := _planned_before(others, wanted, effective_on, reason, by):
        return same
    if basis_of(parts) != basis:
        raise WorkflowError(STALE)
    check(wanted, by_key=by_key)
    _check_alone(wanted, by_key, others)
    planned = PlannedSteering.objects.create(
        plan=next(iter(items.values())).plan,
        effective_on=effective_on,
        reason=reason,
        recorded_at=at,
        recorded_by=by,
    )
    PlannedStep.objects.bulk_create(
        PlannedStep(
            planned=planned,
            kind=step.kind,
            item_id=step.item,
            part_id=step.part,
            agency_id=step.agency,
            role=step.role,
            keeps_progress=step.keeps_progress,
        )
        for step in wanted
    )
    new = {"effective_on": effective_on, "steps": _in_words(planned)}
    note("登记责任调整", planned, by=by, at=at, new=new, reason=reason)
    _tell(planned, wanted, by_key, items, f"自{effective_on:%Y-%m-%d}起", reason, by=by, at=at)
    return planned


def check_planned(*, steps: Sequence[Step], parts: Mapping[int, Assignment], at: datetime) -> None:
    """Says what the deed would say, before there is anything to confirm."""
    _check_alone(steps, parts, _waiting_in({step.item for step in steps}, at))


def _waiting_in(items: Iterable[int], at: datetime) -> list[PlannedStep]:
    waiting = PlannedSteering.objects.waiting(at).order_by()
    steps = PlannedStep.objects.filter(item__in=list(items), planned__in=waiting)
    return list(steps.select_related("planned__recorded_by", "agency", "part__agency", "item"))


def _planned_before(
    others: Iterable[PlannedStep], wanted: Sequence[Step], effective_on: date, reason: str, by: User
) -> PlannedSteering | None:
    """The one that waits, where the same person has recorded just the same."""
    found: dict[PlannedSteering, set[tuple[object, ...]]] = {}
    for step in others:
        content = (step.kind, step.item_id, step.part_id, step.agency_id, step.role, step.keeps_progress)
        found.setdefault(step.planned, set()).add(content)
    asked = {(step.kind, step.item, step.part, step.agency, step.role, step.keeps_progress) for step in wanted}
    same = ((each.effective_on, each.reason, each.recorded_by_id) for each in found)
    for planned, about in zip(found, same, strict=True):
        if about == (effective_on, reason, by.pk) and found[planned] == asked:
            return planned
    return None


def _check_alone(steps: Sequence[Step], parts: Mapping[int, Assignment], others: Iterable[PlannedStep]) -> None:
    """Of an agency in an item one change waits at a time, and none of what has ended."""
    for part in (parts[step.part] for step in steps if step.part):
        if part.closure not in RUNNING:
            raise WorkflowError(f"{part.agency}在{part.item.label}的责任分工已经办结或中止，不能登记以后的调整。")
    concerned = {(step.item, step.agency) for step in steps if step.agency}
    concerned |= {(step.item, parts[step.part].agency_id) for step in steps if step.part}
    for other in others:
        agencies = [other.agency, other.part and other.part.agency]
        for agency in filter(None, agencies):
            if (other.item_id, agency.pk) in concerned:
                day = other.planned.effective_on
                raise WorkflowError(f"{agency}在{other.item.label}已有{day:%Y-%m-%d}生效的调整，请先撤回。")


@deed
def take_back_steering(*, planned: PlannedSteering, reason: str, by: User, at: datetime) -> PlannedSteeringEnd:
    """Takes back what has not taken effect yet; those concerned are told. The same form sent again is the first."""
    reason = reason.strip()
    if not reason:
        raise WorkflowError("请写明撤回原因。", "reason")
    end = _end_of(planned)
    if end is not None:
        if (end.kind, end.reason, end.recorded_by_id) == (Ended.TAKEN_BACK, reason, by.pk):
            return end
        raise WorkflowError(f"该调整{end.get_kind_display()}，未作改动。")
    made = _finish(planned, Ended.TAKEN_BACK, reason, by=by, at=max(at, planned.recorded_at))
    _tell_off(planned, steps_of(planned), "已撤回", reason, by=by, at=at)
    return made


def carry_out_planned(on: date) -> list[PlannedSteering]:
    """Does what was recorded for that day or one before it, and was not taken back. Run twice, it does nothing."""
    due = PlannedSteering.objects.filter(effective_on__lte=on, end__isnull=True).select_related("plan", "recorded_by")
    found = list(due.defer("plan__notice_text"))
    for planned in found:
        try:
            _take_effect(planned=planned, on=on, at=clock.at(on))
        except WorkflowError as refused:
            _let_go(planned=planned, reason=refused.message, at=clock.at(on))
    return found


@deed
def _take_effect(*, planned: PlannedSteering, on: date, at: datetime) -> None:
    if _end_of(planned) is not None:
        return  # another round was quicker, or it was taken back
    by = planned.recorded_by
    assert by is not None
    steps = steps_of(planned)
    items = _existing(steps)
    at = instant_of(Assignment.objects.filter(item__in=items, ended_at__isnull=True), max(at, planned.recorded_at))
    parts = parts_of_items(items, at)
    by_key = {part.pk: part for part in parts}
    there = [step for step in steps if step.item_id in items]
    possible, lost = still_possible(there, parts, Successors(on))
    lost += [step for step in steps if step not in there]
    wanted = normalised(possible, parts)
    kind, said = (Ended.DONE if wanted else Ended.VOID), ""
    if wanted:
        check(wanted, by_key=by_key)
        carry_out(wanted, by_key, items, planned.reason, by=by, at=at)
    if lost:
        words = "；".join(f"{line.item.label}{line.words}" for line in lines_of(lost))
        said = shortened(f"情况已有变化，未办理：{words}", END_REASON)
    elif not wanted:
        said = "责任单位已是如此，无须调整。"
    _finish(planned, kind, said, by=by, at=at)
    if lost:
        _tell_off(planned, lost, "未能生效", "情况已有变化", by=None, at=at)
        _tell_coordinators(planned, said, at=at)


@deed
def _let_go(*, planned: PlannedSteering, reason: str, at: datetime) -> None:
    if _end_of(planned) is None:
        at = max(at, planned.recorded_at)
        _finish(planned, Ended.VOID, shortened(reason, END_REASON), by=planned.recorded_by, at=at)
        _tell_off(planned, steps_of(planned), "未能生效", reason, by=None, at=at)
        _tell_coordinators(planned, reason, at=at)


def require_nothing_planned(items: Iterable[ActionItem], at: datetime) -> None:
    """Refuses to split or merge an item whose agencies are to change: nobody could say what that would mean then."""
    waiting = PlannedSteering.objects.waiting(at).order_by()
    step = (
        PlannedStep.objects.filter(item__in=list(items), planned__in=waiting).select_related("item", "planned").first()
    )
    if step:
        day = step.planned.effective_on
        raise WorkflowError(f"{step.item.label}有{day:%Y-%m-%d}生效的责任调整，请先在任务页撤回，或待其生效后再办。")


def _existing(steps: Sequence[PlannedStep]) -> dict[int, ActionItem]:
    """The items that there still are, locked."""
    there = [step.item for step in steps if step.item.ended_at is None]
    return locked_items([Step("add", item.pk) for item in there])  # type: ignore[arg-type]


def _end_of(planned: PlannedSteering) -> PlannedSteeringEnd | None:
    lock_row(planned, "UPDATE")
    return PlannedSteeringEnd.objects.filter(planned=planned).first()


def _finish(planned: PlannedSteering, kind: str, reason: str, *, by: User | None, at: datetime) -> PlannedSteeringEnd:
    made = PlannedSteeringEnd.objects.create(planned=planned, kind=kind, reason=reason, recorded_at=at, recorded_by=by)
    words = {Ended.DONE: "责任调整生效", Ended.TAKEN_BACK: "撤回责任调整", Ended.VOID: "责任调整未能生效"}
    note(words[Ended(kind)], planned, by=by, at=at, new={"effective_on": planned.effective_on}, reason=reason)
    return made


def _in_words(planned: PlannedSteering) -> list[str]:
    return [f"{line.item.label}{line.words}" for line in lines_of(steps_of(planned))]


def address_of(planned: PlannedSteering) -> str:
    return reverse("tasks:planned-steering", args=[planned.pk])


def _tell(
    planned: PlannedSteering,
    steps: Sequence[Step],
    parts: Mapping[int, Assignment],
    items: Mapping[int, ActionItem],
    head: str,
    reason: str,
    *,
    by: User | None,
    at: datetime,
) -> None:
    """Tells each agency concerned in one message what is to become of its tasks; or whoever follows it by then."""
    successors = Successors(timezone.localdate(at))
    agencies = {part.agency_id: part.agency for part in parts.values()}
    agencies |= Agency.objects.in_bulk([step.agency for step in steps if step.agency])
    told: list[Told] = told_of(steps, parts, agencies, {key: item.label for key, item in items.items()})
    for each in told:
        people = User.objects.filter(agency__in=successors.of(each.agency.pk))
        text = f"{head}{each.words}：{shortened(reason)}"
        tell(people, Message.Kind.OTHER, text, link=address_of(planned), at=at, by=by)


def _tell_off(
    planned: PlannedSteering, steps: Sequence[PlannedStep], end: str, reason: str, *, by: User | None, at: datetime
) -> None:
    """Whoever was told that its tasks change on that day is told that they don't."""
    parts = {step.part.pk: step.part for step in steps if step.part}
    items = {step.item_id: step.item for step in steps}
    asked = [Step(s.kind, s.item_id, s.part_id, s.agency_id, s.role) for s in steps]  # type: ignore[arg-type]
    head = f"原定{planned.effective_on:%Y-%m-%d}的责任调整{end}，维持现状。原定"
    _tell(planned, asked, parts, items, head, reason, by=by, at=at)


def _tell_coordinators(planned: PlannedSteering, said: str, *, at: datetime) -> None:
    text = f"{planned.effective_on:%Y-%m-%d}的责任调整：{said}"
    tell(coordinators_of(planned.plan), Message.Kind.OTHER, text, link=address_of(planned), at=at)
