"""What the checklist asks: every step is decided by the rows that it is about, none by a note that it was done."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from agencies.models import Agency, AgencyGroup, Change, Office, User
from tasks.models import ActionItem, Assignment, Plan, ReportingPeriod
from tasks.rules.due_dates import DueSource
from tasks.workflow.office import DISMISSED, LOOKED_THROUGH


def has_named_office() -> bool:
    return Office.objects.exists()


def agencies_of_tasks() -> QuerySet[Agency, Agency]:
    """The agencies that answer for something today, with whether anybody signs in for each (`has_account`)."""
    tasks = Assignment.objects.filter(agency=OuterRef("pk"), ended_at=None)
    people = User.objects.of_agency(OuterRef("pk")).liaisons()
    agencies = Agency.objects.filter(ended_on=None, is_collective=False)
    return agencies.filter(Exists(tasks)).annotate(has_account=Exists(people))


class Inferred(NamedTuple):
    """A group whose members no document has confirmed yet: how many of how many."""

    pk: int
    name: str
    members: int
    inferred: int


def groups_with_inferred() -> list[Inferred]:
    inferred = Count("memberships", filter=Q(memberships__is_inferred=True))
    groups = AgencyGroup.objects.annotate(all_members=Count("memberships"), inferred=inferred).filter(inferred__gt=0)
    return [Inferred(*row) for row in groups.order_by("pk").values_list("pk", "name", "all_members", "inferred")]


def due_dates_of(plan: Plan, moment: datetime) -> tuple[int, int]:
    """How many of the plan's items have a due date that nobody wrote or set, and how many items there are."""
    items: Any = ActionItem.objects.existing(moment).filter(plan=plan).as_of(moment)
    sources = list(items.values_list("due_source", flat=True))
    return sources.count(DueSource.INFERRED), len(sources)


def said_of_setup(plan: Plan | None) -> set[str]:
    """Which of the two things were said: that the dates were looked through, that the list may go."""
    about = Q(action=DISMISSED, subject_type=Office._meta.label_lower)
    if plan:
        about |= Q(action=LOOKED_THROUGH, subject_type=plan._meta.label_lower, subject_id=str(plan.pk))
    return set(Change.objects.filter(about).order_by().values_list("action", flat=True).distinct())


def first_period(plan: Plan) -> ReportingPeriod | None:
    return ReportingPeriod.objects.filter(plan=plan).order_by("opens_on", "pk").first()
