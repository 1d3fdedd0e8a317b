"""A dead-man's switch finds what keeps reminders from going out, by looking at what was done, not by being told.

Pages say it to coordinators and administrators, `/healthz` to machines.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from tasks.models import Channel, Delivery, Heartbeat, Plan, Sweep, WorkdayOverride
from tasks.rules.workdays import DAY, Overrides, is_workday, on_or_before

MAILS_IN_A_ROW = 5
# How long none of them is silent while all is well; the sweep is known by its rows.
# A sign from later than that is none.
JOBS = {
    "daily_round": timedelta(hours=26),
    "send_due": timedelta(minutes=10),
    "request_packages": timedelta(hours=26),
    "tend_packages": timedelta(minutes=30),
    "tend_large_files": timedelta(minutes=30),
}


class Seen(NamedTuple):
    """All that the watch goes by. `failed_mails` counts among the last MAILS_IN_A_ROW that were tried; `signs` say when
    each job, and each process behind the pages, last gave one, by its name.

    `begun_at` is when the first plan was imported: before there is one, nothing is missed.
    """

    last_sweep: date | None
    begun_at: datetime | None
    overrides: Overrides
    failed_mails: int
    signs: Mapping[str, datetime | None]


def troubles(seen: Seen, *, at: datetime, now: datetime) -> dict[str, str]:
    """Says what is wrong, in words for people, by what it concerns. `at` is the product's time, `now` the real one."""
    wrong: dict[str, str] = {}
    if late := late_sweep(seen, at):
        wrong["reminders"] = f"{late:%Y-%m-%d}的提醒到{settings.SWEEP_BY:%H:%M}还没有生成，请系统管理员检查后台任务。"
    if seen.failed_mails >= MAILS_IN_A_ROW:
        wrong["mail"] = f"最近{MAILS_IN_A_ROW}封提醒邮件都没有发出，请系统管理员检查邮件服务。"
    silent = [name for name, longest in JOBS.items() if (sign := seen.signs.get(name)) and abs(now - sign) > longest]
    if silent:
        wrong["jobs"] = "后台定时任务已经停止运行，请系统管理员检查。"
    return wrong


def late_sweep(seen: Seen, at: datetime) -> date | None:
    """The newest working day whose hour has passed and that has no sweep; None while all is well."""
    expected = expected_sweep(at, seen.overrides)
    if seen.last_sweep:
        return expected if seen.last_sweep < expected else None
    return expected if seen.begun_at and seen.begun_at < _hour_of(expected) else None


def expected_sweep(at: datetime, overrides: Overrides) -> date:
    """The day of the sweep that must have finished by then."""
    local = timezone.localtime(at)
    day = local.date() if local.time() >= settings.SWEEP_BY else local.date() - DAY
    return day if is_workday(day, overrides) else on_or_before(day, overrides)


def _hour_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(settings.SWEEP_BY.hour, settings.SWEEP_BY.minute)))


def tried_mails() -> QuerySet[Delivery]:
    """The last e-mails that were tried, newest first; those without an `error` went out."""
    tried = Delivery.objects.filter(channel=Channel.EMAIL, attempts__gt=0)
    return tried.order_by("-claimed_at")[:MAILS_IN_A_ROW]


def look() -> Seen:
    """Reads what the watch goes by, in five queries; pages put them into one of theirs."""
    last = Sweep.objects.order_by("-day").values_list("day", flat=True).first()
    begun_at = Plan.objects.order_by("imported_at").values_list("imported_at", flat=True).first()
    failed = sum(bool(error) for error in tried_mails().values_list("error", flat=True))
    signs = dict(Heartbeat.objects.values_list("process", "seen_at"))
    return Seen(last, begun_at, WorkdayOverride.objects.as_overrides(), failed, signs)
