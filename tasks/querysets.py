"""Questions. `as_of(moment)` is the one way to a standing, for today and for any day in the past.

Every latest fact is found by (`recorded_at`, `pk`); facts later than the moment don't exist for the question.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import In

from qa_plan.clock import end_of

if TYPE_CHECKING:
    from tasks.models import ActionItem, Assignment, Plan, ProgressReport, ReportingPeriod


def latest(model: str, moment: datetime, **match: OuterRef) -> QuerySet:
    """The newest fact of that kind at the moment, for a subquery; `match` ties it to the outer row."""
    return (
        apps.get_model("tasks", model)
        ._default_manager.filter(recorded_at__lte=moment, **match)
        .order_by("-recorded_at", "-pk")
    )


class PlanQuerySet(models.QuerySet["Plan"]):
    def with_counts(self) -> Self:
        """Adds `item_count`."""
        return self.annotate(item_count=models.Count("items")).order_by("-issued_on", "-pk")


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    def as_of(self, moment: datetime) -> Self:
        """Adds the due date in force (`due_on`, `is_inferred`), what they were first, and `wording`."""
        revision = latest("ItemRevision", moment, item=OuterRef("pk"))
        return self.annotate(
            due_on=Subquery(revision.values("due_on")[:1]),
            is_inferred=Subquery(revision.values("is_inferred")[:1]),
            wording=Subquery(revision.values("wording")[:1]),
            first_due_on=Subquery(revision.reverse().values("due_on")[:1]),
            first_is_inferred=Subquery(revision.reverse().values("is_inferred")[:1]),
        )

    def with_inferred_due_date(self, moment: datetime) -> Self:
        """Adds `is_inferred` alone: whether the due date in force is inferred."""
        revision = latest("ItemRevision", moment, item=OuterRef("pk"))
        return self.annotate(is_inferred=Subquery(revision.values("is_inferred")[:1]))

    def with_section_heading(self) -> Self:
        """Adds `section_number` and `section_title`, so that a whole plan needs no section object for every item."""
        return self.annotate(section_number=F("section__number"), section_title=F("section__title"))

    def with_recorded_light(self, day: date) -> Self:
        """Adds `recorded_light`: what the daily round last recorded before that day, None if nothing."""
        changes = apps.get_model("tasks", "LightChange")._default_manager.filter(item=OuterRef("pk"), day__lt=day)
        return self.annotate(recorded_light=Subquery(changes.order_by("-day").values("light")[:1]))


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def in_force(self, moment: datetime) -> Self:
        """Those that an agency had at that moment, closed ones included."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=moment), recorded_at__lte=moment)

    def as_of(self, moment: datetime, period: "ReportingPeriod | None" = None) -> Self:
        """Assignments in force, each with what the status rule needs.

        `percent` is the latest accepted percentage, 0 before there is one; `standing_report` is the report it comes
        from, or None; `due_on` the due date in force, None for 持续推进; `closure` the kind of the latest closure,
        "" when there is none; `owes` whether it owes the period's report (see `owing`). A column that is not asked for
        costs nothing: pages over a whole plan take `values_list`.
        """
        standing = (
            latest("ProgressReport", moment, assignment=OuterRef("pk"))
            .alias(verdict=Subquery(latest("Review", moment, report=OuterRef("pk")).values("verdict")[:1]))
            .filter(verdict="accepted")
        )
        revision = latest("ItemRevision", moment, item=OuterRef("item"))
        closure = latest("Closure", moment, assignment=OuterRef("pk"))
        return self.in_force(moment).annotate(
            percent=Coalesce(Subquery(standing.values("percent")[:1]), 0),
            standing_report=Subquery(standing.values("pk")[:1]),
            due_on=Subquery(revision.values("due_on")[:1]),
            closure=Coalesce(Subquery(closure.values("kind")[:1]), Value("")),
            owes=Case(When(owes(period, min(moment, end_of(period.due_on))), then=True), default=False)
            if period
            else Value(False),
        )

    def with_due_history(self, moment: datetime) -> Self:
        """Adds `due_is_inferred` of the due date in force, and `first_due_on` and `first_is_inferred`, as they were."""
        revision = latest("ItemRevision", moment, item=OuterRef("item"))
        return self.annotate(
            due_is_inferred=Subquery(revision.values("is_inferred")[:1]),
            first_due_on=Subquery(revision.reverse().values("due_on")[:1]),
            first_is_inferred=Subquery(revision.reverse().values("is_inferred")[:1]),
        )

    def owing(self, period: "ReportingPeriod", moment: datetime) -> Self:
        """应报 in the period, as of a moment not after its due date."""
        return self.in_force(moment).filter(owes(period, moment), item__plan=period.plan)


def owes(period: "ReportingPeriod", closing: datetime) -> Q:
    """Of an assignment: its role owes the period's report and it ran when the period closed (DESIGN section 3, rule 4).

    `closing` is the end of the due date, or the present while the period is open.
    """
    ended = latest("Closure", closing, assignment=OuterRef("pk")).values("kind")[:1]
    runs = In(Coalesce(Subquery(ended), Value("")), ["", "reopened"])
    roles = ["lead", "assist"] if period.plan.assists_owe_reports else ["lead"]
    return Q(role__in=roles, recorded_at__lte=closing) & Q(runs)


def unsettled(moment: datetime) -> Q:
    """Of a report: it had been neither reviewed nor replaced by a newer one."""
    return Q(settled_at__isnull=True) | Q(settled_at__gt=moment)


class ProgressReportQuerySet(models.QuerySet["ProgressReport"]):
    def as_of(self, moment: datetime) -> Self:
        """Reports filed by then, newest first, each with `verdict` and `comment`: None while it waits."""
        review = latest("Review", moment, report=OuterRef("pk"))
        return (
            self.filter(recorded_at__lte=moment)
            .annotate(
                verdict=Subquery(review.values("verdict")[:1]),
                comment=Subquery(review.values("comment")[:1]),
                reviewed_at=Subquery(review.values("recorded_at")[:1]),
            )
            .order_by("-recorded_at", "-pk")
        )

    def accepted(self, moment: datetime) -> Self:
        return self.as_of(moment).filter(verdict="accepted")

    def unsettled(self, moment: datetime) -> Self:
        """Those that waited at that moment: not yet reviewed, and not yet replaced by a newer one."""
        return self.filter(unsettled(moment), recorded_at__lte=moment)

    def waiting(self, moment: datetime) -> Self:
        """待审, the longest waiting first; what was withdrawn from its agency no longer waits."""
        in_force = Q(assignment__ended_at__isnull=True) | Q(assignment__ended_at__gt=moment)
        return self.unsettled(moment).filter(in_force).order_by("recorded_at", "pk")
