"""What coordinators decide on reports."""

from datetime import datetime

from django.urls import reverse

from agencies.changes import note
from agencies.models import User
from tasks.models import AcceptedProgress, Assignment, Message, ProgressReport, Review
from tasks.workflow.current import WorkflowError, deed, locked
from tasks.workflow.messages import agency_people, page_of, shortened, tell


@deed
def review_report(
    *, report: ProgressReport, verdict: str, by: User, at: datetime, comment: str = "", again: bool = False
) -> Review:
    """Accepts a report or sends it back with a comment.

    Only the newest report of its assignment and period can be reviewed. One that has a verdict is refused unless the
    reviewer knows so and says `again`: of two coordinators at once, the second is told what the first decided.
    """
    current = locked(report.assignment, at)
    newest = (
        ProgressReport.objects.as_of(current.at)
        .filter(assignment=report.assignment_id, period=report.period_id)
        .first()
    )
    if newest is None or newest.pk != report.pk:
        raise WorkflowError("该单位已重新报送，请审核最新一稿。")
    if newest.verdict and not again:
        raise WorkflowError(f"该报告已审核，结论为“{Review.Verdict(newest.verdict).label}”，未作改动。")
    if newest.verdict == verdict:
        raise WorkflowError(f"该报告的结论已经是“{Review.Verdict(verdict).label}”。")
    if verdict == Review.Verdict.SENT_BACK and not comment.strip():
        raise WorkflowError("退回须写明意见，供填报单位修改。", "comment")
    ProgressReport.objects.filter(pk=report.pk, settled_at__isnull=True).update(settled_at=current.at)
    review = Review.objects.create(
        report=report, verdict=verdict, comment=comment.strip(), recorded_at=current.at, recorded_by=by
    )
    if Review.Verdict.ACCEPTED in (verdict, newest.verdict):
        _record_accepted_progress(report.assignment, by=by, at=current.at)
    note(
        Review.Verdict(verdict).label,
        report,
        by=by,
        at=current.at,
        old={"verdict": newest.verdict},
        new={"verdict": verdict},
        reason=comment.strip(),
        agency=report.assignment.agency,
    )
    _tell_verdict(report, review)
    return review


def _tell_verdict(report: ProgressReport, review: Review) -> None:
    """To the agency: what was sent back leads to the form, what was accepted to the item."""
    assignment = report.assignment
    is_accepted = review.verdict == Review.Verdict.ACCEPTED
    form = f"{reverse('tasks:report-edit', args=[assignment.pk])}?period={report.period.code}"
    said = f"：{shortened(review.comment)}" if review.comment else ""
    tell(
        agency_people(assignment.agency),
        Message.Kind.ACCEPTED if is_accepted else Message.Kind.SENT_BACK,
        f"{assignment.item}{report.period}报告{'已通过审核' if is_accepted else '被退回'}{said}",
        link=page_of(assignment) if is_accepted else form,
        at=review.recorded_at,
        by=review.recorded_by,
        assignment=assignment,
    )


def _record_accepted_progress(assignment: Assignment, *, by: User, at: datetime) -> None:
    """From now on the newest of its reports that stands accepted counts, if there is one."""
    report = ProgressReport.objects.accepted(at).filter(assignment=assignment).first()
    AcceptedProgress.objects.create(
        assignment=assignment,
        report=report,
        percent=report.percent if report else 0,
        recorded_at=at,
        recorded_by=by,
    )
