"""Random histories of a plan as plain data, what a plain reading of them says at any moment, and how to store them.

The reading (`Reading`) goes through the facts one after another and knows no SQL and none of the product's rules, so
that it can be compared with what the querysets answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import NamedTuple

from qa_plan.clock import end_of
from tasks.models import (
    AcceptedProgress,
    ActionItem,
    Assignment,
    Closure,
    ItemRevision,
    Plan,
    ProgressReport,
    Review,
    Waiver,
)
from tests.support import factories
from tests.support.factories import ASSIST, LEAD, moment

FIRST_DAY = date(2016, 5, 24)
INSTANTS = [moment("2016-06-01 09:00") + timedelta(days=12 * n, hours=n) for n in range(14)]
PERIODS = {"2016Q2": date(2016, 7, 15), "2016Q3": date(2016, 10, 14)}  # each with the day on which it falls due
ENDED = {"closed": "grey", "suspended": "suspended", "cancelled": "cancelled"}
# None of them lies a number of days from the first day that divides a hundred: there, floating point has its edges.
DUE_DATES = (None, date(2016, 8, 20), date(2016, 9, 30), date(2016, 10, 20), date(2016, 12, 31))


class Assigned(NamedTuple):
    at: datetime
    item: int
    agency: int
    role: str
    weight: int
    ended_at: datetime | None
    answers_from: date | None


class Revised(NamedTuple):
    at: datetime
    item: int
    due_on: date | None
    wording: str


class Filed(NamedTuple):
    at: datetime
    assignment: int
    period: str
    percent: int


class Reviewed(NamedTuple):
    at: datetime
    report: int
    verdict: str


class Closed(NamedTuple):
    at: datetime
    assignment: int
    kind: str


class Waived(NamedTuple):
    at: datetime
    assignment: int
    period: str
    is_waived: bool


class History(NamedTuple):
    """Each kind of fact in the order in which it is stored; that order, not time, decides between equal moments."""

    first_due_on: list[date | None]  # by item
    agencies: int
    assigned: list[Assigned]
    revised: list[Revised]
    filed: list[Filed]
    reviewed: list[Reviewed]
    closed: list[Closed]
    waived: list[Waived]


def random_history(seed: int, *, items: int, agencies: int) -> History:
    """Facts fall on few moments, so that many are equal, and are stored in an order that isn't that of time."""
    dice = Random(seed)

    def later(start: datetime) -> datetime:
        return dice.choice([instant for instant in INSTANTS if instant >= start])

    revised = [
        Revised(later(INSTANTS[0]), item, dice.choice(DUE_DATES), dice.choice(["", "改写"]))
        for item in range(items)
        for _ in range(dice.randrange(4))
    ]
    assigned = []
    for item in range(items):
        for agency in dice.sample(range(agencies), dice.randint(1, agencies)):
            start = dice.choice(INSTANTS[:6])
            ended_at = later(start) if dice.random() < 0.3 else None
            role = dice.choice([LEAD, LEAD, ASSIST])
            since = dice.choice([None, start.date()])
            assigned.append(Assigned(start, item, agency, role, dice.randint(1, 3), ended_at, since))
            if ended_at and dice.random() < 0.5:
                assigned.append(Assigned(later(ended_at), item, agency, LEAD, 1, None, since))
    dice.shuffle(assigned)
    filed, closed = [], []
    for number, assignment in enumerate(assigned):
        for _ in range(dice.choice([0, 1, 2, 3, 5])):
            filed.append(Filed(later(assignment.at), number, dice.choice([*PERIODS]), dice.randint(0, 100)))
        for _ in range(dice.choice([0, 0, 0, 1, 3])):
            kind = dice.choice(["closed", "suspended", "cancelled", "reopened", "reopened"])
            closed.append(Closed(later(assignment.at), number, kind))
    waived = [
        Waived(later(assignment.at), number, dice.choice([*PERIODS]), dice.choice([True, True, False]))
        for number, assignment in enumerate(assigned)
        for _ in range(dice.choice([0, 0, 1, 2, 3]))
    ]
    dice.shuffle(filed)
    reviewed = [
        Reviewed(later(report.at), number, dice.choice(["accepted", "sent_back"]))
        for number, report in enumerate(filed)
        for _ in range(dice.choice([0, 1, 1, 2, 3]))
    ]
    for facts in (revised, closed, reviewed, waived):
        dice.shuffle(facts)
    first_due_on = [dice.choice(DUE_DATES) for _ in range(items)]
    return History(first_due_on, agencies, assigned, revised, filed, reviewed, closed, waived)


def settled_at(history: History, number: int) -> datetime | None:
    """When the report stopped waiting: at its first review, or when a newer one of its period took its place."""
    report = history.filed[number]
    reviews = [review.at for review in history.reviewed if review.report == number]
    newer = [
        other.at
        for n, other in enumerate(history.filed)
        if (other.assignment, other.period) == (report.assignment, report.period)
        and (other.at, n) > (report.at, number)
    ]
    return min([*reviews, *newer], default=None)


# ── a plain reading ──────────────────────────────────────────────────────────────────────────────────────────────


class Read(NamedTuple):
    """Where one assignment stands: what the status rule needs, and the light."""

    percent: int
    report: int | None
    due_on: date | None
    closure: str
    light: str  # "" where there is none


class Reading:
    """What a history says at one moment, read fact by fact in the order of time."""

    def __init__(self, history: History, when: datetime) -> None:
        self.history, self.when = history, when
        self.due_on = list(history.first_due_on)
        self.wording = [""] * len(self.due_on)
        self.verdicts: dict[int, str] = {}
        self.standing: dict[int, int] = {}
        self.newest: dict[tuple[int, str], int] = {}
        self.closure: dict[int, str] = {}
        for _, revision in self._known(history.revised):
            self.due_on[revision.item], self.wording[revision.item] = revision.due_on, revision.wording
        for _, review in self._known(history.reviewed):
            self.verdicts[review.report] = review.verdict
        for number, report in self._known(history.filed):
            self.newest[report.assignment, report.period] = number
            standing = self.standing.get(report.assignment)
            is_newest = standing is None or report.period >= history.filed[standing].period
            if self.verdicts.get(number) == "accepted" and is_newest:
                self.standing[report.assignment] = number
        for _, closure in self._known(history.closed):
            self.closure[closure.assignment] = closure.kind
        self.waived: dict[tuple[int, str], bool] = {}
        for _, waiver in self._known(history.waived):
            self.waived[waiver.assignment, waiver.period] = waiver.is_waived

    def _known(self, facts):
        """With their numbers, oldest first; of one moment, in the order in which they were stored."""
        known = [(number, fact) for number, fact in enumerate(facts) if fact.at <= self.when]
        return sorted(known, key=lambda numbered: numbered[1].at)

    def in_force(self) -> list[int]:
        return [
            number
            for number, fact in enumerate(self.history.assigned)
            if fact.at <= self.when and (fact.ended_at is None or self.when < fact.ended_at)
        ]

    def waiting(self) -> set[int]:
        """Newest reports of their period without a verdict, of assignments that are in force."""
        in_force = set(self.in_force())
        return {
            number
            for (assignment, _), number in self.newest.items()
            if assignment in in_force and number not in self.verdicts
        }

    def obligations(self, period: str) -> dict[int, str]:
        """What every assignment in force has to do with the period's report, while the period is open."""

        def obligation(number: int) -> str:
            if self.history.assigned[number].role != LEAD or self.closure.get(number, "") not in ("", "reopened"):
                return ""
            return "waived" if self.waived.get((number, period)) else "owed"

        return {number: obligation(number) for number in self.in_force()}

    def assignment(self, number: int) -> Read:
        fact, report = self.history.assigned[number], self.standing.get(number)
        percent = 0 if report is None else self.history.filed[report].percent
        due_on, closure = self.due_on[fact.item], self.closure.get(number, "")
        light = "" if fact.role == ASSIST else self._light(percent, due_on, closure, asked=self._was_asked(number))
        return Read(percent, report, due_on, closure, light)

    def _was_asked(self, number: int) -> bool:
        """Whether a period has closed whose report the assignment owed."""
        since = self.history.assigned[number].answers_from
        return any(
            due_on < self.when.date()
            and not (since and due_on < since)
            and not at_close.waived.get((number, period))
            and at_close.closure.get(number, "") in ("", "reopened")
            for period, due_on, at_close in self._closed_periods
        )

    @cached_property
    def _closed_periods(self) -> "list[tuple[str, date, Reading]]":
        """Every period with its due date, and what was known of it by its close."""
        return [
            (period, due_on, Reading(self.history, min(self.when, end_of(due_on))))
            for period, due_on in PERIODS.items()
        ]

    def _light(self, percent: int, due_on: date | None, closure: str, *, asked: bool) -> str:
        """docs/rules.md 5, in exact fractions."""
        day = self.when.date()
        if closure in ENDED:
            return ENDED[closure]
        if due_on is None:
            return "green"
        if day > due_on:
            return "red"
        if asked and percent < Fraction(100 * (day - FIRST_DAY).days, (due_on - FIRST_DAY).days) - 10:
            return "yellow"
        return "blue" if (due_on - day).days <= 15 else "green"


# ── in the database ──────────────────────────────────────────────────────────────────────────────────────────────


class Stored(NamedTuple):
    """The rows of a history by their numbers; None for what happened too late to be stored."""

    plan: Plan
    items: list[ActionItem]
    assignments: list[Assignment | None]
    reports: list[ProgressReport | None]


def store(history: History, *, until: datetime = INSTANTS[-1], plan: Plan | None = None) -> Stored:
    """Writes what happened up to that moment, as if nothing had happened since."""
    plan = plan or factories.make_plan()
    section = factories.make_section(plan)
    items = [factories.make_item(section=section, due_on=due_on) for due_on in history.first_due_on]
    agencies = [factories.make_agency() for _ in range(history.agencies)]
    periods = {code: factories.make_period(plan, code) for code in PERIODS}

    def stored(model, facts, row):
        """A row of every fact, written at once: their keys go up in the order of the facts."""
        rows = [row(number, fact) if fact.at <= until else None for number, fact in enumerate(facts)]
        model.objects.bulk_create(filter(None, rows))
        return rows

    def assigned(_: int, fact: Assigned) -> Assignment:
        ended_at = fact.ended_at if fact.ended_at and fact.ended_at <= until else None
        whole = {"item": items[fact.item], "agency": agencies[fact.agency], "role": fact.role, "weight": fact.weight}
        whole["answers_from"] = fact.answers_from
        return Assignment(**whole, recorded_at=fact.at, ended_at=ended_at)

    def revised(_: int, fact: Revised) -> ItemRevision:
        return ItemRevision(item=items[fact.item], due_on=fact.due_on, wording=fact.wording, recorded_at=fact.at)

    def filed(number: int, fact: Filed) -> ProgressReport:
        settled = settled_at(history, number)
        return ProgressReport(
            assignment=assignments[fact.assignment],
            period=periods[fact.period],
            percent=fact.percent,
            recorded_at=fact.at,
            settled_at=settled if settled and settled <= until else None,
        )

    def reviewed(_: int, fact: Reviewed) -> Review:
        return Review(report=reports[fact.report], verdict=fact.verdict, comment="意见", recorded_at=fact.at)

    def closed(_: int, fact: Closed) -> Closure:
        return Closure(assignment=assignments[fact.assignment], kind=fact.kind, recorded_at=fact.at)

    def waived(_: int, fact: Waived) -> Waiver:
        whole = {"assignment": assignments[fact.assignment], "period": periods[fact.period]}
        return Waiver(**whole, is_waived=fact.is_waived, recorded_at=fact.at)

    assignments = stored(Assignment, history.assigned, assigned)
    stored(ItemRevision, history.revised, revised)
    reports = stored(ProgressReport, history.filed, filed)
    reviews = stored(Review, history.reviewed, reviewed)
    stored(Closure, history.closed, closed)
    stored(Waiver, history.waived, waived)
    AcceptedProgress.objects.bulk_create(counted(filter(None, reviews)))
    return Stored(plan, items, assignments, reports)


def counted(reviews: Iterable[Review]) -> Iterator[AcceptedProgress]:
    """What each review in turn tells of its assignment's progress, from the reviews stored until then."""
    known = defaultdict(list)
    for review in reviews:
        assignment = review.report.assignment
        known[assignment].append(review)
        yield from factories.progress_since(review.recorded_at, assignment, known[assignment])
