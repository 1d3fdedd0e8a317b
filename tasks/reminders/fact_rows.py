"""One statement reads the facts that reminders are decided by, as of a moment: they are all of the same instant.

Asked once, whatever the number of plans, tasks and agencies, and read as a stream, kind by kind: what waits comes after
the facts that decide whether it still does.
"""

from collections.abc import Iterator
from datetime import date, datetime
from enum import IntEnum
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    Expression,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast

from agencies.models import Agency
from qa_plan.compile_once import Param, streamed
from tasks.models import (
    ActionItem,
    AgencyRequest,
    Assignment,
    Closure,
    InstructedAssignment,
    ItemRevision,
    MilestonePlan,
    MilestoneWithdrawal,
    Plan,
    ProgressReport,
    ReportWithdrawal,
    Review,
    Urge,
)
from tasks.models.latest import Latest, Moment

CHUNK = 2000  # rows that are read at a time


class FactKind(IntEnum):
    """The kinds of facts, in the order in which they are read."""

    PLAN_END = 1
    DUE_DATE = 2
    CLOSURE = 3
    REQUEST = 4
    SENT_BACK = 5
    REVIEW = 6
    URGE = 7
    MILESTONE = 8
    INSTRUCTION = 9


class FactRow(NamedTuple):
    """A fact as it is read: `of` is its assignment, `owner` the agency, `within` the period.

    Of a due date, `of` is the item, `within` the plan, and `word` what the notice writes. Of a milestone too, with its
    name as `word`, and as `owner` the agency that it names, if any. Of a plan's end, `within` is the plan, and `day`
    the latest due date in it. Of an urge, `owner` is who was urged, and
    `owner_ended` the day on which it was, or will be, succeeded. So of an instruction, which `within` names, with its
    leader as `word`.
    """

    what: int
    at: datetime
    key: int
    of: Any = None
    owner: Any = None
    within: Any = None
    word: str | None = None
    day: date | None = None
    owner_ended: date | None = None


NOTHING: dict[str, Expression] = {
    "of": Cast(Value(None), BigIntegerField()),
    "owner": Cast(Value(None), BigIntegerField()),
    "within": Cast(Value(None), BigIntegerField()),
    "word": Cast(Value(None), CharField()),
    "day": Cast(Value(None), DateField()),
    "owner_ended": Cast(Value(None), DateField()),
}
OWNER = "assignment__agency_id"


class Asked(NamedTuple):
    """As of which moment facts are asked for, of all agencies or one.

    Of due dates alone those of items that were ever due by `due_until`; ends of plans that are over by `last`.
    """

    moment: datetime
    due_until: date
    last: date
    agency: int | None = None


def read_facts(asked: Asked) -> Iterator[FactRow]:
    """Reads them oldest first of each kind."""
    return map(FactRow._make, _facts(**asked._asdict(), of_all=asked.agency is None))


@streamed(CHUNK, moment=DateTimeField(), due_until=DateField(), last=DateField(), agency=IntegerField())
def _facts(moment: Param, due_until: Param, last: Param, agency: Param, *, of_all: bool) -> QuerySet[Any, Any]:
    first, *others = _branches(moment, due_until, last, None if of_all else agency)
    return first.union(*others, all=True).order_by("what", "at", "key")


def _branches(moment: Moment, due_until: Param, last: Param, agency: Param | None) -> Iterator[QuerySet[Any, Any]]:
    known = Q(recorded_at__lte=moment)
    mine = Q() if agency is None else Q(assignment__agency=agency)
    yield _rows(
        FactKind.PLAN_END,
        Plan.objects.filter(due_on__lt=last),
        at=F("imported_at"),
        within=F("pk"),
        day=_latest_due_date(moment),
    )
    early = ItemRevision.objects.filter(known, due_on__lte=due_until)
    yield _rows(
        FactKind.DUE_DATE,
        ItemRevision.objects.filter(known, item__in=early.order_by().values("item")),
        of=F("item_id"),
        within=F("item__plan_id"),
        word=F("due_words"),
        day=F("due_on"),
    )
    yield _rows(FactKind.CLOSURE, Closure.objects.filter(known, mine), of=F("assignment_id"), word=F("kind"))
    requests = AgencyRequest.objects.waiting(moment).filter(mine)
    yield _rows(FactKind.REQUEST, requests, at=F("asked_at"), of=F("assignment_id"), owner=F(OWNER), word=F("kind"))
    yield _rows(
        FactKind.SENT_BACK,
        _sent_back(moment, agency),
        key=F("report_id"),
        of=F("report__assignment_id"),
        owner=F(f"report__{OWNER}"),
        within=F("report__period_id"),
    )
    waiting = ProgressReport.objects.waiting(moment).filter(mine)
    yield _rows(FactKind.REVIEW, waiting, of=F("assignment_id"), owner=F(OWNER), within=F("period_id"))
    urges = Urge.objects.unanswered(moment)
    if agency is not None:
        urges = urges.filter(agency__in=Agency.objects.followed_by(agency))
    milestones = _open_milestones(moment)
    if agency is not None:
        own = Assignment.objects.in_force(moment).filter(agency=agency)
        milestones = milestones.filter(milestone__item__in=own.values("item"))
    yield _rows(
        FactKind.MILESTONE,
        milestones,
        key=F("milestone_id"),
        of=F("milestone__item_id"),
        owner=F("milestone__agency_id"),
        within=F("milestone__item__plan_id"),
        word=F("milestone__name"),
        day=F("planned_on"),
    )
    asked = InstructedAssignment.objects.unanswered(moment)
    if agency is not None:
        asked = asked.filter(assignment__agency__in=Agency.objects.followed_by(agency))
    yield _rows(
        FactKind.INSTRUCTION,
        asked,
        at=F("instruction__recorded_at"),
        of=F("assignment_id"),
        owner=F(OWNER),
        within=F("instruction_id"),
        word=F("instruction__leader"),
        day=F("instruction__answer_by"),
        owner_ended=F("assignment__agency__ended_on"),
    )
    yield _rows(FactKind.URGE, urges, owner=F("agency_id"), day=F("reply_by"), owner_ended=F("agency__ended_on"))


def _rows(what: FactKind, rows: QuerySet[Any, Any], **columns: Expression | F) -> QuerySet[Any, Any]:
    """The rows as facts: every branch has the same columns."""
    named = {"what": Value(what, IntegerField()), "at": F("recorded_at"), "key": F("pk")} | NOTHING | columns
    return rows.order_by().annotate(**named).values_list(*FactRow._fields)


def _latest_due_date(moment: Moment) -> Expression:
    """Of a plan, the latest due date in force of its items."""
    items = ActionItem.objects.filter(plan=OuterRef("pk")).annotate(
        due=Latest("ItemRevision", "due_on", moment, item="pk")
    )
    latest = items.order_by().values("plan").annotate(latest=Max("due")).values("latest")
    return Subquery(latest, output_field=DateField())  # type: ignore[return-value]  # the stubs know it as no Expression


def kept_reports(moment: Moment) -> QuerySet[ProgressReport]:
    """Reports filed by then and not taken back; asked so that PostgreSQL may hold whole tables against each other."""
    taken_back = ReportWithdrawal.objects.filter(report=OuterRef("pk"), recorded_at__lte=moment)
    return ProgressReport.objects.filter(~Exists(taken_back), recorded_at__lte=moment)


def _sent_back(moment: Moment, agency: Param | None) -> QuerySet[Review]:
    """The reviews that sent a report back which was not filed again since."""
    reviews = Review.objects.filter(recorded_at__lte=moment)
    newer = kept_reports(moment).filter(
        later_than("report__"), assignment=OuterRef("report__assignment"), period=OuterRef("report__period")
    )
    in_force = Q(report__assignment__ended_at__isnull=True) | Q(report__assignment__ended_at__gt=moment)
    return reviews.filter(
        ~Exists(reviews.filter(later_than(""), report=OuterRef("report"))),
        ~Exists(newer),
        in_force,
        Q() if agency is None else Q(report__assignment__agency=agency),
        verdict=Review.Verdict.SENT_BACK,
    )


def _open_milestones(moment: Moment) -> QuerySet[MilestonePlan]:
    """The place in force of each milestone that is yet to be done: not withdrawn, and not reported or sent back."""
    places = MilestonePlan.objects.filter(recorded_at__lte=moment)
    newer = places.filter(later_than(""), milestone=OuterRef("milestone"))
    withdrawn = MilestoneWithdrawal.objects.filter(milestone=OuterRef("milestone"), recorded_at__lte=moment)
    standing = places.annotate(done=Latest("MilestoneDone", "id", moment, milestone="milestone"))
    standing = standing.annotate(confirmed=Latest("MilestoneReview", "is_confirmed", moment, done="done"))
    to_do = Q(done__isnull=True) | Q(confirmed=False)
    return standing.filter(to_do, ~Exists(newer), ~Exists(withdrawn))


def later_than(field: str) -> Q:
    """Whether a fact in a subquery came after the outer one, which `field` leads to; "" for itself."""
    when, key = OuterRef(f"{field}recorded_at"), OuterRef(f"{field}pk")
    return Q(recorded_at__gt=when) | Q(recorded_at=when, pk__gt=key)
