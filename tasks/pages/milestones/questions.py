"""What the pages of one 节点 ask."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, QuerySet

from agencies.models import Agency
from tasks.models import (
    ActionItem,
    Assignment,
    Measure,
    Milestone,
    MilestoneDone,
    MilestonePlan,
    MilestoneReview,
    MilestoneWithdrawal,
)


def parts_of_item(item: ActionItem, moment: datetime) -> QuerySet[Assignment]:
    """Who has a part in the item, leads first."""
    parts = Assignment.objects.in_force(moment).filter(item=item).select_related("agency")
    return parts.order_by("-role", "agency__ordinal", "agency_id")


def measures_of_item(item: ActionItem) -> QuerySet[Measure]:
    return item.measures.order_by("number")


def places_of(milestone: Milestone, moment: datetime) -> QuerySet[MilestonePlan]:
    places = MilestonePlan.objects.filter(milestone=milestone, recorded_at__lte=moment)
    return places.select_related("recorded_by").order_by("recorded_at", "pk")


def reports_of(milestone: Milestone, moment: datetime) -> QuerySet[MilestoneDone]:
    reports = MilestoneDone.objects.as_of(moment).filter(milestone=milestone)
    return reports.select_related("assignment__agency", "recorded_by").prefetch_related("evidence__blob")


def reviews_of(milestone: Milestone, moment: datetime) -> QuerySet[MilestoneReview]:
    reviews = MilestoneReview.objects.filter(done__milestone=milestone, recorded_at__lte=moment)
    return reviews.select_related("recorded_by").order_by("recorded_at", "pk")


def withdrawal_of(milestone: Milestone, moment: datetime) -> MilestoneWithdrawal | None:
    found = MilestoneWithdrawal.objects.filter(milestone=milestone, recorded_at__lte=moment)
    return found.select_related("recorded_by").first()


def agency_names(keys: Iterable[int]) -> list[str]:
    agencies = Agency.objects.filter(pk__in=list(keys)).order_by("ordinal", "pk")
    return list(agencies.values_list("name", flat=True))


def fact_count(milestone: Milestone) -> int:
    """How much has happened to it: what a form says that it was made from."""
    links = ("plans", "reports", "reports__reviews", "withdrawal")
    counts = [Count(link, distinct=True) for link in links]
    return sum(Milestone.objects.filter(pk=milestone.pk).order_by().values_list(*counts)[0])


def items_of_agency(agency: int | None, moment: datetime) -> QuerySet[ActionItem]:
    """The items in which the agency has a part, each with its plan."""
    held = Assignment.objects.in_force(moment).filter(agency=agency)
    items = ActionItem.objects.filter(pk__in=held.values("item")).select_related("plan")
    return items.defer("text", "plan__notice_text")
