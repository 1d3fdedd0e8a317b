"""Made-up facts: half a year of receipts, reports, reviews and closures, in plausible shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from agencies.models import Agency, AgencyGroup, User
from benchmarks.courses import Change, ItemCourse, LeadCourse
from benchmarks.rows import Rows
from benchmarks.wording import Wording
from qa_plan.clock import at
from tasks.models import (
    AcceptedProgress,
    ActionItem,
    Assignment,
    Closure,
    Indicator,
    IndicatorReading,
    Message,
    ProgressReport,
    Receipt,
    ReportingPeriod,
    Review,
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts. `liaisons` by the key of their agency."""

    agencies: Sequence[Agency]
    liaisons: dict[int, User]
    group: AgencyGroup
    coordinator: User


@dataclass(frozen=True, slots=True)
class Stage:
    """How leads report in a quarter: the share that files, the share sent back, and the growth of the percentage."""

    number: int
    files: float
    sent_back: float
    mean: float
    spread: float


STAGES = (Stage(2, 0.98, 0.30, 59, 8), Stage(3, 0.85, 0.20, 16, 7))
RECEIPT_SHARE = 0.95
ASSIST_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class FactMaker:
    """Lets agencies and the coordinator act. Nothing happens after the day before `today`."""

    rows: Rows
    cast: Cast
    wording: Wording
    random: Random
    today: date

    def moment(self, day: date) -> datetime:
        return at(day, time(self.random.randint(8, 17), self.random.randint(0, 59)))

    def assist(self, item: ActionItem, agency: Agency, periods: Sequence[ReportingPeriod]) -> None:
        assignment = self._assign(item, agency, Assignment.Role.ASSIST)
        for period in periods:
            if self.random.random() < ASSIST_SHARE:
                day = period.opens_on + timedelta(days=self.random.randint(0, 18))
                self._review(self._report(assignment, period, day, self.random.randint(40, 80)), day, 0.0)

    def lead(
        self,
        item: ActionItem,
        agency: Agency,
        periods: Sequence[ReportingPeriod],
        course: ItemCourse,
        indicators: Sequence[Indicator],
    ) -> None:
        """Files in each stage until a report is accepted; what changes the standing goes into the course as well."""
        assignment = self._assign(item, agency, Assignment.Role.LEAD)
        lead = LeadCourse(agency.name)
        course.leads.append(lead)
        percent = 0
        for stage, period in zip(STAGES, periods, strict=True):
            if self.random.random() > stage.files:
                continue
            percent = min(max(percent + round(self.random.gauss(stage.mean, stage.spread)), percent), 100)
            day = period.opens_on + timedelta(days=self.random.randint(0, 20))
            while day < self.today:
                report = self._report(assignment, period, day, percent)
                for indicator in indicators:
                    value = round(indicator.target * percent / 100)
                    self.rows.add(IndicatorReading(report=report, indicator=indicator, value=value))
                review = self._review(report, day, stage.sent_back)
                if review is None:
                    break
                day = review.recorded_at.date()
                if review.verdict == Review.Verdict.ACCEPTED:
                    course.changes.append(Change(day, lead, "percent", percent))
                    self._close(assignment, day, percent, course, lead)
                    break
                day += timedelta(days=self.random.randint(1, 3))

    def _assign(self, item: ActionItem, agency: Agency, role: str) -> Assignment:
        assignment = self.rows.add(
            Assignment(
                item=item,
                agency=agency,
                role=role,
                is_inferred=role == Assignment.Role.ASSIST,
                recorded_at=item.plan.imported_at,
            )
        )
        if self.random.random() < RECEIPT_SHARE:
            day = assignment.recorded_at.date() + timedelta(days=self.random.randint(1, 6))
            by = self.cast.liaisons[agency.pk]
            self.rows.add(Receipt(assignment=assignment, recorded_at=self.moment(day), recorded_by=by))
        return assignment

    def _report(self, assignment: Assignment, period: ReportingPeriod, day: date, percent: int) -> ProgressReport:
        return self.rows.add(
            ProgressReport(
                assignment=assignment,
                period=period,
                percent=percent,
                progress=self.wording.report(),
                problems="个别县区推进不平衡，专业人员不足。" if self.random.random() < 0.4 else "",
                next_steps="下一季度重点督促进度靠后的县区，确保年内完成。",
                delay_reason="前期招标延后，预计下季度赶上。" if percent < 50 else "",
                recorded_at=self.moment(min(day, self.today - timedelta(days=1))),
                recorded_by=self.cast.liaisons[assignment.agency_id],
            )
        )

    def _review(self, report: ProgressReport, day: date, sent_back: float) -> Review | None:
        """The review some days later; None, and no row, where that day has not come yet: the report waits."""
        day += timedelta(days=self.random.randint(1, 4))
        if day >= self.today:
            return None
        is_sent_back = self.random.random() < sent_back
        moment = self.moment(day)
        report.settled_at = moment
        if not is_sent_back:
            self.rows.add(
                AcceptedProgress(
                    assignment=report.assignment,
                    report=report,
                    percent=report.percent,
                    recorded_at=moment,
                    recorded_by=self.cast.coordinator,
                )
            )
        verdict = Review.Verdict.SENT_BACK if is_sent_back else Review.Verdict.ACCEPTED
        self._tell(report, verdict, moment)
        return self.rows.add(
            Review(
                report=report,
                verdict=verdict,
                comment="请补充本季度完成数量和佐证情况。" if is_sent_back else "",
                recorded_at=moment,
                recorded_by=self.cast.coordinator,
            )
        )

    def _tell(self, report: ProgressReport, verdict: Review.Verdict, moment: datetime) -> None:
        """The liaison reads it within the week."""
        self.rows.add(
            Message(
                recipient=report.recorded_by,
                kind=verdict,
                text=f"{report.assignment.item.label}{report.period}报告{verdict.label}",
                link=f"/my/{report.assignment_id}/",
                assignment=report.assignment,
                sent_at=moment,
                read_at=moment + timedelta(hours=2) if moment.date() < self.today - timedelta(days=7) else None,
            )
        )

    def _close(self, assignment: Assignment, day: date, percent: int, course: ItemCourse, lead: LeadCourse) -> None:
        """Most that are complete are closed soon; a few others are suspended, and some of these run again."""
        kinds: list[Closure.Kind] = []
        if percent == 100 and self.random.random() < 0.7:
            kinds = [Closure.Kind.CLOSED]
        elif self.random.random() < 0.004:
            kinds = [Closure.Kind.SUSPENDED, Closure.Kind.REOPENED][: self.random.randint(1, 2)]
        for kind in kinds:
            day += timedelta(days=self.random.randint(1, 3))
            if day >= self.today:
                return
            self.rows.add(
                Closure(
                    assignment=assignment,
                    kind=kind,
                    reason="材料齐全，抽查相符，同意。",
                    recorded_at=self.moment(day),
                    recorded_by=self.cast.coordinator,
                )
            )
            course.changes.append(Change(day, lead, "closure", kind))
