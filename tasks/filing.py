"""应报与已报: who owes a report in a period, and where each report stands (DESIGN section 3, rule 4)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from typing import NamedTuple, TypeVar

from django.db.models import Q, TextChoices

from tasks.models import Plan, ProgressReport, ReportingPeriod
from tasks.querysets import unsettled


class Filing(TextChoices):
    """Where the report of one assignment in one period stands."""

    ACCEPTED = "accepted", "已通过"
    WAITING = "waiting", "待审"
    SENT_BACK = "sent_back", "退回"
    MISSING = "missing", "未报"


FILED = (Filing.ACCEPTED, Filing.WAITING)  # 已报; a report that was sent back is owed again


class Filed(NamedTuple):
    """A filed report as far as filing goes; whole plans are read so."""

    pk: int
    assignment_id: int
    period_id: int
    percent: int
    recorded_at: datetime
    settled_at: datetime | None
    verdict: str | None


AnyReport = TypeVar("AnyReport", Filed, ProgressReport)


def filing_of(report: Filed | ProgressReport | None) -> Filing:
    """From the newest report of the period, read with its `verdict`; None when nothing was filed."""
    if report is None:
        return Filing.MISSING
    return Filing(report.verdict or Filing.WAITING)


def current_period(plan: Plan, day: date) -> ReportingPeriod | None:
    """The period that was opened last by that day."""
    period = plan.periods.filter(opens_on__lte=day).order_by("-opens_on").first()
    if period:
        period.plan = plan
    return period


def period_to_file(plan: Plan, code: str, day: date) -> ReportingPeriod | None:
    """The period for which a form was made, if it has opened; the one opened last where the form names none."""
    opened = plan.periods.filter(opens_on__lte=day)
    period = opened.filter(code=code).first() if code else opened.order_by("-opens_on").first()
    if period:
        period.plan = plan
    return period


def reports_of(period: ReportingPeriod | None, moment: datetime, **match: object) -> list[Filed]:
    """Newest first: the reports of the period, and whatever still waits from earlier ones. One query."""
    reports = ProgressReport.objects.as_of(moment).filter(Q(period=period) | unsettled(moment), **match)
    return [Filed(*row) for row in reports.values_list(*Filed._fields)]


def newest_by_assignment(reports: Iterable[AnyReport], period: ReportingPeriod | None) -> dict[int, AnyReport]:
    """Of reports given newest first, the one that stands for each assignment in the period."""
    newest: dict[int, AnyReport] = {}
    for report in reports:
        if period is not None and report.period_id == period.pk:
            newest.setdefault(report.assignment_id, report)
    return newest


def waiting_of(reports: Iterable[Filed], moment: datetime) -> list[Filed]:
    """Of reports given newest first, those that wait for review at the moment, the longest waiting first."""
    return [report for report in reports if report.settled_at is None or report.settled_at > moment][::-1]


@dataclass(slots=True)
class FilingCount:
    """How the period's owed reports stand."""

    period: ReportingPeriod
    owed: int
    states: Counter[Filing]

    @property
    def filed(self) -> int:
        return sum(self.states[state] for state in FILED)

    @property
    def unfiled(self) -> int:
        return self.owed - self.filed

    @property
    def parts(self) -> list["FilingPart"]:
        """The states in order, each with where it begins in a bar of `owed` units."""
        starts = accumulate((self.states[state] for state in Filing), initial=0)
        return [FilingPart(state, self.states[state], start) for state, start in zip(Filing, starts, strict=False)]


@dataclass(frozen=True, slots=True)
class FilingPart:
    state: Filing
    count: int
    start: int


def count_filings(period: ReportingPeriod, owed: set[int], newest: dict[int, Filed]) -> FilingCount:
    return FilingCount(period, len(owed), Counter(filing_of(newest.get(pk)) for pk in owed))
