"""What the item's page shows besides its text: its assignments side by side, with their texts and their filing."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from agencies.models import Agency, User
from tasks.access import milestone_moves
from tasks.models import (
    ActionItem,
    Assignment,
    Evidence,
    LightChange,
    Measure,
    ProgressReport,
    ReportingPeriod,
)
from tasks.models.choices import RUNNING
from tasks.pages.items.questions import (
    assignments_with_course,
    evidence_of,
    light_changes_of,
    reports_on,
)
from tasks.rules.asof import AsOf
from tasks.rules.milestones import MilestoneMove
from tasks.rules.status import Light
from tasks.standing.correspondence import CarriedOut, corresponding_items
from tasks.standing.course import SETTLING, is_settling, state_of_read
from tasks.standing.duties import DutyLine, measures_and_duties, tells_more
from tasks.standing.explain import Step, remedy, steps
from tasks.standing.filing import (
    Filing,
    FilingCount,
    count_filings,
    filing_of,
    newest_by_assignment,
    opened_periods,
    shown_filing,
)
from tasks.standing.indicators import IndicatorRow, item_indicator_rows
from tasks.standing.milestones import (
    MilestoneStanding,
    Part,
    Successors,
    count_words,
    milestones_of_items,
)
from tasks.standing.quotation import Piece, item_pieces
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
    def state(self) -> str:
        """Where its course stands, in words."""
        is_done = is_settling(self.assignment, self.standing.percent)
        return SETTLING if is_done else state_of_read(self.assignment).label


class ItemPage:
    """An item as it stood on a day. Of reports that aren't accepted it tells where they stand, never what they say."""

    def __init__(self, item: ActionItem, as_of: AsOf) -> None:
        self.item = item
        self.plan = item.plan.at(as_of.moment)
        self.as_of = as_of

    @cached_property
    def _parts(self) -> tuple[list[Measure], list[DutyLine]]:
        return measures_and_duties(self.item)

    @property
    def measures(self) -> list[Measure]:
        return self._parts[0]

    @property
    def duties(self) -> list[DutyLine]:
        """Who answers for which measures, and until when, as the notice has it."""
        return self._parts[1]

    @cached_property
    def parent_items(self) -> list[CarriedOut] | None:
        """For an item of a local plan: those of the parent's that it carries out; None where nobody has decided."""
        return corresponding_items(self.item)

    @property
    def named_leads(self) -> str:
        """Whom the notice names as lead, for an item that nobody leads: often a name that stands for many (泛指)."""
        return "、".join(dict.fromkeys(named.name for line in self.duties for named in line.leads))

    @property
    def tells_duties(self) -> bool:
        """Whether that says more than the item's own agencies and due date do."""
        return tells_more(self.duties)

    @cached_property
    def concerned(self) -> list[Assignment]:
        """Those in force on the day, and those that were when the current period closed, if it has."""
        moment, period = self.as_of.moment, self.period
        terms = period.terms_at(moment) if period else None
        parts = assignments_with_course(
            item=self.item.pk,
            moment=moment,
            period=terms and terms.period,
            closing=terms.closing if terms else moment,
            has_period=terms is not None,
            assists=terms is not None and terms.assists,
        )
        for part in parts:
            part.item = self.item
        return parts

    @property
    def is_weighted(self) -> bool:
        """Whether the mean is another than that of the percentages as they are."""
        return len({row.weight for row in self.standing.leads}) > 1

    @property
    def unreported(self) -> int:
        """How many leads count as 0 in the mean, since no report of them was ever accepted."""
        return sum(row.counts and not row.has_accepted for row in self.standing.leads)

    @cached_property
    def assignments(self) -> list[Assignment]:
        return [part for part in self.concerned if part.ended_at is None or part.ended_at > self.as_of.moment]

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
    def _filed(self) -> list[ProgressReport]:
        """The reports, each as often as it has evidence."""
        return reports_on(item=self.item.pk, moment=self.as_of.moment)

    @cached_property
    def reports(self) -> list[ProgressReport]:
        return list({report.pk: report for report in self._filed}.values())

    @cached_property
    def evidence(self) -> dict[int, list[Evidence]]:
        """By the key of the report that it was filed with."""
        by_report: dict[int, list[Evidence]] = defaultdict(list)
        for row in self._filed:
            if found := evidence_of(row):
                by_report[row.pk].append(found)
        return by_report

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
        return sorted(lines, key=lambda line: (line.standing.severity, line.standing.percent))

    @property
    def leads(self) -> list[AssignmentLine]:
        return [line for line in self.lines if line.standing.is_lead]

    @property
    def assists(self) -> list[AssignmentLine]:
        return [line for line in self.lines if not line.standing.is_lead]

    @property
    def assists_to_call(self) -> list[Agency]:
        """The assisting agencies of which it is known whom to call."""
        return [line.assignment.agency for line in self.assists if line.assignment.agency.contacts]

    @cached_property
    def filing(self) -> FilingCount | None:
        """Of the current period, as its page counts: once it has closed, of whoever had the item's parts then."""
        if self.period is None:
            return None
        newest = newest_by_assignment(self.reports, self.period)
        states = {pk: filing_of(report) for pk, report in newest.items()}
        return count_filings(self.period, ((part.pk, part.obligation) for part in self.concerned), states)

    @cached_property
    def indicators(self) -> list[IndicatorRow]:
        return item_indicator_rows(self.item, self.as_of)

    # ── 节点 ──

    @cached_property
    def milestones(self) -> list[MilestoneStanding]:
        return milestones_of_items([self.item.pk], self.as_of.moment, self.as_of.day, self.plan.soon_days)

    @property
    def milestone_words(self) -> str:
        return count_words(self.milestones)

    def moves(self, user: User) -> dict[int, list[MilestoneMove]]:
        """What the person may do with each milestone now; nothing on a past day."""
        if not self.as_of.is_today or not self.milestones:
            return {}
        running = [
            Part(part.pk, part.item_id, part.agency_id, part.role)
            for part in self.assignments
            if part.closure in RUNNING
        ]
        return milestone_moves(
            self.milestones, user, self.item.plan, {self.item.pk: running}, Successors(self.as_of.day)
        )

    def pieces(self) -> list[Piece]:
        """The notice's words, with its measures and targets marked."""
        return item_pieces(self.item, self.measures, [row.indicator for row in self.indicators])

    # ── the light and why ──

    def steps(self) -> list[Step]:
        return steps(self.standing, self.item.plan, self.as_of.day, self.names)

    def remedy(self) -> str:
        return remedy(self.standing, self.plan, self.names)

    # ── the light over time ──

    @cached_property
    def light_changes(self) -> list[LightChange]:
        """As recorded by the daily round, newest first."""
        return list(light_changes_of(self.item, self.as_of.day))

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
