"""What the checklist asks: every step is decided by the rows that it is about, none by a note that it was done."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q

from agencies.models import TOP, Agency, AgencyGroup, AgencyQuerySet, Change, Office, User
from tasks.models import ActionItem, Assignment, Plan, ReportingPeriod
from tasks.rules.due_dates import DueSource
from tasks.workflow.office import DISMISSED, LOOKED_THROUGH


def has_named_office() -> bool:
    return Office.objects.filter(path=TOP).exists()


def agencies_of_tasks() -> AgencyQuerySet:
    """The agencies, of every office, that answer for something today, with whether anybody signs in (`has_account`)."""
    tasks = Assignment.objects.filter(agency=OuterRef("pk"), ended_at=None)
    people = User.objects.of_agency(OuterRef("pk")).liaisons()
    agencies = Agency.objects.filter(ended_on=None, is_collective=False)
    return agencies.filter(Exists(tasks)).annotate(has_account=Exists(people))


class Inferred(NamedTuple):
    """A group of the top office whose members no document has confirmed yet: how many of how many."""

    pk: int
    name: str
    members: int
    inferred: int


def groups_with_inferred() -> list[Inferred]:
    inferred = Count("memberships", filter=Q(memberships__is_inferred=True))
    groups = (
        AgencyGroup.objects.filter(office=None)
        .annotate(all_members=Count("memberships"), inferred=inferred)
        .filter(inferred__gt=0)
    )
    return [Inferred(*row) for row in groups.order_by("pk").values_list("pk", "name", "all_members", "inferred")]


def due_dates_of(plans: Iterable[Plan], moment: datetime) -> Counter[tuple[int, bool]]:
    """How many items of each plan have a due date that nobody wrote or set (True), and one that somebody did."""
    items: Any = ActionItem.objects.existing(moment).filter(plan__in=list(plans)).as_of(moment)
    sources = items.order_by().values_list("plan_id", "due_source")
    return Counter((plan, source == DueSource.INFERRED) for plan, source in sources)


def said_of_setup() -> set[tuple[str, str]]:
    """Which of the two things were said of what: that a plan's dates were looked through, that the list may go."""
    dismissed = Q(action=DISMISSED, subject_type=Office._meta.label_lower)
    looked_through = Q(action=LOOKED_THROUGH, subject_type=Plan._meta.label_lower)
    changes = Change.objects.filter(dismissed | looked_through).order_by()
    return set(changes.values_list("action", "subject_id").distinct())


def first_periods(plans: Iterable[Plan]) -> dict[int, ReportingPeriod]:
    """By plan the one that opened, or opens, first."""
    periods = ReportingPeriod.objects.filter(plan__in=list(plans)).order_by("-opens_on", "-pk")
    return {period.plan_id: period for period in periods}
