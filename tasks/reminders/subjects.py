"""What somebody may have to be reminded of, as of a moment: each with the date that its rules count from.

Asked in a fixed number of queries, whatever the number of plans, tasks and agencies, and read as a stream: nothing is
kept of the rows that no rule looks for. `tasks.reminders.duties` has what follows from assignments alone.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from agencies.models import Agency
from tasks.models import AgencyRequest, ProgressReport, ReminderRule, Review, Urge
from tasks.succession import answering

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
    """待答复, since it was first asked for."""
    columns = ("pk", "kind", "assignment_id", "assignment__agency_id", "asked_at")
    waiting = AgencyRequest.objects.waiting(moment).filter(of_agency(agency)).values_list(*columns)
    for request, kind, assignment, owner, made_at in waiting:
        day = timezone.localdate(made_at)
        yield Subject(Kind.REQUEST, f"request:{request}", day, day, owner, assignment, facts={"request": kind})


def unanswered_urges(moment: datetime, agency: int | None = None) -> Iterator[Subject]:
    """催办 that wait for the answer of the urged agency, or of the one in its place: when sent, and its deadline."""
    columns = ("pk", "agency_id", "agency__ended_on", "reply_by", "recorded_at")
    unanswered = Urge.objects.unanswered(moment)
    if agency is not None:
        unanswered = unanswered.filter(agency__in=Agency.objects.followed_by(agency))
    rows = list(unanswered.values_list(*columns))
    owners = answering({urge: (urged, ended_on) for urge, urged, ended_on, _, _ in rows}, timezone.localdate(moment))
    for urge, _, _, reply_by, sent_at in rows:
        day = timezone.localdate(sent_at)
        for owner in sorted(owners[urge] if agency is None else owners[urge] & {agency}):
            for kind, anchor in ((Kind.URGED, day), (Kind.URGE, reply_by)):
                yield Subject(kind, f"urge:{urge}", anchor, day, owner)
