"""审核: one report beside the last accepted one, what changed, what was checked, and what accepting it would do."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from qa_plan.clock import end_of
from tasks.models import Assignment, Comment, Evidence, Indicator, IndicatorReading, ProgressReport
from tasks.pages.reviews.questions import assignments_of, history_of
from tasks.rules.contradictions import Read, contradictions
from tasks.rules.review_warnings import Claim, warnings_of
from tasks.rules.secrecy import secrecy_warning
from tasks.rules.textdiff import Piece, compare
from tasks.standing.indicators import percent_reached
from tasks.standing.rollup import ItemStanding, Standing, item_standings, standing_of


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator: what was read last, what is reported now."""

    indicator: Indicator
    last: Decimal | None
    now: Decimal | None
    percent: float

    @property
    def change(self) -> Decimal | None:
        return None if self.last is None or self.now is None else (self.now - self.last).normalize()


@dataclass(frozen=True, slots=True)
class Passage:
    title: str
    old: list[Piece]
    new: list[Piece]


@dataclass(frozen=True, slots=True)
class Check:
    is_fine: bool
    text: str


@dataclass(slots=True)
class Remark:
    """One internal comment, and of which report of the assignment it speaks."""

    pk: int
    text: str
    at: datetime
    by: str
    report_id: int
    filed_at: datetime
    mentions: list[str]


TEXTS = (
    ("", "progress"),
    ("存在问题", "problems"),
    ("下一步打算", "next_steps"),
    ("滞后原因", "delay_reason"),
    ("进度回调原因", "lower_reason"),
)


def passages(old: ProgressReport | None, new: ProgressReport) -> list[Passage]:
    """The texts side by side; empty on both sides is left out."""
    pairs = [(title, getattr(old, name) if old else "", getattr(new, name)) for title, name in TEXTS]
    return [Passage(title, *compare(before, after)) for title, before, after in pairs if before or after]


def _order(report: ProgressReport) -> tuple[date, datetime, int]:
    """The newest period wins, then what was filed last (docs/rules.md 2)."""
    return report.period.starts_on, report.recorded_at, report.pk


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
        return history_of(assignment=self.assignment.pk, moment=self.moment)

    @cached_property
    def as_filed(self) -> list[ProgressReport]:
        """The reports of predecessors that it goes on with, as they were filed (机构调整)."""
        if not self.current.goes_on:
            return []
        origins = ProgressReport.objects.filter(continuations__report=self.report, origins=None)
        return list(origins.select_related("assignment__agency").order_by("recorded_at", "pk"))

    @property
    def filed_at(self) -> datetime:
        """When an agency filed it; of one that goes on with others, when the last of those was."""
        return max((old.recorded_at for old in self.as_filed), default=self.report.recorded_at)

    @cached_property
    def evidence(self) -> list[Evidence]:
        return list(self.report.evidence.select_related("blob").order_by("pk"))

    @cached_property
    def last(self) -> ProgressReport | None:
        """The accepted report before this one."""
        return next((r for r in self._accepted if _order(r) < _order(self.report)), None)

    @cached_property
    def _accepted(self) -> list[ProgressReport]:
        return [report for report in self.history if report.verdict == "accepted"]

    @property
    def is_overtaken(self) -> bool:
        """One of a newer period, or filed later, is accepted already, so accepting this one changes nothing."""
        return any(_order(r) > _order(self.report) for r in self._accepted)

    @property
    def is_replaced(self) -> bool:
        """The agency has filed again in the period: the newer one is to be reviewed."""
        return self.newest.pk != self.report.pk

    @property
    def newest(self) -> ProgressReport:
        """Of the same period."""
        return next(r for r in self.history if r.period_id == self.report.period_id)

    @property
    def passages_since(self) -> list[Passage]:
        """What the newest report of the period says otherwise than this one."""
        return passages(self.report, self.newest)

    @property
    def is_withdrawn(self) -> bool:
        """The agency no longer answers for the item."""
        return all(row.pk != self.assignment.pk for row in self.rows)

    @property
    def draft_number(self) -> int:
        return sum(r.period_id == self.report.period_id and r.pk <= self.report.pk for r in self.history)

    @property
    def percent_change(self) -> int | None:
        return self.report.percent - self.last.percent if self.last else None

    @cached_property
    def assignments(self) -> list[Assignment]:
        """All of the item's, as they stand."""
        return assignments_of(item=self.item.pk, moment=self.moment)

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
        if not self.is_overtaken:
            assignment.accepted_percent = self.report.percent
        return standing_of(assignment, self.plan, self.day)

    @cached_property
    def item_if_accepted(self) -> ItemStanding:
        rows = [self.standing_if_accepted if row.pk == self.standing.pk else row for row in self.rows]
        return item_standings([self.item], rows, self.plan, self.day)[0]

    @cached_property
    def figures(self) -> list[Figure]:
        """The indicators that this report or the last one gives a reading of."""
        last = self.last.pk if self.last else 0
        values: dict[Indicator, dict[int, Decimal]] = {}
        readings = IndicatorReading.objects.filter(report__in=(self.report.pk, last)).select_related("indicator")
        for reading in readings.order_by("indicator__start", "indicator"):
            values.setdefault(reading.indicator, {})[reading.report_id] = reading.value
        return [
            Figure(
                indicator,
                of.get(last),
                of.get(self.report.pk),
                percent_reached(of.get(self.report.pk), indicator.target),
            )
            for indicator, of in values.items()
        ]

    @cached_property
    def current(self) -> ProgressReport:
        """The report itself, with who filed it."""
        return next(r for r in self.history if r.pk == self.report.pk)

    @property
    def passages(self) -> list[Passage]:
        return passages(self.last, self.report)

    @cached_property
    def comments(self) -> list[Remark]:
        """内部批注 on all reports of the assignment, with whom they mention, in one query."""
        people = ("recorded_by__display_name", "recorded_by__username", "mentions__display_name", "mentions__username")
        made = Comment.objects.filter(report__assignment=self.assignment, recorded_at__lte=self.moment)
        rows = made.order_by("recorded_at", "pk", "mentions__username").values_list(
            "pk", "text", "recorded_at", "report_id", "report__recorded_at", *people
        )
        by_pk: dict[int, Remark] = {}
        for pk, text, at, report, filed_at, *names in rows:
            remark = by_pk.setdefault(pk, Remark(pk, text, at, names[0] or names[1] or "", report, filed_at, []))
            if names[3]:
                remark.mentions.append(names[2] or names[3])
        return list(by_pk.values())

    @property
    def contradictions(self) -> list[str]:
        """What the agency was shown when it filed, and filed all the same."""
        read = [Read(one.indicator.name, one.indicator.unit, one.now, one.last) for one in self.figures]
        return contradictions(
            percent=self.report.percent,
            before=self.last.percent if self.last else None,
            is_unchanged=self.report.is_unchanged,
            readings=read,
        )

    @property
    def warnings(self) -> list[str]:
        """What should be looked at first, in the words of the queue."""
        return warnings_of(
            Claim(
                percent=self.report.percent,
                last=self.last.percent if self.last else None,
                evidence=len(self.evidence),
                text=self.report.progress,
                last_text=self.last.progress if self.last else "",
                is_unchanged=self.report.is_unchanged,
                is_overdue=self.standing.due_on is not None and self.standing.due_on < self.day,
            )
        )

    @property
    def checks(self) -> list[Check]:
        """What the system noticed; it only points, and decides nothing."""
        filed_on = timezone.localdate(self.current.first_filed_at)  # what was filed in time and sent back is not late
        due_on = self.report.period.due_on
        late = (filed_on - due_on).days
        checks = [
            Check(late <= 0, f"在报送截止日（{due_on:%m-%d}）前报送" if late <= 0 else f"迟报{late}天"),
        ]
        if self.standing.has_accepted and not self.is_overtaken:
            fell = self.report.percent < self.standing.percent
            percent = f"进度低于上次通过的{self.standing.percent}%" if fell else "进度不低于上次通过的数"
            checks.append(Check(not fell, percent))
        checks += [Check(False, text) for text in self.contradictions]
        texts = [getattr(self.report, name) for _, name in TEXTS]
        files = {upload.name: upload.marks or () for upload in self.evidence}
        if warning := secrecy_warning([*texts, *files], files):
            checks.append(Check(False, warning))
        if self.last and self.last.progress == self.report.progress:
            checks.append(Check(False, "进展文字与上次通过的完全相同"))
        return checks
