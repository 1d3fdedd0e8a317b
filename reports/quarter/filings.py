"""What was owed and filed is decided when each of the package's periods closes, and not moved by what came after."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Q

from reports.quarter.records import PlanState
from tasks.models import Assignment, ProgressReport, ReportEvidence, ReportingPeriod, Review
from tasks.models.obligation import Obligation
from tasks.standing.filing import UNFILED, Filed, Filing, counted_late, filing_of, newest_by_assignment, shown_filing


class ReportRecord(NamedTuple):
    """A report that was filed, read with its verdict."""

    pk: int
    assignment_id: int
    period_id: int
    percent: int
    recorded_at: datetime
    verdict: str | None
    comment: str | None
    period_code: str
    progress: str
    problems: str
    delay_reason: str
    next_steps: str


REPORT_COLUMNS = (
    *("pk", "assignment_id", "period_id", "percent", "recorded_at", "verdict", "comment", "period__code"),
    *("progress", "problems", "delay_reason", "next_steps"),
)


@dataclass(frozen=True, slots=True)
class FilingEntry:
    """What one assignment has to do with one period's report, and where that stands."""

    assignment_id: int
    item_number: int
    agency_id: int
    agency: str
    ordinal: int
    period: ReportingPeriod
    obligation: str
    filing: Filing | None
    is_late: bool

    @property
    def is_owed(self) -> bool:
        return self.obligation == Obligation.OWED

    @property
    def is_unfiled(self) -> bool:
        """未报: owed, and not filed or to be filed again."""
        return self.is_owed and self.filing in UNFILED


@dataclass(frozen=True)
class Filings:
    """The reports of the periods and those at which the assignments stand, newest first."""

    periods: Sequence[ReportingPeriod]
    entries: list[FilingEntry]
    reports: list[ReportRecord]
    evidence: dict[int, int]

    @cached_property
    def by_pk(self) -> dict[int, ReportRecord]:
        return {report.pk: report for report in self.reports}

    @cached_property
    def newest(self) -> dict[int, ReportRecord]:
        """The newest report of the last period, by assignment."""
        last = self.periods[-1].pk if self.periods else None
        return {report.assignment_id: report for report in reversed(self.reports) if report.period_id == last}

    @cached_property
    def newest_accepted(self) -> dict[int, ReportRecord]:
        """The newest accepted report of all the periods, by assignment."""
        within = {period.pk for period in self.periods}
        accepted = (report for report in reversed(self.reports) if report.verdict == Review.Verdict.ACCEPTED)
        return {report.assignment_id: report for report in accepted if report.period_id in within}

    def by_assignment(self) -> dict[int, list[FilingEntry]]:
        by_assignment: dict[int, list[FilingEntry]] = {}
        for entry in self.entries:
            by_assignment.setdefault(entry.assignment_id, []).append(entry)
        return by_assignment


def read_filings(periods: Sequence[ReportingPeriod], moment: datetime, plan_state: PlanState) -> Filings:
    """Reads what was owed and filed in two queries, and one for each period."""
    standing = {holder.standing_report for holder in plan_state.holders.values() if holder.standing_report}
    reports = ProgressReport.objects.as_of(moment).filter(Q(period__in=periods) | Q(pk__in=standing))
    records = [ReportRecord._make(row) for row in reports.values_list(*REPORT_COLUMNS)]
    counts = ReportEvidence.objects.filter(report__in=standing).order_by().values_list("report")
    entries = [entry for period in periods for entry in _entries(period, moment, plan_state, records)]
    return Filings(periods, entries, records, dict(counts.annotate(Count("evidence"))))


def _entries(
    period: ReportingPeriod, moment: datetime, plan_state: PlanState, reports: Iterable[ReportRecord]
) -> list[FilingEntry]:
    """Finds who owed the period's report or was excused from it when it closed, in the notice's order."""
    reporting = Assignment.objects.reporting(period.terms_at(moment))
    columns = ("pk", "item_id", "agency_id", "agency__name", "agency__ordinal", "obligation")
    rows = reporting.order_by("item__place", "agency__ordinal", "agency_id", "pk").values_list(*columns)
    filed = [Filed(*report[:6]) for report in reports if report.period_id == period.pk]
    states = {pk: filing_of(report) for pk, report in newest_by_assignment(filed, period).items()}
    late = counted_late(period, filed)
    return [
        FilingEntry(
            assignment_id=pk,
            item_number=plan_state.item_of[item].number,
            agency_id=agency,
            agency=name,
            ordinal=ordinal,
            period=period,
            obligation=obligation,
            filing=shown_filing(obligation, states.get(pk)),
            is_late=obligation == Obligation.OWED and pk in late,
        )
        for pk, item, agency, name, ordinal, obligation in rows
        if item in plan_state.item_of
    ]


def filing_counts(
    entries: Iterable[FilingEntry], wanted: Callable[[FilingEntry], bool] = lambda _: True
) -> dict[str, int]:
    """Counts what `Totals` says of filing, of the entries that are wanted."""
    chosen = [entry for entry in entries if wanted(entry)]
    states = Counter(entry.filing for entry in chosen if entry.is_owed)
    return {
        "owed": states.total(),
        "accepted": states[Filing.ACCEPTED],
        "waiting": states[Filing.WAITING],
        "sent_back": states[Filing.SENT_BACK],
        "missing": states[Filing.MISSING],
        "waived": sum(entry.obligation == Obligation.WAIVED for entry in chosen),
        "late": sum(entry.is_late and entry.is_owed for entry in chosen),
    }
