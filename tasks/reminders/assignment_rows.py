"""One statement reads what reminders say of assignments: those that are due or not received, and who owes reports.

Of the former each is read. Reports are counted where they lie, since an agency is told of all of its own at once.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast

from qa_plan.compile_once import InKeys, KeyList
from tasks.models import Assignment, ProgressReport, Review
from tasks.models.obligation import Obligation, PeriodTerms, never, obligation_over, runs_at
from tasks.reminders.fact_rows import CHUNK, kept_reports, later_than

SINGLE = -1


class AssignmentRow(NamedTuple):
    """An assignment in force, with `SINGLE` as its `place`; or what an agency owes in one period of a plan.

    Then `place` is the period's among those that were asked for, and `pk` the first of the assignments that owe.
    """

    place: int
    pk: int
    plan_id: int
    agency_id: int
    item_id: Any
    role: str | None
    recorded_at: Any
    received_at: datetime | None
    owed: int
    filed: int


class AskedAssignments(NamedTuple):
    """Asked are assignments that lead one of the items, or were given by a moment and not received, and reports.

    Each of `places` has one period of a plan. Of all agencies or one.
    """

    moment: datetime
    items: Collection[int]
    given_until: datetime
    places: Sequence[Sequence[PeriodTerms]]
    agency: int | None = None

    @property
    def assignments(self) -> QuerySet[Assignment]:
        mine = Q() if self.agency is None else Q(agency=self.agency)
        return Assignment.objects.in_force(self.moment).filter(mine).order_by()


def read_assignments(asked: AskedAssignments) -> Iterator[AssignmentRow]:
    """Reads each assignment by its key, then who owes reports, place by place."""
    owing = [_owing(asked, place) for place in range(len(asked.places))]
    rows = _single(asked).union(*owing, all=True).order_by("place", "pk_")
    return map(AssignmentRow._make, rows.iterator(CHUNK))


def _single(asked: AskedAssignments) -> QuerySet[Any, Any]:
    leads = Q(InKeys(F("item"), Value(list(asked.items), KeyList())), role=Assignment.Role.LEAD)
    unreceived = Q(receipt__isnull=True) | Q(receipt__recorded_at__gt=asked.moment)
    return _rows(
        asked.assignments.filter(leads | unreceived & Q(recorded_at__lte=asked.given_until)),
        place=Value(SINGLE, IntegerField()),
        pk_=F("pk"),
        plan=F("item__plan"),
        item_=F("item"),
        role_=F("role"),
        at=F("recorded_at"),
        received_at=F("receipt__recorded_at"),
        owed=Value(0, IntegerField()),
        filed=Value(0, IntegerField()),
    )


def _owing(asked: AskedAssignments, place: int) -> QuerySet[Any, Any]:
    """Counts what runs and owes a report."""
    terms = asked.places[place]
    filed = _standing(asked.moment, [each.period for each in terms if each.period]).filter(assignment=OuterRef("pk"))
    owed = Q(what=Obligation.OWED) & (never("Closure") | runs_at(asked.moment))
    return _rows(
        asked.assignments.filter(item__plan__in=[each.plan for each in terms])
        .annotate(place=Value(place, IntegerField()), plan=F("item__plan"), what=obligation_over(terms))
        .values("place", "plan", "agency"),
        pk_=Min("pk"),
        item_=Cast(Value(None), BigIntegerField()),
        role_=Cast(Value(None), CharField()),
        at=Cast(Value(None), DateTimeField()),
        received_at=Cast(Value(None), DateTimeField()),
        owed=Count("pk", filter=owed),
        filed=Count("pk", filter=owed & Q(Exists(filed))),
    )


def _rows(rows: QuerySet[Any, Any], **columns: Any) -> QuerySet[Any, Any]:
    """Every branch has the same columns, in the order of `AssignmentRow`."""
    named = ("place", "pk_", "plan", "agency", "item_", "role_", "at", "received_at", "owed", "filed")
    return rows.annotate(**columns).values_list(*named)


def _standing(moment: datetime, periods: Collection[int]) -> QuerySet[ProgressReport]:
    """The newest reports in those periods, unless they were sent back: those that count as filed (已报)."""
    kept = kept_reports(moment)
    newer = kept.filter(later_than(""), assignment=OuterRef("assignment"), period=OuterRef("period"))
    reviews = Review.objects.filter(recorded_at__lte=moment)
    overruled = reviews.filter(later_than(""), report=OuterRef("report"))
    sent_back = reviews.filter(~Exists(overruled), report=OuterRef("pk"), verdict=Review.Verdict.SENT_BACK)
    return kept.filter(~Exists(newer), ~Exists(sent_back), period__in=periods)
