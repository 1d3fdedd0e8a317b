"""常用视图: a coordinator keeps a ledger by a name, for themself or for all of the office."""

from datetime import datetime

from agencies.changes import note
from agencies.models import User
from tasks.models import SavedView
from tasks.workflow.current import WorkflowError, deed

MOST_OWN, MOST_SHARED = 12, 12  # each is counted on every look at a ledger


@deed
def save_view(*, ledger: str, query: str, name: str, is_shared: bool, by: User, at: datetime) -> SavedView:
    """Keeps the ledger under that name; of the same name it is what was kept before, changed.

    One that is shared, or was, is on record: others look at it too.
    """
    name = name.strip()
    if not name:
        raise WorkflowError("请填写名称。", "name")
    before = SavedView.objects.select_for_update(of=("self",)).filter(owner=by, name=name).first()
    _check_room(by, besides=before.pk if before else None, is_shared=is_shared)
    new = {"ledger": ledger, "query": query, "is_shared": is_shared}
    view, _ = SavedView.objects.update_or_create(owner=by, name=name, defaults={**new, "saved_at": at})
    if is_shared or (before is not None and before.is_shared):
        old = {field: getattr(before, field) for field in new} if before else {}
        if old != new:
            note("保存常用视图", view, by=by, at=at, old=old, new=new)
    return view


@deed
def change_view(*, view: SavedView, name: str, is_shared: bool, by: User, at: datetime) -> SavedView:
    """Gives it another name, or shares it, or no longer."""
    name, old = name.strip(), {"name": view.name, "is_shared": view.is_shared}
    if not name:
        raise WorkflowError("请填写名称。", "name")
    if SavedView.objects.filter(owner=view.owner_id, name=name).exclude(pk=view.pk).exists():
        raise WorkflowError(f"已有名为“{name}”的视图，请换一个名称。", "name")
    _check_room(view.owner, besides=view.pk, is_shared=is_shared)
    new = {"name": name, "is_shared": is_shared}
    if old != new:
        SavedView.objects.filter(pk=view.pk).update(**new)
        view.name, view.is_shared = name, is_shared
        if is_shared or old["is_shared"]:
            note("修改常用视图", view, by=by, at=at, old=old, new=new)
    return view


@deed
def remove_view(*, view: SavedView, by: User, at: datetime) -> None:
    """Removes the name; the ledger stays what it is."""
    if view.is_shared:
        note("删除常用视图", view, by=by, at=at, old={"query": view.query, "ledger": view.ledger})
    SavedView.objects.filter(pk=view.pk).delete()


def _check_room(owner: User, *, besides: int | None, is_shared: bool) -> None:
    """Refuses one more than a page counts."""
    kept = SavedView.objects.filter(is_shared=is_shared, owner__office=owner.office)
    if besides is not None:
        kept = kept.exclude(pk=besides)
    if is_shared and kept.count() >= MOST_SHARED:
        raise WorkflowError(f"共用的视图最多{MOST_SHARED}个，请先删除不用的。", "is_shared")
    if not is_shared and kept.filter(owner=owner).count() >= MOST_OWN:
        raise WorkflowError(f"自用的视图最多{MOST_OWN}个，请先删除不用的。", "name")
