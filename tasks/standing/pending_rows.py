"""How 待办 is read: every kind of it as one value of a statement, read again only where something has changed.

The version is the last row of the record of changes, where every deed leaves one. A process that knows what waited at
one version asks with it: a kind that can't have changed since is not looked for.
"""

from typing import Any

from django.db.models import (
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
from qa_plan.compile_once import Param
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
from tasks.standing.pending import FAST, SLOW, Wait

FILED = ("报送", "通过", "退回")  # what is done all day, and changes nothing of who has which task

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
    """All rows of a question in one value: of each its key, since when it waits, and what else its day depends on."""

    template = (
        "(SELECT COALESCE(jsonb_agg(jsonb_build_array(key, since, more)), '[]'::jsonb) FROM (%(subquery)s) waiting)"
    )
    output_field = JSONField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any) -> Any:
        rows = "(SELECT json_group_array(json_array(key, since, more)) FROM (%(subquery)s) waiting)"
        return self.as_sql(compiler, connection, rows)


def version() -> Coalesce:
    return Coalesce(Subquery(Change.objects.order_by("-pk").values("pk")[:1]), 0)


def columns(known: Param, moment: Param, day: Param, home: Param) -> list[Case]:
    """Of the plans of the office at `home` a column for each kind, FAST and then SLOW.

    None where it is the same as at the version that is known (-1: none).

    What is filed and reviewed leaves the slow ones as they are.
    """
    others = Exists(Change.objects.filter(~Q(action__in=FILED), GreaterThan(F("pk"), known)))
    anew = LessThan(known, 0)
    undone = GreaterThan(known, version())  # a database that was put back
    is_same = Exact(version(), known)
    fast = [Case(When(~Q(is_same), then=Rows(_waiting(wait, moment, day, home)))) for wait in FAST]
    slow = [Case(When(Q(others) | Q(anew) | Q(undone), then=Rows(_waiting(wait, moment, day, home)))) for wait in SLOW]
    return [*fast, *slow]


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
