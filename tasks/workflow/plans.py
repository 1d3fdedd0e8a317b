"""计划设置 decide a plan's lights, who reports and until when. What held before a change stays as it was."""

from datetime import datetime
from typing import Any

from agencies.changes import note
from agencies.models import User
from tasks.models import Plan, PlanRevision
from tasks.rules.periods import LATEST_FILING_DAY, Frequency, is_code, span
from tasks.workflow.current import WorkflowError, deed

RANGES = {
    "behind_margin": (0, 100),
    "ahead_margin": (0, 100),
    "soon_days": (0, 366),
    "filing_day": (1, 28),
    "receipt_days": (1, 60),
}


@deed
def change_settings(
    *, plan: Plan, settings: dict[str, Any], basis: int, reason: str, by: User | None, at: datetime
) -> PlanRevision:
    """Changes a plan's settings from now on; every day before keeps those of its time.

    `basis` is how often they had been changed when the form was made: of two at once, the second is shown the first.
    """
    if not reason.strip():
        raise WorkflowError("请写明调整原因。", "reason")
    for name, (least, most) in RANGES.items():
        if not least <= settings[name] <= most:
            raise WorkflowError(f"须在{least}至{most}之间。", name)
    _check_periods(settings)
    current = Plan.objects.select_for_update().defer("notice_text").get(pk=plan.pk)
    last = PlanRevision.objects.filter(plan=plan).order_by("recorded_at", "pk").last()
    is_next = last is not None and len(current.former) == basis + 1
    if last and is_next and (last.settings, last.reason, last.recorded_by) == (settings, reason.strip(), by):
        return last  # the same form sent again
    if len(current.former) != basis:
        raise WorkflowError("内容已被更新，本次未保存：设置已被他人调整。请刷新页面，核对现行设置后再改。")
    old = current.settings
    changed = {name: value for name, value in settings.items() if old[name] != value}
    if not changed:
        raise WorkflowError("与现行设置相同，没有改动。")
    at = max(at, last.recorded_at) if last else at
    revision = PlanRevision.objects.create(plan=plan, reason=reason.strip(), recorded_at=at, recorded_by=by, **settings)
    former = [*current.former, {**old, "until": at.isoformat()}]
    Plan.objects.filter(pk=plan.pk).update(former=former, **settings)
    was = {name: old[name] for name in changed}
    note("调整计划设置", plan, by=by, at=at, old=was, new=changed, reason=reason.strip())
    return revision


def _check_periods(settings: dict[str, Any]) -> None:
    """The first and last period are codes, in this order; a month's reports fall due before the next month's open."""
    for name in ("first_period", "last_period"):
        if settings[name] and not is_code(settings[name]):
            raise WorkflowError("写法有误，如2016M09、2016B5、2016Q3、2016H1。", name)
    first, last = settings["first_period"], settings["last_period"]
    if first and last and span(last)[1] < span(first)[1]:
        raise WorkflowError("末个报告期不能早于首个报告期。", "last_period")
    latest = LATEST_FILING_DAY.get(Frequency(settings["frequency"]))
    if latest is not None and settings["filing_day"] > latest:
        raise WorkflowError(f"月报的截止日不能晚于{latest}日，否则与下一期填报重叠。", "filing_day")
