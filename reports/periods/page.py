"""报告期: a period's page says who has filed, who hasn't and who filed late, agency by agency.

What was owed is decided when the period closes; so a past period names those who answered for the items then, and its
numbers don't move with what was reassigned since.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import cast

from django import forms

from tasks.http.fields import FilterForm
from tasks.models import Assignment, PeriodLock, Plan, ProgressReport, ReportingPeriod, Waiver
from tasks.models.obligation import Obligation
from tasks.models.read_then import title_then
from tasks.rules.asof import AsOf
from tasks.standing.filing import (
    FILED,
    OWED_STATES,
    UNFILED,
    Filed,
    Filing,
    FilingCount,
    count_filings,
    counted_late,
    filing_of,
    newest_lock,
    shown_filing,
)

COLUMNS = ("pk", "item__number", "item__label", "title_then", "agency_id", "agency__name", "agency__ordinal")


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """An assignment with what it filed in the period, or was excused from."""

    report: Filed | None  # the newest of the period
    filed_late: bool
    pk: int
    item_number: int
    item_label: str
    item_title: str
    agency_id: int
    agency_name: str
    agency_ordinal: int
    obligation: str

    @property
    def state(self) -> Filing | None:
        return shown_filing(self.obligation, filing_of(self.report) if self.report else None)

    @property
    def is_late(self) -> bool:
        """迟报 is said of what is owed."""
        return self.filed_late and self.obligation == Obligation.OWED


@dataclass(frozen=True, slots=True)
class AgencyFiling:
    """One agency's reports in the period are counted, or those of all agencies together."""

    agency_id: int | None
    name: str
    count: FilingCount

    @property
    def numbers(self) -> list[tuple[str, str, int]]:
        """Each column gives its choice of rows, its word and its number."""
        states = [(state.value, state.label, self.count.states[state]) for state in OWED_STATES]
        return [*states, (LATE, "迟报", self.count.late), (Filing.WAIVED.value, Filing.WAIVED.label, self.count.waived)]

    @property
    def badness(self) -> tuple[int, int, int]:
        """Sorts the worst first: most unfiled, then most sent back, then most late."""
        return -self.count.unfiled, -self.count.states[Filing.SENT_BACK], -self.count.late


class PeriodPage:
    """A period of a plan as it stood on a day. It is read on first use and once."""

    def __init__(self, plan: Plan, period: ReportingPeriod, as_of: AsOf) -> None:
        self.plan = plan
        self.period = period
        self.as_of = as_of
        period.plan = plan

    @property
    def assists_owe(self) -> bool:
        return self.period.terms_at(self.as_of.moment).assists

    @property
    def is_open(self) -> bool:
        """Says whether it had opened by that day."""
        return self.period.opens_on <= self.as_of.day

    @property
    def is_due(self) -> bool:
        """Says whether its due date had passed by that day."""
        return self.period.due_on < self.as_of.day

    @cached_property
    def lock(self) -> PeriodLock | None:
        """The last time that it was locked or unlocked."""
        return newest_lock(self.period, self.as_of.moment)

    @property
    def is_locked(self) -> bool:
        return self.lock is not None and self.lock.is_locked

    @cached_property
    def reports(self) -> list[Filed]:
        """Everything that was filed in the period, newest first."""
        reports = ProgressReport.objects.as_of(self.as_of.moment).filter(period=self.period)
        return [Filed(*row) for row in reports.values_list(*Filed._fields)]

    @cached_property
    def rows(self) -> list[PeriodRow]:
        """The assignments that owe a report or are excused from it, in the notice's order."""
        if not self.is_open:
            return []
        reporting = Assignment.objects.reporting(self.period.terms_at(self.as_of.moment))
        reporting = reporting.annotate(title_then=title_then(self.as_of.moment, "item", "item__title"))
        assignments = reporting.order_by("item__place", "agency__ordinal", "agency_id")
        newest = {report.assignment_id: report for report in reversed(self.reports)}
        late = counted_late(self.period, self.reports)
        return [
            PeriodRow(newest.get(columns[0]), columns[0] in late, *columns)
            for columns in assignments.values_list(*COLUMNS, "obligation")
        ]

    @cached_property
    def waivers(self) -> dict[int, Waiver]:
        """The latest word on every assignment that was ever excused from the period's report."""
        waivers = Waiver.objects.filter(period=self.period, recorded_at__lte=self.as_of.moment)
        return {waiver.assignment_id: waiver for waiver in waivers.order_by("recorded_at", "pk")}

    @property
    def agencies(self) -> list[AgencyFiling]:
        """The filing is counted agency by agency, the worst first."""
        by_agency = sorted(self.rows, key=lambda row: (row.agency_ordinal, row.agency_id))
        agencies = [
            self._count(pk, rows[0].agency_name, rows)
            for pk, group in groupby(by_agency, key=lambda row: row.agency_id)
            if (rows := list(group))
        ]
        return sorted(agencies, key=lambda agency: agency.badness)

    @property
    def whole(self) -> AgencyFiling:
        return self._count(None, "合计", self.rows)

    def _count(self, agency_id: int | None, name: str, rows: Iterable[PeriodRow]) -> AgencyFiling:
        rows = list(rows)
        states = {row.pk: row.state for row in rows if row.state}
        late = {row.pk for row in rows if row.filed_late}
        return AgencyFiling(
            agency_id, name, count_filings(self.period, ((row.pk, row.obligation) for row in rows), states, late)
        )

    @property
    def can_waive(self) -> bool:
        """Says whether reports can still be waived, or owed again: until the period closes."""
        return self.as_of.is_today and self.is_open and not self.is_due and not self.is_locked


# ── its rows ─────────────────────────────────────────────────────────────────────────────────────────────────────

LATE = "late"
GROUPS = {"filed": FILED, "unfiled": UNFILED}
REPORT_CHOICES = [
    (Obligation.OWED.value, Obligation.OWED.label),
    ("filed", "已报"),
    (LATE, "迟报"),
    ("unfiled", "未报"),
    *Filing.choices,
]


class RowsForm(FilterForm):
    """Chooses which rows of the period to show: those of one agency, of one kind, or all."""

    agency = forms.TypedChoiceField(
        label="单位", coerce=int, empty_value=None, required=False, error_messages={"invalid_choice": "没有这个单位。"}
    )
    report = forms.ChoiceField(
        label="报送情况",
        choices=[("", "全部"), *REPORT_CHOICES],
        required=False,
        error_messages={"invalid_choice": "请在列出的报送情况中选择。"},
    )

    def __init__(self, data: Mapping[str, str], page: PeriodPage) -> None:
        super().__init__(data)
        agencies = {row.agency_id: row for row in page.rows}
        in_order = sorted(agencies.values(), key=lambda row: (row.agency_ordinal, row.agency_id))
        names = [(row.agency_id, row.agency_name) for row in in_order]
        cast(forms.ChoiceField, self.fields["agency"]).choices = [("", f"全部{len(names)}个单位"), *names]


def rows_of(page: PeriodPage, *, agency: int | None, report: str) -> list[PeriodRow]:
    """Finds the rows behind a number of the page: of one agency or all, and of one kind where one is asked for."""
    rows = [row for row in page.rows if agency is None or row.agency_id == agency]
    if report == Obligation.OWED:
        return [row for row in rows if row.obligation == Obligation.OWED]
    if report == LATE:
        return [row for row in rows if row.is_late]
    wanted = GROUPS.get(report, (report,))
    return [row for row in rows if row.state in wanted] if report else rows
