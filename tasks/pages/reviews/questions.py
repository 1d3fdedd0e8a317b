"""What the review desk asks besides its queue."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Exact

from agencies.models import TOP, ChangeChain, User
from qa_plan.compile_once import AmongFew, InKeys, KeyList, Param, compile_once
from tasks.models import Assignment, ProgressReport, ReportEvidence, ReviewPhrase
from tasks.models.evidence import MARKED
from tasks.models.latest import Latest
from tasks.models.version import version_of_record
from tasks.standing.going_on import filed_at

COLLEAGUE, OWN, OFFICE = range(3)


class Queued(NamedTuple):
    """A report that waits, as far as it is chosen, ordered and counted by."""

    key: int
    plan: int
    section: int
    place: float
    agency: int
    ordinal: int
    filed_at: datetime
    percent: int
    change: int


READ = {
    "key": "pk",
    "plan": "assignment__item__plan",
    "section": "assignment__item__section",
    "place": "assignment__item__place",
    "agency": "assignment__agency",
    "ordinal": "assignment__agency__ordinal",
    "filed_at": "filed",
}


def record_version() -> str:
    """The version of the record of changes, of a record without a row too."""
    return next(iter(_record_versions()), " ")


@compile_once()
def _record_versions() -> QuerySet[ChangeChain, str]:
    return ChangeChain.objects.values_list(version_of_record(), flat=True)


@compile_once(moment=DateTimeField(), home=CharField())
def queued(moment: Param, home: Param) -> QuerySet[ProgressReport, tuple[Any, ...]]:
    """All that waits of the plans of the office at `home`: the task of each report, and the columns of `Queued`."""
    # Found first, by their index: from the tasks on, PostgreSQL would look at every report that each ever had.
    unsettled = ProgressReport.objects.unsettled(moment).order_by().values("pk")
    return _queued(moment, home).filter(AmongFew(F("pk"), Subquery(unsettled)))


@compile_once(items=KeyList(), moment=DateTimeField(), home=CharField())
def queued_of_tasks(items: Param, moment: Param, home: Param) -> QuerySet[ProgressReport, tuple[Any, ...]]:
    """The same of those tasks."""
    return _queued(moment, home).filter(InKeys(F("assignment__item"), items))


def _queued(moment: Param, home: Param) -> QuerySet[ProgressReport, tuple[Any, ...]]:
    of_office = Exact(Coalesce(F("assignment__item__plan__office"), Value(TOP)), home)
    reports: Any = ProgressReport.objects.waiting(moment).filter(of_office).order_by()
    reports = reports.annotate(filed=filed_at(), change=F("percent") - Coalesce(_last("percent", moment), 0))
    rows: QuerySet[ProgressReport, tuple[Any, ...]] = reports.values_list(
        "assignment__item", *(READ.get(name, name) for name in Queued._fields)
    )
    return rows


def _last(column: str, moment: Param) -> Latest:
    return Latest("AcceptedProgress", column, moment, assignment="assignment")


@compile_once(keys=KeyList(), moment=DateTimeField())
def reports_by_key(keys: Param, moment: Param) -> QuerySet[ProgressReport]:
    """Those reports with all that a row of the queue shows."""
    former = ProgressReport.objects.filter(pk=OuterRef("last_report"))
    evidence = ReportEvidence.objects.filter(report=OuterRef("pk"))
    reports: Any = ProgressReport.objects.filter(InKeys(F("pk"), keys)).order_by().with_first_filing(moment)
    reports = reports.annotate(
        filed_at=filed_at(),
        last_percent=_last("percent", moment),
        last_report=_last("report", moment),
        due_on=Latest("ItemRevision", "due_on", moment, item="assignment__item"),
        has_evidence=Exists(evidence),
        has_marks=Exists(evidence.filter(MARKED)),
    ).annotate(last_text=Subquery(former.values("progress")))
    found: QuerySet[ProgressReport] = reports.select_related("assignment__agency", "assignment__item", "period").defer(
        "assignment__item__text"
    )
    return found


class Offered(NamedTuple):
    """What the forms beside a report offer: a colleague to mention, or a phrase to choose."""

    kind: int
    place: int
    words: str
    pk: int

    def __str__(self) -> str:
        return self.words

    @property
    def text(self) -> str:
        return self.words


def colleagues_of(user: User) -> QuerySet[User]:
    """The other coordinators of the office, whom a comment may mention."""
    return User.objects.of_office(user.office_id).coordinators().exclude(pk=user.pk).order_by("display_name", "pk")


def offered_to(user: User) -> list[Offered]:
    """Both in one query: colleagues by name, then the person's own phrases and the office's."""
    name = Case(When(display_name="", then=F("username")), default=F("display_name"))
    whose = Case(When(owner=None, then=Value(OFFICE)), default=Value(OWN))
    phrases = ReviewPhrase.objects.offered_to(user)
    rows = _offered(colleagues_of(user), Value(COLLEAGUE), Value(0), name).union(
        _offered(phrases, whose, F("place"), F("text")), all=True
    )
    return sorted(Offered(*row) for row in rows)


def _offered(rows: QuerySet[Any], kind: Any, place: Any, words: Any) -> QuerySet[Any, Any]:
    columns = {
        "told_kind": Cast(kind, IntegerField()),
        "told_place": Cast(place, IntegerField()),
        "told_words": Cast(words, TextField()),
        "told_key": Cast(F("pk"), BigIntegerField()),
    }
    return rows.order_by().annotate(**columns).values_list(*columns)


@compile_once(assignment=IntegerField(), moment=DateTimeField())
def history_of(assignment: Param, moment: Param) -> QuerySet[ProgressReport]:
    """Every report of the assignment, newest first, with its verdict and who filed it."""
    reports = ProgressReport.objects.as_of(moment).filter(assignment=assignment)
    return reports.with_origin().with_first_filing(moment).select_related("period", "recorded_by")


@compile_once(item=IntegerField(), moment=DateTimeField())
def assignments_of(item: Param, moment: Param) -> QuerySet[Assignment]:
    """All of the item's, as they stand."""
    return Assignment.objects.in_force(moment).with_standing(moment, Value("")).filter(item=item)
