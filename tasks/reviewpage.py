"""审核: one report beside the last accepted one, what changed, what was checked, and what accepting it would do."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import QuerySet
from django.utils import timezone

from qa_plan.clock import end_of
from tasks.models import Assignment, Indicator, Plan, ProgressReport
from tasks.querysets import Latest
from tasks.rollup import ItemStanding, Standing, item_standings, standing_of
from tasks.textdiff import Piece, compare


def queue(plans: QuerySet[Plan], day: date) -> QuerySet[ProgressReport]:
    """Everything that waits, the longest waiting first, with `last_percent` at which its assignment stands."""
    moment = end_of(day)
    return (
        ProgressReport.objects.waiting(moment)
        .filter(assignment__item__plan__in=plans)
        .annotate(last_percent=Latest("AcceptedProgress", "percent", moment, assignment="assignment"))
        .select_related("assignment__agency", "assignment__item__plan", "period")
        .defer("assignment__item__text", "assignment__item__plan__notice_text", "progress", "problems", "next_steps")
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator: what was read last, what is reported now."""

    indicator: Indicator
    last: float | None
    now: float | None
    percent: float

    @property
    def change(self) -> float | None:
        return None if self.last is None or self.now is None else self.now - self.last


@dataclass(frozen=True, slots=True)
class Passage:
    title: str
    old: list[Piece]
    new: list[Piece]


@dataclass(frozen=True, slots=True)
class Check:
    is_fine: bool
    text: str


def _order(report: ProgressReport) -> tuple[datetime, int]:
    return report.recorded_at, report.pk


class ReviewPage:
    """A report under review on a day."""

    def __init__(self, report: ProgressReport, day: date) -> None:
        self.report = report
        self.assignment = report.assignment
        self.item = report.assignment.item
        self.plan = report.assignment.item.plan
        self.day = day
        self.moment = end_of(day)

    @cached_property
    def history(self) -> list[ProgressReport]:
        """Every report of this assignment, newest first, with its verdict."""
        reports = ProgressReport.objects.as_of(self.moment).filter(assignment=self.assignment)
        return list(reports.select_related("period", "recorded_by").prefetch_related("readings"))

    @cached_property
    def last(self) -> ProgressReport | None:
        """The accepted report before this one."""
        return next((r for r in self._accepted if _order(r) < _order(self.report)), None)

    @cached_property
    def _accepted(self) -> list[ProgressReport]:
        return [report for report in self.history if report.verdict == "accepted"]

    @property
    def is_overtaken(self) -> bool:
        """A newer report is accepted already, so accepting this one changes nothing."""
        return any(_order(r) > _order(self.report) for r in self._accepted)

    @property
    def is_replaced(self) -> bool:
        """The agency has filed again in the period: the newer one is to be reviewed."""
        return any(r.period_id == self.report.period_id and _order(r) > _order(self.report) for r in self.history)

    @property
    def is_withdrawn(self) -> bool:
        """The agency no longer answers for the item."""
        return all(row.pk != self.assignment.pk for row in self.rows)

    @property
    def draft_number(self) -> int:
        return sum(r.period_id == self.report.period_id and r.pk <= self.report.pk for r in self.history)

    @property
    def percent_change(self) -> float | None:
        return self.report.percent - self.last.percent if self.last else None

    @cached_property
    def assignments(self) -> list[Assignment]:
        """All of the item's, as they stand."""
        return list(Assignment.objects.as_of(self.moment).filter(item=self.item))

    @cached_property
    def rows(self) -> list[Standing]:
        return [standing_of(assignment, self.plan, self.day) for assignment in self.assignments]

    @cached_property
    def standing(self) -> Standing:
        return next(row for row in self.rows if row.pk == self.assignment.pk)

    @cached_property
    def item_now(self) -> ItemStanding:
        return item_standings([self.item], self.rows, self.plan, self.day)[0]

    @cached_property
    def standing_if_accepted(self) -> Standing:
        """By the same rule, as if this report's percentage stood."""
        assignment = next(a for a in self.assignments if a.pk == self.assignment.pk)
        assignment.percent = self.standing.percent if self.is_overtaken else self.report.percent
        return standing_of(assignment, self.plan, self.day)

    @cached_property
    def item_if_accepted(self) -> ItemStanding:
        rows = [self.standing_if_accepted if row.pk == self.standing.pk else row for row in self.rows]
        return item_standings([self.item], rows, self.plan, self.day)[0]

    @cached_property
    def figures(self) -> list[Figure]:
        """The indicators that this report or the last one gives a reading of."""
        now = {reading.indicator_id: float(reading.value) for reading in self.current.readings.all()}
        last = {r.indicator_id: float(r.value) for r in self.last.readings.all()} if self.last else {}
        return [
            Figure(
                indicator,
                last.get(indicator.pk),
                now.get(indicator.pk),
                100 * (now.get(indicator.pk) or 0.0) / float(indicator.target),
            )
            for indicator in Indicator.objects.filter(item=self.item, pk__in={*now, *last})
        ]

    @cached_property
    def current(self) -> ProgressReport:
        """The report itself, with its readings."""
        return next(r for r in self.history if r.pk == self.report.pk)

    @property
    def passages(self) -> list[Passage]:
        """The texts side by side; empty on both sides is left out."""
        fields = (
            ("", "progress"),
            ("存在问题", "problems"),
            ("下一步打算", "next_steps"),
            ("滞后原因", "delay_reason"),
        )
        pairs = [
            (title, getattr(self.last, name) if self.last else "", getattr(self.report, name)) for title, name in fields
        ]
        return [Passage(title, *compare(old, new)) for title, old, new in pairs if old or new]

    @property
    def checks(self) -> list[Check]:
        """What the system noticed; it only points, and decides nothing."""
        filed_on = timezone.localdate(self.report.recorded_at)
        due_on = self.report.period.due_on
        late = (filed_on - due_on).days
        checks = [
            Check(late <= 0, f"在报送截止日（{due_on:%m-%d}）前报送" if late <= 0 else f"逾期{late}天报送"),
        ]
        fell = self.report.percent < self.standing.percent
        percent = f"进度低于上次通过的{self.standing.percent}%" if fell else "进度不低于上次通过的数"
        checks.append(Check(not fell, percent))
        for figure in self.figures:
            if figure.change is not None and figure.change < 0:
                checks.append(Check(False, f"{figure.indicator.name}读数小于上次，请核对是否为累计值"))
        if self.last and self.last.progress == self.report.progress:
            checks.append(Check(False, "进展文字与上次通过的完全相同"))
        return checks
