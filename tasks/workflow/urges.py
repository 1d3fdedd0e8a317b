"""催办: a coordinator urges an agency in writing, and the agency answers."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from agencies.changes import note
from agencies.models import Agency, Office, User
from qa_plan.clock import at as start_of
from tasks.models import (
    Assignment,
    Evidence,
    Message,
    ProgressReport,
    ReportingPeriod,
    Urge,
    UrgedAssignment,
    UrgeReply,
    UrgeReplyEvidence,
    UrgeReplyPart,
    WorkdayOverride,
)
from tasks.rules.texts import shortened
from tasks.rules.workdays import is_workday
from tasks.standing.course import Move
from tasks.workflow.course import place_of, require_move
from tasks.workflow.current import WorkflowError, deed, lock_row
from tasks.workflow.messages import tell
from tasks.workflow.periods import require_unlocked
from tasks.workflow.questions import notices_to_file

TRIES = 20  # as many coordinators may urge at the same instant; each try takes the next number


@deed
def urge(
    *,
    assignments: Iterable[Assignment],
    text: str,
    reply_by: date,
    by: User,
    at: datetime,
    period: ReportingPeriod | None = None,
) -> list[Urge]:
    """One numbered notice to each agency about all of its assignments among those; all of them or none.

    With a `period` it asks for that one's reports (催报), and is answered when they are filed.

    Done twice is done once: the same words of the same person on the same day, as yet unanswered, are the first notice.
    The assignments are read with their agency and item. An answer is asked for on a working day after today.
    """
    chosen = sorted(assignments, key=lambda assignment: assignment.pk)
    if not chosen:
        raise WorkflowError("请选择要催办的任务。", "assignment")
    if not text.strip():
        raise WorkflowError("请写明催办内容。", "text")
    check_reply_day(reply_by, timezone.localdate(at))
    if len({assignment.item.plan.office_id for assignment in chosen}) > 1:
        raise WorkflowError("所选任务不属于同一统筹机构，请分别催办。", "assignment")
    for assignment in chosen:
        place = place_of(assignment, at)
        require_move(assignment, place, Move.URGE)
        at = max(at, place.at)
    by_agency: dict[Agency, list[Assignment]] = {}
    for assignment in sorted(chosen, key=lambda each: (each.agency.ordinal, each.agency_id, each.item.place)):
        by_agency.setdefault(assignment.agency, []).append(assignment)
    text = text.strip()
    return [
        _made_before(agency, mine, text=text, reply_by=reply_by, by=by, at=at)
        or _urge_agency(agency, mine, text=text, reply_by=reply_by, by=by, at=at, period=period)
        for agency, mine in by_agency.items()
    ]


@deed
def urge_to_file(
    *,
    period: ReportingPeriod,
    notices: Iterable[tuple[Iterable[Assignment], str]],
    reply_by: date,
    by: User,
    at: datetime,
) -> list[Urge]:
    """催报: notices for a period's reports, each of its own assignments with words of its own; all of them or none."""
    require_unlocked(period)
    return [
        made
        for assignments, text in notices
        for made in urge(assignments=assignments, text=text, reply_by=reply_by, by=by, at=at, period=period)
    ]


def check_reply_day(reply_by: date, today: date, field: str = "reply_by") -> None:
    """Refuses a day by which nobody could answer: not after today, or no working day."""
    if reply_by <= today:
        raise WorkflowError("答复期限应晚于今天。", field)
    if not is_workday(reply_by, WorkdayOverride.objects.as_overrides()):
        raise WorkflowError(f"{reply_by:%Y-%m-%d}不是工作日，请另选一天。", field)


def _made_before(
    agency: Agency, assignments: list[Assignment], *, text: str, reply_by: date, by: User, at: datetime
) -> Urge | None:
    """Finds the notice that this one would repeat. The assignments are locked: of two at once, one is the first."""
    today = start_of(timezone.localdate(at))
    same = Urge.objects.filter(
        agency=agency, text=text, reply_by=reply_by, recorded_by=by, recorded_at__gte=today, reply=None
    )
    wanted = {assignment.pk for assignment in assignments}
    subjects = same.prefetch_related("subjects").order_by("pk")
    return next((urge for urge in subjects if {each.assignment_id for each in urge.subjects.all()} == wanted), None)


def _urge_agency(
    agency: Agency,
    assignments: list[Assignment],
    *,
    text: str,
    reply_by: date,
    by: User,
    at: datetime,
    period: ReportingPeriod | None,
) -> Urge:
    office = assignments[0].item.plan.office_id
    made = _numbered(
        Urge(
            year=timezone.localdate(at).year,
            office_id=office,
            prefix=Office.at(office).urge_prefix,
            agency=agency,
            text=text,
            reply_by=reply_by,
            period=period,
            recorded_at=at,
            recorded_by=by,
        )
    )
    UrgedAssignment.objects.bulk_create(UrgedAssignment(urge=made, assignment=each) for each in assignments)
    note(
        "催办",
        made,
        by=by,
        at=at,
        new={"reply_by": reply_by, "assignments": [assignment.pk for assignment in assignments]},
        reason=text,
        agency=agency,
    )
    tell(
        User.objects.of_agency(agency),
        Message.Kind.URGED,
        f"{made}：{named(assignments)}，请于{reply_by:%Y-%m-%d}前答复。{shortened(text)}",
        link=reverse("tasks:urge-detail", args=[made.pk]),
        at=at,
        by=by,
        assignment=assignments[0] if len(assignments) == 1 else None,
    )
    return made


def named(assignments: list[Assignment]) -> str:
    first = assignments[0].item
    alone = f"{first.label}{first.title}"
    return alone if len(assignments) == 1 else f"{alone}等{len(assignments)}项任务"


def _numbered(draft: Urge) -> Urge:
    """Stored under the year's next number. Whoever was quicker has taken it: then the next one, without a gap."""
    for _ in range(TRIES):
        last = Urge.objects.filter(office=draft.office, year=draft.year).aggregate(last=Max("number"))["last"] or 0
        draft.number = last + 1
        try:
            with transaction.atomic():
                draft.save(force_insert=True)
        except IntegrityError:
            continue
        return draft
    raise WorkflowError("同时发出的催办较多，未能编号，请稍后再试。")


@deed
def answer_urge(
    *,
    urge: Urge,
    text: str,
    by: User,
    at: datetime,
    parts: Mapping[int, str] | None = None,
    evidence: Iterable[Evidence] = (),
) -> UrgeReply:
    """答复. An urge is answered once; what is added later is said in the next report. Sent twice it is one answer.

    `parts` say by the assignment's key what is to be said of each task; with them alone no other text is needed.
    """
    said = {pk: words.strip() for pk, words in (parts or {}).items() if words.strip()}
    text = text.strip() or ("分项答复如下。" if said else "")
    lock_row(urge, "UPDATE")
    given = UrgeReply.objects.filter(urge=urge).first()
    if given is not None and (given.text, given.recorded_by_id) == (text.strip(), by.pk):
        return given
    if given is not None:
        raise WorkflowError("该催办已经答复，未作改动。")
    if not text.strip():
        raise WorkflowError("请填写答复。", "text")
    reply = UrgeReply.objects.create(
        urge=urge, text=text.strip(), recorded_at=max(at, urge.recorded_at), recorded_by=by
    )
    subjects = set(urge.subjects.filter(assignment__in=said).values_list("assignment", flat=True))
    UrgeReplyPart.objects.bulk_create(
        UrgeReplyPart(reply=reply, assignment_id=pk, text=words) for pk, words in said.items() if pk in subjects
    )
    UrgeReplyEvidence.objects.bulk_create(UrgeReplyEvidence(reply=reply, evidence=one) for one in evidence)
    agency = by.agency or urge.agency  # the urged one's successor may answer in its place
    note("答复催办", urge, by=by, at=reply.recorded_at, reason=reply.text, agency=agency)
    if urge.recorded_by:
        tell(
            [urge.recorded_by],
            Message.Kind.URGED,
            f"{agency}答复{urge}：{shortened(reply.text)}",
            link=reverse("tasks:urge-detail", args=[urge.pk]),
            at=reply.recorded_at,
            by=by,
        )
    return reply


def answer_by_filing(report: ProgressReport) -> None:
    """Records an answer to each notice that asked for this report, once all that it asked for were filed since.

    Nobody is told: the report itself is in the queue.
    """
    asked = notices_to_file(assignment=report.assignment_id, period=report.period_id)
    by, at = report.recorded_by, report.recorded_at
    for key in [key for key, lacking in asked if not lacking]:
        made = Urge.objects.select_related("period").get(pk=key)
        text = f"所催的{made.period}进展报告已全部报送（报送时自动记录）。"
        UrgeReply.objects.create(urge=made, text=text, recorded_at=at, recorded_by=by)
        note("答复催办", made, by=by, at=at, reason=text, agency=report.assignment.agency)
