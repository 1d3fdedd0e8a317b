"""The rules decide what each person is to be told on a day, as of a moment: a pure question, asked again at any time.

    for due in due_on(date(2016, 10, 12)): ...

A day to come is asked of the same facts: what it will bring if nothing happens until then.

Nothing is written and nothing remembered: whether the day was missed, or told already, makes no difference here.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from agencies.models import User
from qa_plan import clock
from tasks.models import ReminderRule, WorkdayOverride
from tasks.reminders.audience import People
from tasks.reminders.stages import Stages
from tasks.reminders.subjects import Subject
from tasks.reminders.waiting import Waiting
from tasks.rules.workdays import Calendar, is_workday

SWEEP_TIME = time(8)
DEADLINES = (
    ReminderRule.Kind.DUE,
    ReminderRule.Kind.FILING,
    ReminderRule.Kind.RECEIPT,
    ReminderRule.Kind.URGE,
    ReminderRule.Kind.MILESTONE,
    ReminderRule.Kind.INSTRUCTION,
)


class Due(NamedTuple):
    """One person is to be told one thing, because of one rule, on one day."""

    recipient: User
    rule: ReminderRule
    subject: Subject
    day: date

    @property
    def recipient_id(self) -> int:
        return self.recipient.pk

    @property
    def stage(self) -> str:
        return stage_of(self.rule)

    @property
    def is_overdue(self) -> bool:
        """Whether it speaks of a deadline that has passed."""
        return self.rule.kind in DEADLINES and self.rule.offset > 0

    @property
    def reason(self) -> dict[str, Any]:
        """All that the answer to 「提醒依据」 needs, as it was on that day."""
        rule, subject = self.rule, self.subject
        return {
            "rule": rule.code,
            "name": rule.name,
            "kind": rule.kind,
            "offset": rule.offset,
            "repeats": rule.repeats,
            "audience": rule.audience,
            "day": self.day.isoformat(),
            "anchor": subject.anchor.isoformat(),
            "since": subject.since.isoformat(),
            **subject.facts,
        }


def moment_of(day: date) -> datetime:
    """The moment as of which a day is decided: when its sweep is due."""
    return clock.at(day, SWEEP_TIME)


def due_on(day: date, *, at: datetime | None = None) -> Iterator[Due]:
    """Yields what the rules ask for on that day, as of its morning or the given moment; nothing on a day off."""
    overrides = WorkdayOverride.objects.as_overrides()
    if is_workday(day, overrides):
        yield from due_in([day], Waiting(at or moment_of(day), overrides))


def due_in(days: Sequence[date], waiting: Waiting) -> Iterator[Due]:
    """Yields the same of several working days, if nothing else happens until then; `waiting` reaches to the last.

    Five queries, whatever there is. The rules, the calendar and the people are those of the present.
    """
    rules = ReminderRule.objects.filter(is_active=True)
    stages = Stages(rules, [Calendar(day, waiting.overrides) for day in days])
    people = People()
    for subject in waiting.reached(stages):
        for day, rule in stages.reached(subject.kind, subject.anchor, subject.since):
            if subject.begins <= day < subject.ends:
                for person in people.of(rule.audience, subject.agency_id):
                    yield Due(person, rule, subject, day)


def stage_of(rule: ReminderRule) -> str:
    """Names a rule's stage by its kind and offset: `due-7`, `due+0`, `filing+3`."""
    return f"{rule.kind}{rule.offset:+d}"
