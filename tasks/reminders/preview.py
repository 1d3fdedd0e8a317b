"""The coming 30 days on a page: who would be told what, if nothing were done until then."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from agencies.models import User
from tasks.access import can_watch_reminders
from tasks.models import ReminderRule, WorkdayOverride
from tasks.reminders.coming import coming
from tasks.reminders.deciding import Due
from tasks.workdays import DAY, is_workday

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
    def by_rule(self) -> list[tuple[ReminderRule, int]]:
        """Each rule that would tell something, with the number of subjects, in the rules' order."""
        found: dict[ReminderRule, set[str]] = {}
        for due in self.dues:
            found.setdefault(due.rule, set()).add(due.subject.key)
        ordered = sorted(found.items(), key=lambda pair: (pair[0].ordinal, pair[0].pk))
        return [(rule, len(keys)) for rule, keys in ordered]


def coming_days(reader: User, at: datetime) -> list[ComingDay]:
    """The working days of the 30 days after today; everybody's for those who watch, otherwise the reader's own."""
    today, overrides = timezone.localdate(at), WorkdayOverride.objects.as_overrides()
    days = [today + DAY * n for n in range(1, DAYS + 1)]
    found = {day: ComingDay(day) for day in days if is_workday(day, overrides)}
    for due in coming(days[0], days[-1], at=at, agency=reader.agency_id):
        if can_watch_reminders(reader) or due.recipient_id == reader.pk:
            found[due.day].dues.append(due)
    return list(found.values())
