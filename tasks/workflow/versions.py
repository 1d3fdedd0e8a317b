"""Two people at once: a form says what it was made from, and nothing is saved over what its writer has not seen."""

from dataclasses import dataclass

from tasks.models import Assignment, ProgressReport, ReportDraft, ReportingPeriod
from tasks.workflow.current import WorkflowError
from tasks.workflow.questions import drafts_of


@dataclass(frozen=True, slots=True)
class Basis:
    """What a form was made from: its draft's version and the period's newest report, each 0 where there was none.

    A draft's version only grows until it is filed, and filing makes a newer report; the draft that a withdrawal leaves
    begins past any version that there was: no basis ever comes back.
    """

    draft: int = 0
    report: int = 0

    def __str__(self) -> str:
        return f"{self.draft}-{self.report}"

    @classmethod
    def read(cls, text: str) -> "Basis | None":
        """As a form carries it. None where it carries none; what makes no sense is the basis of nothing."""
        if not text:
            return None
        draft, _, report = text.partition("-")
        return cls(int(draft), int(report)) if draft.isdecimal() and report.isdecimal() else cls(-1, -1)


class StaleError(WorkflowError):
    """Somebody else saved or filed since the form was made; nothing was written."""

    def __init__(self) -> None:
        super().__init__("内容已被更新，本次未保存：您填写期间，本单位已有人保存或报送了这份报告。请比较后选择。")


def checked_draft(
    assignment: Assignment, period: ReportingPeriod, basis: Basis | None, newest: int | None
) -> ReportDraft | None:
    """The draft, if there is one. Raises StaleError unless the basis is what is there now; None asks for no such check.

    Only in a deed that has locked the assignment, and knows from that its newest report: then nobody saves between this
    look and the write.
    """
    draft = next(iter(drafts_of(assignment=assignment.pk, period=period.pk)), None)
    if basis is not None and basis != basis_of(draft, newest):
        raise StaleError
    return draft


def basis_of(draft: ReportDraft | None, report: int | None) -> Basis:
    return Basis(draft.version if draft else 0, report or 0)


def newest_report(assignment: Assignment, period: ReportingPeriod) -> int | None:
    reports = ProgressReport.objects.filter(assignment=assignment, period=period, withdrawal=None)
    return reports.order_by("-recorded_at", "-pk").values_list("pk", flat=True).first()
