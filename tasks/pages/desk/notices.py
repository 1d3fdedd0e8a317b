"""What the list writes to agencies by itself, and the newest plan's reports in numbers."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tasks.models import Plan, ReportingPeriod, Urge, WorkdayOverride
from tasks.rules.asof import AsOf
from tasks.rules.workdays import workdays_after
from tasks.standing.filing import current_period
from tasks.standing.unfiled import UnfiledCount, count_unfiled

ANSWER_IN = 3  # working days; a second notice leaves less time than the first
RECEIPT_TEXT = "上述任务已过签收期限。请在答复期限前登录系统签收；不属于本单位职责的，请在签收前提出申请并写明依据。"


def answer_day(today: date) -> date:
    return workdays_after(today, ANSWER_IN, WorkdayOverride.objects.as_overrides())


def again_text(former: Urge) -> str:
    """A notice that follows another one names it, and repeats what was asked."""
    begins = f"{former.label}应于{former.reply_by:%Y-%m-%d}前答复，至今未收到"
    return f"{begins}。请在答复期限前书面答复。原催办内容：{former.text}"


@dataclass(frozen=True, slots=True)
class FilingNow:
    """The plan's current period and how much of its reports is there."""

    period: ReportingPeriod
    count: UnfiledCount
    days: int  # until the day by which reports are due; below zero when it has passed


def filing_now(plan: Plan, as_of: AsOf, version: int) -> FilingNow | None:
    """None before a period has opened, or where it is locked. The numbers are kept until something changes."""
    period = current_period(plan, as_of.day)
    if period is None or period.is_locked:  # type: ignore[attr-defined]  # as `opened_periods` reads it
        return None
    return FilingNow(period, _counted(period, as_of, version), (period.due_on - as_of.day).days)


@lru_cache(maxsize=16)
def _counted(period: ReportingPeriod, as_of: AsOf, version: int) -> UnfiledCount:
    return count_unfiled(period, as_of.moment)
