"""A report that is open in the list: what it says otherwise than the last accepted one, and what to look at."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from tasks.models import Evidence, ProgressReport
from tasks.rules.asof import AsOf
from tasks.rules.review_warnings import Claim, warnings_of
from tasks.rules.secrecy import secrecy_marks
from tasks.rules.textdiff import Piece, compare

TEXTS = (
    ("进展", "progress"),
    ("存在问题", "problems"),
    ("下一步打算", "next_steps"),
    ("滞后原因", "delay_reason"),
    ("进度回调原因", "lower_reason"),
)


@dataclass(frozen=True)
class OpenedReport:
    """A waiting report beside the one at which its assignment stands."""

    report: ProgressReport
    due_on: date | None  # of its task
    as_of: AsOf

    @cached_property
    def last(self) -> ProgressReport | None:
        accepted = ProgressReport.objects.accepted(self.as_of.moment).filter(assignment=self.report.assignment_id)
        return accepted.exclude(pk=self.report.pk).order_by("-period__starts_on", "-recorded_at", "-pk").first()

    @property
    def passages(self) -> list[tuple[str, list[Piece]]]:
        """Each text of the report with what is new in it marked; what it leaves empty is left out."""
        texts = [(title, getattr(self.last, name, ""), getattr(self.report, name)) for title, name in TEXTS]
        return [(title, compare(old, new)[1]) for title, old, new in texts if new]

    @cached_property
    def evidence(self) -> list[Evidence]:
        return list(self.report.evidence.select_related("blob").order_by("pk"))

    @property
    def is_marked(self) -> bool:
        """Whether a mark of secrecy stands in its texts, in its files or in their names."""
        names = [file.name for file in self.evidence]
        return any(file.marks for file in self.evidence) or bool(secrecy_marks([*self.report.texts, *names]))

    @property
    def warnings(self) -> list[str]:
        return warnings_of(
            Claim(
                percent=self.report.percent,
                last=self.last.percent if self.last else None,
                evidence=len(self.evidence),
                text=self.report.progress,
                last_text=self.last.progress if self.last else "",
                is_unchanged=self.report.is_unchanged,
                is_overdue=self.due_on is not None and self.due_on < self.as_of.day,
                is_marked=self.is_marked,
            )
        )
