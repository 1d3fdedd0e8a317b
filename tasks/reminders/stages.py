"""Which rules a date has reached on a day, and which dates no rule has: those need not be read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from tasks.models import ReminderRule
from tasks.rules.workdays import Calendar


class Reach(Protocol):
    """Says of what waits whether anybody is told of it."""

    def has_reached(self, kind: str, anchor: date, since: date) -> bool:
        """Whether anybody is told of what waits until `anchor`, which became known on the day `since`."""

    def latest(self, kind: str) -> date | None:
        """The last date for which that may be so; None where there is none."""


class Everything:
    """Whether a rule asks for it or not."""

    def has_reached(self, kind: str, anchor: date, since: date) -> bool:
        return True

    def latest(self, kind: str) -> date | None:
        return date.max


class Stages:
    """Knows which rules a date has reached on each calendar's day. Pure; each pair of dates is reckoned once."""

    def __init__(self, rules: Iterable[ReminderRule], calendars: Sequence[Calendar]) -> None:
        self.calendars = calendars
        self._rules: defaultdict[str, list[ReminderRule]] = defaultdict(list)
        for rule in rules:
            self._rules[rule.kind].append(rule)
        self._reached: dict[tuple[str, date, date], Sequence[tuple[date, ReminderRule]]] = {}

    def reached(self, kind: str, anchor: date, since: date) -> Sequence[tuple[date, ReminderRule]]:
        key = (kind, anchor, since)
        if key not in self._reached:
            self._reached[key] = [
                (calendar.day, rule)
                for calendar in self.calendars
                for rule in self._rules[kind]
                if _has_reached(rule, anchor, since, calendar)
            ]
        return self._reached[key]

    def has_reached(self, kind: str, anchor: date, since: date) -> bool:
        return bool(self.reached(kind, anchor, since))

    def latest(self, kind: str) -> date | None:
        """What a rule asks for counts from its anchor, or from a later day: never from an earlier one."""
        dates = (calendar.latest(rule.offset) for calendar in self.calendars for rule in self._rules[kind])
        return max((day for day in dates if day is not None), default=None)


def _has_reached(rule: ReminderRule, anchor: date, since: date, calendar: Calendar) -> bool:
    """Whether the rule is reached; what follows a date that was past when it became known counts from the latter day.

    Else a due date set into the past would be at the leadership the next morning, or, with a stage that is told
    once, never.
    """
    counted_from = max(anchor, since) if rule.offset > 0 else anchor
    offset = calendar.offset(counted_from)
    return offset >= rule.offset if rule.repeats else offset == rule.offset
