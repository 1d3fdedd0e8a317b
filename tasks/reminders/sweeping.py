"""A day is swept: what `due_on` says goes into the ledger, one digest for each person, before anything is sent.

A working day is swept once. It is decided outside of any lock and written in one transaction with its `Sweep`: a worker
that is killed has written nothing, and whoever runs the sweep next writes the same. Sweeps wait for each other to
write, and the one that comes second finds the day done. Unique constraints hold the same below that.

Working days since the last sweep that have none were missed. Each is asked as of its own morning and made good by the
next sweep's digest: every stage of a subject once, and as done where it is done by now. The first sweep ever looks back
at nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from time import perf_counter

from django.db import connection, transaction

from tasks.models import Delivery, Digest, Reminder, Sweep, WorkdayOverride
from tasks.reminders.deciding import Due, due_on
from tasks.reminders.preferences import planned_at, preferences, routes
from tasks.reminders.subjects import Identity
from tasks.reminders.waiting import Waiting
from tasks.rules.workdays import DAY, is_workday

BATCH = 1000


class _MovedOn(Exception):
    """Another sweep has finished since this one began to decide."""


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A reminder of a digest. `is_settled`: of a missed day, and done by now."""

    due: Due
    is_settled: bool = False


@dataclass(slots=True)
class DayPlan:
    """What is to be told on a day, by person; nothing of it is written. `missed` are the days that it makes good."""

    day: date
    missed: list[date] = field(default_factory=list)
    lines: dict[int, list[DigestLine]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        lines = [line for mine in self.lines.values() for line in mine]
        return {
            "digests": len(self.lines),
            "reminders": len(lines),
            "made_good": sum(line.due.day != self.day for line in lines),
            "settled": sum(line.is_settled for line in lines),
        }

    def has_overdue(self, person: int) -> bool:
        return any(line.due.is_overdue and not line.is_settled for line in self.lines[person])


def decide_day(day: date, missed: Sequence[date] = (), *, at: datetime) -> DayPlan:
    """Decides the digests of that day, which make the missed days good, as things stand at that moment. Only reads."""
    plan = DayPlan(day, list(missed))
    dues: dict[tuple[int, str, str], Due] = {}
    for earlier in plan.missed:
        dues.update((_told_once(due), due) for due in due_on(earlier))
    dues.update((_told_once(due), due) for due in due_on(day, at=at))
    waiting = (
        _still_waiting({due.subject.identity for due in dues.values() if due.day != day}, at) if plan.missed else set()
    )
    for due in dues.values():
        is_settled = due.day != day and due.subject.identity not in waiting
        plan.lines.setdefault(due.recipient_id, []).append(DigestLine(due, is_settled))
    return plan


def plan_day(day: date, *, at: datetime) -> Sweep | None:
    """Writes the day's digests, their reminders and deliveries, unless that is done; None on a day off."""
    if not is_workday(day, WorkdayOverride.objects.as_overrides()):
        return None
    while (sweep := Sweep.objects.filter(day=day).first()) is None:
        started = perf_counter()
        plan = decide_day(day, missed_days(day), at=at)
        with suppress(_MovedOn):
            return _record(plan, started_at=at, finished_at=at + timedelta(seconds=perf_counter() - started))
    return sweep


def missed_days(day: date) -> list[date]:
    """The working days between the last sweep before that day and the day itself."""
    last = Sweep.objects.filter(day__lt=day).order_by("-day").values_list("day", flat=True).first()
    if last is None:
        return []
    overrides = WorkdayOverride.objects.as_overrides()
    between = (last + DAY * n for n in range(1, (day - last).days))
    return [other for other in between if is_workday(other, overrides)]


def _told_once(due: Due) -> tuple[int, str, str]:
    """What is told once in a digest: of a later day, it takes the place of the same of a day that was missed."""
    return due.recipient_id, due.stage, due.subject.name


def _still_waiting(asked: set[Identity], at: datetime) -> set[Identity]:
    """Which of them wait at that moment, and until the same date as before."""
    overrides = WorkdayOverride.objects.as_overrides()
    return asked & {subject.identity for subject in Waiting(at, overrides)}


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def _record(plan: DayPlan, *, started_at: datetime, finished_at: datetime) -> Sweep:
    _wait_for_other_sweeps()
    if Sweep.objects.filter(day=plan.day).exists() or missed_days(plan.day) != plan.missed:
        raise _MovedOn
    times = {"started_at": started_at, "finished_at": finished_at}
    Sweep.objects.bulk_create(Sweep(day=missed, made_good_on=plan.day, **times) for missed in plan.missed)
    sweep = Sweep.objects.create(day=plan.day, counts=plan.counts, **times)
    digests = _record_digests(plan, started_at)
    reminders = _reminders(plan, digests, started_at)
    while batch := list(islice(reminders, BATCH)):
        Reminder.objects.bulk_create(batch)
    return sweep


def _wait_for_other_sweeps() -> None:
    """Waits until no other sweep writes; SQLite has one writer at a time by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE tasks_sweep IN SHARE ROW EXCLUSIVE MODE")


def _record_digests(plan: DayPlan, at: datetime) -> dict[int, Digest]:
    """Writes the digests, by person, each with the deliveries that its person's preferences ask for."""
    wishes, overrides = preferences(), WorkdayOverride.objects.as_overrides()
    digests = Digest.objects.bulk_create(
        Digest(
            recipient_id=person,
            day=plan.day,
            missed_since=min((line.due.day for line in lines if line.due.day != plan.day), default=None),
            has_overdue=plan.has_overdue(person),
            planned_at=planned_at(wishes.get(person), plan.day, at, overrides),
        )
        for person, lines in plan.lines.items()
    )
    Delivery.objects.bulk_create(
        Delivery(
            digest=digest,
            channel=route.channel,
            state=Delivery.State.SKIPPED if route.obstacle else Delivery.State.PLANNED,
            next_try_at=None if route.obstacle else digest.planned_at,
            error=route.obstacle,
        )
        for digest in digests
        for route in routes(wishes.get(digest.recipient_id), has_overdue=digest.has_overdue)
    )
    return {digest.recipient_id: digest for digest in digests}


def _reminders(plan: DayPlan, digests: dict[int, Digest], at: datetime) -> Iterator[Reminder]:
    for person, lines in plan.lines.items():
        for line in lines:
            due, subject = line.due, line.due.subject
            yield Reminder(
                digest=digests[person],
                recipient_id=person,
                rule=due.rule,
                stage=due.stage,
                subject=subject.name,
                kind=subject.kind,
                key=subject.key,
                period_code=subject.period_code,
                assignment_id=subject.assignment_id,
                period_id=subject.period_id,
                agency_id=subject.agency_id,
                day=due.day,
                anchor=subject.anchor,
                is_settled=line.is_settled,
                reason=due.reason,
                planned_at=at,
            )
