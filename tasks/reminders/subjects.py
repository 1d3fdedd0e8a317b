"""What somebody may have to be reminded of, as of a moment: each with the date that its rules count from.

Asked in a fixed number of queries, whatever the number of plans, tasks and agencies, and read as a stream: nothing is
kept of the rows that no rule looks for. `tasks.reminders.duties` has what follows from assignments alone.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from tasks.models import AgencyRequest, ProgressReport, ReminderRule, Review, Urge

Kind = ReminderRule.Kind
CHUNK = 2000  # rows that are read at a time
Identity = tuple[str, str, date]


class Subject(NamedTuple):
    """`since` is the day on which the system learned that `anchor` holds: what follows a date never counts from before.

    `key` is the same on every day and in every installation with the same rows. `facts` says what else was looked at.
    """

    kind: str
    key: str
    anchor: date
    since: date
    agency_id: int
    assignment_id: int | None = None
    period_id: int | None = None
    facts: Mapping[str, object] = {}

    @property
    def identity(self) -> Identity:
        """Of what waits until a date; with another date it is something else."""
        return self.kind, self.key, self.anchor


def of_agency(agency: int | None, path: str = "assignment") -> Q:
    """Only that agency's, where one is given; `path` leads to the assignment, "" for the assignment itself."""
    return Q() if agency is None else Q(**{f"{path}__agency" if path else "agency": agency})


def later_than(field: str) -> Q:
    """Of a fact in a subquery: it came after the outer one, which `field` leads to; "" for itself."""
    when, key = OuterRef(f"{field}recorded_at"), OuterRef(f"{field}pk")
    return Q(recorded_at__gt=when) | Q(recorded_at=when, pk__gt=key)


def sent_back(moment: datetime, locked: set[int], ended: set[int], agency: int | None = None) -> Iterator[Subject]:
    """退回 and not filed again since; but for what can't be filed, in a locked period or once the task has ended."""
    reviews = Review.objects.filter(recorded_at__lte=moment)
    newer = ProgressReport.objects.filter(
        later_than("report__"),
        assignment=OuterRef("report__assignment"),
        period=OuterRef("report__period"),
        recorded_at__lte=moment,
    )
    in_force = Q(report__assignment__ended_at__isnull=True) | Q(report__assignment__ended_at__gt=moment)
    standing = reviews.filter(
        ~Exists(reviews.filter(later_than(""), report=OuterRef("report"))),
        ~Exists(newer),
        in_force,
        of_agency(agency, "report__assignment"),
        verdict=Review.Verdict.SENT_BACK,
    )
    columns = ("report_id", "report__assignment_id", "report__assignment__agency_id", "report__period_id")
    for report, assignment, owner, period, reviewed_at in standing.values_list(*columns, "recorded_at").iterator(CHUNK):
        if period not in locked and assignment not in ended:
            day = timezone.localdate(reviewed_at)
            yield Subject(Kind.SENT_BACK, f"report:{report}", day, day, owner, assignment, period)


def waiting_reports(moment: datetime, locked: set[int], agency: int | None = None) -> Iterator[Subject]:
    """待审, but for those of a locked period, which nobody can review."""
    columns = ("pk", "assignment_id", "assignment__agency_id", "period_id", "recorded_at")
    waiting = ProgressReport.objects.waiting(moment).filter(of_agency(agency)).values_list(*columns)
    for report, assignment, owner, period, filed_at in waiting.iterator(CHUNK):
        if period not in locked:
            day = timezone.localdate(filed_at)
            yield Subject(Kind.REVIEW, f"report:{report}", day, day, owner, assignment, period)


def waiting_requests(moment: datetime, agency: int | None = None) -> Iterator[Subject]:
    """待答复."""
    columns = ("pk", "kind", "assignment_id", "assignment__agency_id", "recorded_at")
    waiting = AgencyRequest.objects.waiting(moment).filter(of_agency(agency)).values_list(*columns)
    for request, kind, assignment, owner, made_at in waiting:
        day = timezone.localdate(made_at)
        yield Subject(Kind.REQUEST, f"request:{request}", day, day, owner, assignment, facts={"request": kind})


def unanswered_urges(moment: datetime, agency: int | None = None) -> Iterator[Subject]:
    """催办 that wait for the agency's answer: of each, the day on which it was sent, and its deadline."""
    columns = ("pk", "agency_id", "reply_by", "recorded_at")
    unanswered = Urge.objects.unanswered(moment).filter(of_agency(agency, ""))
    for urge, owner, reply_by, sent_at in unanswered.values_list(*columns):
        day = timezone.localdate(sent_at)
        for kind, anchor in ((Kind.URGED, day), (Kind.URGE, reply_by)):
            yield Subject(kind, f"urge:{urge}", anchor, day, owner)
