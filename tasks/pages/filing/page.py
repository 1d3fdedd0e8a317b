"""我的填报: what an agency has to do now, the most urgent first. `tasks.pages.filing.cards` makes the forms."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import groupby

from django.db.models import QuerySet
from django.urls import reverse

from agencies.models import Agency
from qa_plan.clock import end_of
from tasks.models import Assignment, Plan, ReportDraft, ReportingPeriod, WorkdayOverride
from tasks.models.obligation import Obligation
from tasks.pages.filing.questions import assignments_to_report, drafts_of, filed_reports
from tasks.rules.status import Pace, behind_line, pace_of
from tasks.rules.workdays import Overrides, workdays_until
from tasks.standing.course import is_settling
from tasks.standing.filing import FILED, Filed, Filing, filing_of, obligations
from tasks.standing.questions import periods_opened_of
from tasks.standing.rollup import Standing, standings_from_objects, thresholds_of


@lru_cache(8192)
def form_address(assignment: int) -> str:
    return reverse("tasks:report-edit", args=[assignment])


@dataclass(slots=True)
class OwedReport:
    """One assignment of the agency: what it has said, and what it has still to say in the period that is open."""

    assignment: Assignment
    standing: Standing
    period: ReportingPeriod | None
    newest: Filed | None  # the newest report of the period
    draft: ReportDraft | None
    obligation: str = ""  # what it has to do with the period's report: 应报, 免报, or neither
    filing: Filing = field(init=False)

    def __post_init__(self) -> None:
        self.filing = Filing.WAIVED if self.is_waived else filing_of(self.newest)

    @property
    def is_waived(self) -> bool:
        return self.obligation == Obligation.WAIVED

    @property
    def slot(self) -> str:
        """Names its card on the page."""
        return f"{self.assignment.pk}-{self.period.code if self.period else ''}"

    @property
    def address(self) -> str:
        """Of its form."""
        return form_address(self.assignment.pk)

    @property
    def is_handed_in(self) -> bool:
        """It lies with the agency's head, who has not yet filed or returned it."""
        return self.draft is not None and self.draft.handed_in_at is not None

    @property
    def returned_comment(self) -> str:
        """审签退回: what the agency's head asks to be changed, if it was returned."""
        return self.draft.returned_comment if self.draft else ""

    @property
    def is_settling(self) -> bool:
        return is_settling(self.assignment, self.standing.percent)

    @property
    def owes(self) -> bool:
        """应报 and not yet 已报."""
        return self.can_file and self.obligation == Obligation.OWED and self.filing not in FILED

    @property
    def is_returned(self) -> bool:
        return self.filing == Filing.SENT_BACK

    @property
    def is_to_do(self) -> bool:
        """What was sent back is mended even where the rule asks for no report."""
        return self.owes or (self.can_file and self.is_returned and not self.is_waived)

    @property
    def can_file(self) -> bool:
        return self.period is not None and not self.standing.has_ended

    @property
    def urgency(self) -> tuple[bool, int, Decimal]:
        """Sent back first, then by light, then by what is furthest behind."""
        return (not self.is_returned, self.standing.severity, self.standing.gap or Decimal())

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
        if self.is_returned:
            return "back", "退", Filing.SENT_BACK.label
        if self.filing == Filing.MISSING:
            if self.is_handed_in:
                return "draft", "签", "待审签"
            return ("draft", "草", "草稿") if self.draft else ("", "未", Filing.MISSING.label)
        return "filed", "✓" if self.filing == Filing.ACCEPTED else "审", self.filing.label


BEGUN = ("待审签", "草稿")
Slot = tuple[Assignment, ReportingPeriod | None]
Newest = dict[tuple[int, int], Filed]  # the newest reports, by assignment and period


class MyPage:
    """The reports of one agency on one day, over all plans. Texts are read only for the cards that are shown."""

    def __init__(self, agency: Agency, day: date, plans: QuerySet[Plan]) -> None:
        self.agency = agency
        self.day = day
        self.plans = plans  # read once, the newest first
        self.moment = end_of(day)

    @cached_property
    def reports(self) -> list[OwedReport]:
        return self._reports_of(self.agency.pk, by_agency=True)

    def reports_of(self, assignment: Assignment) -> list[OwedReport]:
        """The reports on that assignment alone."""
        return self._reports_of(assignment.pk, by_agency=False)

    def _reports_of(self, key: int, *, by_agency: bool) -> list[OwedReport]:
        """The newest plan's first, in the notice's order."""
        plans = {plan.pk: plan for plan in self.plans}
        periods = self._periods(plans)
        last = [opened[0] for opened in periods.values() if opened]
        terms = [period.terms_at(self.moment) for period in last]
        tasks = assignments_to_report(
            key=key,
            by_agency=by_agency,
            plans=list(plans),
            moment=self.moment,
            periods={each.plan: each.period for each in terms},
            closings={each.plan: each.closing for each in terms},
            assists={each.plan: each.assists for each in terms},
        )
        filed = self._filed_reports(tasks, last)
        saved = drafts_of(assignments=[task.pk for task in tasks])
        drafts = {(draft.assignment_id, draft.period_id): draft for draft in saved}
        slots: list[Slot] = [
            (assignment, period)
            for assignment in tasks
            for period in self._open_for(assignment, periods[assignment.item.plan_id], filed)
        ]
        obligations, standings = self._obligations(slots, last), self._standings(tasks, plans)
        owed_reports = []
        for assignment, period in slots:
            assignment.item.plan = plans[assignment.item.plan_id]
            slot = (assignment.pk, period.pk if period else 0)
            known = (filed.get(slot), drafts.get(slot), obligations.get(slot, ""))
            owed_reports.append(OwedReport(assignment, standings[assignment.pk], period, *known))
        return owed_reports

    def _standings(self, tasks: Iterable[Assignment], plans: Mapping[int, Plan]) -> dict[int, Standing]:
        """By assignment; those of a plan are reckoned together."""
        of_plan = groupby(tasks, key=lambda task: task.item.plan_id)
        reckoned = (standings_from_objects(some, plans[plan], self.day) for plan, some in of_plan)
        return {standing.pk: standing for standings in reckoned for standing in standings}

    def _obligations(self, slots: Sequence[Slot], last: Sequence[ReportingPeriod]) -> dict[tuple[int, int], str]:
        """Of each plan's last period as read along; of earlier ones, where there are any, in one query."""
        newest = {period.pk for period in last}
        keys = [(assignment, period, period.pk) for assignment, period in slots if period]
        owed = {(assignment.pk, key): assignment.obligation for assignment, _, key in keys if key in newest}
        earlier = {key: period.terms_at(self.moment) for _, period, key in keys if key not in newest}
        return owed | obligations(earlier.values(), pk__in=[assignment.pk for assignment, _ in slots])

    def _filed_reports(self, assignments: Sequence[Assignment], last: Sequence[ReportingPeriod]) -> Newest:
        """Of each plan's last period, and of earlier ones what is sent back: however many periods there were."""
        filed = filed_reports(
            assignments=[assignment.pk for assignment in assignments],
            periods=[period.pk for period in last],
            moment=self.moment,
        )
        newest: Newest = {}
        for row in filed:
            report = Filed(*row)
            newest.setdefault((report.assignment_id, report.period_id), report)
        return newest

    def _periods(self, plans: dict[int, Plan]) -> dict[int, list[ReportingPeriod]]:
        """The periods of each plan that have opened, the last one first, each with `is_locked`."""
        opened: dict[int, list[ReportingPeriod]] = {pk: [] for pk in plans}
        for period in periods_opened_of(plans=list(plans), day=self.day, moment=self.moment):
            period.plan = plans[period.plan_id]
            opened[period.plan_id].append(period)
        return opened

    def _open_for(
        self, assignment: Assignment, opened: list[ReportingPeriod], filed: Mapping[tuple[int, int], Filed]
    ) -> list[ReportingPeriod | None]:
        """The period opened last, and earlier ones whose report was sent back and still has to be mended."""
        newest = ((period, filed.get((assignment.pk, period.pk))) for period in opened[1:])
        earlier = [period for period, report in newest if filing_of(report) == Filing.SENT_BACK]
        return [*opened[:1], *earlier] if opened else [None]

    # ── what the page shows ──

    @cached_property
    def current(self) -> list[OwedReport]:
        """One for each task of the agency, in the period opened last."""
        return list({owed.assignment.pk: owed for owed in reversed(self.reports)}.values())[::-1]

    @cached_property
    def leads(self) -> list[OwedReport]:
        return [owed for owed in self.current if owed.standing.is_lead]

    @cached_property
    def assists(self) -> list[OwedReport]:
        return [owed for owed in self.reports if not owed.standing.is_lead]

    @cached_property
    def owed(self) -> list[OwedReport]:
        """应报 of the agency's present tasks in the period opened last, filed or not: as the period's page counts."""
        return [owed for owed in self.current if owed.obligation == Obligation.OWED]

    @cached_property
    def names_plans(self) -> bool:
        """Whether an item's label alone doesn't say of which plan it is."""
        return len({owed.assignment.item.plan_id for owed in self.reports}) > 1

    @property
    def waived_count(self) -> int:
        """免报: said apart from what is owed."""
        return sum(owed.is_waived for owed in self.current)

    @property
    def filed_count(self) -> int:
        return sum(owed.filing in FILED for owed in self.owed)

    @property
    def filed_states(self) -> list[tuple[str, int]]:
        """已报 by its parts, as far as there are any."""
        return self._counted(Filing.ACCEPTED.label, Filing.WAITING.label)

    @property
    def unfiled_states(self) -> list[tuple[str, int]]:
        """未报 by its parts, as far as there are any; 未报送 holds what was begun."""
        return self._counted(Filing.SENT_BACK.label, Filing.MISSING.label)

    @property
    def begun(self) -> list[tuple[str, int]]:
        """What of 未报送 was begun: drafts, and what waits for the head's consent."""
        return [(word, self._states[word]) for word in BEGUN if self._states[word]]

    def _counted(self, *words: str) -> list[tuple[str, int]]:
        begun = {Filing.MISSING.label: sum(self._states[word] for word in BEGUN)}
        counts = [(word, self._states[word] + begun.get(word, 0)) for word in words]
        return [(word, count) for word, count in counts if count]

    @cached_property
    def _states(self) -> Counter[str]:
        return Counter(owed.state[2] for owed in self.owed)

    @cached_property
    def to_do(self) -> list[OwedReport]:
        return sorted((owed for owed in self.reports if owed.is_to_do), key=lambda owed: owed.urgency)

    @cached_property
    def filed(self) -> list[OwedReport]:
        return [owed for owed in self.leads if not owed.is_to_do]

    @cached_property
    def next_due(self) -> ReportingPeriod | None:
        """The period by which the nearest report of this agency is due."""
        periods = [owed.period for owed in self.reports if owed.period and owed.can_file]
        return min(periods, key=lambda period: period.due_on, default=None)

    @cached_property
    def overrides(self) -> Overrides:
        return WorkdayOverride.objects.as_overrides()

    @cached_property
    def workdays_left(self) -> int:
        return workdays_until(self.day, self.next_due.due_on, self.overrides) if self.next_due else 0
