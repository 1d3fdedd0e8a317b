"""批示 on a plan's items and what was answered, as of the moment of the package."""

from datetime import datetime

from django.utils import timezone

from reports.quarter.records import PlanState
from reports.quarter.row_facts import InstructionRow
from tasks.models import InstructedAssignment


def instruction_rows(now: PlanState, moment: datetime) -> tuple[InstructionRow, ...]:
    """One for each agency that was asked, the oldest instruction first; one query."""
    numbers = {item.pk: item.number for item in now.items}
    parts = InstructedAssignment.objects.filter(
        instruction__item__in=numbers, instruction__recorded_at__lte=moment
    ).select_related("instruction", "assignment__agency", "reply__note")
    in_order = parts.order_by("instruction__recorded_at", "instruction_id", "assignment__agency__ordinal", "pk")
    return tuple(_row(part, numbers, now, moment) for part in in_order)


def _row(part: InstructedAssignment, numbers: dict[int, int], now: PlanState, moment: datetime) -> InstructionRow:
    given, reply = part.instruction, getattr(part, "reply", None)
    reply = reply if reply and reply.recorded_at <= moment else None
    note = getattr(reply, "note", None)
    answered_on = timezone.localdate(reply.recorded_at) if reply else None
    return InstructionRow(
        pk=part.pk,
        instruction=given.pk,
        item=numbers[given.item_id],
        leader=given.leader,
        given_on=given.given_on,
        document=given.document,
        text=given.text,
        agency_id=part.assignment.agency_id,
        agency=part.assignment.agency.name,
        answer_by=given.answer_by,
        answered_on=answered_on,
        answer=reply.text if reply else "",
        is_late=(answered_on or now.day) > given.answer_by,
        noted_on=timezone.localdate(note.recorded_at) if note and note.recorded_at <= moment else None,
    )
