"""Celery's own scheduler, which outlives a damaged file and a clock that was set back.

Its file only says when each job was sent last: what is lost with it is made good, since every job may run twice.
"""

import logging
from datetime import datetime
from pathlib import Path

from celery.beat import PersistentScheduler

logger = logging.getLogger(__name__)


class LastingScheduler(PersistentScheduler):
    """Sends what is due, whatever its file holds and wherever the clock stood before."""

    def setup_schedule(self) -> None:
        """Reads the file; one that can't be read is set aside, and the schedule begins anew."""
        try:
            super().setup_schedule()
        except Exception:  # each kind of database below shelve has errors of its own, as have what it unpickles
            logger.exception("The schedule's file could not be read and begins anew.")
            self._set_aside()
            super().setup_schedule()

    def tick(self, *args: object, **kwargs: object) -> float:
        if self._forget_the_future():
            self._heap = None  # it holds times of the other clock
        return float(super().tick(*args, **kwargs))

    def _forget_the_future(self) -> bool:
        """Takes what was sent after now as sent now: else nothing would be, until the old time has come again."""
        changed = False
        for entry in self.schedule.values():
            now: datetime = entry.default_now()
            if entry.last_run_at > now:
                entry.last_run_at, changed = now, True
        return changed

    def _set_aside(self) -> None:
        for suffix in self.known_suffixes:
            path = Path(f"{self.schedule_filename}{suffix}")
            if path.is_file():
                path.replace(f"{path}.damaged")
