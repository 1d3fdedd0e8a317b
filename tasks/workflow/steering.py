"""调整责任单位: who answers for one item or many is changed in one deed, by what was shown before (docs/rules.md 13).

Responsibility changes at the instant at which the deed is done, never before it: every earlier day and every count of
the past keeps the agencies of its time. A later day is `tasks.workflow.planned_steering`.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from agencies.models import Agency, User
from tasks.models import AcceptedProgress, ActionItem, Assignment
from tasks.standing.steering import LEAD, Kind, Step, basis_of, normalised, part_keys, parts_of_items
from tasks.standing.succession import Transfer
from tasks.workflow.current import WorkflowError, deed, lock_item
from tasks.workflow.messages import tell_assigned, tell_role_changed, tell_withdrawn
from tasks.workflow.responsibility import assign, withdraw_assignment
from tasks.workflow.takeover import carry_over, instant_of

REASON_LIMIT = Assignment._meta.get_field("end_reason").max_length or 0
STALE = "核对之后，责任分工、进度或申请又有变化。请重新核对后再确认。"


@deed
def steer(*, steps: Sequence[Step], reason: str, basis: str, by: User, at: datetime) -> list[Assignment]:
    """Adds, withdraws, replaces agencies and changes their roles, all or nothing; returns the assignments that begin.

    `basis` stands for what was shown (`tasks.standing.steering.basis_of`): of two at once, the second is refused, but
    for the same form sent twice, which is one deed.
    """
    reason = check_reason(reason)
    items = locked_items(steps)
    at = instant_of(Assignment.objects.filter(item__in=items, ended_at__isnull=True), at)
    parts = parts_of_items(items, at)
    if basis_of(parts) != basis:
        if steps and all(_is_done(step, by) for step in steps):
            return []
        raise WorkflowError(STALE)
    wanted = normalised(steps, parts)
    check(wanted, by_key={part.pk: part for part in parts})
    return carry_out(wanted, {part.pk: part for part in parts}, items, reason, by=by, at=at)


def check_reason(reason: str) -> str:
    """The document or reason, as it is kept; refused where there is none, or too much of it."""
    reason = reason.strip()
    if not reason:
        raise WorkflowError("请写明依据文件或原因。", "reason")
    if len(reason) > REASON_LIMIT:
        raise WorkflowError(f"依据文件或原因不能超过{REASON_LIMIT}字。", "reason")
    return reason


def give_instead(*, item: ActionItem, agency: Agency, role: str, reason: str, by: User, at: datetime) -> None:
    """Part of another deed: the agency gets the item in that role; one that has a part in it changes its role."""
    lock_item(item)
    parts = {part.pk: part for part in parts_of_items([item.pk], at)}
    steps = normalised([Step(Kind.ADD, item.pk, None, agency.pk, role)], parts.values())
    if not steps:
        raise WorkflowError(f"{agency}已承担{item}，请另选单位，或先不交办。", "instead")
    check(steps, by_key=parts)
    carry_out(steps, parts, {item.pk: item}, reason[:REASON_LIMIT], by=by, at=at)


def locked_items(steps: Sequence[Step]) -> dict[int, ActionItem]:
    """The items, locked in one order, so that two deeds on the same items come one after the other."""
    keys = sorted({step.item for step in steps})
    items = ActionItem.objects.select_related("plan").defer("plan__notice_text").in_bulk(keys)
    for key in keys:
        lock_item(items[key])
    return items


def _is_done(step: Step, by: User) -> bool:
    """Whether the same person has just done it: the part has ended by them, the agency has the task from them."""
    if step.part and not Assignment.objects.filter(pk=step.part, ended_by=by).exists():
        return False
    if step.kind == Kind.WITHDRAW:
        return True
    mine = Assignment.objects.filter(item=step.item, agency=step.agency, ended_at__isnull=True, recorded_by=by)
    return mine.filter(role=step.role).exists() if step.role else mine.exists()


def check(steps: Sequence[Step], *, by_key: dict[int, Assignment]) -> None:
    """Refuses what can't be done: nothing at all, a part that has ended, an agency that is no more."""
    if not steps:
        raise WorkflowError("没有要调整的内容：请至少选择一项，所选单位须尚未承担。")
    if any(step.part and step.part not in by_key for step in steps):
        raise WorkflowError(STALE)
    receiving = [(step.item, step.agency) for step in steps if step.agency and step.kind in (Kind.ADD, Kind.REPLACE)]
    if len(set(receiving)) < len(receiving):
        raise WorkflowError("同一单位在同一任务中只能承担一次，请核对所选单位。")
    leading = [step.agency for step in steps if step.agency and step.role == LEAD and step.kind != Kind.WITHDRAW]
    if collective := Agency.objects.filter(pk__in=leading, is_collective=True).first():
        raise WorkflowError(f"{collective}是泛指，没有账号，无人可以报送，请选择具体单位。")
    ended = Agency.objects.filter(pk__in=[agency for _, agency in receiving], ended_on__isnull=False).first()
    if ended:
        raise WorkflowError(f"{ended}已撤并，不能再交办。")


def carry_out(
    steps: Sequence[Step],
    parts: dict[int, Assignment],
    items: dict[int, ActionItem],
    reason: str,
    *,
    by: User,
    at: datetime,
) -> list[Assignment]:
    """Part of a deed that has locked the items and checked the changes: does them, and tells those concerned."""
    list(part_keys(steps).select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    agencies = Agency.objects.in_bulk([step.agency for step in steps if step.agency])
    gained: list[Assignment] = []
    lost: list[Assignment] = []
    changed: list[Assignment] = []
    for step in steps:
        part, item = parts.get(step.part or 0), items[step.item]
        if part:
            part.item = item
        if step.kind == Kind.ROLE:
            assert part is not None
            move = Transfer((part,), part.agency, new_role=step.role)
            made = carry_over(move, word="改角色", reason=reason, basis=reason, by=by, at=at)
            assert made is not None
            changed.append(made)
            continue
        if part:
            withdraw_assignment(assignment=part, reason=reason, by=by, at=at, is_quiet=True)
            lost.append(part)
        if step.agency:
            agency = agencies[step.agency]
            gained.append(_give(item, agency, step, part, by=by, at=at))
    tell_withdrawn(lost, reason, by=by, at=at)
    tell_role_changed(changed, reason, by=by, at=at)
    tell_assigned(gained, by=by, at=at)
    return [*gained, *changed]


def _give(
    item: ActionItem, agency: Agency, step: Step, part: Assignment | None, *, by: User, at: datetime
) -> Assignment:
    """The agency begins anew, with the weight of the one in whose place it comes, and with its percentage if wanted."""
    weight = part.weight_now if part else 1
    made = assign(
        item=item,
        agency=agency,
        role=step.role,
        weight=weight,
        answers_from=timezone.localdate(at),
        by=by,
        at=at,
        is_quiet=True,
    )
    if part and step.keeps_progress and part.accepted_percent is not None:
        AcceptedProgress.objects.create(
            assignment=made, report=None, percent=part.accepted_percent, recorded_at=at, recorded_by=by
        )
    return made
