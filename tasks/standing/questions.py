"""What several pages ask of a plan's periods, of indicators and of milestones, put into SQL once."""

from datetime import date
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast

from qa_plan.compile_once import InKeys, KeyList, Param, compile_once
from tasks.models import (
    ActionItem,
    Assignment,
    Duty,
    Indicator,
    IndicatorReading,
    Measure,
    MilestonePlan,
    ReportingPeriod,
)
from tasks.models.existence import existed_at
from tasks.models.latest import Latest, Moment
from tasks.models.obligation import obligation
from tasks.models.read_then import former
from tasks.standing.rollup import COLUMNS


@compile_once(plan=IntegerField(), day=DateField(), moment=DateTimeField())
def periods_opened(plan: Param, day: Param, moment: Param) -> QuerySet[ReportingPeriod]:
    """By that day, oldest first, each with `is_locked` as of the moment."""
    is_locked = Latest("PeriodLock", "is_locked", moment, period="pk")
    opened = ReportingPeriod.objects.filter(plan=plan, opens_on__lte=day)
    return opened.annotate(is_locked=is_locked).order_by("opens_on")


@compile_once(plans=KeyList(), day=DateField(), moment=DateTimeField())
def periods_opened_of(plans: Param, day: Param, moment: Param) -> QuerySet[ReportingPeriod]:
    """Those of the plans that opened by that day, the last one first, each with `is_locked`."""
    is_locked = Latest("PeriodLock", "is_locked", moment, period="pk")
    opened = ReportingPeriod.objects.filter(InKeys(F("plan"), plans), opens_on__lte=day)
    return opened.annotate(is_locked=is_locked).order_by("-opens_on")


class ItemPart(NamedTuple):
    """A measure, or a duty and one agency that it names; `words` are the measure, or the duty's ending."""

    is_duty: bool
    number: int
    words: str
    start: int
    end: int
    due_words: str
    due_start: int | None
    due_on: date | None
    recurs: str
    rule: str
    agency: int | None
    name: str | None
    role: str | None
    place: int | None

    @property
    def deadline(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in DEADLINE}


DEADLINE = ("due_words", "due_start", "due_on", "recurs")
PART = (
    *("is_duty", "place_in_item", "words", "start", "end", *DEADLINE),
    *("rule", "named_agency", "named_name", "named_role", "named_place"),
)


@compile_once(item=IntegerField())
def parts_of(item: Param) -> QuerySet[Any, tuple[Any, ...]]:
    """The item's measures and then its duties, in their order, as the columns of `ItemPart`."""
    measure = {
        "is_duty": Value(False, BooleanField()),
        "place_in_item": F("number"),
        "words": F("text"),
        "rule": Value("", CharField()),
        "named_agency": Cast(Value(None), IntegerField()),
        "named_name": Cast(Value(None), CharField()),
        "named_role": Cast(Value(None), CharField()),
        "named_place": Cast(Value(None), IntegerField()),
    }
    duty = measure | {
        "is_duty": Value(True, BooleanField()),
        "words": F("ending"),
        "rule": F("assist_rule"),
        "named_agency": F("named__agency_id"),
        "named_name": F("named__agency__name"),
        "named_role": F("named__role"),
        "named_place": F("named__pk"),
    }
    measures: QuerySet[Any, Any] = Measure.objects.filter(item=item).order_by().annotate(**measure).values_list(*PART)
    duties: QuerySet[Any, Any] = Duty.objects.filter(item=item).order_by().annotate(**duty).values_list(*PART)
    return measures.union(duties, all=True).order_by("is_duty", "place_in_item", "named_place")


@compile_once(item=IntegerField())
def targets_of_item(item: Param) -> QuerySet[Indicator]:
    return Indicator.objects.filter(item=item).order_by("start")


@compile_once(item=IntegerField(), moment=DateTimeField())
def indicators_of_item(item: Param, moment: Param) -> QuerySet[Indicator]:
    """Each with `value`, the latest reading of any agency that was accepted, and `due_on`."""
    return _read(Indicator.objects.filter(item=item), accepted_readings(moment), moment)


@compile_once(agency=IntegerField(), plan=IntegerField(), moment=DateTimeField())
def indicators_of_agency(agency: Param, plan: Param, moment: Param) -> QuerySet[Indicator]:
    """Those of which it gave readings that were accepted, with `value`, its own latest one, `due_on` and `former`."""
    own = accepted_readings(moment).filter(report__assignment__agency=agency)
    read = _read(Indicator.objects.filter(Exists(own), item__plan=plan), own, moment)
    return read.annotate(former=former(moment, "item"))


def accepted_readings(moment: Moment) -> QuerySet[IndicatorReading]:
    """The outer indicator's readings of reports that were accepted by that moment, of the newest period first."""
    return (
        IndicatorReading.objects.filter(indicator=OuterRef("pk"), report__recorded_at__lte=moment)
        .alias(verdict=Latest("Review", "verdict", moment, report="report"))
        .filter(verdict="accepted")
        .order_by("-report__period__starts_on", "-report__recorded_at", "-report_id")
    )


def _read(indicators: QuerySet[Indicator], readings: QuerySet[IndicatorReading], moment: Param) -> QuerySet[Indicator]:
    due_on = Latest("ItemRevision", "due_on", moment, item="item")
    read = indicators.annotate(value=Subquery(readings.values("value")[:1]), due_on=due_on)
    return read.select_related("item").defer("item__text")


MILESTONE = (
    *("milestone_id", "milestone__item_id", "milestone__name", "milestone__agency_id", "milestone__agency__name"),
    *("milestone__measure__number", "milestone__duty__number", "milestone__recorded_at"),
    *("withdrawn_at", "withdrawal_reason", "done", "done_on", "done_at", "is_confirmed"),
    *("planned_on", "reason", "recorded_at"),
)


@compile_once(items=KeyList(), moment=DateTimeField())
def milestone_rows_of_items(items: Param, moment: Param) -> QuerySet[Any, tuple[Any, ...]]:
    """Every place of their milestones, oldest first of each, with what had become of it by the moment."""
    return _places(moment).filter(InKeys(F("milestone__item"), items)).values_list(*MILESTONE)


@compile_once(plan=IntegerField(), moment=DateTimeField())
def milestone_rows_of_plan(plan: Param, moment: Param) -> QuerySet[Any, tuple[Any, ...]]:
    existing = existed_at(moment, "milestone__item__")
    return _places(moment).filter(existing, milestone__item__plan=plan).values_list(*MILESTONE)


def _places(moment: Param) -> QuerySet[MilestonePlan]:
    def latest(model: str, column: str) -> Latest:
        return Latest(model, column, moment, milestone="milestone")

    places = MilestonePlan.objects.filter(recorded_at__lte=moment, milestone__recorded_at__lte=moment)
    places = places.annotate(
        withdrawn_at=latest("MilestoneWithdrawal", "recorded_at"),
        withdrawal_reason=latest("MilestoneWithdrawal", "reason"),
        done=latest("MilestoneDone", "id"),
        done_on=latest("MilestoneDone", "done_on"),
        done_at=latest("MilestoneDone", "recorded_at"),
    )
    places = places.annotate(is_confirmed=Latest("MilestoneReview", "is_confirmed", moment, done="done"))
    return places.order_by("milestone_id", "recorded_at", "pk")


@compile_once(items=KeyList(), moment=DateTimeField(), period=IntegerField(), closing=DateTimeField())
def standings_of_tasks(
    items: Param, moment: Param, period: Param, closing: Param, *, has_period: bool, assists: bool
) -> QuerySet[Assignment, tuple[Any, ...]]:
    """The assignments of some tasks, agencies in order: the task's place, and what their standing needs.

    Their `COLUMNS` but for the task's due date.
    """
    owed = obligation(period, closing, assists=assists) if has_period else Value("")
    rows = Assignment.objects.in_force(moment).with_standing(moment, owed).filter(InKeys(F("item"), items))
    return rows.order_by("agency__ordinal", "agency_id").values_list("item__place", *COLUMNS[:-1])


@compile_once(plan=IntegerField(), moment=DateTimeField(), period=IntegerField(), closing=DateTimeField())
def standings_of_plan(
    plan: Param, moment: Param, period: Param, closing: Param, *, has_period: bool, assists: bool
) -> QuerySet[Assignment, tuple[Any, ...]]:
    """The same of all of a plan's assignments, with their tasks' due dates."""
    owed = obligation(period, closing, assists=assists) if has_period else Value("")
    rows = Assignment.objects.in_force(moment).with_standing(moment, owed).filter(item__plan=plan)
    return rows.order_by("agency__ordinal", "agency_id").values_list("item__place", *COLUMNS)


@compile_once(plan=IntegerField(), moment=DateTimeField())
def due_dates_of_plan(plan: Param, moment: Param) -> QuerySet[ActionItem, tuple[int, date | None]]:
    """By the key of each task that there was at the moment, in the notice's order."""
    items = ActionItem.objects.existing(moment).filter(plan=plan).order_by("place")
    return items.as_of(moment).values_list("pk", "due_on")  # type: ignore[misc]  # the plugin knows no annotation here


@compile_once(items=KeyList(), moment=DateTimeField())
def due_dates_of_tasks(items: Param, moment: Param) -> QuerySet[ActionItem, tuple[int, date | None]]:
    """The same of some tasks."""
    items_asked = ActionItem.objects.existing(moment).filter(InKeys(F("pk"), items)).order_by("place")
    return items_asked.as_of(moment).values_list("pk", "due_on")  # type: ignore[misc]
