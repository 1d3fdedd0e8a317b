"""A subject is one thing of which somebody may have to be reminded, with the date that its rules count from."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from tasks.models import ReminderRule, ReportingPeriod

ReminderKind = ReminderRule.Kind
Identity = tuple[str, str, date]
# The row that a kind is about. What asks for reports is about those of an agency in a period.
ROWS = {
    ReminderKind.DUE: "assignment",
    ReminderKind.RECEIPT: "assignment",
    ReminderKind.SENT_BACK: "report",
    ReminderKind.REVIEW: "report",
    ReminderKind.REQUEST: "request",
    ReminderKind.URGED: "urge",
    ReminderKind.URGE: "urge",
    ReminderKind.MILESTONE: "milestone",
    ReminderKind.INSTRUCTED: "instruction",
    ReminderKind.INSTRUCTION: "instruction",
}


class Subject(NamedTuple):
    """One thing that waits for somebody: the row with that key, as its kind says; of reports to be filed, the plan.

    `since` is the day on which the system learned that `anchor` holds: what follows a date never counts from before.
    `facts` says what else was looked at. It waits from its first day until the one before `ends`: the next period takes
    the place of a period.
    """

    kind: str
    key: int
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
        """The period's key; None as well where the daily round has not recorded the period yet."""
        return self.period.pk if self.period else None

    @property
    def period_code(self) -> str:
        return self.period.code if self.period else ""

    @property
    def name(self) -> str:
        """Its text in the ledger, the same on every day and in every installation with the same rows."""
        if self.kind in (ReminderKind.OPENS, ReminderKind.FILING):
            return f"period:{self.key}-{self.period_code}/agency:{self.agency_id}"
        return f"{ROWS[ReminderKind(self.kind)]}:{self.key}"

    @property
    def identity(self) -> Identity:
        """Tells it from all others: what waits until another date is something else."""
        return self.kind, self.name, self.anchor
