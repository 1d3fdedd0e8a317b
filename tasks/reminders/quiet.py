"""免打扰: at some times nothing leaves. Pure."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from tasks.rules.workdays import DAY, Overrides, is_workday


def is_quiet(moment: datetime, overrides: Overrides) -> bool:
    """Whether it is night, or a day on which offices don't work."""
    return awake(moment, overrides) != moment


def awake(moment: datetime, overrides: Overrides) -> datetime:
    """That moment, or the end of the quiet time in which it lies; the settings say where a night ends and begins."""
    local = timezone.localtime(moment)
    if local.time() >= settings.QUIET_FROM:
        local = _morning(local + DAY)
    elif local.time() < settings.QUIET_UNTIL:
        local = _morning(local)
    while not is_workday(local.date(), overrides):
        local = _morning(local + DAY)
    return local


def _morning(moment: datetime) -> datetime:
    end = settings.QUIET_UNTIL
    return moment.replace(hour=end.hour, minute=end.minute, second=end.second, microsecond=0)
