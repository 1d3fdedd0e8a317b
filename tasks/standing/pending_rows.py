"""How 待办 is read: every kind of it as one value of a statement, read again only where something has changed.

The version is the last row of the record of changes, where every deed leaves one. A process that knows what waited at
one version asks with it. As long as reports alone were filed and reviewed since, it is told of those; anything else has
every kind read anew.
"""

from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateField,
    Exists,
    F,
    IntegerField,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, TruncDate
from django.db.models.lookups import Exact, GreaterThan, LessThan
from django.db.models.sql.compiler import SQLCompiler

from agencies.models import TOP, Change
from qa_plan.compile_once import AmongFew, Param
from tasks.models import (
    ActionItem,
    AgencyRequest,
    Assignment,
    InstructedAssignment,
    Milestone,
    MilestoneDone,
    ProgressReport,
    Urge,
    UrgedAssignment,
)
from tasks.models.latest import Latest
from tasks.standing.pending import Wait

FILED = ("报送", "通过", "退回")  # what is done all day, and changes nothing else that waits than which reports do

# Where each kind has the office whose plan it is of.
OFFICES = {
    Wait.INSTRUCTION: "instruction__item__plan__office",
    Wait.URGE: "office",
    Wait.MILESTONE: "item__plan__office",
    Wait.RECEIPT: "item__plan__office",
    Wait.REQUEST: "assignment__item__plan__office",
    Wait.REVIEW: "assignment__item__plan__office",
    Wait.PROOF: "milestone__item__plan__office",
    Wait.UNASSIGNED: "plan__office",
}


class Rows(Subquery):
    """All rows of a question in one value: since when they wait, what else their day depends on, and all such keys."""

    template = (
        "(SELECT COALESCE(jsonb_agg(jsonb_build_array(since, more, keys)), '[]'::jsonb)"
        " FROM (SELECT since, more, jsonb_agg(key) AS keys FROM (%(subquery)s) waiting GROUP BY since, more) days)"
    )
    output_field = JSONField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any) -> Any:
        days = "SELECT since, more, json_group_array(key) AS keys FROM (%(subquery)s) waiting GROUP BY since, more"
        rows = f"(SELECT json_group_array(json_array(since, more, json(keys))) FROM ({days}) days)"
        return self.as_sql(compiler, connection, rows)


def version() -> Coalesce:
    return Coalesce(Subquery(Change.objects.order_by("-pk").values("pk")[:1]), 0)


def columns(known: Param, moment: Param, day: Param, home: Param) -> list[Case]:
    """Of the plans of the office at `home` a column for each kind, and one for the reports that were dealt with since.

    All is as at the version that is known (-1: none) where every column is None. The last one alone has rows where
    nothing was done since but to file and review: of each assignment concerned all reports, without a day those that
    don't wait.
    """
    others = Exists(Change.objects.filter(~Q(action__in=FILED), GreaterThan(F("pk"), known)))
    undone = GreaterThan(known, version())  # a database that was put back
    is_anew = Q(LessThan(known, 0)) | Q(undone) | Q(others)
    kinds = [Case(When(is_anew, then=Rows(_waiting(wait, moment, day, home)))) for wait in Wait]
    is_same = Exact(version(), known)
    return [*kinds, Case(When(~is_anew & ~Q(is_same), then=Rows(_dealt_with(known, moment, day, home))))]


def _dealt_with(known: Param, moment: Param, day: Param, home: Param) -> QuerySet[Any, Any]:
    since = Change.objects.filter(GreaterThan(F("pk"), known)).order_by()
    key = Cast("subject_id", BigIntegerField())
    reviewed = ProgressReport.objects.filter(
        AmongFew(F("pk"), Subquery(since.filter(subject_type="tasks.progressreport").values(keyed=key)))
    )
    filed = since.filter(subject_type="tasks.assignment").values(keyed=key)
    concerned = filed.union(reviewed.order_by().values(keyed=F("assignment_id")))
    reports = ProgressReport.objects.filter(AmongFew(F("assignment_id"), Subquery(concerned)))
    waits = Q(settled_at__isnull=True, assignment__ended_at__isnull=True)
    rows = _as_rows(reports, Case(When(waits, then=TruncDate("recorded_at"))))
    return _of_office(Wait.REVIEW, rows, home)


def _waiting(wait: Wait, moment: Param, day: Param, home: Param) -> QuerySet[Any, Any]:
    rows = {
        Wait.INSTRUCTION: _instructions,
        Wait.URGE: _urges,
        Wait.MILESTONE: _milestones,
        Wait.RECEIPT: _receipts,
        Wait.REQUEST: _requests,
        Wait.REVIEW: _reviews,
        Wait.PROOF: _proofs,
        Wait.UNASSIGNED: _unassigned,
    }[wait](moment, day)
    return _of_office(wait, rows, home)


def _of_office(wait: Wait, rows: QuerySet[Any], home: Param) -> QuerySet[Any, Any]:
    of_office = Exact(Coalesce(F(OFFICES[wait]), Value(TOP)), home)
    return rows.filter(of_office).order_by().values("key", "since", "more")


def _as_rows(rows: QuerySet[Any], since: Any, more: Any = None) -> QuerySet[Any]:
    since_text = Cast(since, CharField())
    nothing = Cast(Value(None), IntegerField())
    return rows.annotate(key=F("pk"), since=since_text, more=more or nothing)


def _instructions(moment: Param, day: Param) -> QuerySet[Any]:
    """Each agency that a leader's word names and that has not answered on the day by which it was to."""
    due = InstructedAssignment.objects.filter(reply__isnull=True, instruction__answer_by__lte=day)
    return _as_rows(due, F("instruction__answer_by"))


def _urges(moment: Param, day: Param) -> QuerySet[Any]:
    """Not answered in time, unless its agency was urged again about the same."""
    again = UrgedAssignment.objects.filter(
        assignment__in=UrgedAssignment.objects.filter(urge=OuterRef(OuterRef("pk"))).values("assignment"),
        urge__agency=OuterRef("agency"),
        urge__pk__gt=OuterRef("pk"),
    )
    late = Urge.objects.filter(~Exists(again), reply__isnull=True, reply_by__lt=day)
    return _as_rows(late, F("reply_by"))


def _receipts(moment: Param, day: Param) -> QuerySet[Any]:
    """Neither received nor ended nor declined, and not asked for by an urge that may still be answered."""
    given = Assignment.objects.in_force(moment).filter(receipt__isnull=True, closures__isnull=True)
    declined = AgencyRequest.objects.filter(assignment=OuterRef("pk"), decision__isnull=True, withdrawal__isnull=True)
    urged = UrgedAssignment.objects.filter(assignment=OuterRef("pk"), urge__reply__isnull=True, urge__reply_by__gte=day)
    waiting = given.filter(~Exists(declined), ~Exists(urged))
    return _as_rows(waiting, TruncDate("recorded_at"), F("item__plan__receipt_days"))


def _requests(moment: Param, day: Param) -> QuerySet[Any]:
    waiting = AgencyRequest.objects.filter(
        decision__isnull=True, withdrawal__isnull=True, assignment__ended_at__isnull=True
    )
    return _as_rows(waiting, TruncDate("recorded_at"))


def _reviews(moment: Param, day: Param) -> QuerySet[Any]:
    waiting = ProgressReport.objects.filter(settled_at__isnull=True, assignment__ended_at__isnull=True)
    return _as_rows(waiting, TruncDate("recorded_at"))


def _milestones(moment: Param, day: Param) -> QuerySet[Any]:
    """Planned to a day that has passed, and not reported done; what was sent back is to be done as before."""
    milestones = Milestone.objects.filter(withdrawal__isnull=True).annotate(
        planned_on=Latest("MilestonePlan", "planned_on", moment, milestone="pk"),
        done=Latest("MilestoneDone", "id", moment, milestone="pk"),
    )
    milestones = milestones.annotate(is_confirmed=Latest("MilestoneReview", "is_confirmed", moment, done="done"))
    late = milestones.filter(Q(done__isnull=True) | Q(is_confirmed=False), LessThan(F("planned_on"), day))
    return _as_rows(late, Cast(F("planned_on"), DateField()))


def _proofs(moment: Param, day: Param) -> QuerySet[Any]:
    """Milestones that are reported done and neither confirmed nor sent back."""
    reported = MilestoneDone.objects.as_of(moment).filter(milestone__withdrawal__isnull=True)
    reported = reported.annotate(newest=Latest("MilestoneDone", "id", moment, milestone="milestone"))
    waiting = reported.filter(newest=F("pk"), is_confirmed__isnull=True)
    return _as_rows(waiting, TruncDate("recorded_at")).annotate(key=F("milestone_id"))


def _unassigned(moment: Param, day: Param) -> QuerySet[Any]:
    """Items that nobody leads, since the last lead ended or the plan began."""
    leads = Assignment.objects.filter(item=OuterRef("pk"), role=Assignment.Role.LEAD)
    items = ActionItem.objects.existing(moment).filter(~Exists(leads.in_force(moment)))
    ended = Subquery(leads.filter(ended_at__isnull=False).order_by("-ended_at").values("ended_at")[:1])
    began = F("plan__imported_at")
    return _as_rows(items, TruncDate(Greatest(Coalesce(ended, began), began)))
