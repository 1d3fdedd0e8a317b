"""Packages are asked for here: the same request twice, even at once, is one package and one build."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from agencies.changes import note
from agencies.models import Change, User
from qa_plan.clock import end_of
from reports.models import Build, Package
from reports.quarter import BadDefinition, Definition
from tasks.models import Plan, ReportingPeriod
from tasks.workflow.current import WorkflowError, deed

RENEWABLE = (Build.State.FAILED, Build.State.CANCELLED)


@deed
def request_package(*, plans: Sequence[Plan], period: str, day: date, by: User | None, at: datetime) -> Package:
    """Finds or makes the package of these plans and this period as known at the end of that day, or now if it is today.

    Asked for again it is the same one: of a past day always, of today as long as nothing was changed in between. One
    whose build failed or was cancelled is queued anew.
    """
    definition = _definition(plans, period, day, at)
    key = _key(definition, day, is_today=day == timezone.localdate(at))
    package, is_new = Package.objects.filter(key=key).select_related("build").first(), False
    if package is None:  # all but the first who ask find it there
        package, is_new = _made(definition, key, period=period, by=by, at=at)
    if is_new:
        package.plans.set(plans)
        Build.objects.create(package=package)  # `package.build` from now on
        asked = {"plans": list(definition.plans), "period": period, "as_of": definition.as_of}
        note("申请生成汇总", package, by=by, at=at, new=asked)
    elif package.build.state in RENEWABLE:
        if _queue_again(package):
            note("重新生成汇总", package, by=by, at=at)
        package.build.refresh_from_db()  # somebody else may have been faster
    return package


def _made(definition: Definition, key: str, *, period: str, by: User | None, at: datetime) -> tuple[Package, bool]:
    """Makes the package, and says whether it is new: somebody else may have been faster."""
    return Package.objects.select_related("build").get_or_create(
        key=key,
        defaults={
            "period": period,
            "as_of": definition.as_of,
            "definition": definition.to_json(),
            "definition_sha256": hashlib.sha256(definition.to_json().encode()).hexdigest(),
            "recorded_at": at,
            "recorded_by": by,
        },
    )


def opened_codes(plans: Sequence[Plan], day: date) -> list[str]:
    """Lists the quarters of any of the plans for which reports could be filed by that day."""
    opened = ReportingPeriod.objects.filter(plan__in=plans, opens_on__lte=day)
    return list(opened.order_by("code").values_list("code", flat=True))


def _definition(plans: Sequence[Plan], period: str, day: date, at: datetime) -> Definition:
    today = timezone.localdate(at)
    if day > today:
        raise WorkflowError(f"截至日期{day:%Y-%m-%d}晚于今天（{today:%Y-%m-%d}），不能生成未来的汇总。", "as_of")
    try:
        definition = Definition(
            tuple(plan.slug for plan in plans), period, min(at, end_of(day)) if day == today else end_of(day)
        )
    except BadDefinition as error:
        raise WorkflowError(str(error), "period" if plans else "plans") from error
    if not any(code.startswith(period) for code in opened_codes(plans, day)):
        raise WorkflowError(f"截至{day:%Y-%m-%d}，{definition.period_name}的报告期还没有开放填报。", "period")
    if day < max(plan.begins_on for plan in plans):
        raise WorkflowError(f"{max(plan.begins_on for plan in plans):%Y-%m-%d}起才有数据，截至日期不能更早。", "as_of")
    return definition


def _key(definition: Definition, day: date, *, is_today: bool) -> str:
    """Makes two requests the same one. Today's has no fixed moment: it is the same until the next change."""
    known = json.loads(definition.to_json())
    known["as_of"] = f"{day:%Y-%m-%d}"
    known["changed"] = _last_change() if is_today else None
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def _last_change() -> int | None:
    """Finds the newest change that could make a difference: that packages were asked for or built makes none."""
    of_facts = Change.objects.exclude(subject_type__startswith="reports.")
    return of_facts.order_by("-pk").values_list("pk", flat=True).first()


@deed
def build_again(*, package: Package, by: User, at: datetime) -> None:
    """重新生成: queues anew what failed or was cancelled."""
    if not _queue_again(package):
        raise WorkflowError("该汇总没有失败或取消，无须重新生成。")
    note("重新生成汇总", package, by=by, at=at)


def _queue_again(package: Package) -> bool:
    stopped = Build.objects.filter(package=package, state__in=RENEWABLE)
    return stopped.update(**QUEUED) == 1


QUEUED = {
    "state": Build.State.QUEUED,
    "stage": "",
    "share": 0,
    "reason": "",
    "attempt": 0,
    "token": None,
    "lease_until": None,
}


@deed
def cancel_build(*, package: Package, by: User, at: datetime) -> None:
    """取消: stops the build; whoever builds notices at the next step and keeps nothing."""
    under_way = Build.objects.filter(package=package, state__in=(Build.State.QUEUED, Build.State.BUILDING))
    reason = f"{by}取消"
    if not under_way.update(state=Build.State.CANCELLED, reason=reason, token=None, lease_until=None):
        raise WorkflowError("该汇总没有在生成，无须取消。")
    note("取消生成汇总", package, by=by, at=at)
