"""Celery tasks: another entrance to the same functions. Each has a command twin."""

import time

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from agencies.security import record_settings
from qa_plan import clock
from qa_plan.schedule import LastingScheduler
from tasks.models import WorkdayOverride
from tasks.reminders.quiet import is_quiet
from tasks.reminders.sending import due, send
from tasks.reminders.sweeping import plan_day
from tasks.reminders.watch import late_sweep, look
from tasks.workflow.daily import daily_round as run_daily_round
from tasks.workflow.heartbeat import beat
from tasks.workflow.leftovers import sweep
from tasks.workflow.proofs import read_waiting

SIGN_INTERVAL = 15.0  # seconds between two signs of beat
SENT_TOGETHER = 10  # deliveries of one job


@shared_task
def daily_round() -> dict[str, int]:
    """Twin of `manage.py daily_round`; safe to run at any time and twice."""
    rounds = list(run_daily_round(clock.today()))
    sweep(timezone.now())
    beat("daily_round", timezone.now())
    return {"plans": len(rounds), "days": sum(len(done.days) for done in rounds)}


@shared_task(acks_late=True, reject_on_worker_lost=True)
def sweep_reminders() -> int:
    """The first half of `manage.py send_reminders`; safe to run at any time and twice. How many digests there are."""
    sweep = plan_day(clock.today(), at=clock.now())
    beat("sweep_reminders", timezone.now())
    send_due.delay()
    return sweep.counts["digests"] if sweep else 0


@shared_task
def send_due() -> int:
    """Queues what is due, every minute: a job that the queue lost is queued again; how many. Nothing in quiet hours.

    In a minute in which the workers didn't come that far, what is still in the queue expires and is queued anew.
    """
    beat("send_due", timezone.now())
    if is_quiet(clock.now(), WorkdayOverride.objects.as_overrides()):
        return 0
    waiting = list(due(timezone.now()).values_list("pk", flat=True)[: settings.SEND_AT_ONCE])
    for start in range(0, len(waiting), SENT_TOGETHER):
        deliver.apply_async((waiting[start : start + SENT_TOGETHER],), expires=settings.SEND_EVERY)
    return len(waiting)


@shared_task(acks_late=True, reject_on_worker_lost=True, time_limit=settings.SEND_LIMIT)
def deliver(deliveries: list[int]) -> int:
    """One try of each, as far as that goes until the next look queues the rest anew; how many were tried.

    The time limit ends a worker that hangs, never one that sends: it is the time of all tries and the longest one.
    """
    end, tried = time.monotonic() + settings.SEND_EVERY, 0
    for pk in deliveries:
        if time.monotonic() < end:
            tried += send(pk, at=timezone.now()) is not None
    return tried


@shared_task
def read_import(pk: int) -> bool:
    """Reads a large notice into its 核对稿; twin of `manage.py read_imports`. Safe to send twice."""
    return read_waiting(pk, at=clock.now())


@shared_task
def beat_heart() -> None:
    """Runs in a worker: that it ran is the worker's heartbeat."""
    beat("worker", timezone.now())


@worker_ready.connect
def say_hello(**kwargs: object) -> None:
    """A worker lives from the moment it is ready, and makes good at once what was missed while there was none."""
    beat("worker", timezone.now())
    record_settings(at=clock.now())
    if late_sweep(look(), clock.now()):
        sweep_reminders.delay()


class Scheduler(LastingScheduler):
    """The scheduler, which also says that it lives; it wakes at least every SIGN_INTERVAL seconds for that."""

    last_sign = -SIGN_INTERVAL

    def tick(self, *args: object, **kwargs: object) -> float:
        if time.monotonic() - self.last_sign >= SIGN_INTERVAL:
            try:
                beat("beat", timezone.now())
            except DatabaseError:
                connection.close()  # it is away; beat goes on, and the missing sign says so
            self.last_sign = time.monotonic()
        return min(super().tick(*args, **kwargs), SIGN_INTERVAL)
