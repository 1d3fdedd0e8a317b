"""Coordinators decide who answers for what: they assign, withdraw, follow a group, weigh, and amend an item."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils import timezone

from agencies.changes import note
from agencies.models import Agency, AgencyGroup, User
from tasks.models import ActionItem, Assignment, ItemRevision, WeightRevision
from tasks.standing.membership import following, left_reason
from tasks.workflow.current import WorkflowError, deed, lock_item
from tasks.workflow.messages import Redated, tell_assigned, tell_redated, tell_withdrawn

MOST_WEIGHT = 100
TOO_EARLY = "完成时限不能早于公文印发日期。"


@deed
def assign(
    *,
    item: ActionItem,
    agency: Agency,
    role: str,
    by: User | None,
    at: datetime,
    is_inferred: bool = False,
    weight: int = 1,
    answers_from: date | None = None,
    is_quiet: bool = False,
) -> Assignment:
    """The agency answers for the item from now on, and its people are told. One that has ended gets nothing.

    `answers_from` is an earlier day where it takes over what others answered for since then. Quiet for a deed that
    assigns many at once, and tells each agency once itself.
    """
    lock_item(item)
    if Assignment.objects.filter(item=item, agency=agency, ended_at__isnull=True).exists():
        raise WorkflowError(f"{agency}已承担{item}，不能重复交办。")
    if Agency.objects.filter(pk=agency.pk, ended_on__isnull=False).exists():
        raise WorkflowError(f"{agency}已撤并，不能再交办。")
    assignment = Assignment.objects.create(
        item=item,
        agency=agency,
        role=role,
        weight=weight,
        is_inferred=is_inferred,
        answers_from=answers_from or timezone.localdate(at),
        recorded_at=at,
        recorded_by=by,
    )
    note("交办", assignment, by=by, at=at, new={"role": role, "weight": weight}, agency=agency)
    if not is_quiet:
        tell_assigned([assignment], by=by, at=at)
    return assignment


@deed
def withdraw_assignment(
    *, assignment: Assignment, reason: str, by: User | None, at: datetime, is_quiet: bool = False
) -> None:
    """The agency no longer answers for the item; what it reported stays. Of two at once, the second is refused."""
    ended = Assignment.objects.filter(pk=assignment.pk, ended_at__isnull=True).update(
        ended_at=at, end_reason=reason, ended_by=by
    )
    if not ended:
        raise WorkflowError("该责任分工已经撤回。")
    note("撤回", assignment, by=by, at=at, new={"ended_at": at}, reason=reason, agency=assignment.agency)
    if not is_quiet:
        tell_withdrawn([assignment], reason, by=by, at=at)


@deed
def follow_group(*, group: AgencyGroup, by: User | None, at: datetime, is_quiet: bool = False) -> None:
    """Makes assisting assignments follow the group's members, as 「其他成员单位协助」 means those that don't lead.

    Run twice, it changes nothing. Whoever joins or leaves is told once for all items. An agency from which a part in an
    item was taken away, as none of its duties (非本单位职责) or by a coordinator, gets it again by hand alone.
    """
    AgencyGroup.objects.select_for_update().filter(pk=group.pk).first()
    follows, reason = following(group, set(group.members.all())), left_reason(group)
    role = Assignment.Role.ASSIST
    gained = [
        assign(item=item, agency=agency, role=role, by=by, at=at, is_inferred=True, is_quiet=True)
        for item, agency in follows.gains
    ]
    for assignment in follows.losses:
        withdraw_assignment(assignment=assignment, reason=reason, by=by, at=at, is_quiet=True)
    if not is_quiet:
        tell_assigned(gained, by=by, at=at)
        tell_withdrawn(follows.losses, reason, by=by, at=at)


@deed
def weigh(
    *, item: ActionItem, weights: Mapping[int, int], basis: int, reason: str, by: User | None, at: datetime
) -> None:
    """Sets how much each lead counts in the item's mean from now on, by the assignment's key; the others stay.

    `basis` is how many revisions there were when the form was made: of two at once, the second is shown the first.
    """
    if not reason.strip():
        raise WorkflowError("请写明调整原因。", "reason")
    lock_item(item)
    revisions = WeightRevision.objects.filter(assignment__item=item).order_by("recorded_at", "pk")
    made = list(revisions)[basis:]
    asked = [(weights.get(each.assignment_id), reason.strip(), by) for each in made]
    if made and asked == [(each.weight, each.reason, each.recorded_by) for each in made]:
        return  # the same form sent again
    if len(revisions) != basis:
        raise WorkflowError("内容已被更新，本次未保存：权重已被他人调整。请刷新页面，核对现行权重后再改。")
    at = max([at, *(revision.recorded_at for revision in revisions)])
    leads = item.assignments.as_of(at).filter(role=Assignment.Role.LEAD).select_related("agency").order_by("pk")
    changed = [lead for lead in leads if weights.get(lead.pk, lead.weight_now) != lead.weight_now]
    if not changed:
        raise WorkflowError("与现行权重相同，没有改动。")
    for lead in changed:
        weight = weights[lead.pk]
        if not 1 <= weight <= MOST_WEIGHT:
            raise WorkflowError(f"权重须在1至{MOST_WEIGHT}之间。", f"weight_{lead.pk}")
        WeightRevision.objects.create(
            assignment=lead, weight=weight, reason=reason.strip(), recorded_at=at, recorded_by=by
        )
        old, new = {"weight": lead.weight_now}, {"weight": weight}
        note("调整权重", lead, by=by, at=at, old=old, new=new, reason=reason.strip(), agency=lead.agency)


@deed
def amend_item(
    *,
    item: ActionItem,
    due_on: date | None,
    reason: str,
    by: User | None,
    at: datetime,
    wording: str = "",
    basis: int | None = None,
    tells: bool = True,
) -> ItemRevision:
    """Gives an item a new due date (None: 持续推进) or wording, with its reason. The former ones stay visible.

    The agencies that lead it are told, unless whoever calls tells them.

    Without a wording, the one in force stays. A date that stays keeps its source: 推定 or the notice's words. `basis`
    is how many revisions there were when the form was made: of two at once, the second is shown the first. The same
    form sent again is the first revision.
    """
    if not reason.strip():
        raise WorkflowError("请写明调整原因。", "reason")
    if due_on is not None and due_on < item.plan.issued_on:
        raise WorkflowError(TOO_EARLY, "due_on")
    lock_item(item)
    revisions = list(item.revisions.order_by("recorded_at", "pk"))
    if basis is not None and len(revisions) != basis:
        if is_repeated(revisions, basis, due_on=due_on, reason=reason, by=by):
            return revisions[-1]
        raise WorkflowError("内容已被更新，本次未保存：完成时限或表述已被调整。请刷新页面，核对现行时限后再改。")
    current = revisions[-1] if revisions else None
    is_inferred, due_words = False, ""
    if current:
        wording = wording or current.wording
        at = max(at, current.recorded_at)
    if current and current.due_on == due_on:
        is_inferred, due_words = current.is_inferred, current.due_words
    revision = ItemRevision.objects.create(
        item=item,
        due_on=due_on,
        is_inferred=is_inferred,
        due_words=due_words,
        wording=wording,
        reason=reason,
        recorded_at=at,
        recorded_by=by,
    )
    old = {"due_on": current.due_on, "wording": current.wording} if current else {}
    note("调整任务", item, by=by, at=at, old=old, new={"due_on": due_on, "wording": wording}, reason=reason)
    if tells and current and (current.due_on, current.wording) != (due_on, wording):
        tell_redated([Redated(item, current.due_on, due_on)], reason, by=by, at=at)
    return revision


def is_repeated(
    revisions: Sequence[ItemRevision], basis: int, *, due_on: date | None, reason: str, by: User | None
) -> bool:
    """Whether the one revision made since the form was read is what it asks for, by the same person."""
    made = revisions[-1] if len(revisions) == basis + 1 else None
    return made is not None and (made.due_on, made.reason, made.recorded_by_id) == (due_on, reason, by and by.pk)
