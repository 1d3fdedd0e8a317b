"""Everything that happened to an item, in common columns: one query over all fact tables."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, CharField, DateField, DateTimeField, F, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from qa_plan.compile_once import Param, compile_once
from tasks.models import (
    ActionItem,
    AgencyRequest,
    Assignment,
    Closure,
    Decision,
    ItemRevision,
    ProgressReport,
    Receipt,
    Review,
    UrgedAssignment,
    Waiver,
    WeightRevision,
)

COLUMNS = (
    "event_kind",
    "event_at",
    "agency_pk",
    "agency_name",
    "percent_then",
    "period_code",
    "due_then",
    "event_note",
    "event_word",
    "event_by",
    "agency_end",
)
TURN = Case(When(is_waived=True, then=Value("免报")), default=Value("恢复应报"))
URGE_LABEL = Concat(
    Value("〔"), Cast("urge__year", CharField()), Value("〕"), Cast("urge__number", CharField()), Value("号")
)
ASKED = Case(When(goes_on=True, then=Value("carried")), default=Value("request"))
ANSWER = Case(When(is_granted=True, then=Value("granted")), default=Value("refused"))


@dataclass(frozen=True, slots=True)
class Event:
    """One fact; what its columns mean depends on its kind."""

    kind: str
    at: datetime
    agency_id: int | None
    agency: str
    percent: int | None
    period: str
    due_on: date | None
    note: str
    word: str
    by: str
    agency_ended_on: date | None = None


def events(item: ActionItem, moment: datetime, limit: int) -> list[Event]:
    """The item's newest facts up to the moment, newest first. One query over all fact tables."""
    return [Event(*row) for row in _facts(item=item.pk, moment=moment, limit=limit)]


@compile_once(item=IntegerField(), moment=DateTimeField())
def _facts(item: Param, moment: Param, *, limit: int) -> QuerySet[Assignment, tuple]:
    assignments = Assignment.objects.filter(item=item)
    by_assignment = {"assignment__item": item, "recorded_at__lte": moment}
    urged = UrgedAssignment.objects.filter(assignment__item=item).annotate(urge_label=URGE_LABEL)
    parts = [
        _part(assignments.filter(recorded_at__lte=moment), "assigned", "recorded_at", "", word="role"),
        _part(assignments.filter(ended_at__lte=moment), "withdrawn", "ended_at", "", note="end_reason"),
        _part(Receipt.objects.filter(**by_assignment), "receipt", "recorded_at", "assignment__"),
        _part(
            ProgressReport.objects.filter(**by_assignment),
            "report",
            "recorded_at",
            "assignment__",
            percent="percent",
            period="period__code",
        ),
        _part(
            Review.objects.filter(report__assignment__item=item, recorded_at__lte=moment),
            "review",
            "recorded_at",
            "report__assignment__",
            percent="report__percent",
            period="report__period__code",
            note="comment",
            word="verdict",
            by="recorded_by__display_name",
        ),
        _part(
            Closure.objects.filter(**by_assignment),
            "closure",
            "recorded_at",
            "assignment__",
            note="reason",
            word="kind",
            by="recorded_by__display_name",
        ),
        _part(
            WeightRevision.objects.filter(**by_assignment),
            "weight",
            "recorded_at",
            "assignment__",
            percent="weight",
            note="reason",
            by="recorded_by__display_name",
        ),
        _part(
            Waiver.objects.filter(**by_assignment).annotate(turn=TURN),
            "waiver",
            "recorded_at",
            "assignment__",
            period="period__code",
            note="reason",
            word="turn",
            by="recorded_by__display_name",
        ),
        _part(
            ItemRevision.objects.filter(item=item, recorded_at__lte=moment),
            "revision",
            "recorded_at",
            None,
            due="due_on",
            note="reason",
            by="recorded_by__display_name",
        ),
        _part(
            AgencyRequest.objects.with_origin().filter(**by_assignment),
            ASKED,
            "recorded_at",
            "assignment__",
            due="due_on",
            note="reason",
            word="kind",
        ),
        _part(
            Decision.objects.filter(request__assignment__item=item, recorded_at__lte=moment),
            ANSWER,
            "recorded_at",
            "request__assignment__",
            due="request__due_on",
            note="comment",
            word="request__kind",
            by="recorded_by__display_name",
        ),
        _part(
            urged.filter(urge__recorded_at__lte=moment),
            "urge",
            "urge__recorded_at",
            "assignment__",
            due="urge__reply_by",
            note="urge__text",
            word="urge_label",
            by="urge__recorded_by__display_name",
        ),
        _part(
            urged.filter(urge__reply__recorded_at__lte=moment),
            "urge_reply",
            "urge__reply__recorded_at",
            "assignment__",
            note="urge__reply__text",
            word="urge_label",
        ),
    ]
    return parts[0].union(*parts[1:], all=True).order_by("-event_at", "event_kind", "agency_pk")[:limit]


def _part(
    facts: QuerySet,
    kind: str | Case,
    at: str,
    to_assignment: str | None,
    *,
    percent: str | None = None,
    period: str | None = None,
    due: str | None = None,
    note: str | None = None,
    word: str | None = None,
    by: str | None = None,
) -> QuerySet:
    """The facts of one table in the common columns; `to_assignment` is the way to its assignment, None without one."""

    def text(source: str | None) -> F | Value:
        return F(source) if source else Value("", CharField())

    def value(source: str | None, field: DateField | IntegerField) -> F | Cast:
        return F(source) if source else Cast(Value(None), field)

    agency = None if to_assignment is None else f"{to_assignment}agency"
    columns = (
        Value(kind, CharField()) if isinstance(kind, str) else kind,
        F(at),
        value(agency and f"{agency}_id", IntegerField()),
        text(agency and f"{agency}__name"),
        value(percent, IntegerField()),
        text(period),
        value(due, DateField()),
        text(note),
        text(word),
        Coalesce(F(by), Value("")) if by else Value("", CharField()),
        value(agency and f"{agency}__ended_on", DateField()),
    )
    return facts.order_by().annotate(**dict(zip(COLUMNS, columns, strict=True))).values_list(*COLUMNS)
