"""What an item's page asks; those that cost it the most are put into SQL once."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import Count, DateTimeField, F, IntegerField, Q, QuerySet, Value

from agencies.models import Agency, User
from qa_plan.compile_once import Param, compile_once
from tasks.access import visible_plans
from tasks.models import (
    ActionItem,
    Assignment,
    Blob,
    Evidence,
    ItemRevision,
    LightChange,
    LocalDuty,
    Plan,
    ProgressReport,
    ReportingPeriod,
    WeightRevision,
)
from tasks.models.obligation import obligation


@compile_once(item=IntegerField(), moment=DateTimeField(), period=IntegerField(), closing=DateTimeField())
def assignments_with_course(
    item: Param, moment: Param, period: Param, closing: Param, *, has_period: bool, assists: bool
) -> QuerySet[Assignment]:
    """Those in force at the moment, and those that were at the closing, with all that tells how they stand."""
    owed = obligation(period, closing, assists=assists) if has_period else Value("")
    assignments = (
        Assignment.objects.held(closing, moment).filter(item=item).with_standing(moment, owed).with_course(moment)
    )
    return assignments.select_related("agency").order_by("agency__ordinal", "agency_id")


@compile_once(item=IntegerField(), moment=DateTimeField())
def reports_on(item: Param, moment: Param) -> QuerySet[ProgressReport]:
    """Of all agencies and periods, newest first, each with its verdict: once for each evidence that it was filed with.

    What a page shows of the evidence comes along in the columns of `FILED_WITH`; they are empty where there is none.
    """
    reports = ProgressReport.objects.as_of(moment).filter(assignment__item=item).annotate(**FILED_WITH)
    return reports.order_by("-recorded_at", "-pk", "evidence")


FILED_WITH = {
    "evidence_pk": F("evidence"),
    "evidence_name": F("evidence__name"),
    "evidence_size": F("evidence__blob__size"),
    "evidence_type": F("evidence__blob__media_type"),
    "evidence_sha256": F("evidence__blob__sha256"),
}


def evidence_of(row: Any) -> Evidence | None:
    """The evidence that a row of `reports_on` came with, as much of it as pages show: it is not to be saved."""
    if row.evidence_pk is None:
        return None
    blob = Blob(size=row.evidence_size, media_type=row.evidence_type, sha256=row.evidence_sha256)
    return Evidence(pk=row.evidence_pk, name=row.evidence_name, blob=blob)


def light_changes_of(item: ActionItem, day: date) -> QuerySet[LightChange]:
    """As recorded by the daily round up to that day, newest first."""
    return LightChange.objects.filter(item=item, day__lte=day).order_by("-day")


def revisions_of(item: ActionItem) -> QuerySet[ItemRevision]:
    return item.revisions.order_by("recorded_at", "pk")


def leads_to_weigh(item: ActionItem, moment: datetime) -> QuerySet[Assignment]:
    leads = Assignment.objects.as_of(moment).filter(item=item, role=Assignment.Role.LEAD)
    return leads.select_related("agency").order_by("agency__ordinal", "agency_id")


def weight_revision_count(item: ActionItem) -> int:
    """How often the item's weights have been set: two people at once are told apart by it."""
    return WeightRevision.objects.filter(assignment__item=item).count()


def closure_count(assignment: Assignment) -> int:
    """How often it was closed or taken up again."""
    return assignment.closures.count()


def keys_of_items(plan: Plan) -> list[int]:
    return list(plan.items.filter(ended_at__isnull=True).order_by("place").values_list("pk", flat=True))


def period_that_closes_next(plan: Plan, day: date) -> ReportingPeriod | None:
    """The earliest whose reports are not yet due."""
    periods = ReportingPeriod.objects.filter(plan=plan, due_on__gte=day).select_related("plan")
    return periods.defer("plan__notice_text").order_by("due_on").first()


def people_by_agency(keys: Collection[int]) -> list[tuple[Agency, int]]:
    """Those agencies in their order, each with how many people sign in for it."""
    active = Count("users", filter=Q(users__is_active=True))
    agencies = Agency.objects.filter(pk__in=keys).annotate(people=active).order_by("ordinal", "pk")
    return [(agency, agency.people) for agency in agencies]


def numbers_of_items(plan: Plan, parts: Collection[int]) -> list[int]:
    """The numbers of the items of which those are parts."""
    if not parts:
        return []
    return list(plan.items.filter(assignments__in=parts).order_by("place").distinct().values_list("number", flat=True))


def duty_of(item: ActionItem) -> LocalDuty:
    """The duty to make local plans whose one item this is, with the plan that they are to carry out."""
    return LocalDuty.objects.select_related("parent").defer("parent__notice_text").get(plan=item.plan_id)


def plans_made(user: User, duty: LocalDuty, moment: datetime) -> dict[int, tuple[str, str]]:
    """By government, its local plan: number and address. Of those that the person sees."""
    plans = visible_plans(user).filter(parent=duty.parent_id, imported_at__lte=moment)
    return {
        plan.office.government_id: (plan.document_number, plan.get_absolute_url())
        for plan in plans.select_related("office")
        if plan.office and plan.office.government_id
    }
