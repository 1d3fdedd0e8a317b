"""Random histories of deeds: what was shown of a day stays, and today is what a plain list says.

Each day agencies file, coordinators review, close and change who answers; at its end the day is written down. At the
end of the history every day is asked again.
"""

from datetime import date, timedelta
from random import Random

import pytest

from agencies.models import Role
from qa_plan.clock import at, end_of
from tasks.models import Assignment, Closure
from tasks.standing.filing import count_filings, filings
from tasks.standing.rollup import item_standings, standings_from_queryset, total
from tasks.standing.steering import Kind, Step, basis_of, normalised, parts_of_items
from tasks.workflow import WorkflowError, close_assignment, establish_agency, steer, succeed
from tests.support.factories import (
    ASSIST,
    LEAD,
    file_report,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    make_plan,
    make_user,
)
from tests.support.factories import review as reviewed

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FIRST, STEP, DAYS = date(2016, 6, 20), timedelta(days=9), 14
PERIODS = {"2016Q2": date(2016, 7, 15), "2016Q3": date(2016, 10, 14)}


class Played:
    """A plan, its people, a plain list of who answers for what, and what was written down of each day."""

    def __init__(self, seed):
        self.dice = Random(seed)
        self.plan = make_plan()
        self.items = [make_item(self.plan) for _ in range(3)]
        self.agencies = [make_agency() for _ in range(5)]
        self.by = make_user(role=Role.COORDINATOR)
        self.periods = {code: make_period(self.plan, code) for code in PERIODS}
        self.holds = {}
        self.days = {}
        for item in self.items:
            for agency, role in zip(self.dice.sample(self.agencies, 2), (LEAD, ASSIST), strict=True):
                make_assignment(item, agency, role)
                self.holds[item.pk, agency.pk] = role

    def open_parts(self, moment):
        return parts_of_items([item.pk for item in self.items], moment)

    def play(self, day):
        now = at(day) + timedelta(hours=9)
        for part in self.open_parts(now):
            if self.dice.random() < 0.4 and not part.closure:
                code = next((code for code, due_on in PERIODS.items() if day <= due_on), "2016Q3")
                report = file_report(part, self.dice.randint(0, 100), at=now, period=code)
                if self.dice.random() < 0.7:
                    reviewed(report, at=now)
            elif self.dice.random() < 0.05 and part.role == LEAD and not part.closure:
                close_assignment(
                    assignment=part, kind=Closure.Kind.SUSPENDED, reason="暂缓", by=self.by, at=now + timedelta(hours=1)
                )
        self.change(now + timedelta(hours=2))
        if self.dice.random() < 0.15:
            self.rename(day, now + timedelta(hours=3))
        self.days[day] = self.written_down(day)

    def change(self, now):
        parts = self.open_parts(now)
        steps = [step for part in parts if self.dice.random() < 0.4 for step in [self.step(part)]]
        item, agency = self.dice.choice(self.items), self.dice.choice(self.agencies)
        if self.dice.random() < 0.4:
            steps.append(Step(Kind.ADD, item.pk, None, agency.pk, self.dice.choice([LEAD, ASSIST])))
        keys = {step.item for step in steps}
        concerned = [part for part in parts if part.item_id in keys]
        try:
            steer(steps=steps, reason="调整", basis=basis_of(concerned), by=self.by, at=now)
        except WorkflowError:
            return
        by_key = {part.pk: part for part in parts}
        for step in normalised(steps, concerned):
            if step.part and step.kind in (Kind.WITHDRAW, Kind.REPLACE):
                del self.holds[step.item, by_key[step.part].agency_id]
            if step.agency:
                self.holds[step.item, step.agency] = step.role

    def step(self, part):
        kind = self.dice.choice([Kind.WITHDRAW, Kind.ROLE, Kind.REPLACE, Kind.REPLACE])
        if kind == Kind.WITHDRAW:
            return Step(kind, part.item_id, part.pk)
        if kind == Kind.ROLE:
            return Step(kind, part.item_id, part.pk, part.agency_id, ASSIST if part.role == LEAD else LEAD)
        other = self.dice.choice(self.agencies)
        return Step(kind, part.item_id, part.pk, other.pk, part.role, self.dice.random() < 0.5)

    def rename(self, day, now):
        place = self.dice.randrange(len(self.agencies))
        old = self.agencies[place]
        new = establish_agency(name=f"{old}之后{day:%m%d}", like=[old], by=self.by, at=now)
        succeed(
            predecessors=[old], successor=new, kind="renamed", effective_on=day, document="文件", by=self.by, at=now
        )
        self.agencies[place] = new
        self.holds = {(item, new.pk if a == old.pk else a): role for (item, a), role in self.holds.items()}

    def written_down(self, day):
        """What pages show of the day: who answers, lights, means, and of each closed period what was owed and filed."""
        moment = end_of(day)
        rows = standings_from_queryset(Assignment.objects.as_of(moment).filter(item__plan=self.plan), self.plan, day)
        items = item_standings(self.items, rows, self.plan, day)
        whole = total(items)
        shown = [(one.pk, one.percent, one.light, one.pace, sorted(map(repr, one.leads))) for one in items]
        return shown, (whole.percent, whole.counted, whole.lights), self.closed_periods(day, moment)

    def closed_periods(self, day, moment):
        counts = {}
        for code, due_on in PERIODS.items():
            if due_on < day:
                period = self.periods[code]
                owed = Assignment.objects.reporting(period.terms_at(moment)).values_list("pk", "obligation")
                count = count_filings(period, owed, filings(period, moment))
                counts[code] = (sorted(owed), count.owed)
        return counts


@pytest.mark.parametrize("seed", range(3))
def test_a_past_day_stays_what_it_was_and_today_is_what_a_plain_list_says(seed):
    played = Played(seed)
    for number in range(DAYS):
        day = FIRST + number * STEP
        played.play(day)
        holds = {(part.item_id, part.agency_id): part.role for part in played.open_parts(end_of(day))}
        assert holds == played.holds
    assert {day: played.written_down(day) for day in played.days} == played.days
    last = list(played.days)[-1]
    owed = [played.days[day][2] for day in played.days]
    for code in PERIODS:  # who owed a period's report is the same on every day after it closed
        assert len({repr(counts[code]) for counts in owed if code in counts}) <= 1
    assert played.days[last][2]
