"""拆分 and 合并 of items, each one deed (docs/rules.md 13; decision 32).

The old item ends at the instant of the deed and the new ones begin there. What an agency had reached and begun on the
old one goes on in the new ones, as with a change of role; every earlier day and every closed period keep the old.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from agencies.changes import note, recording
from agencies.models import User
from tasks.models import ActionItem, Assignment, Lineage, ReportDraft, Reshaping
from tasks.rules.numerals import chinese_numeral
from tasks.standing.reshaping import (
    Unit,
    duty_units,
    measure_units,
    reshaping_basis,
    spans_of,
)
from tasks.standing.steering import parts_of_items
from tasks.standing.succession import Transfer
from tasks.workflow.carried_milestones import carry_milestones
from tasks.workflow.current import WorkflowError, deed, lock_item, lock_row
from tasks.workflow.inheritance import carry_wishes
from tasks.workflow.lineage import Heir, begin_item, carry_readings, due_rows
from tasks.workflow.messages import tell_offices_below, tell_reshaped
from tasks.workflow.planned_steering import require_nothing_planned
from tasks.workflow.responsibility import withdraw_assignment
from tasks.workflow.takeover import go_on, instant_of

REASON_LIMIT = 150  # of which `Assignment.end_reason` has room beside the words before it
TITLE_LIMIT = ActionItem._meta.get_field("title").max_length or 0
STALE = "核对之后，任务、责任分工、进度或申请又有变化。请重新核对后再确认。"
NO_TITLE = "请填写新任务的标题。"
Kind = Reshaping.Kind
Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Piece:
    """A new item: which of the old one's units it has, who goes on in it as what (by the part's key), until when."""

    title: str
    units: tuple[int, ...]
    roles: dict[int, str]
    due_on: date | None


@deed
def split_item(
    *,
    item: ActionItem,
    pieces: Sequence[Piece],
    by_measures: bool,
    reason: str,
    basis: str,
    by: User,
    at: datetime,
) -> Reshaping:
    """The item becomes several: of its duties, or of its measures. The same form sent twice is one deed."""
    reason = _checked(reason, [piece.title for piece in pieces])
    if repeated := _locked([item], Kind.SPLIT, [piece.title for piece in pieces], reason, by=by):
        return repeated
    at, parts = _present([item], basis, at)
    [item] = _read([item], at)
    units = measure_units(item) if by_measures else duty_units(item)
    _check_pieces(pieces, units, parts)
    change = Reshaping.objects.create(plan=item.plan, kind=Kind.SPLIT, reason=reason, recorded_at=at, recorded_by=by)
    places = _places(item, len(pieces))
    heirs = []
    for count, (piece, place) in enumerate(zip(pieces, places, strict=True), start=1):
        mine = [units[key] for key in piece.units]
        spans = spans_of(item, mine, to_the_end=units[-1] in mine)
        label = f"{item.label}之{chinese_numeral(count)}"
        due = due_rows(item, piece.due_on, mine, reason)
        heading = (piece.title.strip(), label, place)
        heirs.append(begin_item([item], heading, spans, due, parts, piece.roles, by=by, at=at))
    return _go_on(change, [item], parts, heirs, by=by, at=at)


@deed
def merge_items(
    *, items: Sequence[ActionItem], title: str, due_on: date | None, reason: str, basis: str, by: User, at: datetime
) -> Reshaping:
    """Several items of one section become one: who leads any of them leads it. The same form sent twice is one deed."""
    reason = _checked(reason, [title])
    if len({item.pk for item in items}) < 2:
        raise WorkflowError("请至少再选择一项要合并的任务。", "items")
    if len({item.section_id for item in items}) > 1:
        raise WorkflowError("只能合并同一部分的任务。", "items")
    if repeated := _locked(items, Kind.MERGE, [title], reason, by=by):
        return repeated
    at, parts = _present(items, basis, at)
    items = _read(items, at)
    change = Reshaping.objects.create(
        plan=items[0].plan, kind=Kind.MERGE, reason=reason, recorded_at=at, recorded_by=by
    )
    roles = {part.pk: part.role for part in parts}
    spans = _joined_spans(items)
    label = "".join(item.label for item in items)
    last = max(items, key=lambda each: (each.due_on is None, each.due_on or date.min))
    due = due_rows(last, due_on, [], reason)
    [place] = _places(items[0], 1)
    heir = begin_item(items, (title.strip(), label, place), spans, due, parts, roles, by=by, at=at)
    return _go_on(change, items, parts, [heir], by=by, at=at)


class _Undone(Exception):
    pass


def rehearse(change: Callable[[], Reshaping], look: Callable[[Reshaping], Seen]) -> Seen:
    """What the deed would come to, seen by doing it and leaving nothing of it: so a preview can't say another thing."""
    found: list[Seen] = []
    try:
        with recording():
            found.append(look(change()))
            raise _Undone
    except _Undone:
        return found[0]


# ── guards ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _checked(reason: str, titles: Sequence[str]) -> str:
    reason = reason.strip()
    if not reason:
        raise WorkflowError("请写明依据文件或原因。", "reason")
    if len(reason) > REASON_LIMIT:
        raise WorkflowError(f"依据文件或原因不能超过{REASON_LIMIT}字。", "reason")
    if not all(title.strip() for title in titles):
        raise WorkflowError(NO_TITLE, "title")
    if any(len(title.strip()) > TITLE_LIMIT for title in titles):
        raise WorkflowError(f"标题不能超过{TITLE_LIMIT}字。", "title")
    return reason


def _locked(
    items: Sequence[ActionItem], kind: str, titles: Sequence[str], reason: str, *, by: User
) -> Reshaping | None:
    """Locks plan and items, in one order; the deed that the same person has just done, where it is the same."""
    lock_row(items[0].plan, "NO KEY UPDATE")
    keys = sorted(item.pk for item in items)
    made = Reshaping.objects.filter(lines__former__in=keys, kind=kind, reason=reason, recorded_by=by).distinct()
    for change in made:
        lines = change.lines.select_related("successor").order_by("successor__place", "former")
        known = [line.successor.title for line in lines if line.former_id == keys[0]]
        if sorted({line.former_id for line in lines}) == keys and known == [title.strip() for title in titles]:
            return change
    for item in sorted(items, key=lambda item: item.pk):
        lock_item(item)
    return None


def _present(items: Sequence[ActionItem], basis: str, at: datetime) -> tuple[datetime, list[Assignment]]:
    """The instant of the deed and who answers then; refused where anything is other than it was shown."""
    at = instant_of(Assignment.objects.filter(item__in=items, ended_at__isnull=True), at)
    require_nothing_planned(items, at)
    if reshaping_basis(items, at) != basis:
        raise WorkflowError(STALE)
    return at, parts_of_items([item.pk for item in items], at)


def _read(items: Sequence[ActionItem], at: datetime) -> list[ActionItem]:
    known = ActionItem.objects.filter(pk__in=[item.pk for item in items]).as_of(at)
    return list(known.select_related("plan", "section").order_by("place"))


def _check_pieces(pieces: Sequence[Piece], units: Sequence[Unit], parts: Sequence[Assignment]) -> None:
    if len(pieces) < 2:
        raise WorkflowError("请至少分为两项。", "pieces")
    taken = sorted(key for piece in pieces for key in piece.units)
    if taken != list(range(len(units))) or not all(piece.units for piece in pieces):
        raise WorkflowError("每一句都须分到一项新任务，且只分到一项。", "pieces")
    keys = {part.pk for part in parts}
    if any(not set(piece.roles) <= keys for piece in pieces):
        raise WorkflowError(STALE)


def _joined_spans(items: Sequence[ActionItem]) -> list[tuple[int, int]]:
    """The items' runs in the notice's order, as one where only a blank parts two."""
    notice = items[0].plan.notice_text
    runs: list[tuple[int, int]] = []
    for start, end in sorted(span for item in items for span in item.segments):
        if runs and not notice[runs[-1][1] : start].strip():
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def _places(item: ActionItem, count: int) -> list[float]:
    """Where the new items stand: after the old one and before whatever follows it, on any day."""
    others = ActionItem.objects.filter(plan=item.plan_id, place__gt=item.place).order_by("place")
    following = others.values_list("place", flat=True).first()
    room = (following if following is not None else item.place + 1) - item.place
    return [item.place + room * n / (count + 1) for n in range(1, count + 1)]


# ── what goes on ─────────────────────────────────────────────────────────────────────────────────────────────────


def _go_on(
    change: Reshaping,
    items: Sequence[ActionItem],
    parts: Sequence[Assignment],
    heirs: Sequence[Heir],
    *,
    by: User,
    at: datetime,
) -> Reshaping:
    """Ends the old items; every agency's parts go on in the new ones that have it, and the agencies are told once."""
    Lineage.objects.bulk_create(
        Lineage(reshaping=change, former=item, successor=heir.item) for item in items for heir in heirs
    )
    labels = "、".join(heir.item.label for heir in heirs)
    word = f"{'拆分为' if change.kind == Kind.SPLIT else '并入'}{labels}"
    known = {item.pk: item for item in items}
    for part in parts:
        part.item = known[part.item_id]
        withdraw_assignment(assignment=part, reason=f"{word}：{change.reason}"[:200], by=by, at=at, is_quiet=True)
    made: list[Assignment] = []
    for heir in heirs:
        for transfer in heir.transfers:
            made.append(_begin(transfer, change, by=by, at=at))
        carry_readings(heir, made, at)
    carry_wishes(heirs, made, by=by, at=at)
    ReportDraft.objects.filter(assignment__in=parts).delete()
    for item in items:
        carry_milestones(item, heirs, change, made, by=by, at=at)
        ActionItem.objects.filter(pk=item.pk).update(ended_at=at)
        new = {"ended_at": at, "successors": [heir.item.number for heir in heirs]}
        note(f"{change.get_kind_display()}任务", item, by=by, at=at, new=new, reason=change.reason)
    tell_reshaped(parts, made, word, change.reason, by=by, at=at)
    tell_offices_below(items, f"已{word}", change.reason, by=by, at=at)
    return change


def _begin(transfer: Transfer, change: Reshaping, *, by: User, at: datetime) -> Assignment:
    word = f"{change.get_kind_display()}承接"
    return go_on(transfer, word=word, reason=change.reason, basis=change.reason, by=by, at=at)
