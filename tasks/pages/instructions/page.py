"""批示: the list of them, and one with what each agency answered, as of a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Count, F, Q, QuerySet, TextChoices
from django.utils import timezone

from agencies.models import User
from tasks.access import answers_parts, visible_instructions
from tasks.models import (
    ActionItem,
    Assignment,
    Evidence,
    InstructedAssignment,
    Instruction,
    InstructionEvidence,
    InstructionNote,
    InstructionReply,
    WorkdayOverride,
)
from tasks.rules.asof import AsOf
from tasks.rules.workdays import workdays_after

ANSWER_DAYS = 5  # working days; what the form suggests


def suggested_day(today: date) -> date:
    return workdays_after(today, ANSWER_DAYS, WorkdayOverride.objects.as_overrides())


def assignments_to_name(item: ActionItem, as_of: AsOf) -> list[Assignment]:
    """The agencies that have a part in the item, leads first."""
    parts = Assignment.objects.as_of(as_of.moment).filter(item=item).select_related("agency")
    in_order = parts.order_by("agency__ordinal", "agency_id")
    return sorted(in_order, key=lambda part: part.role != Assignment.Role.LEAD)


class Turn(TextChoices):
    """Which instructions the list shows."""

    WAITING = "waiting", "待答复"
    LATE = "late", "逾期未答复"
    ANSWERED = "answered", "已全部答复"
    ALL = "all", "全部"


def instructions_of(user: User, as_of: AsOf, turn: str) -> QuerySet[Instruction]:
    """With item, agencies, and how many were asked and have answered (`asked`, `answered`).

    What waits comes by its deadline, anything else the newest first.
    """
    found = _counted(user, as_of).filter(_in_turn(turn, as_of))
    order = ("answer_by", "pk") if turn in (Turn.WAITING, Turn.LATE) else ("-recorded_at", "-pk")
    return (
        found.select_related("item__plan")
        .defer("item__text", "item__plan__notice_text")
        .prefetch_related("parts__assignment__agency", "parts__reply")
        .order_by(*order)
    )


def _counted(user: User, as_of: AsOf) -> QuerySet[Instruction]:
    given = Q(parts__reply__recorded_at__lte=as_of.moment)
    counts = {"asked": Count("parts"), "answered": Count("parts", filter=given)}
    return visible_instructions(user, as_of.moment).annotate(**counts)


def _in_turn(turn: str, as_of: AsOf) -> Q:
    waits = Q(answered__lt=F("asked"))
    return {
        Turn.WAITING: waits,
        Turn.LATE: waits & Q(answer_by__lt=as_of.day),
        Turn.ANSWERED: Q(answered=F("asked")),
        Turn.ALL: Q(),
    }[Turn(turn)]


def counts(user: User, as_of: AsOf) -> list[tuple[str, str, int]]:
    """Every turn's value, its word, and how many instructions are in it."""
    known = _counted(user, as_of).order_by()
    number = known.aggregate(**{f"n_{turn.value}": Count("pk", filter=_in_turn(turn, as_of)) for turn in Turn})
    return [(turn.value, turn.label, number[f"n_{turn.value}"]) for turn in Turn]


@dataclass(frozen=True, slots=True)
class PartLine:
    """One agency that was named, with its answer and what was said to it, as far as there was any by the day."""

    part: InstructedAssignment
    reply: InstructionReply | None
    evidence: Sequence[Evidence]
    note: InstructionNote | None
    is_late: bool

    @property
    def agency(self) -> str:
        return str(self.part.assignment.agency)

    @property
    def key(self) -> int:
        """The answer's; 0 where there is none."""
        return self.reply.pk if self.reply else 0


class InstructionPage:
    """An instruction as of a day."""

    def __init__(self, instruction: Instruction, as_of: AsOf, user: User) -> None:
        self.instruction = instruction
        self.as_of = as_of
        self.user = user

    @cached_property
    def parts(self) -> list[InstructedAssignment]:
        parts = self.instruction.parts.select_related(
            "assignment__agency", "assignment__item", "reply__recorded_by", "reply__note__recorded_by"
        )
        return list(parts.defer("assignment__item__text").order_by("assignment__role", "assignment__agency__ordinal"))

    @cached_property
    def lines(self) -> list[PartLine]:
        attached: dict[int, list[Evidence]] = {}
        rows = InstructionEvidence.objects.filter(reply__part__instruction=self.instruction).order_by("pk")
        for row in rows.select_related("evidence__blob"):
            attached.setdefault(row.reply_id, []).append(row.evidence)
        return [self._line(part, attached) for part in self.parts]

    def _line(self, part: InstructedAssignment, attached: dict[int, list[Evidence]]) -> PartLine:
        reply: InstructionReply | None = getattr(part, "reply", None)
        if reply is not None and reply.recorded_at > self.as_of.moment:
            reply = None
        note: InstructionNote | None = getattr(reply, "note", None)
        if note is not None and note.recorded_at > self.as_of.moment:
            note = None
        on = timezone.localdate(reply.recorded_at) if reply else self.as_of.day
        evidence = attached.get(reply.pk, []) if reply else []
        return PartLine(part, reply, evidence, note, is_late=on > self.instruction.answer_by)

    @property
    def answered(self) -> int:
        return sum(line.reply is not None for line in self.lines)

    @cached_property
    def own_parts(self) -> list[InstructedAssignment]:
        """The parts that the person's agency answers, today, those that wait first."""
        if not self.as_of.is_today:
            return []
        answered = {line.part.pk for line in self.lines if line.reply}
        parts = answers_parts(self.user, (line.part for line in self.lines), self.as_of.day)
        return sorted(parts, key=lambda part: part.pk in answered)

    @property
    def own_part(self) -> InstructedAssignment | None:
        """The part that the person's agency has yet to answer, today."""
        waiting = {line.part.pk for line in self.lines if line.reply is None}
        return next((part for part in self.own_parts if part.pk in waiting), None)
