"""Who writes 批示, sees and answers them, and takes note of the answers."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from agencies.models import User
from tasks.access.doing import require
from tasks.access.offices import instructs
from tasks.access.roles import can_file_reports
from tasks.access.seeing import get_item, visible_instruction_replies, visible_instructions
from tasks.models import ActionItem, Assignment, InstructedAssignment, Instruction, InstructionReply
from tasks.standing.succession import answering, of_instructed


def get_item_to_instruct(user: User, slug: str, number: int, moment: datetime) -> ActionItem:
    item = get_item(user, slug, number, moment)
    require(instructs(user, item.plan))
    return item


def get_instruction(user: User, pk: int, moment: datetime) -> Instruction:
    instructions = visible_instructions(user, moment).select_related("item__plan", "recorded_by")
    return get_object_or_404(instructions.defer("item__text", "item__plan__notice_text"), pk=pk)


def answers_parts(user: User, parts: Iterable[InstructedAssignment], day: date) -> list[InstructedAssignment]:
    """The parts for which the person's agency, or the one that it follows, has to answer."""
    if not can_file_reports(user):
        return []
    named = {part.pk: part for part in parts}
    asked = {pk: (part.assignment.agency_id, part.assignment.agency.ended_on) for pk, part in named.items()}
    owners = answering(asked, day, of_instructed)
    return [part for pk, part in named.items() if user.agency_id in owners[pk]]


def assignment_to_answer_with(user: User, part: InstructedAssignment, moment: datetime) -> Assignment:
    """The agency's own part in the item, that evidence is uploaded for; of a successor without one, the old one."""
    own = Assignment.objects.as_of(moment).filter(item=part.assignment.item_id, agency=user.agency_id)
    return own.select_related("agency", "item__plan").first() or part.assignment


def get_reply_to_note(user: User, instruction: Instruction, pk: int, moment: datetime) -> InstructionReply:
    """An answer of which the person takes note; 403 for whoever doesn't write instructions."""
    if not instructs(user, instruction.item.plan):
        raise PermissionDenied
    replies = visible_instruction_replies(user, moment).filter(part__instruction=instruction)
    reply = replies.select_related("part__assignment__agency").filter(pk=pk).first()
    if reply is None:
        raise Http404
    return reply
