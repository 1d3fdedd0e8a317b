"""审签: in an agency that has it switched on, the head consents to a report before the coordinators see it.

What the liaison hands in stays a draft, and drafts are seen by nobody else. The head's consent is the filing itself:
`submit_report` by the head, which names the liaison as the one who prepared it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from agencies.changes import note
from agencies.models import User
from tasks.access import awaits_consent
from tasks.models import Assignment, Message, ReportDraft, ReportingPeriod
from tasks.workflow.current import WorkflowError, deed, lock_and_read
from tasks.workflow.filing import ReportContent, accepted_until, check_content, save_draft
from tasks.workflow.messages import clear_asked_consent, lying_with_the_head, tell
from tasks.workflow.periods import require_opened
from tasks.workflow.versions import Basis, checked_draft


@deed
def hand_in(
    *,
    assignment: Assignment,
    period: ReportingPeriod,
    content: ReportContent,
    fields: Mapping[str, object],
    by: User,
    at: datetime,
    basis: Basis | None = None,
) -> ReportDraft:
    """送审签: a whole report, kept as a draft with `fields` as typed, lies with the head until filed or returned."""
    current = lock_and_read(assignment, at)
    if not awaits_consent(by, assignment.agency):
        raise WorkflowError("本单位的报告无须审签，请直接报送。")
    heads = list(User.objects.of_agency(assignment.agency).approvers())
    if not heads:
        raise WorkflowError("本单位还没有单位负责人账号，无法审签，请联系系统管理员。")
    day = timezone.localdate(at)
    require_opened(period, day)
    check_content(
        content, due_on=current.due_on, period=period, day=day, accepted=accepted_until(period, assignment, current)
    )
    draft = save_draft(assignment=assignment, period=period, by=by, at=current.at, fields=fields, basis=basis)
    draft.handed_in_at, draft.handed_in_by, draft.returned_comment = current.at, by, ""
    draft.save()
    # What it says stays in the agency until the head consents; that it lies with the head is on record.
    note("送审签", assignment, by=by, at=current.at, new={"period": period.code}, agency=assignment.agency)
    _ask(heads, draft, by=by, at=current.at)
    return draft


@deed
def take_back(
    *, assignment: Assignment, period: ReportingPeriod, by: User, at: datetime, basis: Basis | None = None
) -> ReportDraft:
    """取回: the liaison takes back what lies with the head, and goes on writing."""
    current = lock_and_read(assignment, at, period)
    draft = _handed_in(assignment, period, basis, current.newest_report)
    _release(draft)
    clear_asked_consent(assignment, at=current.at)
    note("取回审签", assignment, by=by, at=current.at, new={"period": period.code}, agency=assignment.agency)
    return draft


@deed
def return_draft(
    *,
    assignment: Assignment,
    period: ReportingPeriod,
    comment: str,
    by: User,
    at: datetime,
    basis: Basis | None = None,
) -> ReportDraft:
    """审签退回: the head gives the draft back with a comment, to the liaison who handed it in or is there now."""
    current = lock_and_read(assignment, at, period)
    draft = _handed_in(assignment, period, basis, current.newest_report)
    if not comment.strip():
        raise WorkflowError("请写明修改意见，供联络员修改。", "returned_comment")
    liaison = draft.handed_in_by
    _release(draft, comment.strip())
    clear_asked_consent(assignment, at=current.at)
    note(
        "审签退回",
        assignment,
        by=by,
        at=current.at,
        new={"period": period.code},
        reason=comment.strip(),
        agency=assignment.agency,
    )
    people = [liaison] if liaison and liaison.is_active else User.objects.of_agency(assignment.agency)
    _tell(people, draft, f"{assignment.item}的{period}报告审签退回：{comment.strip()}", by=by, at=current.at)
    return draft


def _ask(heads: Iterable[User], draft: ReportDraft, *, by: User, at: datetime) -> None:
    """One message to each head, however many reports wait: the one before, if it is still unread, gives way to it."""
    link, assignment = reverse("tasks:file-all"), draft.assignment
    Message.objects.filter(recipient__in=heads, kind=Message.Kind.CONSENT, link=link, read_at=None).delete()
    waiting = lying_with_the_head(assignment.agency).count()
    others = f"等{waiting}份报告待审签" if waiting > 1 else f"的{draft.period}报告待审签"
    tell(heads, Message.Kind.CONSENT, f"{assignment.item}{others}", link=link, at=at, by=by, assignment=assignment)


def _handed_in(assignment: Assignment, period: ReportingPeriod, basis: Basis | None, newest: int | None) -> ReportDraft:
    draft = checked_draft(assignment, period, basis, newest)
    if draft is None or draft.handed_in_at is None:
        raise WorkflowError("这份报告没有送审签。")
    return draft


def _release(draft: ReportDraft, comment: str = "") -> None:
    draft.handed_in_at, draft.handed_in_by, draft.returned_comment = None, None, comment
    draft.version += 1
    draft.save()


def _tell(people: Iterable[User], draft: ReportDraft, text: str, *, by: User, at: datetime) -> None:
    link = f"{reverse('tasks:my')}#r{draft.assignment_id}-{draft.period.code}"
    tell(people, Message.Kind.CONSENT, text, link=link, at=at, by=by, assignment=draft.assignment)
