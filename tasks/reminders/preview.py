"""A page shows the coming 30 days: who would be told what, if nothing were done until then."""

from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import NamedTuple

from django.utils import timezone

from agencies.models import User
from tasks.access import is_home, watches_over
from tasks.models import Plan, ReminderRule, WorkdayOverride
from tasks.reminders.deciding import Due, due_in
from tasks.reminders.waiting import Waiting
from tasks.rules.workdays import DAY, is_workday

DAYS = 30


@dataclass(slots=True)
class ComingDay:
    """A working day to come, with what it would bring."""

    day: date
    dues: list[Due] = field(default_factory=list)

    @property
    def people(self) -> int:
        return len({due.recipient_id for due in self.dues})

    @property
    def in_order(self) -> list[Due]:
        """What is due in the rules' order."""
        return sorted(self.dues, key=lambda due: (due.rule.ordinal, due.rule.pk))

    @property
    def by_rule(self) -> list[tuple[ReminderRule, int]]:
        """Each rule that would tell something, with the number of subjects."""
        subjects_of: dict[ReminderRule, set[str]] = {}
        for due in self.in_order:
            subjects_of.setdefault(due.rule, set()).add(due.subject.name)
        return [(rule, len(names)) for rule, names in subjects_of.items()]


class Coming(NamedTuple):
    """The days to come; `newest_plan` is what a page's frame asks for, and was read along."""

    days: list[ComingDay]
    newest_plan: Plan | None


def coming(reader: User, at: datetime) -> Coming:
    """The working days of the 30 days after today; everybody's for those who watch, otherwise the reader's own."""
    today, overrides = timezone.localdate(at), WorkdayOverride.objects.as_overrides()
    days = [day for day in (today + DAY * n for n in range(1, DAYS + 1)) if is_workday(day, overrides)]
    coming_days = {day: ComingDay(day) for day in days}
    waiting = Waiting(at, overrides, last=days[-1], agency=reader.agency_id)
    for due in due_in(days, waiting):
        if due.recipient == reader or watches_over(reader, due.recipient):
            coming_days[due.day].dues.append(due)
    plans = [plan for plan in waiting.known.plans.values() if is_home(reader, plan) and plan.is_listed]
    return Coming(list(coming_days.values()), max(plans, key=attrgetter("issued_on", "pk"), default=None))
