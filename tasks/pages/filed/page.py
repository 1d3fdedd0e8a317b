"""What an agency has filed: each report as it was filed, what became of it, and whether it can be taken back."""

from dataclasses import dataclass
from functools import cached_property

from tasks.models import ProgressReport
from tasks.rules.asof import AsOf
from tasks.rules.unchanged import split_reason
from tasks.standing.filing import filing_of, newest_lock


@dataclass(frozen=True)
class FiledReport:
    """One filed report as of a day, read by `own_reports`."""

    report: ProgressReport
    as_of: AsOf

    @property
    def state(self) -> str:
        """已撤回, 已承接 by another report, 已由新稿替代, or where it stands with the coordinators."""
        if self.report.taken_back_at:
            return "已撤回"
        if self.report.verdict is None and self.report.is_carried:
            return "已承接"
        if self.report.verdict is None and not self.waits:
            return "已由新稿替代"
        return str(filing_of(self.report).label)

    @property
    def is_back(self) -> bool:
        return self.report.verdict == "sent_back"

    @property
    def waits(self) -> bool:
        settled_at = self.report.settled_at
        return settled_at is None or settled_at > self.as_of.moment

    @cached_property
    def can_withdraw(self) -> bool:
        """Nobody has reviewed it, it is the newest, its task is still the agency's, and its period isn't locked."""
        if not (self.as_of.is_today and self.waits and self.report.assignment.ended_at is None):
            return False
        lock = newest_lock(self.report.period, self.as_of.moment)
        return lock is None or not lock.is_locked

    @property
    def texts(self) -> list[tuple[str, str]]:
        """What was written, under the names of the form; what was left empty is not shown."""
        reason, text = split_reason(self.report.progress) if self.report.is_unchanged else ("", self.report.progress)
        written = [
            ("本期无变化", reason),
            ("沿用的进展情况" if self.report.is_unchanged else "进展情况", text),
            ("存在问题", self.report.problems),
            ("下一步打算", self.report.next_steps),
            ("滞后原因", self.report.delay_reason),
            ("进度回调原因", self.report.lower_reason),
        ]
        return [(name, words) for name, words in written if words]
