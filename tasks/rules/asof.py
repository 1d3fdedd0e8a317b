"""截至日期: every page speaks for one day, today or a past one."""

from dataclasses import dataclass
from datetime import date, datetime

from qa_plan import clock


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day for which a page speaks; `moment` is its last instant.

    `query` and `amp` carry the day into links, empty when it is today.
    """

    day: date
    today: date

    @property
    def moment(self) -> datetime:
        return clock.end_of(self.day)

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    @property
    def query(self) -> str:
        return "" if self.is_today else f"?as_of={self.day:%Y-%m-%d}"

    @property
    def amp(self) -> str:
        return "" if self.is_today else f"&as_of={self.day:%Y-%m-%d}"
