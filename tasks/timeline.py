"""经过: one line of time for an item, read from the fact tables themselves; there is no second log."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from django.db.models import Case, CharField, DateField, DateTimeField, F, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from agencies.models import User
from tasks.access import sees_comments
from tasks.models import (
    ActionItem,
    AgencyRequest,
    Assignment,
    Closure,
    Decision,
    ItemRevision,
    LightChange,
    ProgressReport,
    Receipt,
    ReportingPeriod,
    Review,
    UrgedAssignment,
    Waiver,
    WeightRevision,
)
from tasks.prepared import Given, prepared
from tasks.status import Light

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
)
PRIVATE_KINDS = ("review", "request", "granted", "refused", "urge", "urge_reply")


TURN = Case(When(is_waived=True, then=Value("免报")), default=Value("恢复应报"))
URGE_LABEL = Concat(
    Value("〔"), Cast("urge__year", CharField()), Value("〕"), Cast("urge__number", CharField()), Value("号")
)
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


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the page: everything of one kind that happened on one day. `by` names the office's people."""

    day: date
    text: str
    note: str = ""
    is_key: bool = False
    light: Light | None = None
    by: str = ""


def events(item: ActionItem, moment: datetime, limit: int) -> list[Event]:
    """The item's newest facts up to the moment, newest first. One query over all fact tables."""
    return [Event(*row) for row in _facts(item=item.pk, moment=moment, limit=limit)]


@prepared(item=IntegerField(), moment=DateTimeField())
def _facts(item: Given, moment: Given, *, limit: int) -> QuerySet[Assignment, tuple]:
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
            AgencyRequest.objects.filter(**by_assignment),
            "request",
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
    )
    return facts.order_by().annotate(**dict(zip(COLUMNS, columns, strict=True))).values_list(*COLUMNS)


def entries(
    facts: Iterable[Event], lights: Iterable[LightChange], *, viewer: User, periods: dict[str, ReportingPeriod]
) -> list[Entry]:
    """The facts and light changes as lines of a page, newest day first; what the viewer may not read is left out."""
    at_the_end = float("inf")  # a light is recorded at its day's end
    told = list(_fact_entries(facts, viewer, periods))
    for change in lights:
        if change.previous:
            told.append((change.day, at_the_end, Entry(change.day, change.reason, light=Light(change.light))))
    return [entry for _, _, entry in sorted(told, key=lambda line: line[:2], reverse=True)]


def _fact_entries(
    facts: Iterable[Event], viewer: User, periods: dict[str, ReportingPeriod]
) -> Iterator[tuple[date, float, Entry]]:
    """Each entry with its day and the instant of its last fact."""

    def day_and_kind(event: Event) -> tuple[date, str, str, str]:
        return timezone.localdate(event.at), event.kind, event.word, event.period

    for (day, kind, word, period), group in groupby(sorted(facts, key=day_and_kind, reverse=True), key=day_and_kind):
        same = sorted(group, key=lambda event: event.at, reverse=True)
        agencies = list(dict.fromkeys(event.agency for event in same))
        who = "、".join(agencies) if len(agencies) <= 3 else f"{len(agencies)}家单位"
        period_name = str(periods[period]) if period in periods else ""
        note = "；".join(event.note for event in same if event.note and _may_read(viewer, event))
        entry = _entry(kind, word, day=day, who=who, period=period_name, same=same, note=note)
        by = "、".join(dict.fromkeys(event.by for event in same if event.by))
        yield day, same[0].at.timestamp(), replace(entry, by=by)


def _may_read(viewer: User, event: Event) -> bool:
    """What a review says, and what is asked for and answered, is for the agency and those who oversee it."""
    return event.kind not in PRIVATE_KINDS or sees_comments(viewer, event.agency_id or 0)


def _entry(kind: str, word: str, *, day: date, who: str, period: str, same: list[Event], note: str) -> Entry:
    figures = "、".join(f"{event.percent}%" for event in same if event.percent is not None) if len(same) <= 3 else ""
    behind = f"（{figures}）" if figures else ""
    if kind == "assigned":
        role = Assignment.Role(word).label
        return Entry(day, f"交办{who}{role}", is_key=True)
    if kind == "revision":
        dates = [f"完成时限定为{event.due_on:%Y-%m-%d}" if event.due_on else "定为持续推进" for event in reversed(same)]
        return Entry(day, "，又".join(dict.fromkeys(dates)), note, is_key=True)
    if kind == "review":
        return Entry(day, f"{Review.Verdict(word).label}{who}{period}报告{behind}", note, is_key=word == "accepted")
    if kind == "closure":
        return Entry(day, f"{who}{Closure.Kind(word).label}", note, is_key=True)
    if kind in ("request", "granted", "refused"):
        return _entry_of_request(kind, word, day=day, who=who, same=same, note=note)
    if kind == "weight":
        weights = "、".join(f"{event.agency}权重定为{event.percent}" for event in reversed(same))
        return Entry(day, weights, "；".join(dict.fromkeys(event.note for event in same)), is_key=True)
    if kind == "waiver":
        return Entry(day, f"{who}{period}{word}", note)
    if kind == "urge":
        return Entry(day, f"催办{word}：{who}，{same[0].due_on:%Y-%m-%d}前答复", note, is_key=True)
    if kind == "urge_reply":
        return Entry(day, f"{who}答复催办{word}", note)
    texts = {"withdrawn": f"撤回{who}的责任分工", "receipt": f"{who}签收", "report": f"{who}报送{period}进展{behind}"}
    return Entry(day, texts[kind], note)


def _entry_of_request(kind: str, word: str, *, day: date, who: str, same: list[Event], note: str) -> Entry:
    dates = list(dict.fromkeys(f"{event.due_on:%Y-%m-%d}" for event in same if event.due_on))
    until = f"（延至{'、'.join(dates)}）" if dates else ""
    asked = {"decline": "申请退回（非本单位职责）", "extension": f"申请延期{until}", "completion": "申请办结"}[word]
    answer = {"request": "", "granted": "同意", "refused": "不同意"}[kind]
    return Entry(day, f"{answer}{who}{asked}", note, is_key=kind != "request")
