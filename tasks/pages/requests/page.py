"""申请: the queue of those that wait, one of them with all that is decided on, and what can be asked for now."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.http import QueryDict

from agencies.models import Agency, User
from tasks.access import can_file_reports, get_own_agency, may, own_agencies
from tasks.models import (
    ActionItem,
    AgencyRequest,
    Assignment,
    Closure,
    Decision,
    GrantedMilestone,
    Milestone,
    Plan,
    RequestOrigin,
    RequestWithdrawal,
)
from tasks.models.querysets import asked_at
from tasks.pages.requests.filters import ALL, TURNS, RequestFilter, Turn, turn_at
from tasks.rules.asof import AsOf
from tasks.standing.course import SEVERAL, Move, State, open_requests, state_of_read
from tasks.standing.going_on import carried
from tasks.standing.planned_steering import falling_away, held
from tasks.standing.redating import ItemTurn, item_turns
from tasks.workflow.requests import hindrance_to

Kind = AgencyRequest.Kind


class RequestList:
    """What agencies have asked for, as an address asks for it: by turn, kind, agency and words, as of a day."""

    def __init__(self, plans: QuerySet[Plan], as_of: AsOf, asked: QueryDict) -> None:
        self.as_of = as_of
        self.turn, self.kind = asked.get("turn", Turn.WAITING.value), asked.get("kind", "")
        self.known = AgencyRequest.objects.filter(assignment__item__plan__in=plans, recorded_at__lte=as_of.moment)
        requests: Any = self.known.annotate(turn=turn_at(as_of.moment))
        if self.turn != ALL:
            requests = requests.filter(turn=self.turn)
        self.filter = RequestFilter(asked, requests.filter(kind=self.kind) if self.kind else requests)

    @property
    def rows(self) -> QuerySet[Any]:
        """What waits the longest waiting first, anything else the last one decided first."""
        rows: Any = self.filter.qs.annotate(asked_at=asked_at())
        rows = rows.select_related(
            "assignment__agency", "assignment__item__plan", "decision__recorded_by", "withdrawal"
        ).defer("assignment__item__text", "assignment__item__plan__notice_text")
        if self.turn == Turn.WAITING:
            return rows.order_by("asked_at", "pk")
        return rows.order_by(F("decision__recorded_at").desc(nulls_last=True), "-recorded_at", "-pk")

    @cached_property
    def _counts(self) -> Counter[tuple[str, str]]:
        counted: Any = self.known.annotate(turn=turn_at(self.as_of.moment)).order_by().values_list("turn", "kind")
        return Counter({(turn, kind): count for turn, kind, count in counted.annotate(count=Count("pk"))})

    @property
    def turns(self) -> list[tuple[str, str, int]]:
        """Every turn's value, its word, and how many there are of it."""
        return [(turn, word, self._count(turn, "")) for turn, word in TURNS.items()]

    @property
    def kinds(self) -> list[tuple[str, str, int]]:
        """The same of every kind within the turn; all of them first."""
        return [(kind, word, self._count(self.turn, kind)) for kind, word in [("", "各类"), *Kind.choices]]

    def _count(self, turn: str, kind: str) -> int:
        return sum(
            number
            for (is_turn, is_kind), number in self._counts.items()
            if turn in (is_turn, ALL) and kind in (is_kind, "")
        )

    @property
    def agency_choices(self) -> list[tuple[str | int, str]]:
        agencies = Agency.objects.filter(pk__in=self.known.values("assignment__agency"))
        return [("", "全部单位"), *agencies.values_list("pk", "name")]


def hindrance_of(assignment: Assignment, kind: Move, day: date) -> str:
    """Why the request can't be made on that day, as the deed would say it; "" where it can."""
    waiting = open_requests(assignment)
    if kind in waiting and kind not in SEVERAL:
        return "该申请已经提交，正在等待答复。"
    return hindrance_to(
        kind,
        state=state_of_read(assignment),
        is_lead=assignment.role == Assignment.Role.LEAD,
        open_kinds=waiting,
        due_on=assignment.due_on,
        day=day,
    )


class RequestPage:
    """One request as of a day: what is asked for beside what is in force, and what was asked for before."""

    def __init__(self, request: AgencyRequest, as_of: AsOf) -> None:
        self.request = request
        self.as_of = as_of

    @cached_property
    def history(self) -> list[AgencyRequest]:
        """All requests of the assignment, and those of predecessors that it goes on with, the newest first."""
        mine = Q(assignment=self.request.assignment_id)
        before = RequestOrigin.objects.filter(request__assignment=self.request.assignment_id).values("origin")
        requests = AgencyRequest.objects.filter(mine | Q(pk__in=before), recorded_at__lte=self.as_of.moment)
        requests = requests.select_related("recorded_by", "decision__recorded_by", "withdrawal", "assignment__agency")
        requests = requests.prefetch_related("evidence__blob", "origins")
        return list(requests.order_by("-recorded_at", "-pk"))

    def decision_of(self, request: AgencyRequest) -> Decision | None:
        """Its answer, where it was given by the day."""
        decision: Decision | None = getattr(request, "decision", None)
        return decision if decision and decision.recorded_at <= self.as_of.moment else None

    @property
    def decision(self) -> Decision | None:
        return self.decision_of(self.request)

    @property
    def taken_back_at(self) -> datetime | None:
        """When its agency took it back, where it had by the day."""
        return taken_back_at(self.mine, self.as_of)

    @property
    def told(self) -> list[tuple[AgencyRequest, Decision | None]]:
        return [(request, self.decision_of(request)) for request in self.history]

    @cached_property
    def mine(self) -> AgencyRequest:
        """This request, with its evidence."""
        return next((request for request in self.history if request.pk == self.request.pk), self.request)

    @cached_property
    def granted_milestone(self) -> Milestone | None:
        """Which milestone was planned by its answer."""
        if self.mine.kind != Kind.MILESTONE or self.decision is None:
            return None
        granted = GrantedMilestone.objects.filter(decision=self.decision).select_related("milestone").first()
        return granted.milestone if granted else None

    @property
    def origins(self) -> list[AgencyRequest]:
        """The requests of predecessors that this one goes on with, the oldest first."""
        keys = {origin.origin_id for origin in self.mine.origins.all()}
        return [request for request in reversed(self.history) if request.pk in keys]

    def continuation(self, visible: QuerySet[AgencyRequest]) -> AgencyRequest | None:
        """Of those, the newest that goes on with this one by the day, with its agency."""
        following = visible.filter(origins__origin=self.request.pk, recorded_at__lte=self.as_of.moment)
        return following.select_related("assignment__agency").order_by("recorded_at", "pk").last()

    @cached_property
    def item(self) -> ActionItem:
        """With its due date, the present and the original one."""
        return ActionItem.objects.as_of(self.as_of.moment).get(pk=self.request.assignment.item_id)

    @cached_property
    def assignment(self) -> Assignment | None:
        """As it stands; None where it was withdrawn."""
        moment = self.as_of.moment
        assignments = Assignment.objects.as_of(moment).with_course(moment)
        found = assignments.filter(pk=self.request.assignment_id).first()
        if found is not None:
            found.item = self.request.assignment.item
        return found

    @property
    def state(self) -> State | None:
        return state_of_read(self.assignment) if self.assignment else None

    @cached_property
    def lead_count(self) -> int:
        """For how many agencies a new due date would hold."""
        leads = Assignment.objects.in_force(self.as_of.moment).filter(role=Assignment.Role.LEAD)
        return leads.filter(item=self.request.assignment.item_id).count()

    def turn(self, due_on: date) -> ItemTurn:
        """What that day would do to the lights of all who lead the item."""
        return item_turns([self.item], due_on, self.request.assignment.item.plan, self.as_of)[0]

    def granted_turns(self, chosen: date | None) -> list[ItemTurn]:
        """The lights if it is granted: until the day asked for, and until another that was chosen. None else."""
        asked = self.request.due_on
        if asked is None:
            return []
        return [self.turn(day) for day in dict.fromkeys([asked, chosen or asked])]

    @cached_property
    def falling_away(self) -> list[str]:
        """The changes of who answers that wait for their day, and that granting it would make impossible."""
        kind, mine = self.request.kind, self.request.assignment
        if kind not in (Kind.DECLINE, Kind.COMPLETION):
            return []
        parts = list(Assignment.objects.as_of(self.as_of.moment).filter(item=mine.item_id))
        then = [held(part) for part in parts if part.pk != mine.pk]
        if kind == Kind.COMPLETION:
            then += [held(part, closure=Closure.Kind.CLOSED) for part in parts if part.pk == mine.pk]
        return falling_away([mine.item_id], self.as_of.moment, parts, then)

    def can_decide(self, user: User) -> bool:
        is_over = self.decision or self.taken_back_at or not self.as_of.is_today
        if is_over or self.assignment is None or self.state is None:
            return False
        return may(user, self.assignment, self.state, Move.DECIDE)

    def can_withdraw(self, user: User) -> bool:
        """Its own agency, today, while nobody has decided and the task is still the agency's."""
        if self.decision or self.taken_back_at or not self.as_of.is_today or self.assignment is None:
            return False
        return can_file_reports(user) and user.agency_id == self.request.assignment.agency_id


def taken_back_at(request: AgencyRequest, as_of: AsOf) -> datetime | None:
    withdrawal: RequestWithdrawal | None = getattr(request, "withdrawal", None)
    return withdrawal.recorded_at if withdrawal and withdrawal.recorded_at <= as_of.moment else None


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """A request as its agency's list has it."""

    request: AgencyRequest
    state: str
    comment: str


def own_requests(user: User, as_of: AsOf) -> QuerySet[AgencyRequest]:
    """Everything that the person's agency has asked for by then, under its old names too, the newest first.

    403 for those who file nothing.
    """
    get_own_agency(user)
    mine = AgencyRequest.objects.filter(assignment__agency__in=own_agencies(user), recorded_at__lte=as_of.moment)
    mine = mine.annotate(**carried(AgencyRequest, as_of.moment))
    mine = mine.select_related("assignment__item__plan", "assignment__agency", "decision", "withdrawal")
    return mine.defer("assignment__item__text", "assignment__item__plan__notice_text").order_by("-recorded_at", "-pk")


def own_request(request: AgencyRequest, as_of: AsOf) -> OwnRequest:
    decision: Decision | None = getattr(request, "decision", None)
    if decision and decision.recorded_at <= as_of.moment:
        return OwnRequest(request, decision.words, decision.comment)
    state = "已撤回" if taken_back_at(request, as_of) else "已承接" if request.is_carried else "待答复"
    return OwnRequest(request, state, "")
