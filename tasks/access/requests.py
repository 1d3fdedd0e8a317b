"""Who may see, make and answer what lies between an agency and the office: requests and urges."""

from datetime import date, datetime

from django.shortcuts import get_object_or_404

from agencies.models import User
from tasks.access.doing import require
from tasks.access.offices import at_home, steers
from tasks.access.roles import can_file_reports, can_steer
from tasks.access.seeing import of_urges, visible_requests
from tasks.models import AgencyRequest, Assignment, Urge
from tasks.models.querysets import AssignmentQuerySet, UrgeQuerySet
from tasks.standing.course import Move, Party, State, allows
from tasks.standing.succession import answering


def party_of(user: User, assignment: Assignment) -> Party | None:
    """Which party to the assignment the person is; the table in `tasks.standing.course` knows them.

    The assignment is read with its plan.
    """
    if can_file_reports(user):
        return Party.AGENCY if user.agency_id == assignment.agency_id else None
    return Party.COORDINATOR if steers(user, assignment.item.plan) else None


def may(user: User, assignment: Assignment, state: State, move: Move) -> bool:
    is_lead = assignment.role == Assignment.Role.LEAD
    return allows(state, party_of(user, assignment), move, is_lead=is_lead)


def get_request(user: User, pk: int, moment: datetime) -> AgencyRequest:
    requests = visible_requests(user).filter(recorded_at__lte=moment)
    requests = requests.select_related(
        "assignment__item__plan", "assignment__agency", "recorded_by", "decision__recorded_by", "asked_milestone"
    )
    return get_object_or_404(requests.defer("assignment__item__text", "assignment__item__plan__notice_text"), pk=pk)


def visible_urges(user: User, moment: datetime) -> UrgeQuerySet:
    """The urges that a person sees: an agency its own, who belongs to none those of the own office."""
    return Urge.objects.as_of(moment).filter(of_urges(user))


def get_urge(user: User, pk: int, moment: datetime) -> Urge:
    urges = visible_urges(user, moment).select_related("agency", "recorded_by", "reply__recorded_by")
    return get_object_or_404(urges, pk=pk)


def answers_urge(user: User, urge: Urge, day: date) -> bool:
    """Whether the person may answer in the name of the urged agency, or of its successor."""
    if not can_file_reports(user):
        return False
    return user.agency_id in answering({urge.pk: (urge.agency_id, urge.agency.ended_on)}, day)[urge.pk]


def assignments_to_urge(user: User, moment: datetime) -> AssignmentQuerySet:
    """The assignments that a coordinator may urge, those of the own office's plans; 403 for others.

    Read with what tells their state.
    """
    require(can_steer(user))
    assignments = Assignment.objects.as_of(moment).with_course(moment).filter(at_home(user, "item__plan__office"))
    return assignments.select_related("item__plan", "agency").defer("item__text", "item__plan__notice_text")
