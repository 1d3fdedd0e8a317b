"""What a person sees: plans and their parts, reports, messages, evidence. 404 for what isn't visible."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from agencies.models import Agency, AgencyGroup, User
from tasks.access.offices import at_home, lines_up, on_line, reads_inside
from tasks.access.questions import agencies_by_key, items_by_number, plans_by_slug
from tasks.access.roles import can_file_reports
from tasks.models import (
    ActionItem,
    AgencyRequest,
    Evidence,
    InstructedAssignment,
    Instruction,
    InstructionReply,
    Message,
    MilestoneDone,
    Plan,
    PlannedSteering,
    ProgressReport,
    ReportingPeriod,
    Section,
    UrgeReply,
)
from tasks.models.milestones import MilestoneDoneQuerySet
from tasks.models.plan_querysets import PlanQuerySet
from tasks.models.querysets import ProgressReportQuerySet


def sees_plans(user: User) -> bool:
    """Whether there are plans for the person at all: for whoever is signed in."""
    return user.is_authenticated


def visible_plans(user: User) -> PlanQuerySet:
    """The plans of the person's own office and of those above and below it."""
    return Plan.objects.defer("notice_text").filter(on_line(user)) if sees_plans(user) else Plan.objects.none()


def get_plan(user: User, slug: str) -> Plan:
    return _plan(user, slug, with_version=False)


def get_versioned_plan(user: User, slug: str) -> Plan:
    """The plan with its `version`, for pages that tell how the whole of it stands."""
    return _plan(user, slug, with_version=True)


def _plan(user: User, slug: str, *, with_version: bool) -> Plan:
    plans = plans_by_slug(slug=slug, with_version=with_version) if sees_plans(user) else []
    if not plans or not lines_up(user, plans[0].home):
        raise Http404
    return plans[0]


def get_section(user: User, slug: str, number: int) -> Section:
    """A section of the plan, which comes with its `version`."""
    return get_object_or_404(get_versioned_plan(user, slug).sections, number=number)


def get_period(user: User, slug: str, code: str) -> ReportingPeriod:
    periods = ReportingPeriod.objects.filter(plan__in=visible_plans(user)).select_related("plan")
    return get_object_or_404(periods.defer("plan__notice_text"), plan__slug=slug, code=code)


def get_planned_steering(user: User, pk: int, moment: datetime) -> PlannedSteering:
    """待生效的责任调整 as it had been decided by then; open to all, as it is open who answers for what."""
    planned = PlannedSteering.objects.filter(plan__in=visible_plans(user), recorded_at__lte=moment)
    return get_object_or_404(planned.select_related("plan", "recorded_by").defer("plan__notice_text"), pk=pk)


def get_item(user: User, slug: str, number: int, moment: datetime) -> ActionItem:
    """As of the moment, with the numbers of the items before and after it."""
    items = items_by_number(slug=slug, number=number, moment=moment) if sees_plans(user) else []
    if not items or not lines_up(user, items[0].plan.home):
        raise Http404
    return items[0].as_read_then()


def get_agency(user: User, plan: Plan, pk: int) -> Agency:
    """An agency that has, or had, a part in the plan, or that its notice names."""
    agencies = agencies_by_key(pk=pk, plan=plan.pk) if sees_plans(user) and lines_up(user, plan.home) else []
    if not agencies:
        raise Http404
    return agencies[0]


def get_group(user: User, pk: int) -> AgencyGroup:
    """Who belongs to a group is open to all of its office, and of those above and below."""
    groups = AgencyGroup.objects.filter(on_line(user)) if user.is_authenticated else AgencyGroup.objects.none()
    return get_object_or_404(groups, pk=pk)


def inside(user: User, plan: str, agency: str) -> Q:
    """The condition on rows of which the person reads what isn't open to all; `plan` and `agency` lead to theirs.

    An agency reads its own. Who belongs to none reads those of the own office's plans; of plans above and below as much
    as an agency reads of another one.
    """
    if can_file_reports(user):
        return Q(**{f"{agency}__in": own_agencies(user)}) & on_line(user, f"{plan}__office")
    return at_home(user, f"{plan}__office")


OF_ASSIGNMENT = ("assignment__item__plan", "assignment__agency")  # of what hangs on one, its plan and its agency


def visible_reports(user: User, moment: datetime) -> ProgressReportQuerySet:
    """The reports whose text the person reads: accepted ones, and all of them for their agency and for who oversees.

    That a report was filed, when and at what percentage is open to all: supervision is open between agencies.

    Comes with `verdict` and `comment`, as of the moment.
    """
    accepted = Q(verdict="accepted") & on_line(user, "assignment__item__plan__office")
    return ProgressReport.objects.as_of(moment).filter(accepted | inside(user, *OF_ASSIGNMENT))


def own_agencies(user: User) -> QuerySet[Agency]:
    """The person's agency and its predecessors."""
    return Agency.objects.followed_by(user.agency_id)


def whose_comments(user: User, agencies: Mapping[int, date | None], plan: Plan) -> set[int]:
    """Of those agencies, given with the day on which each ended, the ones whose reviews in the plan the person reads.

    A review's comment, and what was asked for and answered, is for the agency concerned, or its successor, and for
    those who oversee it. One query, none where no other agency has ended.
    """
    if not can_file_reports(user):
        return set(agencies) if reads_inside(user, plan) else set()
    own = {pk for pk in agencies if pk == user.agency_id}
    ended = [pk for pk, ended_on in agencies.items() if ended_on and pk not in own]
    return {*own, *own_agencies(user).filter(pk__in=ended).values_list("pk", flat=True)} if ended else own


def visible_milestone_reports(user: User, moment: datetime) -> MilestoneDoneQuerySet:
    """The reports of done milestones whose words and proof the person reads.

    Confirmed ones are open to all, others to their own agency, or its successor, and to those who oversee it.
    """
    confirmed = Q(is_confirmed=True) & on_line(user, "assignment__item__plan__office")
    return MilestoneDone.objects.as_of(moment).filter(confirmed | inside(user, *OF_ASSIGNMENT))


def visible_instructions(user: User, moment: datetime) -> QuerySet[Instruction]:
    """An agency sees those that name it, or whom it follows; those who belong to none all of their own office's."""
    known = Instruction.objects.filter(recorded_at__lte=moment)
    if can_file_reports(user):
        mine = InstructedAssignment.objects.filter(assignment__agency__in=own_agencies(user))
        return known.filter(on_line(user, "item__plan__office"), pk__in=mine.values("instruction"))
    return known.filter(at_home(user, "item__plan__office"))


def visible_instruction_replies(user: User, moment: datetime) -> QuerySet[InstructionReply]:
    """An agency reads the answers to instructions that name it; each of those named reads all of them."""
    seen = visible_instructions(user, moment)
    return InstructionReply.objects.filter(recorded_at__lte=moment, part__instruction__in=seen)


def get_message(user: User, pk: int) -> Message:
    """A message to the person; nobody else's is there."""
    return get_object_or_404(Message, pk=pk, recipient=user)


def visible_requests(user: User) -> QuerySet[AgencyRequest]:
    """Requests are for the agency that made them, or its successor, and for those who oversee it."""
    return AgencyRequest.objects.filter(inside(user, *OF_ASSIGNMENT))


def of_urges(user: User, prefix: str = "") -> Q:
    """催办 is between the office and whom it urges: the condition on urges that the person sees."""
    if can_file_reports(user):
        return Q(**{f"{prefix}agency__in": own_agencies(user)})
    return at_home(user, f"{prefix}office")


def visible_notices(user: User) -> PlanQuerySet:
    """The plans with their notices' whole text, which is open to whoever sees the plan."""
    return Plan.objects.filter(on_line(user)) if sees_plans(user) else Plan.objects.none()


def visible_evidence(user: User, moment: datetime) -> QuerySet[Evidence]:
    """All the evidence that `get_evidence` would give the person."""
    handed_in = (
        Q(Exists(visible_reports(user, moment).filter(evidence=OuterRef("pk"))))
        | Q(Exists(visible_requests(user).filter(evidence=OuterRef("pk"))))
        | Q(Exists(visible_milestone_reports(user, moment).filter(evidence=OuterRef("pk"))))
    )
    own = Q(assignment__agency__in=own_agencies(user)) if can_file_reports(user) else Q()
    return Evidence.objects.filter(handed_in | own).filter(on_line(user, "assignment__item__plan__office"))


def get_evidence(user: User, pk: int, moment: datetime) -> Evidence:
    """Evidence is open to its own agency or its successor, and to others with whatever it came with that they may read.

    What only a draft holds is for its agency alone, or its successor.
    """
    evidence = get_object_or_404(Evidence.objects.select_related("assignment", "blob"), pk=pk)
    is_own = can_file_reports(user) and own_agencies(user).filter(pk=evidence.assignment.agency_id).exists()
    replies = UrgeReply.objects.filter(of_urges(user, "urge__"), recorded_at__lte=moment)
    texts = (
        visible_reports(user, moment),
        visible_requests(user),
        visible_milestone_reports(user, moment),
        visible_instruction_replies(user, moment),
        replies,
    )
    if not is_own and not any(rows.filter(evidence=evidence).exists() for rows in texts):
        raise Http404
    return evidence
