"""Coordinators change the calendar of a plan's periods before they open: other days, one more by hand, or none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from agencies.changes import note
from agencies.models import User
from tasks.models import PeriodRevision, Plan, ReportingPeriod, WorkdayOverride
from tasks.models.latest import Latest
from tasks.rules.periods import Period, is_code, name_in_year, period_name, period_of, periods_between, span
from tasks.rules.workdays import is_workday
from tasks.workflow.current import WorkflowError, deed, lock_row
from tasks.workflow.opening import open_periods, reports_until


@dataclass(frozen=True, slots=True)
class PlannedPeriod:
    """A period of the plan's calendar: opened already, to be opened, or dropped (`is_held` False)."""

    period: Period
    opened: ReportingPeriod | None
    is_held: bool = True
    is_changed: bool = False

    @property
    def name(self) -> str:
        return period_name(self.period.code)


def planned_periods(plan: Plan, at: datetime) -> list[PlannedPeriod]:
    """The plan's periods as things stand, in order: those opened, those to come, and those dropped. Four queries.

    Those opened come with `is_locked`.
    """
    on = timezone.localdate(at)
    is_locked = Latest("PeriodLock", "is_locked", at, period="pk")
    series, known = plan.series(at), list(plan.periods.annotate(is_locked=is_locked).order_by("starts_on"))
    changes = series.changes or {}
    for period in known:
        period.plan = plan
    overrides = WorkdayOverride.objects.as_overrides()
    coming = periods_between(plan.begins_on, reports_until(plan, on), series, overrides=overrides)
    rows = [PlannedPeriod(_as_opened(each), each, is_changed=each.code in changes) for each in known]
    rows += [
        PlannedPeriod(each, None, is_changed=each.code in changes)
        for each in coming
        if not any(each.overlaps(*span(other.code)) for other in known)
    ]
    taken = {row.period.code for row in rows}
    rows += [
        PlannedPeriod(period_of(code, filing_day=series.filing_day, overrides=overrides), None, is_held=False)
        for code, change in changes.items()
        if not change.is_held and code not in taken
    ]
    return sorted(rows, key=lambda row: span(row.period.code))


def _as_opened(period: ReportingPeriod) -> Period:
    return Period(period.code, period.starts_on, period.ends_on, period.opens_on, period.due_on)


@deed
def revise_period(
    *,
    plan: Plan,
    code: str,
    opens_on: date,
    due_on: date,
    reason: str,
    by: User,
    at: datetime,
    is_held: bool = True,
    basis: int | None = None,
) -> PeriodRevision:
    """Gives a period that has not opened other days, adds one, or drops it (`is_held` False), with the reason.

    Opened today it opens at once. `basis` is how many such changes the plan had when the form was made: what changed
    since is refused, and the same form sent again is the first change.
    """
    reason, today = reason.strip(), timezone.localdate(at)
    if not reason:
        raise WorkflowError("请写明原因。", "reason")
    lock_row(plan, "UPDATE")
    plan.refresh_from_db(fields=["period_changes", "former", *Plan.names()])
    revisions = list(PeriodRevision.objects.filter(plan=plan).order_by("recorded_at", "pk"))
    if basis is not None and len(revisions) != basis:
        last = revisions[-1]
        same = (last.code, last.opens_on, last.due_on, last.is_held, last.reason, last.recorded_by_id)
        if len(revisions) == basis + 1 and same == (code, opens_on, due_on, is_held, reason, by.pk):
            return last
        raise WorkflowError("内容已被更新，本次未保存：报告期安排已被他人调整。请刷新页面，核对后再改。")
    at = max([at, *(revision.recorded_at for revision in revisions)])
    check_period(plan=plan, code=code, opens_on=opens_on, due_on=due_on, at=at, is_held=is_held)
    made = PeriodRevision.objects.create(
        plan=plan,
        code=code,
        opens_on=opens_on,
        due_on=due_on,
        is_held=is_held,
        reason=reason,
        recorded_at=at,
        recorded_by=by,
    )
    plan.period_changes = [*plan.period_changes, made.kept]
    Plan.objects.filter(pk=plan.pk).update(period_changes=plan.period_changes)
    new = {"code": code, "opens_on": opens_on, "due_on": due_on, "is_held": is_held}
    note("调整报告期", plan, by=by, at=at, new=new, reason=reason)
    if is_held and opens_on == today:
        open_periods(plan, today)
    return made


def check_period(*, plan: Plan, code: str, opens_on: date, due_on: date, at: datetime, is_held: bool = True) -> None:
    """Refuses a period that is none, that is there already or shares days with another, and days that it can't have."""
    if not is_code(code):
        raise WorkflowError("报告期写法有误，如2016M09、2016B5、2016Q3、2016H1。", "code")
    _require_free(planned_periods(plan, at), code, is_held=is_held)
    if is_held:
        _require_within(plan, code)
        _check_days(opens_on, due_on, timezone.localdate(at))


def _require_free(planned: Iterable[PlannedPeriod], code: str, *, is_held: bool) -> None:
    """The period has not opened, and shares no day with another one of the calendar."""
    for row in planned:
        if row.opened is not None and row.period.code == code:
            day = row.opened.opens_on
            raise WorkflowError(f"{row.name}已于{day:%Y-%m-%d}开放填报，不能再调整。", "code")
        if is_held and row.is_held and row.period.code != code and row.period.overlaps(*span(code)):
            raise WorkflowError(f"{name_in_year(code)}与已安排的{row.name}重叠，请先撤销后者。", "code")


def _require_within(plan: Plan, code: str) -> None:
    """The period has a day on which the plan ran; it may go on after the plan's end."""
    if span(code)[1] < plan.begins_on:
        raise WorkflowError(f"{period_name(code)}早于行动计划开始（{plan.begins_on:%Y-%m-%d}）。", "code")


def _check_days(opens_on: date, due_on: date, today: date) -> None:
    overrides = WorkdayOverride.objects.as_overrides()
    if opens_on < today:
        raise WorkflowError("开放日期不能早于今天。", "opens_on")
    if due_on <= opens_on:
        raise WorkflowError("报送截止须晚于开放日期。", "due_on")
    for day, field in ((opens_on, "opens_on"), (due_on, "due_on")):
        if not is_workday(day, overrides):
            raise WorkflowError(f"{day:%Y-%m-%d}不是工作日，请另选一天。", field)
