"""催办: what can be urged, the list of urges, and one of them with how its tasks stood then and stand now."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Count, Prefetch, Q, QuerySet, TextChoices
from django.utils import timezone

from agencies.models import User
from tasks.access import answers_urge, assignments_to_urge, may, visible_urges
from tasks.http.selection import MOST
from tasks.models import Assignment, Evidence, Urge, UrgedAssignment, UrgeReply, UrgeReplyPart, WorkdayOverride
from tasks.models.querysets import AssignmentQuerySet
from tasks.rules.asof import AsOf
from tasks.rules.status import Light
from tasks.rules.workdays import workdays_after
from tasks.standing.course import Move, state_of_read
from tasks.standing.rollup import Standing, standing_of

ANSWER_DAYS = 5  # working days; what the form suggests
SUGGESTED_TEXT = "请抓紧办理下列事项，并在答复期限前书面说明目前进展、滞后原因、整改措施和预计完成时间。"
PRESSING = (Light.RED, Light.YELLOW)


# ── before urging ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Candidate:
    assignment: Assignment
    standing: Standing
    urged_before: int

    @property
    def is_pressing(self) -> bool:
        return self.standing.light in PRESSING


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address names: assignments themselves, the leads of an item, or a plan's, of one agency or of all.

    `numbers` are those of a plan's items whose leads are meant.
    """

    keys: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    item: int | None = None
    agency: int | None = None
    plan: str = ""

    @property
    def is_whole_plan(self) -> bool:
        return not (self.keys or self.numbers or self.item or self.agency)

    def of(self, assignments: AssignmentQuerySet) -> AssignmentQuerySet:
        if self.keys:
            return assignments.filter(pk__in=self.keys)
        lead = Q(role=Assignment.Role.LEAD)
        if self.item:
            return assignments.filter(lead, item=self.item)
        of_plan = assignments.filter(lead, item__plan__slug=self.plan)
        if self.numbers:
            return of_plan.filter(item__number__in=self.numbers)
        return of_plan.filter(agency=self.agency) if self.agency else of_plan


def candidates(user: User, asked: Asked, as_of: AsOf) -> list[Candidate]:
    """Those among the asked that can be urged now, in the order of agencies; 403 for those who may not urge.

    Of a whole plan only what is red or yellow, and never more than one form holds.
    """
    assignments = asked.of(assignments_to_urge(user, as_of.moment))
    open_ones = (
        (assignment, standing_of(assignment, assignment.item.plan, as_of.day))
        for assignment in assignments.order_by("agency__ordinal", "agency_id", "item__place")
        if may(user, assignment, state_of_read(assignment), Move.URGE)
    )
    chosen = [(part, row) for part, row in open_ones if not asked.is_whole_plan or row.light in PRESSING][:MOST]
    urged = UrgedAssignment.objects.filter(assignment__in=[part.pk for part, _ in chosen])
    times = Counter(urged.values_list("assignment", flat=True))
    return [Candidate(part, row, times[part.pk]) for part, row in chosen]


def suggested_day(today: date) -> date:
    return workdays_after(today, ANSWER_DAYS, WorkdayOverride.objects.as_overrides())


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Turn(TextChoices):
    """Which urges the list shows."""

    WAITING = "waiting", "待答复"
    LATE = "late", "超期未答复"
    ANSWERED = "answered", "已答复"
    ALL = "all", "全部"


def urges_of(user: User, as_of: AsOf, turn: str) -> QuerySet[Urge]:
    """With agency and tasks. What waits comes by its deadline, anything else the newest first."""
    urges = visible_urges(user, as_of.moment).filter(_in_turn(turn, as_of))
    if turn in (Turn.WAITING, Turn.LATE):
        urges = urges.order_by("reply_by", "year", "number")
    subjects = UrgedAssignment.objects.select_related("assignment__item__plan").defer(
        "assignment__item__text", "assignment__item__plan__notice_text"
    )
    return urges.select_related("agency").prefetch_related(
        Prefetch("subjects", subjects.order_by("assignment__item__place"))
    )


def _in_turn(turn: str, as_of: AsOf) -> Q:
    waits = Q(reply__isnull=True) | Q(reply__recorded_at__gt=as_of.moment)
    return {
        Turn.WAITING: waits,
        Turn.LATE: waits & Q(reply_by__lt=as_of.day),
        Turn.ANSWERED: Q(reply__recorded_at__lte=as_of.moment),
        Turn.ALL: Q(),
    }[Turn(turn)]


def counts(user: User, as_of: AsOf) -> list[tuple[str, str, int]]:
    """Every turn's value, its word, and how many urges are in it."""
    urges = visible_urges(user, as_of.moment).order_by()
    number = urges.aggregate(**{turn.value: Count("pk", filter=_in_turn(turn, as_of)) for turn in Turn})
    return [(turn.value, turn.label, number[turn.value]) for turn in Turn]


# ── one urge ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class UrgedTask:
    """One urged task: as it stood when it was urged, and as it stands now, None where it was withdrawn since."""

    assignment: Assignment
    then: Standing
    now: Standing | None


class UrgePage:
    """An urge as of a day, with its answer where there was one by then."""

    def __init__(self, urge: Urge, as_of: AsOf) -> None:
        self.urge = urge
        self.as_of = as_of

    @cached_property
    def subjects(self) -> list[UrgedTask]:
        day = timezone.localdate(self.urge.recorded_at)
        then = Assignment.objects.as_of(self.urge.recorded_at).filter(urges=self.urge)
        then = then.select_related("item__plan").defer("item__text", "item__plan__notice_text")
        now = {part.pk: part for part in Assignment.objects.as_of(self.as_of.moment).filter(urges=self.urge)}
        return [
            UrgedTask(
                part,
                standing_of(part, part.item.plan, day),
                standing_of(now[part.pk], part.item.plan, self.as_of.day) if part.pk in now else None,
            )
            for part in then.order_by("item__plan", "item__place")
        ]

    @property
    def reply(self) -> UrgeReply | None:
        """Where it had been answered by the day."""
        reply: UrgeReply | None = getattr(self.urge, "reply", None)
        return reply if reply and reply.recorded_at <= self.as_of.moment else None

    @cached_property
    def reply_parts(self) -> list[UrgeReplyPart]:
        """What it says of single tasks, in their order."""
        parts = UrgeReplyPart.objects.filter(reply=self.reply).select_related("assignment__item")
        return list(parts.defer("assignment__item__text").order_by("assignment__item__number")) if self.reply else []

    @cached_property
    def reply_evidence(self) -> list[Evidence]:
        return list(self.reply.evidence.select_related("blob").order_by("pk")) if self.reply else []

    @property
    def is_taken_over(self) -> bool:
        """Whether another agency answers, or answered, in the place of the one that was urged."""
        ended_on = self.urge.agency.ended_on
        on = timezone.localdate(self.reply.recorded_at) if self.reply else self.as_of.day
        return ended_on is not None and ended_on <= on

    @property
    def is_late(self) -> bool:
        answered_on = timezone.localdate(self.reply.recorded_at) if self.reply else self.as_of.day
        return answered_on > self.urge.reply_by

    def can_answer(self, user: User) -> bool:
        return self.as_of.is_today and self.reply is None and answers_urge(user, self.urge, self.as_of.day)
