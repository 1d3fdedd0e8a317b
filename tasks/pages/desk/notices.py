"""What the list writes to agencies by itself, and a plan's reports in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from agencies.models import User
from tasks.access import plans_to_complete
from tasks.models import ActionItem, Plan, ReportingPeriod, Urge, WorkdayOverride
from tasks.rules.asof import AsOf
from tasks.rules.workdays import workdays_after
from tasks.standing.correspondence import coverage_of
from tasks.standing.questions import periods_opened_of
from tasks.standing.unfiled import UnfiledCount, count_unfiled

ANSWER_IN = 3  # working days; a second notice leaves less time than the first
NAMED = 6  # other plans that the line on filing names
RECEIPT_TEXT = "上述任务已过签收期限。请在答复期限前登录系统签收；不属于本单位职责的，请在签收前提出申请并写明依据。"


def answer_day(today: date) -> date:
    return workdays_after(today, ANSWER_IN, WorkdayOverride.objects.as_overrides())


def again_text(former: Urge) -> str:
    """A notice that follows another one names it, and repeats what was asked."""
    begins = f"{former.label}应于{former.reply_by:%Y-%m-%d}前答复，至今未收到"
    return f"{begins}。请在答复期限前书面答复。原催办内容：{former.text}"


@dataclass(frozen=True, slots=True)
class FilingNow:
    """A plan's current period and how much of its reports is there."""

    period: ReportingPeriod
    count: UnfiledCount
    names_plan: bool  # where there are several
    others: list[ReportingPeriod]  # the current periods of other plans

    @property
    def named(self) -> list[ReportingPeriod]:
        return self.others[:NAMED]

    @property
    def unnamed_count(self) -> int:
        return len(self.others) - len(self.named)


def filing_now(plans: Sequence[Plan], as_of: AsOf) -> FilingNow | None:
    """Of the first of these plans whose current period is open; None where none is. They were read with their version.

    A period that is locked is not open.
    """
    current: dict[int, ReportingPeriod] = {}
    for period in periods_opened_of(plans=[plan.pk for plan in plans], day=as_of.day, moment=as_of.moment):
        current.setdefault(period.plan_id, period)
    opened = []
    for plan in plans:
        newest = current.get(plan.pk)
        if newest and not newest.is_locked:  # type: ignore[attr-defined]  # read along with it
            newest.plan = plan
            opened.append(newest)
    if not opened:
        return None
    first = opened[0]
    return FilingNow(first, count_unfiled(first.plan, first, as_of), len(plans) > 1, opened[1:])


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A local plan with what was asked of it and nothing of it corresponds to; `others` are plans like it."""

    plan: Plan
    missing: Sequence[ActionItem]
    others: int

    @property
    def named(self) -> Sequence[ActionItem]:
        return self.missing[:NAMED]


def uncovered(user: User, moment: datetime) -> Uncovered | None:
    """Of the own office's plans that leave the duty to make them open the newest, and why; five queries at most."""
    plans = list(plans_to_complete(user, moment))
    if not plans:
        return None
    coverage = coverage_of(plans[0], moment, plans[0].parent.local_duty)  # type: ignore[union-attr]  # a local plan
    return Uncovered(plans[0], coverage.missing, len(plans) - 1) if coverage.missing else None
