"""When a browser that waits for a package asks again: as soon as is sensible, and of a crowd one after the other."""

from threading import Lock


class Appointments:
    """Moments to come back, `apart` seconds between two of them, so that a crowd leaves room for everybody else.

    Each web process gives its own: of a crowd, each of two processes serves half.
    """

    def __init__(self, *, pause: float, apart: float) -> None:
        self.pause, self.apart = pause, apart
        self._latest = float("-inf")
        self._lock = Lock()

    def after(self, now: float) -> float:
        """Seconds from now, no less than the pause. `now` is a monotonic clock's."""
        with self._lock:
            self._latest = max(now + self.pause, self._latest + self.apart)
            return self._latest - now
