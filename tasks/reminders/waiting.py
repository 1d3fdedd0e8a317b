"""`Waiting` finds everything that waits for somebody, whether a rule asks for it or not, over facts read once.

First what waits by itself (退回, 待审, 待答复, 催办), then what follows from assignments: due dates, receipts, and the
reports that a period asks for. Rows are read as a stream: nothing is kept of those that nobody waits for.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import zip_longest
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from tasks.models import AgencyRequest, Assignment
from tasks.models.choices import RUNNING
from tasks.models.obligation import Obligation, obligation_over
from tasks.reminders.fact_rows import CHUNK, FactKind, FactRow
from tasks.reminders.known_facts import KnownFacts, OpenPeriod
from tasks.reminders.subjects import ReminderKind, Subject
from tasks.rules.workdays import Overrides
from tasks.standing.course import State, state_of
from tasks.standing.milestones import Successors, answering_parts, parts_in_force
from tasks.standing.receipts import receipt_deadlines
from tasks.standing.succession import answering, of_instructed


class OpenAssignment(NamedTuple):
    """An assignment in force."""

    pk: int
    item_id: int
    plan_id: int
    agency_id: int
    role: str
    recorded_at: datetime
    received_at: datetime | None
    obligations: Sequence[str]  # in each open period of its plan


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
        self._owed: Counter[tuple[OpenPeriod, int]] = Counter()  # by agency
        self._missing: Counter[tuple[OpenPeriod, int]] = Counter()
        self._deadline_of = receipt_deadlines(overrides)
        self._zone = timezone.get_current_timezone()  # found once: there are a hundred thousand dates

    def __iter__(self) -> Iterator[Subject]:
        urges, milestones, instructed = [], [], []
        for row in self.known.read():
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
        for assignment in self._in_force():
            if self.known.closure(assignment.pk, self.moment) in RUNNING:
                yield from self._due(assignment)
                yield from self._unreceived(assignment)
                self._count(assignment)
        yield from self._unfiled()

    def _in_force(self) -> Iterator[OpenAssignment]:
        columns = ("pk", "item_id", "item__plan_id", "agency_id", "role", "recorded_at", "receipt__recorded_at")
        mine = Q() if self.agency is None else Q(agency=self.agency)
        assignments = Assignment.objects.in_force(self.moment).filter(mine).order_by("pk")
        by_place = zip_longest(*self.known.open_periods.values())  # the first of every plan, the second …
        owed = [obligation_over(each.terms for each in same if each and each.terms) for same in by_place]
        for row in assignments.values_list(*columns, *owed).iterator(CHUNK):
            yield OpenAssignment._make((*row[: len(columns)], row[len(columns) :]))

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
                day = timezone.localdate(row.at)
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
        day = timezone.localdate(row.at)
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
            day = timezone.localdate(urge.at)
            for owner in sorted(owners[urge.key] if self.agency is None else owners[urge.key] & {self.agency}):
                for kind, anchor in ((ReminderKind.URGED, day), (ReminderKind.URGE, urge.day or day)):
                    yield Subject(kind=kind, key=urge.key, anchor=anchor, since=day, agency_id=owner)

    def _instructed(self, asked: Sequence[FactRow]) -> Iterator[Subject]:
        """Instructions wait for each agency that they name, or whoever is in its place, as urges do."""
        owners = answering({row.key: (row.owner, row.owner_ended) for row in asked}, self.known.first, of_instructed)
        for row in asked:
            day = timezone.localdate(row.at)
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
                        since=timezone.localdate(row.at),
                        agency_id=part.agency_id,
                        assignment_id=part.pk,
                        facts={"milestone": row.word or ""},
                    )

    # ── 完成时限 ──

    def _due(self, assignment: OpenAssignment) -> Iterator[Subject]:
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
            since=timezone.localdate(max(due.since, running_since, assignment.recorded_at), self._zone),
            agency_id=assignment.agency_id,
            assignment_id=assignment.pk,
            facts={"due_words": due.words} if due.words else {},
        )

    # ── 签收 ──

    def _unreceived(self, assignment: OpenAssignment) -> Iterator[Subject]:
        """待签收 waits; what was reopened needs no receipt."""
        state = state_of(
            has_receipt=assignment.received_at is not None and assignment.received_at <= self.moment,
            open_kinds=self.known.requests.get(assignment.pk, ()),
            closure=self.known.closure(assignment.pk, self.moment),
        )
        if state != State.ISSUED:
            return
        given_on = timezone.localdate(assignment.recorded_at)
        yield Subject(
            kind=ReminderKind.RECEIPT,
            key=assignment.pk,
            anchor=self._deadline_of(given_on, self.known.plans[assignment.plan_id].receipt_days),
            since=given_on,
            agency_id=assignment.agency_id,
            assignment_id=assignment.pk,
        )

    # ── 报告 ──

    def _count(self, assignment: OpenAssignment) -> None:
        """Counts what is 应报 and not yet 已报; never what has ended since."""
        open_periods = self.known.open_periods[assignment.plan_id]
        for open_period, obligation in zip(open_periods, assignment.obligations, strict=False):
            if obligation == Obligation.OWED:
                has_filed = assignment.pk in self.known.filed.get(open_period.period.pk, ())
                self._owed[open_period, assignment.agency_id] += 1
                self._missing[open_period, assignment.agency_id] += not has_filed

    def _unfiled(self) -> Iterator[Subject]:
        """Reports wait for each agency that owes some in a plan's period, from its opening and for its closing."""
        for (open_period, agency), missing in self._missing.items():
            if not missing:
                continue
            period = open_period.period
            for kind, anchor in ((ReminderKind.OPENS, period.opens_on), (ReminderKind.FILING, period.due_on)):
                yield Subject(
                    kind=kind,
                    key=period.plan_id,
                    anchor=anchor,
                    since=period.opens_on,
                    agency_id=agency,
                    period=period,
                    facts={"owed": self._owed[open_period, agency], "missing": missing},
                    begins=period.opens_on,
                    ends=open_period.ends,
                )
