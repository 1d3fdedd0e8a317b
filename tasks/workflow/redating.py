"""Coordinators give many items one due date: one deed, or none of it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from agencies.models import User
from tasks.models import ActionItem, ItemRevision
from tasks.workflow.current import WorkflowError, deed, lock_item
from tasks.workflow.messages import Redated, tell_redated
from tasks.workflow.responsibility import amend_item, is_repeated


@deed
def amend_items(
    *,
    items: Iterable[ActionItem],
    due_on: date | None,
    reason: str,
    bases: Mapping[int, int],
    by: User,
    at: datetime,
) -> list[ItemRevision]:
    """Gives several items of one plan one due date (None: 持续推进), all of them or none; returns the revisions.

    `bases` says for each item's key how many revisions there were when the form was made. Whoever is stale is named,
    and nothing is changed. An item that has the date already keeps it. The same form sent again is the first deed. Each
    agency that leads one of them is told once.
    """
    chosen = sorted(items, key=lambda item: item.pk)
    if not chosen:
        raise WorkflowError("请选择要调整的任务。")
    for item in chosen:
        lock_item(item)
    known: dict[int, list[ItemRevision]] = {item.pk: [] for item in chosen}
    for revision in ItemRevision.objects.filter(item__in=chosen).order_by("recorded_at", "pk"):
        known[revision.item_id].append(revision)
    stale = [item for item in chosen if len(known[item.pk]) != bases.get(item.pk)]
    moved = [item for item in chosen if not known[item.pk] or known[item.pk][-1].due_on != due_on]
    if stale and not moved:
        made = [known[item.pk][-1] for item in stale]
        if all(is_repeated(known[i.pk], bases.get(i.pk, -1), due_on=due_on, reason=reason, by=by) for i in stale):
            return made
    if stale:
        names = "、".join(str(item) for item in sorted(stale, key=lambda item: item.place))
        raise WorkflowError(f"内容已被更新，本次未保存：{names}已被他人调整。所选任务均未改动，请重新核对后再改。")
    if not moved:
        raise WorkflowError("所选任务的时限与现行时限相同，没有改动。", "due_on")
    before = {item.pk: known[item.pk][-1].due_on if known[item.pk] else None for item in moved}
    made = [amend_item(item=item, due_on=due_on, reason=reason, by=by, at=at, tells=False) for item in moved]
    redated = [Redated(item, before[item.pk], due_on) for item in moved]
    tell_redated(redated, reason, by=by, at=max(revision.recorded_at for revision in made))
    return made
