"""What follows from assignments: due dates, receipts, and the reports that a period asks for. One pass over them."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from django.utils import timezone

from qa_plan.clock import end_of
from tasks.filing import FILED, VERDICTS, Filing
from tasks.latest import Latest
from tasks.models import AgencyRequest, Assignment, Closure, ItemRevision, Plan, ProgressReport, ReportingPeriod
from tasks.obligation import Asked, Obligation, obligation_over
from tasks.periods import quarters_between
from tasks.reminders.subjects import CHUNK, Kind, Subject, of_agency
from tasks.rollup import RUNNING
from tasks.workdays import Overrides, workdays_after


class Duty(NamedTuple):
    """An assignment in force."""

    pk: int
    item_id: int
    plan_id: int
    agency_id: int
    role: str
    recorded_at: datetime
    received_at: datetime | None
    obligation: str  # in the period that opened last


class Period(NamedTuple):
    """The period of a plan that opened last; `pk` is None where the daily round has not recorded it yet."""

    pk: int | None
    plan_id: int
    code: str
    opens_on: date
    due_on: date
    is_locked: bool | None = None


class DueDate(NamedTuple):
    """The due date in force of an item, and since when it has been this one."""

    plan_id: int
    due_on: date | None
    since: datetime


class Duties:
    """Over all plans at a moment, of all agencies or one; iterated once, in seven queries.

    `day` is the day of the moment, or a later one whose periods will have opened if nothing else happens.
    """

    def __init__(
        self, moment: datetime, overrides: Overrides, *, day: date | None = None, agency: int | None = None
    ) -> None:
        self.moment = moment
        self.day = day or timezone.localdate(moment)
        self.overrides = overrides
        self.agency = agency
        self.owed: Counter[tuple[int, int]] = Counter()  # by plan and agency
        self.missing: Counter[tuple[int, int]] = Counter()
        self._deadlines: dict[tuple[date, int], date] = {}

    def __iter__(self) -> Iterator[Subject]:
        columns = ("pk", "item_id", "item__plan_id", "agency_id", "role", "recorded_at", "receipt__recorded_at")
        assignments = Assignment.objects.in_force(self.moment).filter(of_agency(self.agency, "")).order_by("pk")
        asked = [self._asked(period) for period in self.periods.values() if not period.is_locked]  # who could file
        for row in assignments.values_list(*columns, obligation_over(asked)).iterator(CHUNK):
            duty = Duty(*row)
            if self.closure(duty.pk, self.moment) in RUNNING:
                yield from self._due(duty)
                yield from self._unreceived(duty)
                self._count(duty)
        yield from self._unfiled()

    # ── 完成时限 ──

    def _due(self, duty: Duty) -> Iterator[Subject]:
        """For leads alone, as lights are; and not while it is the coordinators' turn to decide on 申请办结."""
        due = self.due_dates.get(duty.item_id)
        if due is None or due.due_on is None or duty.role != Assignment.Role.LEAD:
            return
        if AgencyRequest.Kind.COMPLETION in self.open_requests.get(duty.pk, ()):
            return
        running_since = self.closures[duty.pk][-1][0] if duty.pk in self.closures else duty.recorded_at
        since = timezone.localdate(max(due.since, running_since, duty.recorded_at))
        yield Subject(Kind.DUE, f"assignment:{duty.pk}", due.due_on, since, duty.agency_id, duty.pk)

    @cached_property
    def due_dates(self) -> dict[int, DueDate]:
        """By item. A revision that leaves the date as it was leaves `since` as it was."""
        found: dict[int, DueDate] = {}
        revisions = ItemRevision.objects.filter(recorded_at__lte=self.moment).order_by("recorded_at", "pk")
        for item, plan, due_on, at in revisions.values_list(
            "item_id", "item__plan_id", "due_on", "recorded_at"
        ).iterator(CHUNK):
            if item not in found or found[item].due_on != due_on:
                found[item] = DueDate(plan, due_on, at)
        return found

    @cached_property
    def last_due_on(self) -> dict[int, date]:
        """By plan."""
        found: dict[int, date] = {}
        for plan, due_on, _ in self.due_dates.values():
            if due_on is not None:
                found[plan] = max(due_on, found.get(plan, due_on))
        return found

    @cached_property
    def closures(self) -> dict[int, list[tuple[datetime, str]]]:
        """By assignment, oldest first."""
        found: dict[int, list[tuple[datetime, str]]] = {}
        closures = Closure.objects.filter(of_agency(self.agency), recorded_at__lte=self.moment)
        rows = closures.order_by("recorded_at", "pk")
        for assignment, at, kind in rows.values_list("assignment_id", "recorded_at", "kind").iterator(CHUNK):
            found.setdefault(assignment, []).append((at, kind))
        return found

    def closure(self, assignment: int, moment: datetime) -> str:
        """The kind of its latest closure by then, "" where there was none."""
        if assignment not in self.closures:
            return ""
        return next((kind for at, kind in reversed(self.closures[assignment]) if at <= moment), "")

    @property
    def ended(self) -> set[int]:
        """The assignments that were closed, suspended or cancelled."""
        return {pk for pk in self.closures if self.closure(pk, self.moment) not in RUNNING}

    @cached_property
    def open_requests(self) -> dict[int, set[str]]:
        """By assignment, the kinds of those that wait for an answer."""
        found: dict[int, set[str]] = {}
        unanswered = AgencyRequest.objects.unanswered(self.moment).filter(of_agency(self.agency))
        for assignment, kind in unanswered.values_list("assignment_id", "kind"):
            found.setdefault(assignment, set()).add(kind)
        return found

    # ── 签收 ──

    def _unreceived(self, duty: Duty) -> Iterator[Subject]:
        """待签收: see `tasks.course.state_of`; what was reopened needs no receipt."""
        is_received = duty.received_at is not None and duty.received_at <= self.moment
        others = self.open_requests.get(duty.pk, set()) - {AgencyRequest.Kind.EXTENSION}
        if is_received or others or duty.pk in self.closures:
            return
        given_on = timezone.localdate(duty.recorded_at)
        key = (given_on, self.plans[duty.plan_id].receipt_days)
        if key not in self._deadlines:
            self._deadlines[key] = workdays_after(*key, self.overrides)
        yield Subject(Kind.RECEIPT, f"assignment:{duty.pk}", self._deadlines[key], given_on, duty.agency_id, duty.pk)

    # ── 报告 ──

    def _count(self, duty: Duty) -> None:
        """应报 and not yet 已报; and never what has ended since."""
        if duty.obligation == Obligation.OWED:
            self.owed[duty.plan_id, duty.agency_id] += 1
            self.missing[duty.plan_id, duty.agency_id] += duty.pk not in self.filed

    def _asked(self, period: Period) -> Asked:
        closing = min(self.moment, end_of(period.due_on))
        return Asked(period.pk, period.plan_id, closing, self.plans[period.plan_id].assists_owe_reports)

    def _unfiled(self) -> Iterator[Subject]:
        """One for each agency that has something to file in a plan's period, with the dates of opening and closing."""
        for (plan, agency), missing in self.missing.items():
            if not missing:
                continue
            period = self.periods[plan]
            key = f"period:{plan}-{period.code}/agency:{agency}"
            facts = {"owed": self.owed[plan, agency], "missing": missing}
            for kind, anchor in ((Kind.OPENS, period.opens_on), (Kind.FILING, period.due_on)):
                yield Subject(kind, key, anchor, period.opens_on, agency, period_id=period.pk, facts=facts)

    @cached_property
    def plans(self) -> dict[int, Plan]:
        return {plan.pk: plan for plan in Plan.objects.defer("notice_text").order_by()}

    @cached_property
    def recorded_periods(self) -> list[Period]:
        """Those that have opened, oldest first."""
        is_locked = Latest("PeriodLock", "is_locked", self.moment, period="pk")
        opened = ReportingPeriod.objects.filter(opens_on__lte=self.day).annotate(is_locked=is_locked)
        return [Period(*row) for row in opened.order_by("opens_on", "pk").values_list(*Period._fields)]

    @property
    def locked(self) -> set[int]:
        return {period.pk for period in self.recorded_periods if period.pk and period.is_locked}

    @cached_property
    def periods(self) -> dict[int, Period]:
        """By plan, the one that opened last: what is filed late is filed until the next one opens."""
        found = {period.plan_id: period for period in self.recorded_periods}
        for plan in self.plans.values():
            to_come = self._opened_meanwhile(plan)
            if to_come and (plan.pk not in found or found[plan.pk].code < to_come.code):
                found[plan.pk] = to_come
        return found

    def _opened_meanwhile(self, plan: Plan) -> Period | None:
        """The last period whose opening day has come, whether the daily round has recorded it or not."""
        end = max(plan.due_on, self.last_due_on.get(plan.pk, plan.due_on))
        quarters = quarters_between(plan.begins_on, end, filing_day=plan.filing_day, overrides=self.overrides)
        opened = [quarter for quarter in quarters if quarter.opens_on <= self.day]
        if not opened:
            return None
        last = opened[-1]
        return Period(None, plan.pk, last.code, last.opens_on, last.due_on)

    @cached_property
    def current(self) -> list[int]:
        """The keys of the periods that agencies file in."""
        return [period.pk for period in self.periods.values() if period.pk and not period.is_locked]

    @cached_property
    def filed(self) -> set[int]:
        """Those whose newest report of the current period waits or was accepted."""
        reports = ProgressReport.objects.as_of(self.moment).filter(of_agency(self.agency), period__in=self.current)
        newest: dict[int, Filing] = {}
        columns = ("assignment_id", "verdict")
        for assignment, verdict in reports.values_list(*columns).iterator(CHUNK):
            newest.setdefault(assignment, VERDICTS[verdict])
        return {assignment for assignment, filing in newest.items() if filing in FILED}
