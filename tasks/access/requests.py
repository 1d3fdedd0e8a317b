"""Who may see, make and answer what lies between an agency and the office: requests and urges."""

from datetime import date, datetime

from django.shortcuts import get_object_or_404

from agencies.models import User
from tasks.access.doing import require
from tasks.access.roles import can_file_reports, can_steer
from tasks.access.seeing import own_agencies, visible_plans, visible_requests
from tasks.models import AgencyRequest, Assignment, Urge
from tasks.models.querysets import AssignmentQuerySet, UrgeQuerySet
from tasks.standing.course import Move, Party, State, allows
from tasks.standing.succession import answering


def party_of(user: User, agency_id: int) -> Party | None:
    """Which party to that agency's assignments the person is; the table in `tasks.standing.course` knows them."""
    if can_steer(user):
        return Party.COORDINATOR
    return Party.AGENCY if can_file_reports(user) and user.agency_id == agency_id else None


def may(user: User, assignment: Assignment, state: State, move: Move) -> bool:
    is_lead = assignment.role == Assignment.Role.LEAD
    return allows(state, party_of(user, assignment.agency_id), move, is_lead=is_lead)


def get_request(user: User, pk: int, moment: datetime) -> AgencyRequest:
    requests = visible_requests(user).filter(recorded_at__lte=moment)
    requests = requests.select_related(
        "assignment__item__plan", "assignment__agency", "recorded_by", "decision__recorded_by", "asked_milestone"
    )
    return get_object_or_404(requests.defer("assignment__item__text", "assignment__item__plan__notice_text"), pk=pk)


def visible_urges(user: User, moment: datetime) -> UrgeQuerySet:
    """The urges that a person sees: an agency its own, since 催办 is between the office and whom it urges."""
    urges = Urge.objects.as_of(moment)
    return urges.filter(agency__in=own_agencies(user)) if can_file_reports(user) else urges


def get_urge(user: User, pk: int, moment: datetime) -> Urge:
    urges = visible_urges(user, moment).select_related("agency", "recorded_by", "reply__recorded_by")
    return get_object_or_404(urges, pk=pk)


def answers_urge(user: User, urge: Urge, day: date) -> bool:
    """Whether the person may answer in the name of the urged agency, or of its successor."""
    if not can_file_reports(user):
        return False
    return user.agency_id in answering({urge.pk: (urge.agency_id, urge.agency.ended_on)}, day)[urge.pk]


def assignments_to_urge(user: User, moment: datetime) -> AssignmentQuerySet:
    """The assignments that a coordinator may urge, read with what tells their state; 403 for others."""
    require(can_steer(user))
    assignments = Assignment.objects.as_of(moment).with_course(moment).filter(item__plan__in=visible_plans(user))
    return assignments.select_related("item__plan", "agency").defer("item__text", "item__plan__notice_text")
