"""节点 of an item that was split or merged go on in the item that has their measure or duty, with every former day."""

from collections.abc import Sequence
from datetime import datetime

from agencies.changes import note
from agencies.models import User
from tasks.models import (
    ActionItem,
    Assignment,
    Milestone,
    MilestoneDone,
    MilestoneEvidence,
    MilestonePlan,
    MilestoneReview,
    MilestoneWithdrawal,
    Reshaping,
)
from tasks.workflow.inheritance import taken_over
from tasks.workflow.lineage import Heir

NAME_LIMIT = Milestone._meta.get_field("name").max_length or 0


def carry_milestones(
    item: ActionItem, heirs: Sequence[Heir], change: Reshaping, made: Sequence[Assignment], *, by: User, at: datetime
) -> None:
    """Those of the item as a whole go on in the first of the new ones. The old ones are withdrawn, and say why."""
    milestones = Milestone.objects.filter(item=item, withdrawal__isnull=True).order_by("pk")
    for old in milestones.select_for_update(of=("self",)):
        heir = next((each for each in heirs if _has(each, old)), heirs[0])
        new = _again(old, heir, at)
        _carry_done(old, new, [part for part in made if part.item_id == heir.item.pk], at)
        reason = f"随任务{change.get_kind_display()}转至{heir.item.label}：{change.reason}"
        MilestoneWithdrawal.objects.create(milestone=old, reason=reason[:500], recorded_at=at, recorded_by=by)
        came = {"item": heir.item.number, "from": item.number}
        note("转移节点", new, by=by, at=at, new=came, reason=change.reason, agency=old.agency)


def _has(heir: Heir, milestone: Milestone) -> bool:
    if milestone.measure_id:
        return milestone.measure_id in heir.measures
    return bool(milestone.duty_id) and milestone.duty_id in heir.duties


def _again(old: Milestone, heir: Heir, at: datetime) -> Milestone:
    same = Milestone.objects.filter(item=heir.item, name=old.name)
    name = f"{old.name[: NAME_LIMIT - 25]}（{old.item.label}）" if same.exists() else old.name
    new = Milestone.objects.create(
        item=heir.item,
        duty=heir.duties.get(old.duty_id or 0),
        measure=heir.measures.get(old.measure_id or 0),
        agency=old.agency,
        name=name,
        recorded_at=at,
        recorded_by_id=old.recorded_by_id,
    )
    for place in old.plans.order_by("recorded_at", "pk"):
        MilestonePlan.objects.create(
            milestone=new,
            planned_on=place.planned_on,
            reason=place.reason,
            recorded_at=at,
            recorded_by_id=place.recorded_by_id,
        )
    return new


def _carry_done(old: Milestone, new: Milestone, parts: Sequence[Assignment], at: datetime) -> None:
    """What was reported done stays reported, with its proof and verdict, by the part of the agency that reported it."""
    done = MilestoneDone.objects.as_of(at).filter(milestone=old).order_by("-recorded_at", "-pk").first()
    if done is None or not parts:
        return
    part = next((each for each in parts if each.agency_id == done.assignment.agency_id), parts[0])
    again = MilestoneDone.objects.create(
        milestone=new,
        assignment=part,
        done_on=done.done_on,
        words=done.words,
        recorded_at=at,
        recorded_by_id=done.recorded_by_id,
    )
    MilestoneEvidence.objects.bulk_create(
        MilestoneEvidence(done=again, evidence=upload) for upload in taken_over(done.evidence.all(), part, at)
    )
    if last := done.reviews.order_by("recorded_at", "pk").last():
        MilestoneReview.objects.create(
            done=again,
            is_confirmed=last.is_confirmed,
            comment=last.comment,
            recorded_at=at,
            recorded_by_id=last.recorded_by_id,
        )
