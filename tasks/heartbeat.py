"""Signs of life of the background processes, in the database, where every host sees them. Always real time."""

import time

from celery.beat import PersistentScheduler
from django.utils import timezone

from tasks.models import Heartbeat

INTERVAL = 15.0  # seconds between two signs of beat


def beat(process: str) -> None:
    """Records that this process lives."""
    Heartbeat.objects.update_or_create(process=process, defaults={"seen_at": timezone.now()})


class Scheduler(PersistentScheduler):
    """Celery's own scheduler, which also says that it lives; it wakes at least every INTERVAL seconds for that."""

    last_sign = -INTERVAL

    def tick(self, *args: object, **kwargs: object) -> float:
        if time.monotonic() - self.last_sign >= INTERVAL:
            beat("beat")
            self.last_sign = time.monotonic()
        return min(super().tick(*args, **kwargs), INTERVAL)
