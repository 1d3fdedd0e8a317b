"""What the item's page shows besides its text: its assignments side by side, with their texts and their filing."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import DateField, DateTimeField, IntegerField, QuerySet, Value

from qa_plan.compile_once import Param, compile_once
from tasks.models import (
    ActionItem,
    Assignment,
    Evidence,
    LightChange,
    Measure,
    ProgressReport,
    ReportEvidence,
    ReportingPeriod,
)
from tasks.models.obligation import obligation
from tasks.rules.asof import AsOf
from tasks.rules.status import SEVERITY, Light
from tasks.standing.course import State, state_of_read
from tasks.standing.filing import (
    Filing,
    FilingCount,
    count_filings,
    filing_of,
    newest_by_assignment,
    opened_periods,
    shown_filing,
)
from tasks.standing.rollup import ItemStanding, Standing, item_standings, standings_from_objects


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    assignment: Assignment
    standing: Standing
    report: ProgressReport | None
    evidence: list[Evidence]
    filing: Filing | None
    waiting_percent: int | None

    @property
    def state(self) -> State:
        return state_of_read(self.assignment)


class ItemPage:
    """An item as it stood on a day. Of reports that aren't accepted it tells where they stand, never what they say."""

    def __init__(self, item: ActionItem, as_of: AsOf) -> None:
        self.item = item
        self.plan = item.plan.at(as_of.moment)
        self.as_of = as_of

    @cached_property
    def measures(self) -> list[Measure]:
        return _measures(item=self.item.pk)

    @cached_property
    def held(self) -> list[Assignment]:
        """Those in force on the day, and those that were when the current period closed, if it has."""
        moment, period = self.as_of.moment, self.period
        asked = period.terms_at(moment) if period else None
        return _assignments(
            item=self.item.pk,
            moment=moment,
            period=asked and asked.period,
            closing=asked.closing if asked else moment,
            has_period=asked is not None,
            assists=asked is not None and asked.assists,
        )

    @property
    def is_weighted(self) -> bool:
        """Whether the mean is another than that of the percentages as they are."""
        return len({row.weight for row in self.standing.leads}) > 1

    @cached_property
    def assignments(self) -> list[Assignment]:
        return [one for one in self.held if one.ended_at is None or one.ended_at > self.as_of.moment]

    @cached_property
    def names(self) -> dict[int, str]:
        return {assignment.agency_id: assignment.agency.name for assignment in self.assignments}

    @cached_property
    def standing(self) -> ItemStanding:
        rows = standings_from_objects(self.assignments, self.plan, self.as_of.day)
        return item_standings([self.item], rows, self.plan, self.as_of.day)[0]

    @cached_property
    def periods(self) -> dict[str, ReportingPeriod]:
        """Those opened by the day, by code; the last one is current."""
        return {period.code: period for period in opened_periods(self.plan, self.as_of.day)}

    @cached_property
    def period(self) -> ReportingPeriod | None:
        return list(self.periods.values())[-1] if self.periods else None

    @cached_property
    def reports(self) -> list[ProgressReport]:
        return _reports(item=self.item.pk, moment=self.as_of.moment)

    @cached_property
    def evidence(self) -> dict[int, list[Evidence]]:
        """By the key of the report that it was filed with."""
        found: dict[int, list[Evidence]] = defaultdict(list)
        for attached in _attached(item=self.item.pk, moment=self.as_of.moment):
            found[attached.report_id].append(attached.evidence)
        return found

    @cached_property
    def lines(self) -> list[AssignmentLine]:
        """Every assignment, the worst light first, then the lowest percentage."""
        by_pk = {report.pk: report for report in self.reports}
        newest = newest_by_assignment(self.reports, self.period)
        standing_by_pk = {row.pk: row for row in (*self.standing.leads, *self.standing.assists)}
        lines = []
        for assignment in self.assignments:
            standing = standing_by_pk[assignment.pk]
            latest = newest.get(assignment.pk)
            filing = shown_filing(standing.obligation, filing_of(latest) if latest else None)
            lines.append(
                AssignmentLine(
                    assignment=assignment,
                    standing=standing,
                    report=by_pk.get(assignment.standing_report or 0),
                    evidence=self.evidence[assignment.standing_report or 0],
                    filing=filing,
                    waiting_percent=latest.percent if latest and filing == Filing.WAITING else None,
                )
            )
        return sorted(lines, key=lambda line: (SEVERITY[line.standing.light], line.standing.percent))

    @property
    def leads(self) -> list[AssignmentLine]:
        return [line for line in self.lines if line.standing.is_lead]

    @property
    def assists(self) -> list[AssignmentLine]:
        return [line for line in self.lines if not line.standing.is_lead]

    @cached_property
    def filing(self) -> FilingCount | None:
        """Of the current period, as its page counts: once it has closed, of whoever had the item's parts then."""
        if self.period is None:
            return None
        newest = newest_by_assignment(self.reports, self.period)
        states = {pk: filing_of(report) for pk, report in newest.items()}
        return count_filings(self.period, ((one.pk, one.obligation) for one in self.held), states)

    # ── the light over time ──

    @cached_property
    def light_changes(self) -> list[LightChange]:
        """As recorded by the daily round, newest first."""
        return _light_changes(item=self.item.pk, day=self.as_of.day)

    @property
    def since(self) -> date:
        """Since when the light is what it is; today where it changed today."""
        last = next((change for change in self.light_changes if change.day < self.as_of.day), None)
        return last.day if last and last.light == self.standing.light else self.as_of.day

    @property
    def days_since(self) -> int:
        return (self.as_of.day - self.since).days + 1

    @property
    def was_red(self) -> LightChange | None:
        """曾逾期: the first time it was red, which stays visible after repair."""
        if self.standing.light == Light.RED:
            return None
        return next((change for change in reversed(self.light_changes) if change.light == Light.RED), None)


# ── what the page asks ──


@compile_once(item=IntegerField())
def _measures(item: Param) -> QuerySet[Measure]:
    return Measure.objects.filter(item=item).order_by("number")


@compile_once(item=IntegerField(), moment=DateTimeField(), period=IntegerField(), closing=DateTimeField())
def _assignments(
    item: Param, moment: Param, period: Param, closing: Param, *, has_period: bool, assists: bool
) -> QuerySet[Assignment]:
    owed = obligation(period, closing, assists=assists) if has_period else Value("")
    assignments = (
        Assignment.objects.held(closing, moment).filter(item=item).with_standing(moment, owed).with_course(moment)
    )
    return assignments.select_related("agency").order_by("agency__ordinal", "agency_id")


@compile_once(item=IntegerField(), moment=DateTimeField())
def _reports(item: Param, moment: Param) -> QuerySet[ProgressReport]:
    return ProgressReport.objects.as_of(moment).filter(assignment__item=item)


@compile_once(item=IntegerField(), moment=DateTimeField())
def _attached(item: Param, moment: Param) -> QuerySet[ReportEvidence]:
    attached = ReportEvidence.objects.filter(report__assignment__item=item, report__recorded_at__lte=moment)
    return attached.select_related("evidence__blob").order_by("evidence_id")


@compile_once(item=IntegerField(), day=DateField())
def _light_changes(item: Param, day: Param) -> QuerySet[LightChange]:
    return LightChange.objects.filter(item=item, day__lte=day).order_by("-day")
