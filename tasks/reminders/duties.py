"""Everything that waits for somebody, whether a rule asks for it or not: decided over facts that are read once.

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
from tasks.models.obligation import Obligation, obligation_over
from tasks.reminders.facts import CHUNK, Fact, FactKind
from tasks.reminders.record import Facts, OpenPeriod
from tasks.reminders.subjects import Kind, Subject
from tasks.rules.workdays import Overrides, workdays_after
from tasks.standing.rollup import RUNNING
from tasks.standing.succession import answering


class OpenAssignment(NamedTuple):
    """An assignment in force."""

    pk: int
    item_id: int
    plan_id: int
    agency_id: int
    role: str
    recorded_at: datetime
    received_at: datetime | None
    obligations: Sequence[str]  # in each turn of its plan


class Waiting:
    """Over all plans as of a moment, of all agencies or one; iterated once, in three to five queries.

    With a later day as `last`: what will wait until then, if nothing else happens.
    """

    def __init__(
        self, moment: datetime, overrides: Overrides, *, last: date | None = None, agency: int | None = None
    ) -> None:
        self.moment = moment
        self.overrides = overrides
        self.agency = agency
        self.record = Facts(moment, overrides, last, agency)
        self._owed: Counter[tuple[OpenPeriod, int]] = Counter()  # by agency
        self._missing: Counter[tuple[OpenPeriod, int]] = Counter()
        self._deadlines: dict[tuple[date, int], date] = {}

    def __iter__(self) -> Iterator[Subject]:
        urges = []
        for fact in self.record.read():
            if fact.what == FactKind.URGE:
                urges.append(fact)
            else:
                yield from self._waiting(fact)
        yield from self._urged(urges)
        for duty in self._in_force():
            if self.record.closure(duty.pk, self.moment) in RUNNING:
                yield from self._due(duty)
                yield from self._unreceived(duty)
                self._count(duty)
        yield from self._unfiled()

    def _in_force(self) -> Iterator[OpenAssignment]:
        columns = ("pk", "item_id", "item__plan_id", "agency_id", "role", "recorded_at", "receipt__recorded_at")
        mine = Q() if self.agency is None else Q(agency=self.agency)
        assignments = Assignment.objects.in_force(self.moment).filter(mine).order_by("pk")
        turns = zip_longest(*self.record.turns.values())  # the first of every plan, the second …
        owed = [obligation_over(turn.asked for turn in those if turn and turn.asked) for those in turns]
        for row in assignments.values_list(*columns, *owed).iterator(CHUNK):
            yield OpenAssignment._make((*row[: len(columns)], row[len(columns) :]))

    # ── 退回、待审、待答复、催办 ──

    def _waiting(self, fact: Fact) -> Iterator[Subject]:
        """But for what can be neither filed nor reviewed: in a locked period, or sent back of a task that has ended."""
        day, period = timezone.localdate(fact.at), self.record.periods.get(fact.within)
        is_open = fact.within not in self.record.locked
        match fact.what:
            case FactKind.SENT_BACK if is_open and self.record.closure(fact.of, self.moment) in RUNNING:
                yield Subject(Kind.SENT_BACK, f"report:{fact.key}", day, day, fact.owner, fact.of, period)
            case FactKind.REVIEW if is_open:
                yield Subject(Kind.REVIEW, f"report:{fact.key}", day, day, fact.owner, fact.of, period)
            case FactKind.REQUEST:
                asked = {"request": fact.word}
                yield Subject(Kind.REQUEST, f"request:{fact.key}", day, day, fact.owner, fact.of, facts=asked)

    def _urged(self, urges: Sequence[Fact]) -> Iterator[Subject]:
        """Whoever was urged, or is in its place: when it was sent, and by when it is to be answered."""
        owners = answering({urge.key: (urge.owner, urge.owner_ended) for urge in urges}, self.record.first)
        for urge in urges:
            day = timezone.localdate(urge.at)
            for owner in sorted(owners[urge.key] if self.agency is None else owners[urge.key] & {self.agency}):
                for kind, anchor in ((Kind.URGED, day), (Kind.URGE, urge.day or day)):
                    yield Subject(kind, f"urge:{urge.key}", anchor, day, owner)

    # ── 完成时限 ──

    def _due(self, duty: OpenAssignment) -> Iterator[Subject]:
        """For leads alone, as lights are; and not while it is the coordinators' turn to decide on 申请办结."""
        due = self.record.due_dates.get(duty.item_id)
        if due is None or due.due_on is None or duty.role != Assignment.Role.LEAD:
            return
        if AgencyRequest.Kind.COMPLETION in self.record.requests.get(duty.pk, ()):
            return
        closures = self.record.closures.get(duty.pk)
        running_since = closures[-1][0] if closures else duty.recorded_at
        since = timezone.localdate(max(due.since, running_since, duty.recorded_at))
        yield Subject(Kind.DUE, f"assignment:{duty.pk}", due.due_on, since, duty.agency_id, duty.pk)

    # ── 签收 ──

    def _unreceived(self, duty: OpenAssignment) -> Iterator[Subject]:
        """待签收: see `tasks.standing.course.state_of`; what was reopened needs no receipt."""
        is_received = duty.received_at is not None and duty.received_at <= self.moment
        others = self.record.requests.get(duty.pk, set()) - {AgencyRequest.Kind.EXTENSION}
        if is_received or others or duty.pk in self.record.closures:
            return
        given_on = timezone.localdate(duty.recorded_at)
        key = (given_on, self.record.plans[duty.plan_id].receipt_days)
        if key not in self._deadlines:
            self._deadlines[key] = workdays_after(*key, self.overrides)
        yield Subject(Kind.RECEIPT, f"assignment:{duty.pk}", self._deadlines[key], given_on, duty.agency_id, duty.pk)

    # ── 报告 ──

    def _count(self, duty: OpenAssignment) -> None:
        """应报 and not yet 已报; and never what has ended since."""
        for turn, obligation in zip(self.record.turns[duty.plan_id], duty.obligations, strict=False):
            if obligation == Obligation.OWED:
                self._owed[turn, duty.agency_id] += 1
                self._missing[turn, duty.agency_id] += duty.pk not in self.record.filed.get(turn.period.pk, ())

    def _unfiled(self) -> Iterator[Subject]:
        """One for each agency that has something to file in a plan's period, with the dates of opening and closing."""
        for (turn, agency), missing in self._missing.items():
            if not missing:
                continue
            period = turn.period
            key = f"period:{period.plan_id}-{period.code}/agency:{agency}"
            asked = {"owed": self._owed[turn, agency], "missing": missing}
            for kind, anchor in ((Kind.OPENS, period.opens_on), (Kind.FILING, period.due_on)):
                yield Subject(
                    kind, key, anchor, period.opens_on, agency, None, period, asked, period.opens_on, turn.ends
                )
