"""机构调整: agencies are renamed, merged, split or abolished, and what they answered for goes to those that follow.

Responsibility moves at the instant at which the deed is done, never before it: every earlier day keeps the agencies
and names of its time. Recorded in advance, it is done by the daily round on the effective date.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from agencies.changes import note
from agencies.models import Agency, Succession, User
from qa_plan import clock
from tasks.models import Assignment, Message
from tasks.workflow.contacts import hand_on_contacts
from tasks.workflow.current import WorkflowError, deed
from tasks.workflow.messages import tell
from tasks.workflow.takeover import take_over


@deed
def establish_agency(*, name: str, like: Sequence[Agency], by: User, at: datetime) -> Agency:
    """Makes a new agency in the place of those that it will follow: their order, and consent where one asked for it."""
    name = name.strip()
    if Agency.objects.named(name).exists():
        raise WorkflowError(f"已有名为“{name}”的单位，请从名单中选择。", "new_name")
    agency = Agency.objects.create(
        name=name,
        ordinal=min(agency.ordinal for agency in like),
        office_id=like[0].office_id,
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
    """更名, 合并 or 撤销: agencies end, and one follows or none.

    Done now where the effective date has come, else by the daily round on that day.
    """
    _lock(predecessors)
    _require(predecessors, successor, kind, document, effective_on)
    rows = _record(predecessors, [successor], kind=kind, effective_on=effective_on, document=document, by=by, at=at)
    if effective_on <= timezone.localdate(at):
        _carry_out_whole(predecessors, successor, rows[0], by=by, at=at)
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
    """拆分: several agencies follow one. `shares` names who follows in each open assignment, `people` for each person.

    Not in advance: who gets what is decided on the assignments as they are.
    """
    successors = sorted({*shares.values(), *people.values()}, key=lambda agency: agency.pk)
    _lock([predecessor])
    if effective_on > timezone.localdate(at):
        raise WorkflowError("拆分须逐项确定承接单位，请在生效日当天或之后办理。", "effective_on")
    if len(successors) < 2:
        raise WorkflowError("拆分须有两个以上承接单位。")
    for successor in successors:
        _require([predecessor], successor, Succession.Kind.SPLIT, document, effective_on)
    open_ones = set(Assignment.objects.in_force(at).filter(agency=predecessor).values_list("pk", flat=True))
    if open_ones != set(shares):
        raise WorkflowError("该单位的责任分工刚有变化，请重新核对后再确认。")
    kind = Succession.Kind.SPLIT
    rows = _record([predecessor], successors, kind=kind, effective_on=effective_on, document=document, by=by, at=at)
    take_over(
        [predecessor],
        successors,
        successor_of=lambda part: shares[part.pk],
        agency_for=lambda user: people.get(user.pk, successors[0]),
        row=rows[0],
        by=by,
        at=at,
    )
    return rows


@deed
def reorganise(
    *,
    predecessors: Sequence[Agency],
    successors: Sequence[Agency],
    new_names: Sequence[str],
    kind: str,
    effective_on: date,
    document: str,
    by: User,
    at: datetime,
    shares: Mapping[int, int | None] | None = None,
    people: Mapping[int, int | None] | None = None,
) -> list[Succession]:
    """Does 机构调整 all in one: new agencies come into being with the succession, or not at all.

    A split takes `shares` and `people` as `split` does, but by the successor's place among those that there are and
    the new ones after them; None is refused.
    """
    made = [establish_agency(name=name, like=predecessors, by=by, at=at) for name in new_names]
    following = [*successors, *made]
    if kind != Succession.Kind.SPLIT:
        return succeed(
            predecessors=predecessors,
            successor=next(iter(following), None),
            kind=kind,
            effective_on=effective_on,
            document=document,
            by=by,
            at=at,
        )
    [predecessor] = predecessors
    return split(
        predecessor=predecessor,
        shares=_chosen(shares or {}, following),
        people=_chosen(people or {}, following),
        effective_on=effective_on,
        document=document,
        by=by,
        at=at,
    )


def carry_out_due(on: date) -> list[Succession]:
    """Carries out what was recorded in advance and whose day has come. Run twice, it does nothing."""
    together: dict[tuple[int | None, str, date, str], list[Succession]] = {}
    waiting = Succession.objects.filter(effective_on__lte=on, predecessor__ended_on__isnull=True)
    rows_due = waiting.select_related("predecessor", "successor", "recorded_by").order_by("effective_on", "pk")
    for row in rows_due:
        together.setdefault((row.successor_id, row.kind, row.effective_on, row.document), []).append(row)
    done: list[Succession] = []
    for rows in together.values():
        try:
            _carry_out_together(rows=rows, at=clock.at(on))
            done += rows
        except WorkflowError as refused:  # the others, and the rest of the day, go on
            _tell_stuck(rows, refused.message, at=clock.at(on))
    return done


def _tell_stuck(rows: Sequence[Succession], reason: str, *, at: datetime) -> None:
    """Says once to each coordinator why what was recorded can't be carried out."""
    names = "、".join(str(row.predecessor) for row in rows)
    text = f"{names}的机构调整（{rows[0].effective_on:%Y-%m-%d}生效）未能办理：{reason}"
    office = User.objects.of_office(rows[0].predecessor.office_id)
    new = office.coordinators().exclude(messages__text=text)
    tell(new, Message.Kind.OTHER, text, link=reverse("tasks:succession-list"), at=at)


@deed
def _carry_out_together(*, rows: Sequence[Succession], at: datetime) -> None:
    first, predecessors = rows[0], [row.predecessor for row in rows]
    _lock(predecessors)
    if Agency.objects.filter(pk__in=[agency.pk for agency in predecessors], ended_on__isnull=False).exists():
        return  # another round was quicker
    _carry_out_whole(predecessors, first.successor, first, by=first.recorded_by, at=at)


def _carry_out_whole(
    predecessors: Sequence[Agency], successor: Agency | None, row: Succession, *, by: User, at: datetime
) -> None:
    """All that the predecessors have goes to the one successor, or to nobody. Renamed, it is called as before."""
    take_over(
        predecessors,
        [successor] if successor else [],
        successor_of=lambda part: successor,
        agency_for=lambda user: successor,
        row=row,
        by=by,
        at=at,
    )
    if successor and row.kind == Succession.Kind.RENAMED:
        hand_on_contacts(predecessors[0], successor, by=by, at=at)


# ── guards ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _lock(agencies: Sequence[Agency]) -> None:
    keys = [agency.pk for agency in agencies]
    list(Agency.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def _require(
    predecessors: Sequence[Agency], successor: Agency | None, kind: str, document: str, effective_on: date
) -> None:
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
    if successor is None and kind != Succession.Kind.ABOLISHED:
        raise WorkflowError("请选择或填写承接单位。", "successor")
    if successor and (successor in predecessors or current[successor.pk].ended_on):
        raise WorkflowError("承接单位不能是原单位，也不能是已撤并的单位。", "successor")
    if kind == Succession.Kind.RENAMED and len(predecessors) > 1:
        raise WorkflowError("更名只涉及一个原单位；多个单位请选“合并”。", "predecessors")
    _require_order(predecessors, successor, effective_on)


def _require_order(predecessors: Sequence[Agency], successor: Agency | None, effective_on: date) -> None:
    """Nobody may have ended on the day on which it is to follow somebody else, by what waits already."""
    waiting = Succession.objects.filter(predecessor__ended_on__isnull=True)
    expected = waiting.filter(successor__in=predecessors, effective_on__gt=effective_on)
    if first := expected.select_related("predecessor", "successor").first():
        day = f"{first.effective_on:%Y-%m-%d}"
        raise WorkflowError(f"{first.successor}将于{day}承接{first.predecessor}，生效日不能早于该日。", "effective_on")
    ending = waiting.filter(predecessor=successor, effective_on__lte=effective_on) if successor else waiting.none()
    if first := ending.select_related("predecessor").first():
        day = f"{first.effective_on:%Y-%m-%d}"
        raise WorkflowError(f"{first.predecessor}的机构调整将于{day}生效，届时不能再承接其他单位。", "successor")


def _chosen(places: Mapping[int, int | None], successors: Sequence[Agency]) -> dict[int, Agency]:
    """Gives each key the successor at its place; refused where one has none."""
    if None in places.values():
        raise WorkflowError("请为每项责任分工和每个账号选择承接单位。")
    return {key: successors[place] for key, place in places.items() if place is not None}


def _record(
    predecessors: Sequence[Agency],
    successors: Sequence[Agency | None],
    *,
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
            new = {"kind": kind, "successor": str(successor) if successor else None, "effective_on": effective_on}
            note("登记机构调整", predecessor, by=by, at=at, new=new, reason=document.strip(), agency=predecessor)
    return rows
