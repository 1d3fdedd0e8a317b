"""People of the local office confirm which items of the parent's plan theirs carry out; nothing holds unconfirmed."""

from collections.abc import Collection, Mapping
from datetime import datetime

from agencies.changes import note
from agencies.models import User
from tasks.models import ActionItem, Correspondence, CorrespondingItem, Plan
from tasks.standing.correspondence import Decision, decisions
from tasks.workflow.current import WorkflowError, deed, lock_row
from tasks.workflow.local_duty import close_when_covered

NO_PARENT = "该行动计划没有上级计划，无须确认对应关系。"


@deed
def confirm_correspondences(
    *,
    plan: Plan,
    decided: Mapping[int, Collection[int]],
    bases: Mapping[int, int],
    by: User,
    at: datetime,
) -> list[Correspondence]:
    """Records for several local items at once, by key, to which of the parent's items each corresponds (to none:
    本地增加); all of it or nothing. What stands so already stays. The same form sent again is the first deed.

    `bases` says for each item's key which decision stood when the form was made (`Decision.key`; 0 for none): what
    somebody else decided since is not overwritten, and is named. Once the plan covers what was asked for, the duty to
    make it is closed.
    """
    if plan.parent_id is None:
        raise WorkflowError(NO_PARENT)
    if not decided:
        raise WorkflowError("请至少勾选一项任务再确认。")
    lock_row(plan, "NO KEY UPDATE")
    items = {item.pk: item for item in ActionItem.objects.filter(plan=plan, pk__in=decided, ended_at=None)}
    if len(items) != len(decided):
        raise WorkflowError("有任务已拆分或合并，请刷新页面后再确认。")
    targets = _targets(plan, {key for keys in decided.values() for key in keys})
    newest = Correspondence.objects.filter(item__in=items).order_by("-recorded_at").first()
    at = max(at, newest.recorded_at) if newest else at
    known = decisions(items.keys(), at)
    _require_seen(items, known, decided, bases, by)
    made = [
        _record(item, [targets[key] for key in sorted(set(decided[pk]))], targets, known.get(pk), by=by, at=at)
        for pk, item in items.items()
        if pk not in known or known[pk].targets != set(decided[pk])
    ]
    close_when_covered(plan=plan, by=by, at=at)
    return made


def _targets(plan: Plan, keys: Collection[int]) -> dict[int, ActionItem]:
    """The parent's items of those keys, refused where one is no task of it any more."""
    found = ActionItem.objects.filter(plan=plan.parent_id, pk__in=keys).only("pk", "label", "title", "ended_at")
    gone = [str(item) for item in found if item.ended_at]
    if gone:
        raise WorkflowError(f"上级任务{'、'.join(gone)}已拆分或合并，请刷新页面后按新任务确认。")
    if len(found) != len(set(keys)):
        raise WorkflowError("所选任务不在上级行动计划之内，请刷新页面后再确认。")
    return {item.pk: item for item in found}


def _require_seen(
    items: Mapping[int, ActionItem],
    known: Mapping[int, Decision],
    decided: Mapping[int, Collection[int]],
    bases: Mapping[int, int],
    by: User,
) -> None:
    """Refuses to overwrite what the form didn't show, unless it is what the same person has just said."""
    changed = [pk for pk in items if (known[pk].key if pk in known else 0) != bases.get(pk, 0)]
    if not changed:
        return
    same = all(pk in known and known[pk].targets == set(decided[pk]) for pk in changed)
    mine = Correspondence.objects.filter(pk__in=[known[pk].key for pk in changed if pk in known], recorded_by=by)
    if not (same and mine.count() == len(changed)):
        names = "、".join(items[pk].label for pk in sorted(changed, key=lambda pk: items[pk].place))
        raise WorkflowError(f"内容已被更新，本次未保存：{names}的对应关系已被他人确认。请刷新页面，核对后再确认。")


def _record(
    item: ActionItem,
    parents: Collection[ActionItem],
    targets: Mapping[int, ActionItem],
    before: Decision | None,
    *,
    by: User | None,
    at: datetime,
) -> Correspondence:
    made = Correspondence.objects.create(item=item, recorded_at=at, recorded_by=by)
    CorrespondingItem.objects.bulk_create(CorrespondingItem(correspondence=made, parent_item=each) for each in parents)
    old = {"corresponds_to": _words(before.targets, targets)} if before else {}
    new = {"corresponds_to": _words([each.pk for each in parents], targets)}
    note("确认对应关系", item, by=by, at=at, old=old, new=new)
    return made


def _words(keys: Collection[int], known: Mapping[int, ActionItem]) -> str:
    """As the record of changes keeps it, readable by itself."""
    missing = set(keys) - known.keys()
    found = {**known, **{item.pk: item for item in ActionItem.objects.filter(pk__in=missing)}} if missing else known
    return "、".join(str(found[key]) for key in sorted(keys)) or "本地增加"
