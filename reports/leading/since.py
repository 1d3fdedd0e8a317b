"""What changed since a day: lights, net of what went to and fro, and how much was done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from qa_plan.clock import at as start_of
from reports.dashboard.listings import HeadingStanding
from reports.dashboard.overview import CHANGES_OF_DAYS, Overview
from tasks.models import Closure, InstructedAssignment, InstructionReply, LightChange, Plan, ProgressReport, Review
from tasks.rules.status import Light


@dataclass(frozen=True, slots=True)
class Turned:
    """An item whose light is another than it was."""

    standing: HeadingStanding
    previous: Light


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since `day`, the worst first. `is_first`: nobody looked before, and the day is two weeks ago."""

    day: date
    is_first: bool
    turned: Sequence[Turned]
    filed: int
    accepted: int
    closed: int
    answered: int
    waiting_instructions: int
    late_instructions: int


def since(overview: Overview, before: date | None) -> Since:
    """Two queries, however long ago the day was."""
    day = before or overview.day - timedelta(days=CHANGES_OF_DAYS)
    first_lights = _first_lights(overview, day)
    turned = [
        Turned(standing, Light(first_lights[standing.pk]))
        for standing in overview.items
        if first_lights.get(standing.pk, standing.light) != standing.light
    ]
    turned.sort(key=lambda each: (list(Light).index(each.standing.light), each.standing.item.number))
    return Since(day, before is None, turned, *_counts(overview.plan, start_of(day), overview.as_of.moment))


def _first_lights(overview: Overview, day: date) -> dict[int, str]:
    """The light that each item which changed since had before its first change."""
    recorded = LightChange.objects.filter(item__plan=overview.plan, day__gte=day, day__lt=overview.day)
    lights: dict[int, str] = {}
    for item, previous in recorded.exclude(previous="").order_by("day", "pk").values_list("item", "previous"):
        lights.setdefault(item, previous)
    for standing in overview.items:
        if standing.item.recorded_light not in (None, standing.light):
            lights.setdefault(standing.pk, str(standing.item.recorded_light))
    return lights


def _counts(plan: Plan, begin: datetime, end: datetime) -> tuple[int, int, int, int, int, int]:
    """Reports filed and accepted, leads closed, 批示 answered; answers to 批示 that wait, and those late; one query."""
    done = {"recorded_at__gte": begin, "recorded_at__lte": end}
    accepted = {"report__assignment__item__plan": OuterRef("pk"), "verdict": Review.Verdict.ACCEPTED}
    closed = {"assignment__item__plan": OuterRef("pk"), "kind": Closure.Kind.CLOSED}
    asked = InstructedAssignment.objects.unanswered(end).filter(instruction__item__plan=OuterRef("pk"))
    counted: tuple[QuerySet, ...] = (
        ProgressReport.objects.filter(assignment__item__plan=OuterRef("pk"), **done),
        Review.objects.filter(**accepted, **done),
        Closure.objects.filter(**closed, **done),
        InstructionReply.objects.filter(part__instruction__item__plan=OuterRef("pk"), **done),
        asked,
        asked.filter(instruction__answer_by__lt=timezone.localdate(end)),
    )
    columns = {f"n{n}": _number(rows) for n, rows in enumerate(counted)}
    (row,) = Plan.objects.filter(pk=plan.pk).annotate(**columns).values_list(*columns)
    return row


def _number(rows: QuerySet) -> Coalesce:
    """How many rows there are, as a column."""
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
