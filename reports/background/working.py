"""The worker's side: one large file is claimed, made and kept, or fails with a reason."""

import logging
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import IO
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models import F, Q
from django.http import Http404

from agencies.models import User
from reports.background.keeping import name_of, sweep
from reports.models import LargeFile
from tasks.models import Message
from tasks.workflow.messages import tell

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3
IN_MEMORY = 5_000_000  # bytes; a longer file is written to the disk
State = LargeFile.State

Tick = Callable[[], datetime]


class CannotMake(Exception):
    """It can't be made, now or later; the message says why in Chinese."""


class _LeaseLost(Exception):
    """Another worker has taken this one for dead, or the file has been swept away."""


class Progress:
    """Says how far the work is, and prolongs the lease by it."""

    def __init__(self, large: LargeFile, tick: Tick) -> None:
        self._mine = LargeFile.objects.filter(pk=large.pk, token=large.token, state=State.WORKING)
        self._tick = tick

    def at(self, done: int, stage: str = "") -> None:
        self.write(done=done, stage=stage, lease_until=self._tick() + LEASE)

    def write(self, **columns: object) -> None:
        if not self._mine.update(**columns):
            raise _LeaseLost


Maker = Callable[[LargeFile, IO[bytes], Progress, datetime], str]  # writes the file; what the page shows of it
Makers = Mapping[str, Maker]


def person_of(large: LargeFile) -> User:
    """Whoever asked for it, with the rights of this moment; an account that has ended has none."""
    if not large.recorded_by.is_active:
        raise PermissionDenied
    return large.recorded_by


def waiting(now: datetime) -> Q:
    """Those that anybody may claim: they wait, or whoever worked on them has died."""
    return Q(state=State.WAITING) | Q(state=State.WORKING, lease_until__lt=now)


def work(pk: int, makers: Makers, *, at: datetime, tick: Tick) -> bool:
    """Makes it and says whether it did. What is done, under way, failed or gone is left alone."""
    large = _claimed(pk, tick())
    if large is None:
        return False
    progress = Progress(large, tick)
    try:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
            result = makers[large.kind](large, file, progress, at)
            _keep(large, file, result, progress)
    except _LeaseLost:
        return False
    except CannotMake as refusal:
        return _fail(progress, str(refusal))
    except (PermissionDenied, Http404):
        return _fail(progress, "您已无权查看所需的数据。")
    except Exception as error:  # whatever it was: people get a reason and a way on, the log gets the rest
        logger.exception("Large file %s could not be made.", pk)
        return _fail(progress, f"办理时发生错误（{type(error).__name__}），请重新申请；仍不成功请联系系统管理员。")
    tell([large.recorded_by], Message.Kind.OTHER, f"{large}已完成，可查看。", link=large.get_absolute_url(), at=at)
    return True


def tend(makers: Makers, *, at: datetime, tick: Tick) -> tuple[int, int]:
    """Makes what waits or was broken off, and sweeps away what is old; how many of each. Safe to run at any time."""
    left = LargeFile.objects.filter(waiting(tick())).order_by("pk").values_list("pk", flat=True)
    made = sum(work(pk, makers, at=at, tick=tick) for pk in list(left))
    return made, sweep(at)


def _claimed(pk: int, now: datetime) -> LargeFile | None:
    """One statement decides between many; one that was broken off too often is given up."""
    token = uuid4()
    claimed = LargeFile.objects.filter(waiting(now), pk=pk).update(
        state=State.WORKING, token=token, lease_until=now + LEASE, done=0, stage="", attempt=F("attempt") + 1
    )
    large = LargeFile.objects.select_related("recorded_by").get(pk=pk, token=token) if claimed else None
    if large and large.attempt > MOST_ATTEMPTS:
        _fail(Progress(large, lambda: now), f"{MOST_ATTEMPTS}次中断，已停止重试，请联系系统管理员。")
        return None
    return large


def _keep(large: LargeFile, file: IO[bytes], result: str, progress: Progress) -> None:
    size = file.tell()
    content = ""
    if size:
        file.seek(0)
        default_storage.delete(name_of(large))
        content = default_storage.save(name_of(large), File(file))
    progress.write(state=State.DONE, content=content, size=size, result=result, token=None, lease_until=None, stage="")


def _fail(progress: Progress, reason: str) -> bool:
    progress.write(state=State.FAILED, reason=reason[:500], token=None, lease_until=None, stage="")
    return False
