"""`Waiting` finds everything that waits for somebody, whether a rule asks for it or not, over facts read once.

First what waits by itself (退回, 待审, 待答复, 催办), then what follows from assignments: due dates, receipts, and the
reports that a period asks for. Rows are read as a stream: nothing is kept of those that nobody waits for.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import zip_longest

from django.utils import timezone

from qa_plan.clock import end_of
from tasks.models import AgencyRequest, Assignment
from tasks.models.choices import RUNNING
from tasks.reminders.assignment_rows import SINGLE, AskedAssignments, AssignmentRow, read_assignments
from tasks.reminders.fact_rows import FactKind, FactRow
from tasks.reminders.known_facts import KnownFacts, OpenPeriod
from tasks.reminders.stages import Everything, Reach
from tasks.reminders.subjects import ReminderKind, Subject
from tasks.rules.workdays import Overrides
from tasks.standing.course import State, state_of
from tasks.standing.milestones import Successors, answering_parts, parts_in_force
from tasks.standing.receipts import receipt_deadlines
from tasks.standing.succession import answering, of_instructed

BEFORE_ALL = date(1900, 1, 1)  # in place of a date where no rule reaches any


class Waiting:
    """Yields what waits as of a moment, over all plans, of all agencies or one; once, in three to seven queries.

    With a later day as `last`: what will wait until then, if nothing else happens.
    """

    def __init__(
        self, moment: datetime, overrides: Overrides, *, last: date | None = None, agency: int | None = None
    ) -> None:
        self.moment = moment
        self.overrides = overrides
        self.agency = agency
        self.known = KnownFacts(moment, overrides, last, agency)
        self._deadline_of = receipt_deadlines(overrides)
        self._zone = timezone.get_current_timezone()  # found once: there are a hundred thousand dates

    def __iter__(self) -> Iterator[Subject]:
        return self.reached(Everything())

    def reached(self, reach: Reach) -> Iterator[Subject]:
        """Yields no less than what is within reach: most of what waits is for later days, and is not even read."""
        due_until = reach.latest(ReminderKind.DUE) or BEFORE_ALL
        yield from self._facts(due_until)
        places = self._places(reach)
        for row in read_assignments(self._asked(reach, due_until, places)):
            if row.place != SINGLE:
                yield from _unfiled(places[row.place][row.plan_id], row)
            elif self.known.closure(row.pk, self.moment) in RUNNING:
                yield from self._due(row)
                yield from self._unreceived(row)

    def _day(self, moment: datetime) -> date:
        return timezone.localdate(moment, self._zone)

    def _facts(self, due_until: date) -> Iterator[Subject]:
        urges, milestones, instructed = [], [], []
        for row in self.known.read(due_until):
            if row.what == FactKind.URGE:
                urges.append(row)
            elif row.what == FactKind.MILESTONE:
                milestones.append(row)
            elif row.what == FactKind.INSTRUCTION:
                instructed.append(row)
            else:
                yield from self._by_itself(row)
        yield from self._urged(urges)
        yield from self._planned(milestones)
        yield from self._instructed(instructed)

    def _asked(self, reach: Reach, due_until: date, places: Sequence[Mapping[int, OpenPeriod]]) -> AskedAssignments:
        due_dates = self.known.due_dates.items()
        items = [item for item, due in due_dates if due.due_on is not None and due.due_on <= due_until]
        given_until = end_of(min(reach.latest(ReminderKind.RECEIPT) or BEFORE_ALL, self.known.first))
        terms = [[each.terms for each in place.values() if each.terms] for place in places]
        return AskedAssignments(self.moment, items, given_until, terms, self.agency)

    def _places(self, reach: Reach) -> list[Mapping[int, OpenPeriod]]:
        """By plan, first those of its open periods that opened first, then second …; where nobody is told, none."""
        of_plans = [
            [each for each in periods if each.terms and any(reach.has_reached(*dates) for dates in _dates(each))]
            for periods in self.known.open_periods.values()
        ]
        return [{each.period.plan_id: each for each in same if each} for same in zip_longest(*of_plans)]

    # ── 退回、待审、待答复、催办 ──

    def _by_itself(self, row: FactRow) -> Iterator[Subject]:
        """What waits by itself, unless nothing can be done: in a locked period, or sent back of a task that ended."""
        is_open = row.within not in self.known.locked
        match row.what:
            case FactKind.SENT_BACK if is_open and self.known.closure(row.of, self.moment) in RUNNING:
                yield self._of_report(ReminderKind.SENT_BACK, row)
            case FactKind.REVIEW if is_open:
                yield self._of_report(ReminderKind.REVIEW, row)
            case FactKind.REQUEST:
                day = self._day(row.at)
                yield Subject(
                    kind=ReminderKind.REQUEST,
                    key=row.key,
                    anchor=day,
                    since=day,
                    agency_id=row.owner,
                    assignment_id=row.of,
                    facts={"request": row.word},
                )

    def _of_report(self, kind: str, row: FactRow) -> Subject:
        day = self._day(row.at)
        return Subject(
            kind=kind,
            key=row.key,
            anchor=day,
            since=day,
            agency_id=row.owner,
            assignment_id=row.of,
            period=self.known.periods.get(row.within),
        )

    def _urged(self, urges: Sequence[FactRow]) -> Iterator[Subject]:
        """Urges wait for whoever was urged, or is in its place: since they were sent, and for their answer."""
        owners = answering({urge.key: (urge.owner, urge.owner_ended) for urge in urges}, self.known.first)
        for urge in urges:
            day = self._day(urge.at)
            for owner in sorted(owners[urge.key] if self.agency is None else owners[urge.key] & {self.agency}):
                for kind, anchor in ((ReminderKind.URGED, day), (ReminderKind.URGE, urge.day or day)):
                    yield Subject(kind=kind, key=urge.key, anchor=anchor, since=day, agency_id=owner)

    def _instructed(self, asked: Sequence[FactRow]) -> Iterator[Subject]:
        """Instructions wait for each agency that they name, or whoever is in its place, as urges do."""
        owners = answering({row.key: (row.owner, row.owner_ended) for row in asked}, self.known.first, of_instructed)
        for row in asked:
            day = self._day(row.at)
            for owner in sorted(owners[row.key] if self.agency is None else owners[row.key] & {self.agency}):
                for kind, anchor in ((ReminderKind.INSTRUCTED, day), (ReminderKind.INSTRUCTION, row.day or day)):
                    yield Subject(
                        kind=kind,
                        key=row.key,
                        anchor=anchor,
                        since=day,
                        agency_id=owner,
                        assignment_id=row.of,
                        facts={"instruction": row.within, "leader": row.word or "", "answer_by": f"{row.day}"},
                    )

    def _planned(self, milestones: Sequence[FactRow]) -> Iterator[Subject]:
        """Milestones wait for whoever answers for them, since they were planned to their day."""
        parts = parts_in_force({row.of for row in milestones}, self.moment) if milestones else {}
        successors = Successors(self.known.first)
        for row in milestones:
            for part in answering_parts(row.owner, parts.get(row.of, ()), successors):
                if self.agency in (None, part.agency_id):
                    yield Subject(
                        kind=ReminderKind.MILESTONE,
                        key=row.key,
                        anchor=row.day or self.known.first,
                        since=self._day(row.at),
                        agency_id=part.agency_id,
                        assignment_id=part.pk,
                        facts={"milestone": row.word or ""},
                    )

    # ── 完成时限 ──

    def _due(self, assignment: AssignmentRow) -> Iterator[Subject]:
        """A due date waits for leads alone, as lights are, and not while 申请办结 waits for the coordinators."""
        due = self.known.due_dates.get(assignment.item_id)
        if due is None or due.due_on is None or assignment.role != Assignment.Role.LEAD:
            return
        if AgencyRequest.Kind.COMPLETION in self.known.requests.get(assignment.pk, ()):
            return
        closures = self.known.closures.get(assignment.pk)
        running_since = closures[-1][0] if closures else assignment.recorded_at
        yield Subject(
            kind=ReminderKind.DUE,
            key=assignment.pk,
            anchor=due.due_on,
            since=self._day(max(due.since, running_since, assignment.recorded_at)),
            agency_id=assignment.agency_id,
            assignment_id=assignment.pk,
            facts={"due_words": due.words} if due.words else {},
        )

    # ── 签收 ──

    def _unreceived(self, assignment: AssignmentRow) -> Iterator[Subject]:
        """待签收 waits; what was reopened needs no receipt."""
        if assignment.received_at is not None and assignment.received_at <= self.moment:
            return
        state = state_of(
            has_receipt=False,
            open_kinds=self.known.requests.get(assignment.pk, ()),
            closure=self.known.closure(assignment.pk, self.moment),
        )
        if state != State.ISSUED:
            return
        given_on = self._day(assignment.recorded_at)
        yield Subject(
            kind=ReminderKind.RECEIPT,
            key=assignment.pk,
            anchor=self._deadline_of(given_on, self.known.plans[assignment.plan_id].receipt_days),
            since=given_on,
            agency_id=assignment.agency_id,
            assignment_id=assignment.pk,
        )


# ── 报告 ──


def _dates(open_period: OpenPeriod) -> Iterator[tuple[str, date, date]]:
    period = open_period.period
    for kind, anchor in ((ReminderKind.OPENS, period.opens_on), (ReminderKind.FILING, period.due_on)):
        yield kind, anchor, period.opens_on


def _unfiled(open_period: OpenPeriod, row: AssignmentRow) -> Iterator[Subject]:
    """Reports wait for each agency that owes some and has not filed them, from a period's opening and for its end.

    What has ended since is not waited for, nor what was filed, unless it was sent back.
    """
    if row.filed == row.owed:
        return
    for kind, anchor, since in _dates(open_period):
        yield Subject(
            kind=kind,
            key=row.plan_id,
            anchor=anchor,
            since=since,
            agency_id=row.agency_id,
            period=open_period.period,
            facts={"owed": row.owed, "missing": row.owed - row.filed},
            begins=since,
            ends=open_period.ends,
        )
