"""What somebody may have to be reminded of: one subject, with the date that its rules count from."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from tasks.models import ReminderRule, ReportingPeriod

Kind = ReminderRule.Kind
Identity = tuple[str, str, date]


class Subject(NamedTuple):
    """`since` is the day on which the system learned that `anchor` holds: what follows a date never counts from before.

    `key` is the same on every day and in every installation with the same rows. `facts` says what else was looked at.
    It waits from its first day until the one before `ends`: the next period takes the place of a period.
    """

    kind: str
    key: str
    anchor: date
    since: date
    agency_id: int
    assignment_id: int | None = None
    period: ReportingPeriod | None = None
    facts: Mapping[str, object] = {}
    begins: date = date.min
    ends: date = date.max

    @property
    def period_id(self) -> int | None:
        """None as well where the daily round has not recorded the period yet."""
        return self.period.pk if self.period else None

    @property
    def identity(self) -> Identity:
        """Of what waits until a date; with another date it is something else."""
        return self.kind, self.key, self.anchor
