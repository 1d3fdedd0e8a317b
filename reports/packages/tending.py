"""Tends, again and again, builds and mails that wait or were abandoned, and files that a dead builder left."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from reports.models import Build
from reports.packages.building import build, unbuilt
from reports.packages.keeping import discard, left_over
from reports.packages.mailing import send_mails

LEFT_OVER_AFTER = timedelta(hours=1)  # longer than any lease: whoever wrote it is gone


@dataclass(frozen=True, slots=True)
class Tended:
    """How much was done in one round."""

    built: int
    sent: int
    swept: int


def tend(*, at: datetime, tick: Callable[[], datetime]) -> Tended:
    """Does what is left to do. Safe to run at any time, and by several processes at once."""
    waiting = Build.objects.filter(unbuilt(tick())).order_by("pk").values_list("pk", flat=True)
    built = sum(build(pk, at=at, tick=tick) for pk in list(waiting))
    rest = list(left_over(tick() - LEFT_OVER_AFTER))
    for name in rest:
        discard(name)
    return Tended(built, send_mails(tick=tick), len(rest))
