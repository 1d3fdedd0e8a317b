"""批示: a leader's written word on an item, the answers of the agencies that it names, and that they were read."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from agencies.changes import note
from agencies.models import User
from qa_plan.clock import at as start_of
from tasks.models import (
    ActionItem,
    Assignment,
    Evidence,
    InstructedAssignment,
    Instruction,
    InstructionEvidence,
    InstructionNote,
    InstructionReply,
    Message,
)
from tasks.rules.texts import shortened
from tasks.workflow.current import WorkflowError, deed, lock_and_read, lock_row
from tasks.workflow.evidence_store import own_evidence
from tasks.workflow.messages import coordinators_of, tell
from tasks.workflow.urges import check_reply_day

TEXT_IN_MESSAGE = 120


@deed
def instruct(
    *,
    item: ActionItem,
    assignments: Iterable[Assignment],
    leader: str,
    given_on: date,
    text: str,
    answer_by: date,
    by: User,
    at: datetime,
    document: str = "",
    on_behalf: bool = False,
) -> Instruction:
    """One instruction to the agencies of those assignments of the item, answered by a working day after today.

    Entered on a leader's behalf, it names the paper on which the leader wrote it. Done twice is done once: the same
    words of the same person on the same day, to the same agencies, are the first instruction.
    """
    chosen = sorted(assignments, key=lambda assignment: assignment.pk)
    leader, text, document = leader.strip(), text.strip(), document.strip()
    _check(chosen, leader, text, document, on_behalf=on_behalf)
    today = timezone.localdate(at)
    if given_on > today:
        raise WorkflowError("批示日期不能晚于今天。", "given_on")
    check_reply_day(answer_by, today, "answer_by")
    lock_row(item, "UPDATE")
    for assignment in chosen:
        at = max(at, lock_and_read(assignment, at).at)
    content = {"leader": leader, "given_on": given_on, "text": text, "answer_by": answer_by, "document": document}
    made = _made_before(item, chosen, content, by=by, at=at)
    if made is not None:
        return made
    made = Instruction.objects.create(item=item, recorded_at=at, recorded_by=by, **content)
    InstructedAssignment.objects.bulk_create(
        InstructedAssignment(instruction=made, assignment=assignment) for assignment in chosen
    )
    noted = {"answer_by": answer_by, "assignments": [assignment.pk for assignment in chosen], "document": document}
    note("登记批示" if on_behalf else "批示", made, by=by, at=at, new=noted, reason=text)
    _tell_named(made, chosen, by=by)
    return made


def _check(chosen: list[Assignment], leader: str, text: str, document: str, *, on_behalf: bool) -> None:
    if not chosen:
        raise WorkflowError("请选择承办批示的单位。", "assignment")
    if not leader:
        raise WorkflowError("请填写批示领导。", "leader")
    if on_behalf and not document:
        raise WorkflowError("代为登记的，请写明批示件的名称或文号。", "document")
    if not text:
        raise WorkflowError("请填写批示内容。", "text")


def _made_before(
    item: ActionItem, chosen: list[Assignment], content: dict[str, object], *, by: User, at: datetime
) -> Instruction | None:
    """Finds the instruction that this one would repeat. The item is locked: of two at once, one is the first."""
    today = start_of(timezone.localdate(at))
    same = Instruction.objects.filter(item=item, recorded_by=by, recorded_at__gte=today, **content)
    wanted = {assignment.pk for assignment in chosen}
    found = same.prefetch_related("parts").order_by("pk")
    return next((each for each in found if {part.assignment_id for part in each.parts.all()} == wanted), None)


def _tell_named(made: Instruction, chosen: list[Assignment], *, by: User) -> None:
    """Each agency in a message of its own, and the coordinators in one."""
    label, link = f"{made.item.label}{made.item.title}", made.get_absolute_url()
    said = shortened(made.text, TEXT_IN_MESSAGE)
    for assignment in chosen:
        tell(
            User.objects.of_agency(assignment.agency),
            Message.Kind.INSTRUCTED,
            f"{made.leader}对{label}批示，请于{made.answer_by:%Y-%m-%d}前答复：{said}",
            link=link,
            at=made.recorded_at,
            by=by,
            assignment=assignment,
        )
    who = "、".join(str(assignment.agency) for assignment in chosen[:3])
    others = f"等{len(chosen)}家单位" if len(chosen) > 3 else ""
    words = f"{made.leader}对{label}批示，{who}{others}{made.answer_by:%Y-%m-%d}前答复：{said}"
    tell(coordinators_of(made.item.plan), Message.Kind.INSTRUCTED, words, link=link, at=made.recorded_at, by=by)


@deed
def answer_instruction(
    *,
    part: InstructedAssignment,
    assignment: Assignment,
    text: str,
    by: User,
    at: datetime,
    evidence: Iterable[Evidence] = (),
) -> InstructionReply:
    """答复 of one of the agencies named, once, with evidence uploaded for `assignment`. Sent twice it is one answer."""
    lock_row(part, "UPDATE")
    text, instruction = text.strip(), part.instruction
    given = InstructionReply.objects.filter(part=part).first()
    if given is not None and (given.text, given.recorded_by_id) == (text, by.pk):
        return given
    if given is not None:
        raise WorkflowError("该批示本单位已经答复，未作改动。")
    if not text:
        raise WorkflowError("请填写答复。", "text")
    attached = own_evidence(evidence, assignment)
    reply = InstructionReply.objects.create(
        part=part, text=text, recorded_at=max(at, instruction.recorded_at), recorded_by=by
    )
    InstructionEvidence.objects.bulk_create(InstructionEvidence(reply=reply, evidence=each) for each in attached)
    agency = by.agency or part.assignment.agency  # the successor of the one that was named may answer in its place
    new = {"evidence": [each.pk for each in attached]}
    note("答复批示", instruction, by=by, at=reply.recorded_at, new=new, reason=text, agency=agency)
    writer = [instruction.recorded_by] if instruction.recorded_by else []
    tell(
        [*coordinators_of(instruction.item.plan), *writer],
        Message.Kind.INSTRUCTED,
        f"{agency}答复{instruction}{instruction.item.label}：{shortened(text, TEXT_IN_MESSAGE)}",
        link=instruction.get_absolute_url(),
        at=reply.recorded_at,
        by=by,
    )
    return reply


@deed
def note_answer(*, reply: InstructionReply, by: User, at: datetime, text: str = "") -> InstructionNote:
    """阅知 an answer, with a word to it or without. Once; sent again it is the first."""
    lock_row(reply, "UPDATE")
    text = text.strip()
    given = InstructionNote.objects.filter(reply=reply).first()
    if given is not None and (given.text, given.recorded_by_id) == (text, by.pk):
        return given
    if given is not None:
        raise WorkflowError("该答复已经阅知，未作改动。")
    made = InstructionNote.objects.create(
        reply=reply, text=text, recorded_at=max(at, reply.recorded_at), recorded_by=by
    )
    instruction, agency = reply.part.instruction, reply.part.assignment.agency
    note("阅知批示答复", instruction, by=by, at=made.recorded_at, reason=text, agency=agency)
    said = f"：{shortened(text, TEXT_IN_MESSAGE)}" if text else "。"
    tell(
        User.objects.of_agency(agency),
        Message.Kind.INSTRUCTED,
        f"{instruction}{instruction.item.label}：你单位的答复已阅知{said}",
        link=instruction.get_absolute_url(),
        at=made.recorded_at,
        by=by,
    )
    return made
