"""Everything that happened to an item, in common columns: one query over all fact tables, put into SQL once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    Expression,
    F,
    IntegerField,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from qa_plan.compile_once import Param, compile_once
from tasks.models import (
    ActionItem,
)
from tasks.pages.items.timeline.sources import SOURCES, Source
from tasks.standing.planned_steering import PlannedNote

ENDS_OF_PLANNED = ("st_done", "st_taken_back", "st_void")


@dataclass(frozen=True, slots=True)
class Event:
    """One fact; what its columns mean depends on its kind."""

    kind: str
    at: datetime
    agency_id: int | None
    agency: str | None  # of a milestone that names none
    percent: int | None
    period: str
    due_on: date | None
    note: str
    word: str
    by: str
    agency_ended_on: date | None = None
    paper: int | None = field(default=None, compare=False)  # the key of what it is about: a report, a request, an urge


def planned_in(facts: Iterable[Event]) -> list[PlannedNote]:
    """待生效: of all that happened, the changes of who answers that wait for their day, the next first."""
    happened = list(facts)
    ended = {event.percent for event in happened if event.kind in ENDS_OF_PLANNED}
    waiting = [event for event in happened if event.kind == "st_planned" and event.percent not in ended]
    notes = [PlannedNote(e.percent or 0, e.due_on or date.max, e.word, e.note, e.by, e.at) for e in waiting]
    return sorted(notes, key=lambda note: (note.effective_on, note.pk))


def events(item: ActionItem, moment: datetime, limit: int) -> list[Event]:
    """The item's newest facts up to the moment, newest first. One query over all fact tables."""
    return [Event(*row) for row in newest_facts(item=item.pk, moment=moment, limit=limit)]


@compile_once(item=IntegerField(), moment=DateTimeField())
def newest_facts(item: Param, moment: Param, *, limit: int) -> QuerySet[Any, tuple[Any, ...]]:
    """The newest first, as the columns of `Event`."""
    first, *others = (_events(source, item, moment) for source in SOURCES)
    return first.union(*others, all=True).order_by("-event_at", "event_kind", "agency_pk")[:limit]


def _events(source: Source, item: Param, moment: Param) -> QuerySet[Any, tuple[Any, ...]]:
    agency = None if source.to_assignment is None else f"{source.to_assignment}agency"
    columns = {
        "event_kind": source.kind if isinstance(source.kind, Expression) else Value(source.kind, CharField()),
        "event_at": F(source.at),
        "agency_pk": _value(agency and f"{agency}_id", IntegerField()),
        "agency_name": _text(agency and f"{agency}__name"),
        "percent_then": _value(source.percent, IntegerField()),
        "period_code": _text(source.period),
        "due_then": _value(source.due_on, DateField()),
        "event_note": _text(source.note),
        "event_word": _text(source.word),
        "event_by": Coalesce(F(source.by), Value("")) if source.by else _text(None),
        "agency_end": _value(agency and f"{agency}__ended_on", DateField()),
        "paper_pk": _value(source.key, BigIntegerField()),
    }
    facts = source.facts.filter(**{f"{source.to_assignment or ''}item": item, f"{source.at}__lte": moment})
    return facts.order_by().annotate(**columns).values_list(*columns)


def _text(source: str | Expression | None) -> Expression | F:
    if isinstance(source, Expression):
        return source
    return F(source) if source else Value("", CharField())


def _value(source: str | Expression | None, field: DateField | IntegerField) -> Expression | F:
    if isinstance(source, Expression):
        return source
    return F(source) if source else Cast(Value(None), field)
