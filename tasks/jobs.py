"""Celery tasks: another entrance to the same functions. Each has a command twin."""

import time

from celery import shared_task
from celery.beat import PersistentScheduler
from celery.signals import worker_ready
from django.utils import timezone

from qa_plan import clock
from tasks.daily import daily_round as run_daily_round
from tasks.heartbeat import beat
from tasks.reminders.sweeping import plan_day

SIGN_INTERVAL = 15.0  # seconds between two signs of beat


@shared_task
def daily_round() -> dict[str, int]:
    """Twin of `manage.py daily_round`; safe to run at any time and twice."""
    rounds = list(run_daily_round(clock.today()))
    beat("daily_round", timezone.now())
    return {"plans": len(rounds), "days": sum(len(done.days) for done in rounds)}


@shared_task
def sweep_reminders() -> int:
    """The first half of `manage.py send_reminders`; safe to run at any time and twice. How many digests there are."""
    sweep = plan_day(clock.today(), at=clock.now())
    beat("sweep_reminders", timezone.now())
    return sweep.counts["digests"] if sweep else 0


@shared_task
def beat_heart() -> None:
    """Runs in a worker: that it ran is the worker's heartbeat."""
    beat("worker", timezone.now())


@worker_ready.connect
def say_hello(**kwargs: object) -> None:
    """A worker lives from the moment it is ready, not from its first job on."""
    beat("worker", timezone.now())


class Scheduler(PersistentScheduler):
    """Celery's own scheduler, which also says that it lives; it wakes at least every SIGN_INTERVAL seconds for that."""

    last_sign = -SIGN_INTERVAL

    def tick(self, *args: object, **kwargs: object) -> float:
        if time.monotonic() - self.last_sign >= SIGN_INTERVAL:
            beat("beat", timezone.now())
            self.last_sign = time.monotonic()
        return min(super().tick(*args, **kwargs), SIGN_INTERVAL)
