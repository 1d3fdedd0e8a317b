"""我的填报: what an agency has to do now, the most urgent first, each with its form filled in as far as is known."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from agencies.models import Agency
from qa_plan.clock import end_of
from tasks.filing import FILED, Filing, filing_of
from tasks.forms import READING, ReportForm
from tasks.models import (
    Assignment,
    Indicator,
    Plan,
    ProgressReport,
    ReportDraft,
    ReportingPeriod,
    WorkdayOverride,
)
from tasks.rollup import Standing, standing_of
from tasks.status import SEVERITY
from tasks.workdays import workdays_until


@dataclass(slots=True)
class Duty:
    """One assignment of the agency: what it has said, and what it has still to say in the period that is open."""

    assignment: Assignment
    standing: Standing
    period: ReportingPeriod | None
    last: ProgressReport | None  # the accepted report at which the assignment stands
    newest: ProgressReport | None  # the newest report of the period
    draft: ReportDraft | None

    @property
    def filing(self) -> Filing:
        return filing_of(self.newest)

    @property
    def owes(self) -> bool:
        """应报 and not yet 已报."""
        return self.can_file and self.standing.is_lead and self.filing not in FILED

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
        return max(self.standing.expected - self.assignment.item.plan.behind_margin, 0.0)

    @property
    def is_behind(self) -> bool:
        return self.behind_line is not None and self.standing.percent < self.behind_line

    @property
    def state(self) -> tuple[str, str, str]:
        """Its seat in the row of seats: class, one character, and the words for it."""
        if self.filing == Filing.SENT_BACK:
            return "back", "退", "退回"
        if self.filing == Filing.MISSING:
            return ("draft", "草", "草稿") if self.draft else ("", "未", "未报")
        return "filed", "✓" if self.filing == Filing.ACCEPTED else "审", self.filing.label

    @property
    def initial(self) -> dict[str, Any]:
        """What the form holds before anybody types: the draft, else what was sent back, else the last percentage."""
        source = self.draft or (self.newest if self.filing == Filing.SENT_BACK else None)
        if source is None:
            return {"percent": self.standing.percent}
        names = ("percent", "progress", "problems", "next_steps", "delay_reason", "is_unchanged")
        readings = self.draft.readings if self.draft else {r.indicator_id: r.value for r in source.readings.all()}
        return {name: getattr(source, name) for name in names} | {
            f"{READING}{pk}": value for pk, value in readings.items()
        }


class MyPage:
    """The duties of one agency on one day, over all plans that run."""

    def __init__(self, agency: Agency, day: date, plans: QuerySet[Plan]) -> None:
        self.agency = agency
        self.day = day
        self.plans = plans
        self.moment = end_of(day)

    @cached_property
    def duties(self) -> list[Duty]:
        assignments = (
            Assignment.objects.as_of(self.moment)
            .filter(agency=self.agency, item__plan__in=self.plans)
            .select_related("item__plan")
            .defer("item__text", "item__plan__notice_text")
            .order_by("-item__plan__issued_on", "item__plan_id", "item__number")
        )
        return self.duties_of(assignments)

    def duties_of(self, assignments: Iterable[Assignment]) -> list[Duty]:
        """Duties of assignments read with `as_of` and their plan."""
        found = list(assignments)
        periods = self._periods({assignment.item.plan_id for assignment in found})
        keys = [assignment.pk for assignment in found]
        standing_reports = [assignment.standing_report for assignment in found if assignment.standing_report]
        reports = list(
            ProgressReport.objects.as_of(self.moment)
            .filter(Q(pk__in=standing_reports) | Q(assignment__in=keys, period__in=periods.values()))
            .select_related("period")
            .prefetch_related("readings")
        )
        by_pk = {report.pk: report for report in reports}
        newest: dict[tuple[int, int], ProgressReport] = {}
        for report in reports:
            newest.setdefault((report.assignment_id, report.period_id), report)
        drafts = {
            (draft.assignment_id, draft.period_id): draft
            for draft in ReportDraft.objects.filter(assignment__in=keys, period__in=periods.values())
        }
        duties = []
        for assignment in found:
            period = periods.get(assignment.item.plan_id)
            if period:
                period.plan = assignment.item.plan
            slot = (assignment.pk, period.pk if period else 0)
            duties.append(
                Duty(
                    assignment=assignment,
                    standing=standing_of(assignment, assignment.item.plan, self.day),
                    period=period,
                    last=by_pk.get(assignment.standing_report or 0),
                    newest=newest.get(slot),
                    draft=drafts.get(slot),
                )
            )
        return duties

    def _periods(self, plans: set[int]) -> dict[int, ReportingPeriod]:
        """The period opened last, of each plan."""
        opened = ReportingPeriod.objects.filter(plan__in=plans, opens_on__lte=self.day).order_by("opens_on")
        return {period.plan_id: period for period in opened}

    # ── what the page shows ──

    @property
    def leads(self) -> list[Duty]:
        return [duty for duty in self.duties if duty.standing.is_lead]

    @property
    def assists(self) -> list[Duty]:
        return [duty for duty in self.duties if not duty.standing.is_lead]

    @property
    def owed(self) -> list[Duty]:
        """Everything that owes a report in its open period, filed or not."""
        return [duty for duty in self.leads if duty.can_file]

    @property
    def filed_count(self) -> int:
        return sum(not duty.owes for duty in self.owed)

    @property
    def unfiled_states(self) -> list[tuple[str, int]]:
        """What is not yet filed, by its state, as far as there is any."""
        words = Counter(duty.state[2] for duty in self.owed if duty.owes)
        return [(word, words[word]) for word in ("退回", "草稿", "未报") if words[word]]

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
    def workdays_left(self) -> int:
        overrides = WorkdayOverride.objects.as_overrides()
        return workdays_until(self.day, self.next_due.due_on, overrides) if self.next_due else 0


def forms_for(duties: Sequence[Duty]) -> list[tuple[Duty, ReportForm]]:
    """Each duty with its form; the indicators of all of them are read at once."""
    indicators: dict[int, list[Indicator]] = {}
    for indicator in Indicator.objects.filter(item__in=[duty.assignment.item_id for duty in duties]):
        indicators.setdefault(indicator.item_id, []).append(indicator)
    return [
        (
            duty,
            ReportForm(
                indicators=indicators.get(duty.assignment.item_id, []),
                initial=duty.initial,
                auto_id=f"id_{duty.assignment.pk}_%s",
            ),
        )
        for duty in duties
    ]
