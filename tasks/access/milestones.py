"""Who may do what with 节点: coordinators steer them, the agency that answers reports them done, everyone reads."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone

from agencies.models import User
from tasks.access.doing import require
from tasks.access.offices import steers
from tasks.access.roles import can_file_reports
from tasks.access.seeing import visible_plans
from tasks.models import Assignment, Milestone, Plan
from tasks.rules.milestones import MOVES, STEERING, MilestoneMove
from tasks.standing.milestones import MilestoneStanding, Part, Successors, answering_parts, parts_in_force


def get_milestone(user: User, pk: int, moment: datetime) -> Milestone:
    """A milestone that was planned by then, with its item and plan."""
    milestones = Milestone.objects.filter(item__plan__in=visible_plans(user), recorded_at__lte=moment)
    milestones = milestones.select_related("item__plan", "agency", "measure", "duty", "recorded_by")
    return get_object_or_404(milestones.defer("item__text", "item__plan__notice_text"), pk=pk)


def get_milestone_to_steer(user: User, pk: int, moment: datetime) -> Milestone:
    milestone = get_milestone(user, pk, moment)
    require(steers(user, milestone.item.plan))
    return milestone


def get_milestone_to_report(user: User, pk: int, moment: datetime) -> tuple[Milestone, Assignment]:
    """A milestone with the assignment by which the person's agency answers for it; 403 where it doesn't."""
    milestone = get_milestone(user, pk, moment)
    require(can_file_reports(user))
    parts = parts_in_force([milestone.item_id], moment)[milestone.item_id]
    own = own_part(user, milestone.agency_id, parts, Successors(timezone.localdate(moment)))
    if own is None:
        raise PermissionDenied
    return milestone, Assignment.objects.select_related("agency", "item__plan").get(pk=own.pk)


def own_part(user: User, agency_id: int | None, parts: Sequence[Part], successors: Successors) -> Part | None:
    """The part by which the person's agency answers for a milestone that names that agency, or none."""
    if not can_file_reports(user):
        return None
    answering = answering_parts(agency_id, parts, successors)
    return next((part for part in answering if part.agency_id == user.agency_id), None)


def milestone_moves(
    milestones: Iterable[MilestoneStanding],
    user: User,
    plan: Plan,
    parts: Mapping[int, Sequence[Part]],
    successors: Successors,
) -> dict[int, list[MilestoneMove]]:
    """What the person may do with each milestone of the plan now; `parts` are the running assignments by item."""
    allowed: dict[int, list[MilestoneMove]] = {}
    for each in milestones:
        moves = MOVES[each.state]
        if steers(user, plan):
            allowed[each.pk] = [move for move in moves if move in STEERING]
        elif MilestoneMove.REPORT in moves and own_part(
            user, each.row.agency_id, parts.get(each.item_id, ()), successors
        ):
            allowed[each.pk] = [MilestoneMove.REPORT]
    return allowed
