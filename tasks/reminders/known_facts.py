"""`KnownFacts` holds what reminders are decided by, as of a moment: plans with their periods, and the facts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import F, QuerySet
from django.utils import timezone

from tasks.models import Plan, ReportingPeriod
from tasks.models.latest import Latest
from tasks.models.obligation import PeriodTerms
from tasks.reminders.fact_rows import Asked, FactKind, FactRow, read_facts
from tasks.rules.periods import periods_between, span
from tasks.rules.workdays import Overrides

DATES = ("opens_on", "due_on")


@dataclass(frozen=True, slots=True, eq=False)
class OpenPeriod:
    """A period while it is the one of its plan that opened last; its key is None until the daily round records it.

    `terms` decide who owes a report in it; None where it is locked: nobody can file then.
    """

    period: ReportingPeriod
    terms: PeriodTerms | None
    ends: date


class DueDate(NamedTuple):
    """The due date in force of an item, since when it has been this one, and the notice's words if it writes it."""

    plan_id: int
    due_on: date | None
    since: datetime
    words: str


class KnownFacts:
    """Knows the facts of all agencies or of one, in two queries; with `last`, a later day, for all days until then."""

    def __init__(self, moment: datetime, overrides: Overrides, last: date | None = None, agency: int | None = None):
        self.moment = moment
        self.first = timezone.localdate(moment)
        self.last = last or self.first
        self.overrides = overrides
        self.agency = agency
        self.due_dates: dict[int, DueDate] = {}  # by item
        self.closures: dict[int, list[tuple[datetime, str]]] = {}  # by assignment, oldest first
        self.requests: dict[int, set[str]] = {}  # by assignment, the kinds that wait for an answer
        self._last_due_on: dict[int, date | None] = {}  # by plan that is over, the latest due date of its items

    def read(self, due_until: date) -> Iterator[FactRow]:
        """Reads the facts once: remembers what the rest is decided by, and passes on what waits by itself.

        Of due dates, those until that day.
        """
        for row in read_facts(Asked(self.moment, due_until, self.last, self.agency)):
            match row.what:
                case FactKind.PLAN_END:
                    self._last_due_on[row.within] = row.day
                case FactKind.DUE_DATE:
                    self._remember_due_date(row)
                case FactKind.CLOSURE:
                    self.closures.setdefault(row.of, []).append((row.at, row.word or ""))
                case _:
                    if row.what == FactKind.REQUEST:
                        self.requests.setdefault(row.of, set()).add(row.word or "")
                    yield row

    def _remember_due_date(self, row: FactRow) -> None:
        """Remembers a due date; a revision that leaves the date as it was leaves `since` as it was."""
        known = self.due_dates.get(row.of)
        if known is None or known.due_on != row.day:
            self.due_dates[row.of] = DueDate(row.within, row.day, row.at, row.word or "")

    def closure(self, assignment: int, moment: datetime) -> str:
        """The kind of its latest closure by then, "" where there was none."""
        if assignment not in self.closures:
            return ""
        return next((kind for at, kind in reversed(self.closures[assignment]) if at <= moment), "")

    # ── plans and their periods ──

    @property
    def recorded(self) -> dict[Plan, list[ReportingPeriod]]:
        """Every plan with the periods that the daily round has recorded."""
        return self._recorded[0]

    @property
    def locked(self) -> set[int]:
        """The periods that are locked."""
        return self._recorded[1]

    @cached_property
    def _recorded(self) -> tuple[dict[Plan, list[ReportingPeriod]], set[int]]:
        periods_of: dict[Plan, list[ReportingPeriod]] = {}
        locked = set()
        for row in _plans(self.moment):
            periods = periods_of.setdefault(row, [])
            if row.period:
                dates = {name: getattr(row, f"period_{name}") for name in DATES}
                periods.append(ReportingPeriod(pk=row.period, plan=row, code=row.code, **dates))
                if row.is_locked:
                    locked.add(row.period)
        return periods_of, locked

    @cached_property
    def plans(self) -> dict[int, Plan]:
        """Every plan by its key, with what holds for it at the moment."""
        return {plan.pk: plan.at(self.moment) for plan in self.recorded}

    @cached_property
    def periods(self) -> dict[int, ReportingPeriod]:
        return {period.pk: period for periods in self.recorded.values() for period in periods}

    @cached_property
    def open_periods(self) -> dict[int, list[OpenPeriod]]:
        """The open periods by plan: late reports are filed until the next one opens, whether recorded yet or not."""
        return {
            plan.pk: list(self._opened_last([*periods, *self._unrecorded(plan)]))
            for plan, periods in self.recorded.items()
        }

    def _opened_last(self, periods: Iterable[ReportingPeriod]) -> Iterator[OpenPeriod]:
        """Of one plan's periods, those that are the one that opened last on any of the days."""
        opened = sorted((period for period in periods if period.opens_on <= self.last), key=attrgetter("opens_on"))
        ends = [*(period.opens_on for period in opened[1:]), date.max]
        for period, end in zip(opened, ends, strict=False):
            if end > self.first:
                terms = None if period.pk in self.locked else period.terms_at(self.moment)
                yield OpenPeriod(period, terms, end)

    def _unrecorded(self, plan: Plan) -> Iterator[ReportingPeriod]:
        end = max(plan.due_on, self._last_due_on.get(plan.pk) or plan.due_on)
        known = self.recorded[plan]
        series = plan.series(self.moment)
        for period in periods_between(plan.begins_on, end, series, overrides=self.overrides):
            if not any(period.overlaps(*span(each.code)) for each in known):
                yield ReportingPeriod(plan=plan, code=period.code, opens_on=period.opens_on, due_on=period.due_on)


def _plans(moment: datetime) -> QuerySet[Any]:
    """A row for each period, and one for a plan without any."""
    return (
        Plan.objects.defer("notice_text")
        .with_listing()
        .order_by("pk")
        .annotate(
            period=F("periods"),
            code=F("periods__code"),
            is_locked=Latest("PeriodLock", "is_locked", moment, period="periods__pk"),
            **{f"period_{name}": F(f"periods__{name}") for name in DATES},
        )
    )
