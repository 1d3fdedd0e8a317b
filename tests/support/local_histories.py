"""Random histories over three levels as plain data, and what a plain reading of them says of the offices below.

Each plan has a `History` of its own. The reading goes through decisions, milestones and reports one after another, and
asks `Reading` where single assignments stood; it knows no SQL and none of the product's sums.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any, NamedTuple

from agencies.models import Office
from qa_plan.clock import end_of
from tasks.models import ItemRevision, Plan
from tests.support import factories
from tests.support.histories import INSTANTS, PERIODS, History, Reading, Stored, random_history, store

OPENS = {"2016Q2": date(2016, 6, 20), "2016Q3": date(2016, 9, 20)}  # by the built-in calendar
SEVERITY = ("red", "yellow", "blue", "green", "suspended", "grey", "cancelled", "unassigned")
NOT_COUNTED = ("suspended", "cancelled")


class Decided(NamedTuple):
    """That a local item carries out these of the parent's, by their numbers; none of them is 本地增加."""

    at: datetime
    item: int
    targets: tuple[int, ...]


class Step(NamedTuple):
    """A milestone of an item's: the days to which it was planned in turn, and when and for which day it was done."""

    item: int
    planned: list[tuple[datetime, date]]
    done: tuple[datetime, date] | None


class Local(NamedTuple):
    """A city's or county's plan: when it came into the system, what happened in it, and what lies below it."""

    imported_at: datetime | None  # None where it never did
    history: History
    decided: list[Decided]
    inferred: list[bool]  # by item: whether its due date is concluded
    steps: list[Step]
    below: "list[Local]"


def random_local(dice: Random, *, parent_items: int, counties: int = 0) -> Local:
    items = dice.randint(2, 5)
    imported_at = dice.choice([*INSTANTS[:8], None])
    decided = [
        Decided(dice.choice(INSTANTS), item, tuple(sorted(dice.sample(range(parent_items), dice.randint(0, 2)))))
        for item in range(items)
        for _ in range(dice.choice([0, 1, 1, 2]))
    ]
    dice.shuffle(decided)
    inferred = [dice.random() < 0.5 for _ in range(items)]
    below = [random_local(dice, parent_items=items) for _ in range(counties)] if imported_at else []
    history = random_history(dice.randrange(10**6), items=items, agencies=2)._replace(revised=[])
    return Local(imported_at, history, decided, inferred, [_step(dice, items) for _ in range(4)], below)


def _step(dice: Random, items: int) -> Step:
    first = dice.randrange(len(INSTANTS) - 3)
    days = [date(2016, 6, 20) + timedelta(days=dice.randrange(140)) for _ in range(dice.randint(1, 2))]
    planned = [(INSTANTS[first + n], day) for n, day in enumerate(days)]
    at = dice.choice(INSTANTS[first + 1 :])
    return Step(dice.randrange(items), planned, (at, at.date()) if dice.random() < 0.6 else None)


# ── a plain reading ──────────────────────────────────────────────────────────────────────────────────────────────


class OfficeRead(NamedTuple):
    """What an office comes to. `cells` are by the parent's item: state, percent and light."""

    is_issued: bool
    covered: list[int]
    lacking: list[int]
    unsettled: list[int]
    dated: list[int]
    stepped: list[int]
    came_due: int
    kept: int
    percent: Fraction | None
    lights: dict[str, int]
    owed: int
    filed: int
    counties: int
    cells: list[tuple[str, Fraction | None, str | None]]


class ItemRead(NamedTuple):
    percent: Fraction | None  # None where it counts in no mean
    light: str


def item_read(reading: Reading, number: int) -> ItemRead:
    """The weighted mean of its leads that count, and the worst light of all of them."""
    assigned = reading.history.assigned
    leads = [n for n in reading.in_force() if assigned[n].item == number and assigned[n].role == "lead"]
    read = [(reading.assignment(n), assigned[n].weight) for n in leads]
    counted = [(each.percent, weight) for each, weight in read if each.closure not in NOT_COUNTED]
    weight = sum(weight for _, weight in counted)
    percent = Fraction(sum(p * w for p, w in counted), weight) if weight else None
    return ItemRead(percent, min((each.light for each, _ in read), key=SEVERITY.index, default="unassigned"))


def runs(reading: Reading, number: int) -> bool:
    """Whether the parent's item is still asked for: a lead of it runs, or nobody leads it."""
    return SEVERITY.index(item_read(reading, number).light) < 4 or item_read(reading, number).light == "unassigned"


def office_read(local: Local, parent: Reading, parent_items: int, day: date) -> OfficeRead:
    """Reads an office's figures on that day."""
    when = end_of(day)
    counties = sum(each.imported_at is not None and each.imported_at <= when for each in local.below)
    asked = [number for number in range(parent_items) if runs(parent, number)]
    if local.imported_at is None or local.imported_at > when:
        nothing: list[int] = []
        empty = [("unissued", None, None)] * parent_items
        return OfficeRead(False, nothing, nothing, nothing, nothing, nothing, 0, 0, None, {}, 0, 0, counties, empty)
    held: dict[int, tuple[int, ...]] = {}
    for decision in sorted(local.decided, key=lambda each: each.at):
        if decision.at <= when:
            held[decision.item] = decision.targets
    reading = Reading(local.history, when)
    items = [item_read(reading, number) for number in range(len(local.inferred))]
    is_settled = len(held) == len(items)
    cells = [_cell(number, number in asked, held, items, is_settled=is_settled) for number in range(parent_items)]

    def asked_in(state: str) -> list[int]:
        return [number for number in asked if cells[number][0] == state]

    percents = [each.percent for each in items if each.percent is not None]
    steps = [step for step in local.steps if step.planned[0][0] <= when]
    last = [([on for at, on in step.planned if at <= when][-1], step.done) for step in steps]
    due = [(on, done) for on, done in last if on < day]
    owed, filed = _filing(local.history, when, day)
    return OfficeRead(
        is_issued=True,
        covered=asked_in("listed"),
        lacking=asked_in("lacking"),
        unsettled=asked_in("pending"),
        dated=[number for number, is_inferred in enumerate(local.inferred) if not is_inferred],
        stepped=sorted({step.item for step in steps}),
        came_due=len(due),
        kept=sum(done is not None and done[0] <= when and done[1] <= on for on, done in due),
        percent=sum(percents, Fraction()) / len(percents) if percents else None,
        lights={light: [each.light for each in items].count(light) for light in {each.light for each in items}},
        owed=owed,
        filed=filed,
        counties=counties,
        cells=cells,
    )


def _cell(
    number: int, is_asked: bool, held: dict[int, tuple[int, ...]], items: Sequence[ItemRead], *, is_settled: bool
) -> tuple[str, Fraction | None, str | None]:
    found = [each for item, each in enumerate(items) if number in held.get(item, ())]
    if found:
        percents = [each.percent for each in found if each.percent is not None]
        mean = sum(percents, Fraction()) / len(percents) if percents else None
        return "listed", mean, min((each.light for each in found), key=SEVERITY.index)
    if not is_asked:
        return "over", None, None
    return ("lacking" if is_settled else "pending"), None, None


def _filing(history: History, when: datetime, day: date) -> tuple[int, int]:
    opened = [period for period, opens_on in OPENS.items() if opens_on <= day]
    if not opened:
        return 0, 0
    period, reading = opened[-1], Reading(history, when)
    closing = Reading(history, min(when, end_of(PERIODS[period])))
    owed = [number for number, what in closing.obligations(period).items() if what == "owed"]
    newest = [reading.newest.get((number, period)) for number in owed]
    filed = [report for report in newest if report is not None and reading.verdicts.get(report) != "sent_back"]
    return len(owed), len(filed)


# ── in the database ──────────────────────────────────────────────────────────────────────────────────────────────


def store_local(local: Local, office: Office, parent: Stored) -> Stored | None:
    """Writes the plan under its parent, with what is decided and planned in it, and what lies below."""
    if local.imported_at is None:
        return None
    stored = store(local.history, plan=factories.make_local_plan(parent.plan, office))
    Plan.objects.filter(pk=stored.plan.pk).update(imported_at=local.imported_at)
    for item, is_inferred in zip(stored.items, local.inferred, strict=True):
        due_on = item.revisions.get().due_on
        rows: Any = {"item": item, "due_on": due_on, "is_inferred": is_inferred, "reason": "核对"}
        ItemRevision.objects.create(**rows, recorded_at=factories.ISSUED)
    for decision in local.decided:
        targets = [parent.items[number] for number in decision.targets]
        factories.correspond(stored.items[decision.item], *targets, at=decision.at)
    for step in local.steps:
        (first_at, first), *later = step.planned
        milestone = factories.make_milestone(stored.items[step.item], at=first_at, on=first)
        for at, on in later:
            factories.move_to(milestone, on, at=at)
        if step.done:
            part = next(filter(None, stored.assignments))
            factories.milestone_done(milestone, part, at=step.done[0], on=step.done[1])
    for county in local.below:
        store_local(county, factories.make_office(parent=office), stored)
    return stored
