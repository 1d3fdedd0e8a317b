"""催报: who has not filed in a period, agency by agency, and the notice that is proposed to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone

from agencies.models import User
from tasks.models import ReportingPeriod, WorkdayOverride
from tasks.pages.unfiled.forms import COUNT, TASKS
from tasks.rules.asof import AsOf
from tasks.rules.workdays import is_workday, workdays_after
from tasks.standing.filing import newest_lock
from tasks.standing.unfiled import UnfiledAgency, unfiled_agencies

DAYS = 3  # working days to file in, where the period's own day has passed
WEEKDAYS = "一二三四五六日"


def people_of(agencies: Sequence[UnfiledAgency]) -> dict[int, str]:
    """By agency: who would be told, by name. One query."""
    people = User.objects.filter(agency__in=[row.agency.pk for row in agencies], is_active=True).order_by("role", "pk")
    names: dict[int, list[str]] = {}
    for person in people:
        names.setdefault(person.agency_id or 0, []).append(str(person))
    return {pk: "、".join(mine) for pk, mine in names.items()}


@dataclass(frozen=True)
class UnfiledPage:
    """A period's missing reports as of today."""

    period: ReportingPeriod
    as_of: AsOf

    @cached_property
    def agencies(self) -> list[UnfiledAgency]:
        return unfiled_agencies(self.period, self.as_of.moment)

    @cached_property
    def people(self) -> dict[int, str]:
        return people_of(self.agencies)

    @cached_property
    def hindrance(self) -> str:
        """Why nobody can be asked for the period's reports; "" where they can."""
        if self.period.opens_on > self.as_of.day:
            return f"{self.period}报告{self.period.opens_on:%Y-%m-%d}开放填报，尚未开放。"
        lock = newest_lock(self.period, self.as_of.moment)
        return f"{self.period}已锁定，不再收报告，无须催报。" if lock and lock.is_locked else ""

    @property
    def report_count(self) -> int:
        return sum(len(row.reports) for row in self.agencies)

    @property
    def draft_count(self) -> int:
        return sum(row.drafts for row in self.agencies)

    @property
    def held_count(self) -> int:
        """Reports that nobody is urged for: a request of the agency waits for the office."""
        return sum(len(row.reports) - len(row.to_urge) for row in self.agencies)

    def urged_today(self, row: UnfiledAgency) -> bool:
        return row.urged_at is not None and timezone.localdate(row.urged_at) == self.as_of.day

    @property
    def rows(self) -> list[tuple[UnfiledAgency, bool]]:
        """Each agency, and whether it was urged today."""
        return [(row, self.urged_today(row)) for row in self.agencies]

    def proposed(self, *, with_all: bool = True) -> dict[str, Any]:
        """All that can be urged and were not today, until the period's day, in words that name the duty."""
        ticked = [row.agency.pk for row in self.agencies if with_all and row.to_urge and not self.urged_today(row)]
        return {"agency": ticked, "text": self._text, "reply_by": self.reply_day}

    @cached_property
    def reply_day(self) -> date:
        overrides = WorkdayOverride.objects.as_overrides()
        due_on = self.period.due_on
        if due_on > self.as_of.day and is_workday(due_on, overrides):
            return due_on
        return workdays_after(self.as_of.day, DAYS, overrides)

    @property
    def _text(self) -> str:
        due = written(self.period.due_on)
        if self.period.due_on >= self.as_of.day:
            duty = f"贵单位{self.period}进展报告尚有{COUNT}份未报：{TASKS}。请于{due}前登录系统报送。"
        else:
            duty = (
                f"{self.period}进展报告应于{due}前报送，贵单位尚有{COUNT}份未报：{TASKS}。"
                f"请于{written(self.reply_day)}前补报，并说明迟报原因。"
            )
        return f"{duty}本期没有变化的，勾选“本期无变化”报送。"


def written(day: date) -> str:
    return f"{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"
