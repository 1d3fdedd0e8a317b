"""成员单位: which assisting assignments follow from who is a member, before and when a list changes."""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from django.db.models import Q

from agencies.models import Agency, AgencyGroup
from tasks.models import ActionItem, AgencyRequest, Assignment


@dataclass(frozen=True, slots=True)
class Following:
    """What a list of members gives and takes: who assists anew on which item, and which assignments end."""

    gains: list[tuple[ActionItem, Agency]]
    losses: list[Assignment]

    def gained_by(self, agency: Agency) -> list[ActionItem]:
        return [item for item, gaining in self.gains if gaining == agency]

    def lost_by(self, agency: Agency) -> list[ActionItem]:
        return [part.item for part in self.losses if part.agency == agency]


def left_reason(group: AgencyGroup) -> str:
    """Why an assisting assignment ends that followed from the membership alone."""
    return f"不再是{group}成员单位"


def following(group: AgencyGroup, members: Collection[Agency]) -> Following:
    """What follows for the group's items if these were its members: those that don't lead an item assist with it.

    One that has ended gets nothing more. Whom the notice names itself stays. From whom a part was taken away, as none
    of its duties (非本单位职责) or by a coordinator, gets it again by hand alone.
    """
    gains: list[tuple[ActionItem, Agency]] = []
    losses: list[Assignment] = []
    taken_away = _taken_away(group)
    in_order = sorted((each for each in members if not each.ended_on), key=lambda agency: (agency.ordinal, agency.pk))
    existing = group.items.filter(ended_at__isnull=True).select_related("plan")
    for item in existing.defer("plan__notice_text").prefetch_related("assignments__agency"):
        open_ones = [part for part in item.assignments.all() if part.ended_at is None]
        taken = {part.agency for part in open_ones}
        gains.extend(
            (item, agency) for agency in in_order if agency not in taken and (item.pk, agency.pk) not in taken_away
        )
        losses.extend(
            part
            for part in open_ones
            if part.is_inferred and part.role == Assignment.Role.ASSIST and part.agency not in members
        )
    return Following(gains, losses)


def _taken_away(group: AgencyGroup) -> set[tuple[int, int]]:
    """Item and agency of the parts that a person took away for another reason than that of leaving the list."""
    ended = Assignment.objects.filter(item__assist_group=group, ended_at__isnull=False)
    declined = AgencyRequest.objects.filter(kind=AgencyRequest.Kind.DECLINE, decision__is_granted=True)
    by_hand = Q(ended_by__isnull=False) & ~Q(end_reason=left_reason(group))
    parts = ended.filter(by_hand | Q(pk__in=declined.values("assignment")))
    return set(parts.values_list("item_id", "agency_id"))


def membership_basis(group: AgencyGroup) -> str:
    """Stands for the list and who answers for the group's items: a form that was made from anything else is stale."""
    members = group.memberships.order_by("agency").values_list("agency", "is_inferred")
    parts = Assignment.objects.filter(item__assist_group=group, ended_at__isnull=True).order_by("pk")
    return sha256(repr([list(members), list(parts.values_list("pk", flat=True))]).encode()).hexdigest()[:32]
