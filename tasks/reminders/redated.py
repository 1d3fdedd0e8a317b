"""On which days a due date is spoken of, as the rules stand: what a coordinator sees before moving it."""

from collections.abc import Sequence
from datetime import date

from tasks.models import ReminderRule, WorkdayOverride
from tasks.rules.workdays import Overrides, shifted

SHOWN = 3


class DueReminders:
    """The rules that count from due dates, and the calendar; read once for any number of dates."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.rules: Sequence[ReminderRule] = list(
            ReminderRule.objects.filter(is_active=True, kind=ReminderRule.Kind.DUE).order_by("offset")
        )
        self.overrides: Overrides = WorkdayOverride.objects.as_overrides()

    def days(self, due_on: date | None, *, is_new: bool = False) -> list[date]:
        """The next days on which somebody is reminded of it; none for 持续推进.

        A date that lay in the past when it was set counts as set today, as the rules have it.
        """
        if due_on is None:
            return []
        days = {shifted(self._counted_from(rule, due_on, is_new), rule.offset, self.overrides) for rule in self.rules}
        return sorted(day for day in days if day >= self.today)[:SHOWN]

    def _counted_from(self, rule: ReminderRule, due_on: date, is_new: bool) -> date:
        return max(due_on, self.today) if is_new and rule.offset > 0 else due_on
