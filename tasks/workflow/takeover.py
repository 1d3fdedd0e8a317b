"""What moves when agencies are succeeded: assignments, with all that had begun on them, memberships and people."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.models import Max

from agencies.changes import note
from agencies.models import Agency, GroupMembership, Succession, User
from tasks.models import AcceptedProgress, AgencyRequest, Assignment, Closure, ProgressReport, Receipt, ReportDraft
from tasks.models.querysets import AssignmentQuerySet
from tasks.standing.succession import Transfer, transfers_of
from tasks.workflow.carried_reports import carry_reports
from tasks.workflow.inheritance import carry_requests, carry_waivers
from tasks.workflow.messages import tell_assigned, tell_withdrawn
from tasks.workflow.responsibility import assign, follow_group, withdraw_assignment

SuccessorOf = Callable[[Assignment], Agency | None]


def take_over(
    predecessors: Sequence[Agency],
    successors: Sequence[Agency],
    *,
    successor_of: SuccessorOf,
    agency_for: Callable[[User], Agency | None],
    row: Succession,
    by: User,
    at: datetime,
) -> None:
    """Assignments, memberships and people move at one instant, no earlier than anything that is recorded of them."""
    concerned = Assignment.objects.filter(agency__in=[*predecessors, *successors], ended_at__isnull=True)
    at = instant_of(concerned, at)
    gained: list[Assignment] = []
    lost: list[Assignment] = []
    for transfer in transfers_of(predecessors, successors, successor_of, at):
        whither = f"由{transfer.successor}承接" if transfer.successor else "不再承担"
        reason = f"机构{row.get_kind_display()}，{whither}（{row.document}）"[:200]
        made = carry_over(transfer, word="承接", reason=reason, basis=row.document, by=by, at=at)
        if made:
            gained.append(made)
        else:
            lost.extend(transfer.parts)
    _move_memberships(predecessors, successors, by=by, at=at, reason=row.document)
    for agency in predecessors:
        Agency.objects.filter(pk=agency.pk).update(ended_on=row.effective_on)
        old, new = {"ended_on": None}, {"ended_on": row.effective_on}
        note(
            f"机构{row.get_kind_display()}", agency, by=by, at=at, old=old, new=new, reason=row.document, agency=agency
        )
    tell_withdrawn(lost, row.document, by=by, at=at)
    for user in User.objects.filter(agency__in=list(predecessors), is_active=True):
        _move_person(user, agency_for(user), by=by, at=at, reason=row.document)
    tell_assigned(gained, by=by, at=at)


def instant_of(parts: AssignmentQuerySet, at: datetime) -> datetime:
    """Locks the assignments. The instant is no earlier than the newest fact of them."""
    mine = parts.order_by()
    list(mine.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    known = [mine.aggregate(last=Max("recorded_at"))["last"]]
    for facts in (ProgressReport, AcceptedProgress, Closure, Receipt, AgencyRequest):
        newest = facts._default_manager.filter(assignment__in=mine)
        known.append(newest.aggregate(last=Max("recorded_at"))["last"])
    return max([at, *(moment for moment in known if moment)])


def carry_over(transfer: Transfer, *, word: str, reason: str, basis: str, by: User, at: datetime) -> Assignment | None:
    """Moves one item: the parts end, and the successor's begins where they stood. `word` names it in the record."""
    for part in transfer.parts:
        withdraw_assignment(assignment=part, reason=reason, by=by, at=at, is_quiet=True)
    made = go_on(transfer, word=word, reason=reason, basis=basis, by=by, at=at) if transfer.successor else None
    if made:
        ReportDraft.objects.filter(assignment__in=transfer.parts).delete()
    return made


def go_on(transfer: Transfer, *, word: str, reason: str, basis: str, by: User, at: datetime) -> Assignment:
    """Begins the successor's assignment where the parts stood, with all that had begun on them; their drafts stay."""
    assert transfer.successor is not None
    names = "、".join(transfer.name_of(part) for part in transfer.parts)
    made = assign(
        item=transfer.item,
        agency=transfer.successor,
        role=transfer.role,
        weight=transfer.weight,
        is_inferred=transfer.is_inferred,
        answers_from=transfer.answers_from,
        by=by,
        at=at,
        is_quiet=True,
    )
    if transfer.closure:
        said = f"{word}{names}（{Closure.Kind(transfer.closure).label}）：{basis}"[:500]
        Closure.objects.create(assignment=made, kind=transfer.closure, reason=said, recorded_at=at, recorded_by=by)
    if Receipt.objects.filter(assignment__in=transfer.parts).count() == len(transfer.parts):
        Receipt.objects.create(assignment=made, recorded_at=at, recorded_by=by)
    old = {"agency": names, "percent": [f"{transfer.name_of(part)} {part.percent}%" for part in transfer.bearing]}
    new = {"agency": transfer.successor.name, "percent": f"{transfer.percent}%", "closure": transfer.closure}
    note(word, made, by=by, at=at, old=old, new=new, reason=reason, agency=transfer.successor)
    standing = carry_reports(transfer, made, by=by, at=at)
    if AcceptedProgress.objects.filter(assignment__in=transfer.bearing).exists():
        AcceptedProgress.objects.create(
            assignment=made, report=standing, percent=transfer.percent, recorded_at=at, recorded_by=by
        )
    carry_requests(transfer, made, by=by, at=at)
    carry_waivers(transfer, made, by=by, at=at)
    return made


def _move_memberships(
    predecessors: Sequence[Agency], successors: Sequence[Agency], *, by: User, at: datetime, reason: str
) -> None:
    """Makes the successors members where a predecessor was; 推定 only where all of them were."""
    memberships = GroupMembership.objects.filter(agency__in=list(predecessors)).select_related("group", "agency")
    for membership in memberships:
        group, gone = membership.group, membership.agency
        membership.delete()
        note("移出成员单位", group, by=by, at=at, old={"member": str(gone)}, reason=reason, agency=gone)
        for agency in successors:
            joined, is_new = GroupMembership.objects.get_or_create(
                group=group, agency=agency, defaults={"is_inferred": membership.is_inferred}
            )
            if is_new:
                note("增加成员单位", group, by=by, at=at, new={"member": str(agency)}, reason=reason, agency=agency)
            elif joined.is_inferred and not membership.is_inferred:
                GroupMembership.objects.filter(pk=joined.pk).update(is_inferred=False)
    for group in {membership.group for membership in memberships}:
        follow_group(group=group, by=by, at=at, is_quiet=True)


def _move_person(user: User, successor: Agency | None, *, by: User, at: datetime, reason: str) -> None:
    """Moves an account to the successor; where there is none, it is switched off."""
    if successor is None:
        User.objects.filter(pk=user.pk).update(is_active=False)
        old, new = {"is_active": True}, {"is_active": False}
        note("停用账号", user, by=by, at=at, old=old, new=new, reason=reason, agency=user.agency)
        return
    User.objects.filter(pk=user.pk).update(agency=successor)
    note(
        "转入承接单位",
        user,
        by=by,
        at=at,
        old={"agency": str(user.agency)},
        new={"agency": str(successor)},
        reason=reason,
        agency=successor,
    )
