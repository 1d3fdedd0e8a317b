"""Random histories: splits, mergers, milestones, granted extensions, closings, successions, changes of who answers.

Each day is written down at its end, as pages, obligations, milestones and the quarter's file tell it; at the end of
the history every day is asked again. Beside it a plain list is kept of which items there are and who answers for them;
it is also what reminders go by. Some changes of who answers take effect on a later day. `--histories 200` plays so
many.
"""

from datetime import date, timedelta
from random import Random

import pytest

from agencies.models import Role, User
from qa_plan.clock import at, end_of
from reports.quarter.definition import Definition, Filters
from reports.quarter.records import read_plan_state
from reports.quarter.snapshot import take_snapshot
from tasks.models import ActionItem, Assignment, Closure, Measure
from tasks.models.choices import RUNNING
from tasks.reminders.deciding import due_on
from tasks.standing.filing import count_filings, filings
from tasks.standing.milestones import milestones_of_plan
from tasks.standing.reshaping import measure_units, reshaping_basis
from tasks.standing.rollup import item_standings, standings_from_queryset, total
from tasks.standing.steering import Kind, Step, basis_of, parts_of_items
from tasks.workflow import (
    Piece,
    WorkflowError,
    acknowledge,
    add_milestone,
    amend_item,
    carry_out_planned,
    close_assignment,
    decide_request,
    establish_agency,
    make_request,
    merge_items,
    plan_steering,
    split_item,
    steer,
    succeed,
)
from tests.support.factories import (
    ASSIST,
    LEAD,
    file_report,
    make_agency,
    make_assignment,
    make_evidence,
    make_item,
    make_period,
    make_plan,
    make_section,
    make_user,
    standard_rules,
)
from tests.support.factories import review as reviewed

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FIRST, STEP, DAYS = date(2016, 6, 20), timedelta(days=9), 14
PERIODS = {"2016Q2": date(2016, 7, 15), "2016Q3": date(2016, 10, 14)}
WORDS = ("开展抽查。", "开展培训。", "开展宣传。")


class Played:
    """A plan, its people, a plain list of items and of who answers for what, and what was written down of each day."""

    def __init__(self, seed):
        standard_rules()
        self.dice = Random(seed)
        self.plan = make_plan(notice_text="".join(WORDS) * 4)
        section = make_section(self.plan)
        self.agencies = [make_agency() for _ in range(5)]
        self.by = make_user(role=Role.COORDINATOR)
        for agency in self.agencies:
            make_user(role=Role.LIAISON, agency=agency)
        self.periods = {code: make_period(self.plan, code) for code in PERIODS}
        self.holds, self.days, self.deeds, self.planned = {}, {}, [], {}
        length = len("".join(WORDS))
        for number in range(4):
            start = number * length
            item = make_item(self.plan, section=section, text="".join(WORDS), start=start, end=start + length)
            for place, words in enumerate(WORDS, 1):
                begin = start + "".join(WORDS).index(words)
                Measure.objects.create(item=item, number=place, text=words, start=begin, end=begin + len(words))
            self.holds[item.pk] = {}
            for agency, role in zip(self.dice.sample(self.agencies, 2), (LEAD, ASSIST), strict=True):
                make_assignment(item, agency, role)
                self.holds[item.pk][agency.pk] = role

    def items(self):
        return list(ActionItem.objects.filter(pk__in=self.holds).select_related("plan").order_by("place"))

    def open_parts(self, moment):
        return parts_of_items(self.holds, moment)

    def play(self, day):
        now = at(day) + timedelta(hours=9)
        self.take_effect(day)
        self.report(day, now)
        deeds = [(0.5, self.split), (0.35, self.merge), (0.6, self.steer), (0.4, self.plan_a_step)]
        deeds += [(0.3, self.extend), (0.4, self.grant), (0.25, self.finish), (0.6, self.steer_later)]
        for hours, (chance, deed) in enumerate(deeds, 1):
            if self.dice.random() < chance:
                deed(now + timedelta(hours=hours))
        if self.dice.random() < 0.15:
            self.rename(day, now + timedelta(hours=10))
        self.days[day] = self.written_down(day)

    def report(self, day, now):
        for part in self.open_parts(now):
            if part.closure:
                continue
            if self.dice.random() < 0.4:
                code = next((code for code, due in PERIODS.items() if day <= due), "2016Q3")
                report = file_report(part, self.dice.randint(0, 100), at=now, period=code)
                if self.dice.random() < 0.7:
                    reviewed(report, at=now)
            elif self.dice.random() < 0.05 and part.role == LEAD:
                kind = self.dice.choice([Closure.Kind.SUSPENDED, Closure.Kind.CANCELLED])
                close_assignment(assignment=part, kind=kind, reason="暂缓", by=self.by, at=now)

    def free(self):
        """The items for which no change of who answers waits: only those are split and merged."""
        return [item for item in self.items() if item.pk not in self.planned]

    def split(self, now):
        items = self.free()
        if not items:
            return
        item = self.dice.choice(items)
        units = measure_units(item)
        if len(units) < 2:
            return
        cut = self.dice.randrange(1, len(units))
        parts = parts_of_items([item.pk], now)
        held, pieces = [], []
        for keys in (range(cut), range(cut, len(units))):
            roles = {part.pk: self.dice.choice([part.role, part.role, LEAD, ASSIST, ""]) for part in parts}
            roles = {pk: role for pk, role in roles.items() if role}
            held.append({part.agency_id: roles[part.pk] for part in parts if part.pk in roles})
            pieces.append(Piece("分出的任务", tuple(keys), roles, self.dice.choice([date(2016, 12, 31), None])))
        what = {"item": item, "pieces": pieces, "by_measures": True, "basis": reshaping_basis([item], now)}
        change = split_item(**what, reason="纪要", by=self.by, at=now)
        del self.holds[item.pk]
        self.holds |= dict(zip(self.made(change), held, strict=True))
        self.deeds.append("split")

    def merge(self, now):
        items = self.free()
        if len(items) < 2 or len(self.holds) < 3:
            return
        chosen = sorted(self.dice.sample(items, 2), key=lambda item: item.place)
        what = {"items": chosen, "title": "合并的任务", "due_on": date(2016, 12, 31)}
        change = merge_items(**what, reason="纪要", basis=reshaping_basis(chosen, now), by=self.by, at=now)
        held = {}
        for item in chosen:
            for agency, role in self.holds.pop(item.pk).items():
                held[agency] = LEAD if LEAD in (role, held.get(agency)) else ASSIST
        [made] = self.made(change)
        self.holds[made] = held
        self.deeds.append("merge")

    def made(self, change):
        lines = change.lines.order_by("successor__place").values_list("successor", flat=True)
        return list(dict.fromkeys(lines))

    def steer(self, now):
        item, agency = self.dice.choice(self.items()), self.dice.choice(self.agencies)
        parts = parts_of_items([item.pk], now)
        if agency.pk in self.holds[item.pk]:
            [part] = [part for part in parts if part.agency_id == agency.pk]
            step = Step(Kind.WITHDRAW, item.pk, part.pk)
            del self.holds[item.pk][agency.pk]
        else:
            step = Step(Kind.ADD, item.pk, None, agency.pk, self.dice.choice([LEAD, ASSIST]))
            self.holds[item.pk][agency.pk] = step.role
        steer(steps=[step], reason="调整", basis=basis_of(parts), by=self.by, at=now)

    # ── on a later day ──

    def steer_later(self, now):
        item, agency = self.dice.choice(self.items()), self.dice.choice(self.agencies)
        if item.pk in self.planned:
            return
        parts = parts_of_items([item.pk], now)
        running = [part for part in parts if part.closure in RUNNING]
        kind = self.dice.choice([Kind.ADD, Kind.WITHDRAW, Kind.ROLE, Kind.REPLACE])
        day = now.date() + timedelta(days=self.dice.randrange(1, 30))
        if kind == Kind.ADD or not running:
            step = Step(Kind.ADD, item.pk, None, agency.pk, self.dice.choice([LEAD, ASSIST]))
            was = None
        else:
            part = self.dice.choice(running)
            was = part.agency_id
            other = ASSIST if part.role == LEAD else LEAD
            given = {Kind.WITHDRAW: (None, ""), Kind.ROLE: (was, other), Kind.REPLACE: (agency.pk, part.role)}[kind]
            step = Step(kind, item.pk, part.pk, *given)
        try:
            plan_steering(steps=[step], effective_on=day, reason="纪要", basis=basis_of(parts), by=self.by, at=now)
        except WorkflowError:  # nothing would change by it
            return
        self.planned[item.pk] = (day, step.kind, was, step.agency, step.role)
        self.deeds.append("later")

    def take_effect(self, day):
        """What waited for that day or one before it, as a plain reading does it: of who still has a part that runs."""
        running = {(part.item_id, part.agency_id) for part in self.open_parts(at(day)) if part.closure in RUNNING}
        carry_out_planned(day)
        for item, (effective_on, kind, was, agency, role) in list(self.planned.items()):
            if effective_on > day:
                continue
            del self.planned[item]
            held = self.holds[item]
            if was is not None and (item, was) not in running:
                continue
            if kind in (Kind.WITHDRAW, Kind.REPLACE) and agency != was:
                former = held.pop(was)
                role = LEAD if LEAD in (former, held.get(agency)) else ASSIST
            if agency is not None:
                held[agency] = role

    # ── what agencies ask for and are granted ──

    def asked(self, part, kind, now, **what):
        by = User.objects.filter(agency=part.agency_id).first()
        acknowledge(assignment=part, by=by, at=now)
        request = make_request(assignment=part, kind=kind, reason="理由", by=by, at=now, **what)
        decide_request(request=request, is_granted=True, by=self.by, at=now)
        self.deeds.append(kind)

    def running_leads(self, now):
        return [part for part in self.open_parts(now) if part.role == LEAD and part.closure in RUNNING]

    def grant(self, now):
        due = [part for part in self.running_leads(now) if part.due_on and part.due_on >= now.date()]
        if due:
            part = self.dice.choice(due)
            self.asked(part, "extension", now, due_on=part.due_on + timedelta(days=self.dice.randrange(1, 60)))

    def finish(self, now):
        if leads := self.running_leads(now):
            part = self.dice.choice(leads)
            self.asked(part, "completion", now, evidence=[make_evidence(part, at=now)])

    def plan_a_step(self, now):
        item = self.dice.choice(self.items())
        measure = self.dice.choice([None, *item.measures.all()])
        day = date(2016, 7, 1) + timedelta(days=self.dice.randrange(150))
        add_milestone(item=item, name=f"节点{now:%m%d}", planned_on=day, measure=measure, by=self.by, at=now)

    def extend(self, now):
        item = self.dice.choice(self.items())
        due = self.dice.choice([date(2016, 9, 30), date(2016, 10, 20), date(2016, 12, 31)])
        amend_item(item=item, due_on=due, reason="延期", by=self.by, at=now)

    def rename(self, day, now):
        place = self.dice.randrange(len(self.agencies))
        old = self.agencies[place]
        new = establish_agency(name=f"{old}之后{day:%m%d}", like=[old], by=self.by, at=now)
        what = {"kind": "renamed", "effective_on": day, "document": "文件"}
        succeed(predecessors=[old], successor=new, **what, by=self.by, at=now)
        self.agencies[place] = new
        for held in self.holds.values():
            if old.pk in held:
                held[new.pk] = held.pop(old.pk)
        for item, (effective_on, kind, *agencies, role) in self.planned.items():
            followed = [new.pk if agency == old.pk else agency for agency in agencies]
            self.planned[item] = (effective_on, kind, *followed, role)

    # ── what is told of a day ──

    def written_down(self, day):
        """What pages and the file say of the day."""
        moment = end_of(day)
        items = list(self.plan.items.existing(moment).order_by("place"))
        rows = standings_from_queryset(Assignment.objects.as_of(moment).filter(item__plan=self.plan), self.plan, day)
        standings = item_standings(items, rows, self.plan, day)
        whole = total(standings)
        shown = [(one.pk, one.percent, one.light, one.pace, sorted(map(repr, one.leads))) for one in standings]
        state = read_plan_state(self.plan, moment, day, Filters())
        filed = [(one.pk, one.percent, one.light, one.pace, sorted(map(repr, one.leads))) for one in state.standings]
        assert filed == shown  # the file's rows are the pages'
        steps = milestones_of_plan(self.plan.pk, moment, day, self.plan.soon_days)
        means = (whole.percent, whole.expected, whole.counted, whole.lights)
        return shown, means, self.closed_periods(day, moment), sorted(map(repr, steps))

    def check_reminders(self, day):
        """At the day's end nobody is reminded of what he answers for no more."""
        moment = end_of(day)
        present = {part.pk for part in self.open_parts(moment)}
        assert {due.subject.assignment_id for due in due_on(day, at=moment)} <= {None, *present}

    def closed_periods(self, day, moment):
        counts = {}
        for code, due in PERIODS.items():
            if due < day:
                period = self.periods[code]
                owed = Assignment.objects.reporting(period.terms_at(moment)).values_list("pk", "obligation")
                counts[code] = (sorted(owed), count_filings(period, owed, filings(period, moment)).owed)
        return counts


def test_past_days_stay_and_today_is_what_a_plain_list_says(history_seed):
    played = Played(history_seed)
    for number in range(DAYS):
        day = FIRST + number * STEP
        played.play(day)
        holds = {item.pk: {} for item in played.plan.items.existing(end_of(day))}
        for part in Assignment.objects.in_force(end_of(day)).filter(item__plan=played.plan):
            holds[part.item_id][part.agency_id] = part.role
        assert holds == played.holds
        played.check_reminders(day)
    assert {day: played.written_down(day) for day in played.days} == played.days
    for code in PERIODS:  # who owed a period's report is the same on every day after it closed
        assert len({repr(told[2][code]) for told in played.days.values() if code in told[2]}) <= 1
    assert {"split", "merge"} <= {*played.deeds}
    check_file(played, day)


def check_file(played, day):
    """The quarter's file counts the same items and reports, those that were split or merged apart."""
    moment, period = end_of(day), played.periods["2016Q3"]
    [facts] = take_snapshot(Definition((played.plan.slug,), "2016Q3", moment)).plans
    existing = played.plan.items.existing(moment).order_by("place")
    assert [item.number for item in facts.items] == list(existing.values_list("number", flat=True))
    ended = played.plan.items.filter(ended_at__lte=moment).order_by("place")
    assert [item.number for item in facts.former] == list(ended.values_list("number", flat=True))
    owed = Assignment.objects.reporting(period.terms_at(moment)).values_list("pk", "obligation")
    assert facts.totals.owed == count_filings(period, owed, filings(period, moment)).owed
    assert all(facts.item(row.item).label for row in (*facts.filings, *facts.earlier, *facts.unfiled))
