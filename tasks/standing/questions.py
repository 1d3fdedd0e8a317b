"""What several pages ask of a plan's periods and of indicators, put into SQL once."""

from django.db.models import DateField, DateTimeField, Exists, IntegerField, OuterRef, QuerySet, Subquery

from qa_plan.compile_once import Param, compile_once
from tasks.models import Indicator, IndicatorReading, ReportingPeriod
from tasks.models.latest import Latest, Moment


@compile_once(plan=IntegerField(), day=DateField(), moment=DateTimeField())
def periods_opened(plan: Param, day: Param, moment: Param) -> QuerySet[ReportingPeriod]:
    """By that day, oldest first, each with `is_locked` as of the moment."""
    is_locked = Latest("PeriodLock", "is_locked", moment, period="pk")
    opened = ReportingPeriod.objects.filter(plan=plan, opens_on__lte=day)
    return opened.annotate(is_locked=is_locked).order_by("opens_on")


@compile_once(item=IntegerField(), moment=DateTimeField())
def indicators_of_item(item: Param, moment: Param) -> QuerySet[Indicator]:
    """Each with `value`, the latest reading of any agency that was accepted, and `due_on`."""
    return _read(Indicator.objects.filter(item=item), accepted_readings(moment), moment)


@compile_once(agency=IntegerField(), plan=IntegerField(), moment=DateTimeField())
def indicators_of_agency(agency: Param, plan: Param, moment: Param) -> QuerySet[Indicator]:
    """Those of which it gave readings that were accepted, with `value`, its own latest one, and `due_on`."""
    own = accepted_readings(moment).filter(report__assignment__agency=agency)
    return _read(Indicator.objects.filter(Exists(own), item__plan=plan), own, moment)


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
