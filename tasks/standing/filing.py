"""应报与已报: where each owed report stands, and how many; who owes is `tasks.models.obligation` (docs/rules.md 4)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import accumulate
from typing import NamedTuple, Protocol, TypeVar

from django.db.models import OuterRef, Q, Subquery, TextChoices, Value
from django.db.models.functions import Coalesce

from qa_plan.clock import end_of
from tasks.models import Assignment, PeriodLock, Plan, ProgressReport, ReportingPeriod, Review
from tasks.models.obligation import Obligation, PeriodTerms
from tasks.models.querysets import ProgressReportQuerySet
from tasks.models.waiting import unsettled
from tasks.standing.questions import periods_opened


class Filing(TextChoices):
    """Where the report of one assignment in one period stands."""

    ACCEPTED = "accepted", "已通过"
    WAITING = "waiting", "待审"
    SENT_BACK = "sent_back", "退回待重报"
    MISSING = "missing", "未报送"
    WAIVED = "waived", "免报"


VERDICTS: dict[str | None, Filing] = {
    Review.Verdict.ACCEPTED: Filing.ACCEPTED,
    Review.Verdict.SENT_BACK: Filing.SENT_BACK,
    None: Filing.WAITING,
}
FILED = (Filing.ACCEPTED, Filing.WAITING)  # 已报; a report that was sent back is owed again
OWED_STATES = tuple(state for state in Filing if state != Filing.WAIVED)  # what 应报 divides into
UNFILED = tuple(state for state in OWED_STATES if state not in FILED)  # 未报: 未报送 and 退回待重报


class Filed(NamedTuple):
    """A filed report as far as filing goes."""

    pk: int
    assignment_id: int
    period_id: int
    percent: int
    recorded_at: datetime
    verdict: str | None
    settled_at: datetime | None = None


class WithVerdict(Protocol):
    """A report, or as much of one as was read, with its `verdict`: `Filed` and `ProgressReport` are such."""

    @property
    def assignment_id(self) -> int: ...
    @property
    def period_id(self) -> int: ...
    @property
    def verdict(self) -> str | None: ...


AnyReport = TypeVar("AnyReport", bound=WithVerdict)


def filing_of(report: WithVerdict | None) -> Filing:
    """From the newest report of the period, read with its `verdict`; None when nothing was filed."""
    if report is None:
        return Filing.MISSING
    return VERDICTS[report.verdict]


def shown_filing(obligation: str, filing: Filing | None) -> Filing | None:
    """Where the report stands as pages say it: 免报 whatever was filed, and nothing where none is owed or was filed."""
    if obligation == Obligation.WAIVED:
        return Filing.WAIVED
    return filing or (Filing.MISSING if obligation == Obligation.OWED else None)


def obligations(asked: Iterable[PeriodTerms], **match: object) -> dict[tuple[int, int], str]:
    """By assignment and period: 应报 or 免报, of those that the periods ask; ended since or not. One query."""
    together: dict[tuple[datetime, bool], list[PeriodTerms]] = {}
    for terms in asked:
        together.setdefault((terms.closing, terms.assists), []).append(terms)
    columns = ("pk", "period", "obligation")
    parts = [
        Assignment.objects.reporting(*same).filter(**match).order_by().values_list(*columns)
        for same in together.values()
    ]
    rows = parts[0].union(*parts[1:], all=True) if parts else ()
    return {(pk, period): obligation for pk, period, obligation in rows}


def opened_periods(plan: Plan, day: date) -> list[ReportingPeriod]:
    """Those opened by that day, oldest first, each with `is_locked`; the last one is current."""
    periods = periods_opened(plan=plan.pk, day=day, moment=end_of(day))
    for period in periods:
        period.plan = plan
    return periods


def period_to_file(plan: Plan, code: str, day: date) -> ReportingPeriod | None:
    """The period for which a form was made, if it has opened; the one opened last where the form names none."""
    opened = reversed(opened_periods(plan, day))
    return next((period for period in opened if not code or period.code == code), None)


def filings(period: ReportingPeriod, moment: datetime) -> dict[int, Filing]:
    """By assignment: where the newest report of the period stands, of those that filed any. One query."""
    rows = _reports_of([period], moment).values_list(*Filed._fields)
    return filings_in(period, map(Filed._make, rows))


def reports_by_task(
    periods: Sequence[ReportingPeriod], moment: datetime, tasks: Collection[int] | None
) -> list[tuple[int, int, Filed]]:
    """Newest first: every report of the last of these periods, and of the earlier ones those that wait. One query.

    Of those tasks or of all, each after the keys of its task and of the task's section.
    """
    if not periods:
        return []
    reports = _reports_of(periods, moment)
    if tasks is not None:
        reports = reports.filter(assignment__item__in=tasks)
    rows = reports.values_list("assignment__item", "assignment__item__section", *Filed._fields)
    return [(task, section, Filed._make(columns)) for task, section, *columns in rows]


def _reports_of(periods: Sequence[ReportingPeriod], moment: datetime) -> ProgressReportQuerySet:
    *earlier, current = periods
    asked = Q(period=current) | Q(period__in=earlier) & unsettled(moment) if earlier else Q(period=current)
    return ProgressReport.objects.as_of(moment).filter(asked)


def filing_in(period: ReportingPeriod | None, moment: datetime) -> Coalesce:
    """As a column of assignments: where the newest report of the period stands, 未报送 where there is none."""
    reports = ProgressReport.objects.as_of(moment).filter(assignment=OuterRef("pk"), period=period)
    newest = reports.annotate(stands=Coalesce("verdict", Value(Filing.WAITING.value))).values("stands")[:1]
    return Coalesce(Subquery(newest), Value(Filing.MISSING.value))


def filings_in(period: ReportingPeriod, reports: Iterable[Filed]) -> dict[int, Filing]:
    """By assignment: where the newest report of the period stands; the reports are given newest first."""
    newest: dict[int, Filing] = {}
    key = period.pk
    for report in reports:
        if report.period_id == key and report.assignment_id not in newest:
            newest[report.assignment_id] = VERDICTS[report.verdict]
    return newest


def waiting_at(moment: datetime, reports: Iterable[Filed]) -> list[Filed]:
    """待审: what `unsettled` asks of reports in the database, of those that were read."""
    moment = moment.astimezone(UTC)  # as reports have it: between two zones each comparison takes long
    return [report for report in reports if report.settled_at is None or report.settled_at > moment]


def late_filings(period: ReportingPeriod, reports: Iterable[Filed]) -> set[int]:
    """迟报: the assignments whose first report of the period was late. Reports are given newest first."""
    key = period.pk
    first = {report.assignment_id: report.recorded_at for report in reports if report.period_id == key}
    closed_at = period.closes_at.astimezone(UTC)  # `is_late`, in the zone of the reports
    return {pk for pk, filed_at in first.items() if filed_at > closed_at}


def newest_lock(period: ReportingPeriod, moment: datetime | None = None) -> PeriodLock | None:
    """The last word on whether the period is locked, at the moment or at all; None where there is none yet."""
    locks = PeriodLock.objects.filter(period=period).select_related("recorded_by").order_by("recorded_at", "pk")
    return (locks.filter(recorded_at__lte=moment) if moment else locks).last()


def newest_by_assignment(reports: Iterable[AnyReport], period: ReportingPeriod | None) -> dict[int, AnyReport]:
    """Of reports given newest first, the one that stands for each assignment in the period."""
    newest: dict[int, AnyReport] = {}
    for report in reports:
        if period is not None and report.period_id == period.pk:
            newest.setdefault(report.assignment_id, report)
    return newest


def counted_late(period: ReportingPeriod, reports: Sequence[Filed]) -> set[int]:
    """迟报 as numbers count it, one kind of 已报: what was sent back since is owed again, and no longer filed."""
    newest = newest_by_assignment(reports, period)
    return {pk for pk in late_filings(period, reports) if filing_of(newest[pk]) in FILED}


@dataclass(slots=True)
class FilingCount:
    """How the period's owed reports stand, in the words of docs/rules.md 11; what is waived is owed by nobody.

    应报 = 已报 + 未报; 已报 = 已通过 + 待审, `late` (迟报) of them; 未报 = 未报送 + 退回待重报.
    """

    period: ReportingPeriod
    owed: int
    states: Counter[Filing]
    waived: int = 0
    late: int = 0

    @property
    def filed(self) -> int:
        return sum(self.states[state] for state in FILED)

    @property
    def unfiled(self) -> int:
        return self.owed - self.filed

    @property
    def parts(self) -> list["FilingPart"]:
        """The states in order, each with where it begins in a bar of `owed` units."""
        starts = accumulate((self.states[state] for state in OWED_STATES), initial=0)
        return [FilingPart(state, self.states[state], start) for state, start in zip(OWED_STATES, starts, strict=False)]


@dataclass(frozen=True, slots=True)
class FilingPart:
    state: Filing
    count: int
    start: int


def count_filings(
    period: ReportingPeriod,
    obligations: Iterable[tuple[int, str]],
    states: Mapping[int, Filing],
    late: Collection[int] = (),
) -> FilingCount:
    """From assignments with what each has to do with the period, how the reports that were filed stand, and 迟报."""
    known = list(obligations)
    owed = [pk for pk, obligation in known if obligation == Obligation.OWED]
    waived = sum([obligation == Obligation.WAIVED for _, obligation in known])
    filed_late = sum([states.get(pk) in FILED for pk in owed if pk in late]) if late else 0
    return FilingCount(period, len(owed), Counter([states.get(pk, Filing.MISSING) for pk in owed]), waived, filed_late)
