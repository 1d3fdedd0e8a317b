"""What slips ask of many urges at once: which tasks, as they stood, and whose report was owed. Few queries for all."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import attrgetter
from typing import NamedTuple

from django.db.models import IntegerField, Value
from django.utils import timezone

from tasks.models import Assignment, PeriodLock, ProgressReport, ReportingPeriod, ReportWithdrawal, Urge
from tasks.models.querysets import AssignmentQuerySet
from tasks.standing.filing import VERDICTS, Filing, obligations, shown_filing


class OwedReport(NamedTuple):
    """The report of the period that was open when an urge was sent, and where it stood then."""

    period: ReportingPeriod
    filing: Filing


def urged_then(urges: Sequence[Urge]) -> dict[int, list[Assignment]]:
    """By urge: its tasks as they stood when it was sent, in the order of their plans. One query."""
    first, *others = [_urged(urge) for urge in urges]
    by_urge: dict[int, list[Assignment]] = defaultdict(list)
    for assignment in first.union(*others, all=True) if others else first:
        by_urge[assignment.of_urge].append(assignment)  # type: ignore[attr-defined]  # annotated below
    for mine in by_urge.values():
        mine.sort(key=lambda assignment: (assignment.item.plan_id, assignment.item.place, assignment.pk))
    return by_urge


def _urged(urge: Urge) -> AssignmentQuerySet:
    assignments: AssignmentQuerySet = Assignment.objects.as_of(urge.recorded_at).filter(urges=urge)
    read = (
        assignments.with_due_history(urge.recorded_at)
        .annotate(of_urge=Value(urge.pk, IntegerField()))
        .select_related("item__plan", "item__section")
    )
    return read.defer("item__text", "item__plan__notice_text").order_by()


def owed_reports(
    urges: Sequence[Urge], subjects: Mapping[int, Sequence[Assignment]]
) -> dict[tuple[int, int], OwedReport]:
    """By urge and assignment: where the agency's report stood when it was urged, if one was asked. Five queries.

    Only in the period that had opened last, and only while it could be filed.
    """
    asked = list(_asked(urges, subjects))
    parts = {part for _, part, _ in asked}
    terms = {period.terms_at(urge.recorded_at) for urge, _, period in asked}
    owed = obligations(sorted(terms, key=attrgetter("plan", "closing")), pk__in=parts)
    reports = _reports(parts, {period.pk for _, _, period in asked})
    stood = {
        (urge.pk, part): (period, owed.get((part, period.pk)), _state(reports.get((part, period.pk), ()), urge))
        for urge, part, period in asked
    }
    return {
        key: OwedReport(period, filing)
        for key, (period, obligation, state) in stood.items()
        if (filing := shown_filing(obligation or "", state))
    }


def _asked(
    urges: Iterable[Urge], subjects: Mapping[int, Sequence[Assignment]]
) -> Iterator[tuple[Urge, int, ReportingPeriod]]:
    """Each urge and assignment with the period that was open to its reports."""
    plans = {part.item.plan_id: part.item.plan for mine in subjects.values() for part in mine}
    periods = list(ReportingPeriod.objects.filter(plan__in=plans).order_by("plan", "-opens_on"))
    for period in periods:
        period.plan = plans[period.plan_id]
    locks = _locks(periods)
    for urge in urges:
        for part in subjects.get(urge.pk, ()):
            current = _current(periods, part.item.plan_id, urge)
            if current and not _was_locked(locks.get(current.pk, ()), urge):
                yield urge, part.pk, current


def _current(periods: Iterable[ReportingPeriod], plan: int, urge: Urge) -> ReportingPeriod | None:
    day = timezone.localdate(urge.recorded_at)
    return next((period for period in periods if period.plan_id == plan and period.opens_on <= day), None)


def _locks(periods: Iterable[ReportingPeriod]) -> dict[int, list[PeriodLock]]:
    by_period: dict[int, list[PeriodLock]] = defaultdict(list)
    for lock in PeriodLock.objects.filter(period__in=periods).order_by("recorded_at", "pk"):
        by_period[lock.period_id].append(lock)
    return by_period


def _was_locked(locks: Iterable[PeriodLock], urge: Urge) -> bool:
    return reduce(lambda was, lock: lock.is_locked if lock.recorded_at <= urge.recorded_at else was, locks, False)


def _reports(parts: Iterable[int], periods: Iterable[int]) -> dict[tuple[int, int], list[ProgressReport]]:
    """By assignment and period, the oldest first, each with its reviews."""
    by_period: dict[tuple[int, int], list[ProgressReport]] = defaultdict(list)
    reports = ProgressReport.objects.filter(assignment__in=parts, period__in=periods).select_related("withdrawal")
    reports = reports.prefetch_related("reviews")
    for report in reports.order_by("recorded_at", "pk"):
        by_period[report.assignment_id, report.period_id].append(report)
    return by_period


def _state(reports: Iterable[ProgressReport], urge: Urge) -> Filing | None:
    """How the newest report stood when the urge was sent; None before one was filed."""
    filed = [
        report for report in reports if report.recorded_at <= urge.recorded_at and not _was_taken_back(report, urge)
    ]
    if not filed:
        return None
    reviews = [review for review in filed[-1].reviews.all() if review.recorded_at <= urge.recorded_at]
    return VERDICTS[max(reviews, key=attrgetter("recorded_at", "pk")).verdict if reviews else None]


def _was_taken_back(report: ProgressReport, urge: Urge) -> bool:
    withdrawal: ReportWithdrawal | None = getattr(report, "withdrawal", None)
    return withdrawal is not None and withdrawal.recorded_at <= urge.recorded_at
