"""A browser that waits for a package is told when to ask again: soon, and of a crowd one after the other."""

from threading import Lock

from reports.models import Build


class Spacing:
    """Gives moments to come back, `apart` seconds between two of them, so that a crowd leaves room for everybody else.

    Each web process gives its own: of a crowd, each of two processes serves half. Nobody waits longer than `longest`.
    """

    def __init__(self, *, pause: float, apart: float, longest: float = 30) -> None:
        self.pause, self.apart, self.longest = pause, apart, longest
        self._latest = float("-inf")
        self._lock = Lock()

    def after(self, now: float) -> float:
        """Gives the seconds to wait from now, no less than the pause. `now` is a monotonic clock's."""
        with self._lock:
            self._latest = min(max(now + self.pause, self._latest + self.apart), now + self.longest)
            return self._latest - now


# Whoever comes looks, opens the package and fetches a file, 30 ms of work together. A fifth of a process's time for
# them leaves a dashboard that is read meanwhile about as fast as it was (benchmarks/crowd.py).
LOOKS, OPENINGS = Spacing(pause=2, apart=0.15), Spacing(pause=0, apart=0.15)
AT_ONCE = 0.5  # a wait that nobody need be told of


def retry_after(build: Build, now: float) -> float:
    """Gives the seconds until the browser asks again, and takes the appointment; 0 where the package may be opened."""
    if build.is_under_way:
        return LOOKS.after(now)
    wait = OPENINGS.after(now) if build.state == Build.State.DONE else 0
    return wait if wait > AT_ONCE else 0
