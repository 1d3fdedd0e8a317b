"""我的填报: what an agency has to do now, the most urgent first. `tasks.cards` makes the forms."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Q, QuerySet

from agencies.models import Agency
from qa_plan.clock import end_of
from tasks.filing import FILED, Filed, Filing, filing_of
from tasks.models import (
    Assignment,
    Plan,
    ProgressReport,
    ReportDraft,
    ReportingPeriod,
    WorkdayOverride,
)
from tasks.querysets import Latest
from tasks.rollup import Standing, standing_of, thresholds_of
from tasks.status import SEVERITY, Pace, behind_line, pace_of
from tasks.workdays import Overrides, workdays_until


@dataclass(slots=True)
class Duty:
    """One assignment of the agency: what it has said, and what it has still to say in the period that is open."""

    assignment: Assignment
    standing: Standing
    period: ReportingPeriod | None
    newest: Filed | None  # the newest report of the period
    draft: ReportDraft | None
    is_waived: bool = False

    @property
    def filing(self) -> Filing:
        return Filing.WAIVED if self.is_waived else filing_of(self.newest)

    @property
    def slot(self) -> str:
        """Names its card on the page."""
        return f"{self.assignment.pk}-{self.period.code if self.period else ''}"

    @property
    def is_handed_in(self) -> bool:
        """It lies with the agency's head, who has not yet filed or returned it."""
        return self.draft is not None and self.draft.handed_in_at is not None

    @property
    def owes(self) -> bool:
        """应报 and not yet 已报."""
        if self.period is None:
            return False
        plan = self.assignment.item.plan.at(self.period.closes_at)
        is_owed = self.standing.is_lead or plan.assists_owe_reports
        return self.can_file and is_owed and self.filing not in (*FILED, Filing.WAIVED)

    @property
    def can_file(self) -> bool:
        return self.period is not None and not self.standing.has_ended

    @property
    def urgency(self) -> tuple[int, int, float]:
        """Sent back first, then by light, then by what is furthest behind."""
        return (self.filing != Filing.SENT_BACK, SEVERITY[self.standing.light], self.standing.gap or 0.0)

    @property
    def behind_line(self) -> float | None:
        """黄灯线 of the day: below it a delay reason is asked for."""
        if self.standing.expected is None:
            return None
        return max(behind_line(self.standing.expected, thresholds_of(self.assignment.item.plan)), 0.0)

    @property
    def is_behind(self) -> bool:
        """Whether its last accepted percentage would need a delay reason today."""
        thresholds = thresholds_of(self.assignment.item.plan)
        return pace_of(self.standing.percent, self.standing.expected, thresholds) == Pace.BEHIND

    @property
    def state(self) -> tuple[str, str, str]:
        """Its seat in the row of seats: class, one character, and the words for it."""
        if self.is_waived:
            return "", "免", Filing.WAIVED.label
        if self.filing == Filing.SENT_BACK:
            return "back", "退", "退回"
        if self.filing == Filing.MISSING:
            if self.is_handed_in:
                return "draft", "签", "待审签"
            return ("draft", "草", "草稿") if self.draft else ("", "未", "未报")
        return "filed", "✓" if self.filing == Filing.ACCEPTED else "审", self.filing.label


class MyPage:
    """The duties of one agency on one day, over all plans. Texts are read only for the cards that are shown."""

    def __init__(self, agency: Agency, day: date, plans: QuerySet[Plan]) -> None:
        self.agency = agency
        self.day = day
        self.plans = plans  # read once, the newest first
        self.moment = end_of(day)

    @cached_property
    def duties(self) -> list[Duty]:
        return self.duties_of(Q(agency=self.agency))

    def duties_of(self, which: Q) -> list[Duty]:
        """The duties that match, the newest plan's first, in the notice's order."""
        assignments = (
            Assignment.objects.as_of(self.moment)
            .filter(which, item__plan__in=self.plans)
            .with_due_history(self.moment)
            .with_course(self.moment)
            .with_waived_period(self.moment)
            .select_related("item")
            .defer("item__text")
            .order_by("-item__plan__issued_on", "item__plan_id", "item__number")
        )
        found = list(assignments)
        keys = [assignment.pk for assignment in found]
        plans = {plan.pk: plan for plan in self.plans}
        periods = self._periods(plans)
        reports = ProgressReport.objects.as_of(self.moment).filter(assignment__in=keys).values_list(*Filed._fields)
        newest: dict[tuple[int, int], Filed] = {}
        for row in reports:
            report = Filed(*row)
            newest.setdefault((report.assignment_id, report.period_id), report)
        drafts = {
            (draft.assignment_id, draft.period_id): draft
            for draft in ReportDraft.objects.filter(assignment__in=keys).select_related("saved_by", "handed_in_by")
        }
        duties = []
        for assignment in found:
            assignment.item.plan = plans[assignment.item.plan_id]
            standing = standing_of(assignment, assignment.item.plan, self.day)
            for period in self._open_for(assignment, periods[assignment.item.plan_id], newest):
                slot = (assignment.pk, period.pk if period else 0)
                is_waived = period is not None and period.pk == assignment.waived_period
                duties.append(Duty(assignment, standing, period, newest.get(slot), drafts.get(slot), is_waived))
        return duties

    def _periods(self, plans: dict[int, Plan]) -> dict[int, list[ReportingPeriod]]:
        """The periods of each plan that have opened, the last one first, each with `is_locked`."""
        opened: dict[int, list[ReportingPeriod]] = {pk: [] for pk in plans}
        is_locked = Latest("PeriodLock", "is_locked", self.moment, period="pk")
        periods = ReportingPeriod.objects.filter(plan__in=plans, opens_on__lte=self.day).annotate(is_locked=is_locked)
        for period in periods.order_by("-opens_on"):
            period.plan = plans[period.plan_id]
            opened[period.plan_id].append(period)
        return opened

    def _open_for(
        self, assignment: Assignment, opened: list[ReportingPeriod], newest: dict[tuple[int, int], Filed]
    ) -> list[ReportingPeriod | None]:
        """The period opened last, and earlier ones whose report was sent back and still has to be mended."""
        earlier = [
            period for period in opened[1:] if filing_of(newest.get((assignment.pk, period.pk))) == Filing.SENT_BACK
        ]
        return [*opened[:1], *earlier] if opened else [None]

    # ── what the page shows ──

    @property
    def leads(self) -> list[Duty]:
        """One for each item that the agency leads, in the period opened last."""
        newest_first = {duty.assignment.pk: duty for duty in reversed(self.duties)}
        return [duty for duty in reversed(newest_first.values()) if duty.standing.is_lead]

    @property
    def assists(self) -> list[Duty]:
        return [duty for duty in self.duties if not duty.standing.is_lead]

    @property
    def owed(self) -> list[Duty]:
        """Everything that owes a report in its open period, filed or not."""
        return [duty for duty in self.leads if duty.can_file and not duty.is_waived]

    @property
    def waived_count(self) -> int:
        """免报: said apart from what is owed."""
        return sum(duty.is_waived for duty in self.leads)

    @property
    def filed_count(self) -> int:
        return sum(not duty.owes for duty in self.owed)

    @property
    def unfiled_states(self) -> list[tuple[str, int]]:
        """What is not yet filed, by its state, as far as there is any."""
        words = Counter(duty.state[2] for duty in self.owed if duty.owes)
        return [(word, words[word]) for word in ("退回", "待审签", "草稿", "未报") if words[word]]

    @property
    def to_do(self) -> list[Duty]:
        return sorted((duty for duty in self.duties if duty.owes), key=lambda duty: duty.urgency)

    @property
    def filed(self) -> list[Duty]:
        return [duty for duty in self.leads if not duty.owes]

    @cached_property
    def next_due(self) -> ReportingPeriod | None:
        """The period by which the nearest report of this agency is due."""
        periods = [duty.period for duty in self.duties if duty.period and duty.can_file]
        return min(periods, key=lambda period: period.due_on, default=None)

    @cached_property
    def overrides(self) -> Overrides:
        return WorkdayOverride.objects.as_overrides()

    @cached_property
    def workdays_left(self) -> int:
        return workdays_until(self.day, self.next_due.due_on, self.overrides) if self.next_due else 0
