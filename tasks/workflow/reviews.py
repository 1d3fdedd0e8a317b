"""Coordinators decide on reports, and speak of them among themselves."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from operator import itemgetter
from typing import NamedTuple

from django.urls import reverse

from agencies.changes import note
from agencies.models import User
from tasks.models import AcceptedProgress, Assignment, Comment, Message, ProgressReport, ReportWithdrawal, Review
from tasks.rules.mentions import named_in
from tasks.rules.texts import shortened
from tasks.workflow.current import WorkflowError, deed, lock_and_read, lock_row
from tasks.workflow.messages import tell
from tasks.workflow.periods import require_unlocked
from tasks.workflow.questions import newest_accepted, newest_reports, waiting_origins

SAY_WHY = "退回须写明意见，供填报单位修改。"


@deed
def review_report(
    *, report: ProgressReport, verdict: str, by: User, at: datetime, comment: str = "", seen: int = 0
) -> Review:
    """Accepts a report or sends it back with a comment.

    Only the newest report of its assignment and period can be reviewed. `seen` is the key of the latest review that
    the reviewer knows of, 0 for none: where there is a later one the deed is refused, so that of two coordinators at
    once the second is told what the first decided. The verdict is also that of the reports of predecessors that it goes
    on with, where they waited: in a closed period theirs are the ones that are counted.
    """
    current = lock_and_read(report.assignment, at)
    require_unlocked(report.period)
    newest = newest_reports(assignment=report.assignment_id, period=report.period_id, moment=current.at)
    pk, last_verdict, last_review = next(iter(newest), (None, None, None))
    if pk != report.pk:
        taken_back = ReportWithdrawal.objects.filter(report=report).exists()
        raise WorkflowError("该单位已撤回这份报告。" if taken_back else "该单位已重新报送，请审核最新一稿。")
    if last_verdict == verdict and last_review and last_review != seen:
        last = Review.objects.get(pk=last_review)
        if (last.comment, last.recorded_by_id) == (comment.strip(), by.pk):
            return last  # the same form sent again
    if last_verdict and last_review != seen:
        raise WorkflowError(f"该报告已审核，结论为“{Review.Verdict(last_verdict).label}”，未作改动。")
    if last_verdict == verdict:
        raise WorkflowError(f"该报告的结论已经是“{Review.Verdict(verdict).label}”。")
    if verdict == Review.Verdict.SENT_BACK and not comment.strip():
        raise WorkflowError(SAY_WHY, "comment")
    reviewed = [report.pk, *(pk for (pk,) in waiting_origins(report=report.pk, since=report.recorded_at))]
    ProgressReport.objects.filter(pk__in=reviewed, settled_at__isnull=True).update(settled_at=current.at)
    said = {"verdict": verdict, "comment": comment.strip(), "recorded_at": current.at, "recorded_by": by}
    review, *_ = [Review.objects.create(report_id=pk, **said) for pk in reviewed]
    if Review.Verdict.ACCEPTED in (verdict, last_verdict):
        _record_accepted_progress(report.assignment, by=by, at=current.at)
    note(
        Review.Verdict(verdict).label,
        report,
        by=by,
        at=current.at,
        old={"verdict": last_verdict},
        new={"verdict": verdict},
        reason=comment.strip(),
        agency=report.assignment.agency,
    )
    _tell_verdict(report, review)
    return review


class NotReviewed(NamedTuple):
    """A report that was left as it was, and why."""

    report: ProgressReport
    why: str


@deed
def review_reports(
    *, reports: Iterable[ProgressReport], verdict: str, by: User, at: datetime, comment: str = ""
) -> list[NotReviewed]:
    """Gives several reports one verdict and comment; each is decided by itself, and the refused ones are returned.

    In the order of their assignments, so that two people who decide many at once wait for each other and go on.
    """
    if verdict == Review.Verdict.SENT_BACK and not comment.strip():
        raise WorkflowError(SAY_WHY, "comment")
    refused = []
    for report in sorted(reports, key=lambda report: (report.assignment_id, report.pk)):
        try:
            review_report(report=report, verdict=verdict, by=by, at=at, comment=comment)
        except WorkflowError as error:
            refused.append(NotReviewed(report, error.message))
    return refused


@deed
def comment_on_report(
    *, report: ProgressReport, text: str, mentions: Collection[User], by: User, at: datetime
) -> Comment:
    """内部批注: a comment for coordinators only. Whom it mentions is told, chosen or by 「@姓名」 in its text."""
    text = text.strip()
    if not text:
        raise WorkflowError("请填写批注内容。", "text")
    lock_row(report, "NO KEY UPDATE")
    last = Comment.objects.filter(report=report).order_by("recorded_at", "pk").last()
    if last is not None and (last.text, last.recorded_by_id) == (text, by.pk):
        return last  # the same form sent again
    mentions = [*dict.fromkeys([*mentions, *_named_in(text, by)])]
    comment = Comment.objects.create(report=report, text=text, recorded_at=at, recorded_by=by)
    comment.mentions.set(mentions)
    new = {"text": text, "mentions": [str(person) for person in mentions]}
    note("内部批注", report, by=by, at=at, new=new)
    assignment = report.assignment
    tell(
        mentions,
        Message.Kind.MENTIONED,
        f"{by}在{assignment.agency}{assignment.item.label}{report.period}报告的批注中提到您：{shortened(text)}",
        link=f"{reverse('tasks:review-detail', args=[report.pk])}#comments",
        at=at,
        by=by,
        assignment=assignment,
    )
    return comment


def _named_in(text: str, by: User) -> list[User]:
    """Finds colleagues who may read the comment; a name that is nobody's, or the writer's own, is only text."""
    colleagues = (
        User.objects.of_office(by.office_id).coordinators().exclude(pk=by.pk).order_by("pk")
        if "@" in text or "＠" in text
        else ()
    )
    by_name: dict[str, list[User]] = {}
    for person in colleagues:
        by_name.setdefault(str(person), []).append(person)
    return [person for name in sorted(named_in(text, by_name)) for person in by_name[name]]


def _tell_verdict(report: ProgressReport, review: Review) -> None:
    """Tells the agency: what was sent back leads to the form, what was accepted to the item."""
    assignment = report.assignment
    is_accepted = review.verdict == Review.Verdict.ACCEPTED
    form = f"{reverse('tasks:report-edit', args=[assignment.pk])}?period={report.period.code}"
    comment = f"：{shortened(review.comment)}" if review.comment else ""
    tell(
        User.objects.of_agency(assignment.agency),
        Message.Kind.ACCEPTED if is_accepted else Message.Kind.SENT_BACK,
        f"{assignment.item} · {report.period}报告{'已通过审核' if is_accepted else '被退回'}{comment}",
        link=assignment.get_absolute_url() if is_accepted else form,
        at=review.recorded_at,
        by=review.recorded_by,
        assignment=assignment,
    )


def _record_accepted_progress(assignment: Assignment, *, by: User, at: datetime) -> None:
    """Makes the report of the newest period for which one stands accepted count from now on (docs/rules.md 2).

    Beside its own, that is what the agency took over from those that it has succeeded (机构调整); without either, 0.
    """
    accepted = [*_taken_over(assignment), *newest_accepted(assignment=assignment.pk, moment=at)]
    _, report, percent = max(reversed(accepted), key=itemgetter(0), default=(None, None, 0))
    AcceptedProgress.objects.create(
        assignment=assignment, report_id=report, percent=percent, recorded_at=at, recorded_by=by
    )


def _taken_over(assignment: Assignment) -> list[tuple[date, int | None, int]]:
    """What the assignment began with, where it is not its own: when its period began, report and percentage.

    What was joined of several reports is of no period, and any report of its own is newer.
    """
    known = AcceptedProgress.objects.filter(assignment=assignment).select_related("report__period")
    first = known.order_by("recorded_at", "pk").first()
    if first is None or (first.report and first.report.assignment_id == assignment.pk):
        return []
    return [(first.report.period.starts_on if first.report else date.min, first.report_id, first.percent)]
