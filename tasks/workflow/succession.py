"""机构调整: agencies are renamed, merged, split or abolished, and what they answered for goes to those that follow.

Responsibility moves at the instant at which the deed is done, never before it: every earlier day keeps the agencies
and names of its time. Recorded in advance, it is done by the daily round on the effective date.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from django.db.models import DateField, Max, QuerySet
from django.utils import timezone

from agencies.changes import note
from agencies.models import Agency, GroupMembership, Succession, User
from qa_plan.clock import at as moment_of
from qa_plan.compile_once import Param, compile_once
from tasks.models import AcceptedProgress, AgencyRequest, Assignment, Closure, ProgressReport, Receipt
from tasks.standing.succession import Transfer, transfers_of
from tasks.workflow.current import WorkflowError, deed
from tasks.workflow.inheritance import carry_period, carry_requests, carry_texts
from tasks.workflow.messages import tell_assigned, tell_withdrawn
from tasks.workflow.responsibility import assign, follow_group, withdraw_assignment

Kind = Succession.Kind
SuccessorOf = Callable[[Assignment], Agency | None]


@deed
def establish_agency(*, name: str, like: Sequence[Agency], by: User, at: datetime) -> Agency:
    """A new agency in the place of those that it will follow: their order, and consent where one asked for it."""
    name = name.strip()
    if Agency.objects.named(name).exists():
        raise WorkflowError(f"已有名为“{name}”的单位，请从名单中选择。", "new_name")
    agency = Agency.objects.create(
        name=name,
        ordinal=min(agency.ordinal for agency in like),
        requires_consent=any(agency.requires_consent for agency in like),
    )
    note("新增单位", agency, by=by, at=at, new={"name": name, "ordinal": agency.ordinal})
    return agency


@deed
def succeed(
    *,
    predecessors: Sequence[Agency],
    successor: Agency | None,
    kind: str,
    effective_on: date,
    document: str,
    by: User,
    at: datetime,
) -> list[Succession]:
    """更名, 合并 or 撤销. Done now where the effective date has come, else by the daily round on that day."""
    _lock(predecessors)
    _require(predecessors, successor, kind, document)
    rows = _record(predecessors, [successor], kind, effective_on, document, by, at)
    if effective_on <= timezone.localdate(at):
        known = [successor] if successor else []
        _carry_out(predecessors, known, lambda part: successor, lambda user: successor, rows[0], by=by, at=at)
    return rows


@deed
def split(
    *,
    predecessor: Agency,
    shares: Mapping[int, Agency],
    people: Mapping[int, Agency],
    effective_on: date,
    document: str,
    by: User,
    at: datetime,
) -> list[Succession]:
    """拆分: `shares` names the successor of each open assignment by its key, `people` that of each active person.

    Not in advance: who gets what is decided on the assignments as they are.
    """
    successors = sorted({*shares.values(), *people.values()}, key=lambda agency: agency.pk)
    _lock([predecessor])
    if effective_on > timezone.localdate(at):
        raise WorkflowError("拆分须逐项确定承接单位，请在生效日当天或之后办理。", "effective_on")
    if len(successors) < 2:
        raise WorkflowError("拆分须有两个以上承接单位。")
    for successor in successors:
        _require([predecessor], successor, Kind.SPLIT, document)
    open_ones = set(Assignment.objects.in_force(at).filter(agency=predecessor).values_list("pk", flat=True))
    if open_ones != set(shares):
        raise WorkflowError("该单位的责任分工刚有变化，请重新核对后再确认。")
    rows = _record([predecessor], successors, Kind.SPLIT, effective_on, document, by, at)

    def whose(user: User) -> Agency:
        return people.get(user.pk, successors[0])

    _carry_out([predecessor], successors, lambda part: shares[part.pk], whose, rows[0], by=by, at=at)
    return rows


def carry_out_due(on: date) -> list[Succession]:
    """What was recorded in advance and whose day has come; at the beginning of the day. Run twice, it does nothing."""
    together: dict[tuple[int | None, str, date, str], list[Succession]] = {}
    for row in _due(day=on):
        together.setdefault((row.successor_id, row.kind, row.effective_on, row.document), []).append(row)
    for rows in together.values():
        _carry_out_together(rows=rows, at=moment_of(on))
    return [row for rows in together.values() for row in rows]


@compile_once(day=DateField())
def _due(day: Param) -> QuerySet[Succession]:
    waiting = Succession.objects.filter(effective_on__lte=day, predecessor__ended_on__isnull=True)
    return waiting.select_related("predecessor", "successor", "recorded_by").order_by("effective_on", "pk")


@deed
def _carry_out_together(*, rows: Sequence[Succession], at: datetime) -> None:
    first, predecessors = rows[0], [row.predecessor for row in rows]
    _lock(predecessors)
    if Agency.objects.filter(pk__in=[agency.pk for agency in predecessors], ended_on__isnull=False).exists():
        return  # another round was quicker
    successor, by = first.successor, first.recorded_by
    known = [successor] if successor else []
    _carry_out(predecessors, known, lambda part: successor, lambda user: successor, first, by=by, at=at)


# ── guards ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _lock(agencies: Sequence[Agency]) -> None:
    keys = [agency.pk for agency in agencies]
    list(Agency.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def _require(predecessors: Sequence[Agency], successor: Agency | None, kind: str, document: str) -> None:
    if not document.strip():
        raise WorkflowError("请填写依据文件。", "document")
    if not predecessors:
        raise WorkflowError("请选择原单位。", "predecessors")
    current = Agency.objects.in_bulk([agency.pk for agency in (*predecessors, *([successor] if successor else []))])
    if any(current[agency.pk].ended_on for agency in predecessors):
        raise WorkflowError("所选原单位中有已撤并的单位。", "predecessors")
    waiting = Succession.objects.filter(predecessor__in=predecessors).select_related("predecessor").first()
    if waiting:
        name, day = waiting.predecessor, waiting.effective_on
        raise WorkflowError(f"{name}的机构调整已经登记，将于{day:%Y-%m-%d}生效，不能重复登记。", "predecessors")
    if successor is None and kind != Kind.ABOLISHED:
        raise WorkflowError("请选择或填写承接单位。", "successor")
    if successor and (successor in predecessors or current[successor.pk].ended_on):
        raise WorkflowError("承接单位不能是原单位，也不能是已撤并的单位。", "successor")
    if kind == Kind.RENAMED and len(predecessors) > 1:
        raise WorkflowError("更名只涉及一个原单位；多个单位请选“合并”。", "predecessors")


def _record(
    predecessors: Sequence[Agency],
    successors: Sequence[Agency | None],
    kind: str,
    effective_on: date,
    document: str,
    by: User,
    at: datetime,
) -> list[Succession]:
    rows = []
    for predecessor in predecessors:
        for successor in successors:
            rows.append(
                Succession.objects.create(
                    predecessor=predecessor,
                    successor=successor,
                    kind=kind,
                    effective_on=effective_on,
                    document=document.strip(),
                    recorded_at=at,
                    recorded_by=by,
                )
            )
            told = {"kind": kind, "successor": str(successor) if successor else None, "effective_on": effective_on}
            note("登记机构调整", predecessor, by=by, at=at, new=told, reason=document.strip(), agency=predecessor)
    return rows


# ── what moves ───────────────────────────────────────────────────────────────────────────────────────────────────


def _carry_out(
    predecessors: Sequence[Agency],
    successors: Sequence[Agency],
    successor_of: SuccessorOf,
    agency_for: Callable[[User], Agency | None],
    row: Succession,
    *,
    by: User,
    at: datetime,
) -> None:
    """Assignments, memberships and people move at one instant, no earlier than anything that is recorded of them."""
    at = _instant([*predecessors, *successors], at)
    gained: list[Assignment] = []
    lost: list[Assignment] = []
    for move in transfers_of(predecessors, successors, successor_of, at):
        made = _move(move, row, by=by, at=at)
        if made:
            gained.append(made)
        else:
            lost.extend(move.parts)
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


def _instant(agencies: Sequence[Agency], at: datetime) -> datetime:
    """Locks what they answer for. The instant is no earlier than the newest fact of it."""
    mine = Assignment.objects.order_by().filter(agency__in=list(agencies), ended_at__isnull=True)
    list(mine.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    known = [mine.aggregate(last=Max("recorded_at"))["last"]]
    for facts in (ProgressReport, AcceptedProgress, Closure, Receipt, AgencyRequest):
        newest = facts._default_manager.filter(assignment__in=mine)
        known.append(newest.aggregate(last=Max("recorded_at"))["last"])
    return max([at, *(moment for moment in known if moment)])


def _move(move: Transfer, row: Succession, *, by: User, at: datetime) -> Assignment | None:
    """One item: the parts end, and the successor's begins where they stood."""
    names = "、".join(part.agency.name for part in move.parts)
    whither = f"由{move.successor}承接" if move.successor else "不再承担"
    reason = f"机构{row.get_kind_display()}，{whither}（{row.document}）"[:200]
    for part in move.parts:
        withdraw_assignment(assignment=part, reason=reason, by=by, at=at, is_quiet=True)
    if move.successor is None:
        return None
    made = assign(
        item=move.parts[0].item,
        agency=move.successor,
        role=move.role,
        weight=move.weight,
        is_inferred=move.is_inferred,
        by=by,
        at=at,
        is_quiet=True,
    )
    if AcceptedProgress.objects.filter(assignment__in=move.bearing).exists():
        AcceptedProgress.objects.create(
            assignment=made, report_id=move.standing_report, percent=move.percent, recorded_at=at, recorded_by=by
        )
    if move.closure:
        told = f"承接{names}（{Closure.Kind(move.closure).label}）：{row.document}"[:500]
        Closure.objects.create(assignment=made, kind=move.closure, reason=told, recorded_at=at, recorded_by=by)
    if Receipt.objects.filter(assignment__in=move.parts).count() == len(move.parts):
        Receipt.objects.create(assignment=made, recorded_at=at, recorded_by=by)
    old = {"agency": names, "percent": [f"{part.agency} {part.percent}%" for part in move.bearing]}
    new = {"agency": move.successor.name, "percent": f"{move.percent}%", "closure": move.closure}
    note("承接", made, by=by, at=at, old=old, new=new, reason=reason, agency=move.successor)
    carry_texts(move, made, by=by, at=at)
    carry_requests(move, made, by=by, at=at)
    carry_period(move, made, by=by, at=at)
    return made


def _move_memberships(
    predecessors: Sequence[Agency], successors: Sequence[Agency], *, by: User, at: datetime, reason: str
) -> None:
    """The successors are members where a predecessor was; 推定 only where all of them were."""
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
    """To the successor; where there is none, the account is switched off."""
    if successor is None:
        User.objects.filter(pk=user.pk).update(is_active=False)
        old, new = {"is_active": True}, {"is_active": False}
        note("停用账号", user, by=by, at=at, old=old, new=new, reason=reason, agency=user.agency)
        return
    User.objects.filter(pk=user.pk).update(agency=successor)
    told = {"agency": str(user.agency)}, {"agency": str(successor)}
    note("转入承接单位", user, by=by, at=at, old=told[0], new=told[1], reason=reason, agency=successor)
