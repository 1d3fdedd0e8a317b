"""Who may. The only module that compares roles; views get their objects here, templates ask through context.

Supervision is open between agencies: every signed-in person sees every plan, item and accepted report. What isn't
visible is answered 404; what is visible and not allowed, 403 (DESIGN section 3, rule 7).
"""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from agencies.models import AGENCY_ROLES, Agency, AgencyGroup, Role, User
from tasks.course import Move, Party, State, allows
from tasks.models import (
    ActionItem,
    AgencyRequest,
    Assignment,
    Delivery,
    Evidence,
    Message,
    Plan,
    ProgressReport,
    Reminder,
    ReminderRule,
    ReportingPeriod,
    Section,
    Urge,
)
from tasks.querysets import AssignmentQuerySet, PlanQuerySet, ProgressReportQuerySet, UrgeQuerySet

# ── what a person is ─────────────────────────────────────────────────────────────────────────────────────────────


def can_steer(user: User) -> bool:
    """Review, amend, close, edit group members: the coordinators' work."""
    return user.role == Role.COORDINATOR


def can_file_reports(user: User) -> bool:
    """Whether the person belongs to an agency and writes in its name."""
    return user.role in AGENCY_ROLES


def can_administer(user: User) -> bool:
    """Master data in the admin; never business data."""
    return user.role == Role.ADMINISTRATOR


def awaits_consent(user: User, agency: Agency) -> bool:
    """审签: whether what the person writes for the agency reaches the coordinators only after its head's consent."""
    return agency.requires_consent and user.role != Role.APPROVER


def consents(user: User, agency: Agency) -> bool:
    """审签: whether the person is the head whose consent the agency's reports wait for."""
    return agency.requires_consent and user.role == Role.APPROVER and user.agency_id == agency.pk


def approvers_of(agency: Agency) -> QuerySet[User]:
    """Those who can consent in the agency's name."""
    return User.objects.filter(agency=agency, role=Role.APPROVER, is_active=True)


def can_read_changes(user: User) -> bool:
    """The record of changes, for those who steer and those who keep the master data."""
    return can_steer(user) or can_administer(user)


def can_move_people(user: User) -> bool:
    """Hand an agency's account over, or record that agencies were renamed, merged, split or abolished."""
    return can_steer(user) or can_administer(user)


def oversees(user: User) -> bool:
    """Coordinators and leadership: they ask for quarterly packages and read them before they are issued."""
    return user.role in (Role.COORDINATOR, Role.LEADER)


# ── what a person sees ───────────────────────────────────────────────────────────────────────────────────────────


def visible_plans(user: User) -> PlanQuerySet:
    return Plan.objects.defer("notice_text") if user.is_authenticated else Plan.objects.none()


def get_plan(user: User, slug: str) -> Plan:
    return get_object_or_404(visible_plans(user), slug=slug)


def get_versioned_plan(user: User, slug: str) -> Plan:
    """With its `version`, for pages that tell how the whole of it stands."""
    return get_object_or_404(visible_plans(user).with_version(), slug=slug)


def get_section(user: User, slug: str, number: int) -> Section:
    """Its plan has its `version`."""
    return get_object_or_404(get_versioned_plan(user, slug).sections, number=number)


def get_period(user: User, slug: str, code: str) -> ReportingPeriod:
    periods = ReportingPeriod.objects.filter(plan__in=visible_plans(user)).select_related("plan")
    return get_object_or_404(periods.defer("plan__notice_text"), plan__slug=slug, code=code)


def get_item(user: User, slug: str, number: int, moment: datetime) -> ActionItem:
    """As of the moment, with `has_next`: whether another item follows it."""
    following = ActionItem.objects.filter(plan=OuterRef("plan"), number=OuterRef("number") + 1)
    items = ActionItem.objects.filter(plan__in=visible_plans(user)).select_related("plan", "section")
    items = items.defer("plan__notice_text")
    return get_object_or_404(items.as_of(moment).annotate(has_next=Exists(following)), plan__slug=slug, number=number)


def get_agency(user: User, plan: Plan, pk: int) -> Agency:
    """An agency that has, or had, a part in the plan."""
    assignments = Assignment.objects.filter(item__plan__in=visible_plans(user), item__plan=plan)
    return get_object_or_404(Agency.objects.filter(pk__in=assignments.values("agency")), pk=pk)


def get_group(user: User, pk: int) -> AgencyGroup:
    """Who belongs to a group is open to every signed-in person."""
    groups = AgencyGroup.objects.all() if user.is_authenticated else AgencyGroup.objects.none()
    return get_object_or_404(groups, pk=pk)


def visible_reports(user: User, moment: datetime) -> ProgressReportQuerySet:
    """What reports say: accepted ones to all; what waits or was sent back to its own agency and those who oversee it.

    That a report was filed, when and at what percentage is open to all: supervision is open between agencies.

    Comes with `verdict` and `comment`, as of the moment.
    """
    reports = ProgressReport.objects.as_of(moment)
    if can_file_reports(user):
        return reports.filter(Q(verdict="accepted") | Q(assignment__agency__in=_own_agencies(user)))
    return reports


def _own_agencies(user: User) -> QuerySet[Agency]:
    """The person's agency and those that it has taken the place of."""
    followed = Q(successions__successor=user.agency_id, ended_on__isnull=False)
    return Agency.objects.order_by().filter(Q(pk=user.agency_id) | followed)


def sees_comments(user: User, agency_id: int) -> bool:
    """A review's comment is for the agency concerned and for those who oversee it."""
    return not can_file_reports(user) or user.agency_id == agency_id


def get_message(user: User, pk: int) -> Message:
    """Of the person's own; nobody else's is there."""
    return get_object_or_404(Message, pk=pk, recipient=user)


def get_evidence(user: User, pk: int, moment: datetime) -> Evidence:
    """To one's own agency always; to others with a report or a request whose text they may read.

    What only a draft holds is for its agency alone.
    """
    evidence = get_object_or_404(Evidence.objects.select_related("assignment", "blob"), pk=pk)
    is_own = can_file_reports(user) and evidence.assignment.agency_id == user.agency_id
    if not is_own and not any(
        those.filter(evidence=evidence).exists() for those in (visible_reports(user, moment), visible_requests(user))
    ):
        raise Http404
    return evidence


# ── what a person may do ─────────────────────────────────────────────────────────────────────────────────────────


def require(allowed: bool) -> None:
    """403 unless allowed."""
    if not allowed:
        raise PermissionDenied


def get_own_agency(user: User) -> Agency:
    """The agency in whose name the person files reports; 403 for those who file none."""
    if user.agency is None or not can_file_reports(user):
        raise PermissionDenied
    return user.agency


def get_assignment_to_file(user: User, pk: int, moment: datetime) -> Assignment:
    """An assignment of the person's own agency; another agency's is visible, so 403."""
    assignments = Assignment.objects.in_force(moment).filter(item__plan__in=visible_plans(user))
    assignments = assignments.select_related("item__plan", "agency").defer("item__text", "item__plan__notice_text")
    assignment = get_object_or_404(assignments, pk=pk)
    require(can_file_reports(user) and assignment.agency_id == user.agency_id)
    return assignment


def get_assignment_to_steer(user: User, pk: int, moment: datetime) -> Assignment:
    assignments = Assignment.objects.as_of(moment).with_course(moment).filter(item__plan__in=visible_plans(user))
    assignments = assignments.select_related("item__plan", "agency").defer("item__text", "item__plan__notice_text")
    assignment = get_object_or_404(assignments, pk=pk)
    require(can_steer(user))
    return assignment


def get_period_to_steer(user: User, slug: str, code: str) -> ReportingPeriod:
    period = get_period(user, slug, code)
    require(can_steer(user))
    return period


def get_report_to_review(user: User, pk: int, moment: datetime) -> ProgressReport:
    """A filed report for a coordinator; for others 403, and 404 where they may not even see it."""
    report = get_object_or_404(_whole_reports(user, moment), pk=pk)
    require(can_steer(user))
    return report


def reports_to_review(user: User, moment: datetime) -> QuerySet[ProgressReport]:
    """Those that a coordinator may choose from; 403 for others."""
    require(can_steer(user))
    return _whole_reports(user, moment)


def _whole_reports(user: User, moment: datetime) -> QuerySet[ProgressReport]:
    """Each with who reviewed it, and what a deed on it reads."""
    return (
        visible_reports(user, moment)
        .with_reviewer(moment)
        .select_related("assignment__item__plan", "assignment__agency", "period__plan")
        .defer("assignment__item__plan__notice_text", "period__plan__notice_text")
    )


# ── requests ─────────────────────────────────────────────────────────────────────────────────────────────────────


def party_of(user: User, agency_id: int) -> Party | None:
    """Which party to that agency's assignments the person is, as the table in `tasks.course` knows them."""
    if can_steer(user):
        return Party.COORDINATOR
    return Party.AGENCY if can_file_reports(user) and user.agency_id == agency_id else None


def may(user: User, assignment: Assignment, state: State, move: Move) -> bool:
    is_lead = assignment.role == Assignment.Role.LEAD
    return allows(state, party_of(user, assignment.agency_id), move, is_lead=is_lead)


def visible_requests(user: User) -> QuerySet[AgencyRequest]:
    """Requests are for the agency that made them and for those who oversee it."""
    requests = AgencyRequest.objects.filter(assignment__item__plan__in=visible_plans(user))
    return requests.filter(assignment__agency=user.agency_id) if can_file_reports(user) else requests


def get_request(user: User, pk: int, moment: datetime) -> AgencyRequest:
    requests = visible_requests(user).filter(recorded_at__lte=moment)
    requests = requests.select_related(
        "assignment__item__plan", "assignment__agency", "recorded_by", "decision__recorded_by"
    )
    return get_object_or_404(requests.defer("assignment__item__text", "assignment__item__plan__notice_text"), pk=pk)


# ── reminders ────────────────────────────────────────────────────────────────────────────────────────────────────


def can_watch_reminders(user: User) -> bool:
    """Everybody's reminders and how they were sent, for those who steer and those who keep the channels."""
    return can_steer(user) or can_administer(user)


def visible_reminders(user: User) -> QuerySet[Reminder]:
    """A person's own; all of them for those who watch."""
    reminders = Reminder.objects.all()
    return reminders if can_watch_reminders(user) else reminders.filter(recipient=user)


def get_reminder(user: User, pk: int) -> Reminder:
    related = ("rule", "recipient__agency", "digest__recipient", "assignment__item__plan", "assignment__agency")
    reminders = visible_reminders(user).select_related(*related, "period__plan", "agency")
    bulky = ("assignment__item__text", "assignment__item__plan__notice_text", "period__plan__notice_text")
    return get_object_or_404(reminders.defer(*bulky), pk=pk)


def get_delivery_to_send(user: User, pk: int) -> Delivery:
    """403 for those who see it as their own and don't watch."""
    deliveries = Delivery.objects.filter(digest__reminders__in=visible_reminders(user)).distinct()
    delivery = get_object_or_404(deliveries.select_related("digest__recipient__agency"), pk=pk)
    require(can_watch_reminders(user))
    return delivery


def get_rule_to_change(user: User, pk: int) -> ReminderRule:
    rule = get_object_or_404(ReminderRule, pk=pk)
    require(can_steer(user))
    return rule


def person_of_calendar(token: str) -> User:
    """Whose calendar the secret address is; whoever knows it is not asked to sign in. 404 for any other."""
    people = User.objects.filter(is_active=True).select_related("agency")
    return get_object_or_404(people, reminder_preference__calendar_token=token)


# ── urges ────────────────────────────────────────────────────────────────────────────────────────────────────────


def visible_urges(user: User, moment: datetime) -> UrgeQuerySet:
    """催办 is between the office and the agency that it urges: not for other agencies."""
    urges = Urge.objects.as_of(moment)
    return urges.filter(agency__in=_own_agencies(user)) if can_file_reports(user) else urges


def get_urge(user: User, pk: int, moment: datetime) -> Urge:
    urges = visible_urges(user, moment).select_related("agency", "recorded_by", "reply__recorded_by")
    return get_object_or_404(urges, pk=pk)


def answers_urge(user: User, urge: Urge) -> bool:
    """Whether the person may answer in the urged agency's name."""
    return can_file_reports(user) and user.agency_id == urge.agency_id


def assignments_to_urge(user: User, moment: datetime) -> AssignmentQuerySet:
    """What a coordinator may choose from, with what tells its state; 403 for others."""
    require(can_steer(user))
    assignments = Assignment.objects.as_of(moment).with_course(moment).filter(item__plan__in=visible_plans(user))
    return assignments.select_related("item__plan", "agency").defer("item__text", "item__plan__notice_text")


def get_person_to_replace(user: User, pk: int) -> User:
    """Somebody who signs in for an agency, for those who may hand the account over."""
    person = get_object_or_404(User.objects.filter(role__in=AGENCY_ROLES, is_active=True), pk=pk)
    require(can_move_people(user))
    return person


def get_agency_with_people(user: User, pk: int) -> tuple[Agency, list[User]]:
    """Any agency and who signs in for it, for those who may hand an account over."""
    agency = get_object_or_404(Agency, pk=pk)
    require(can_move_people(user))
    return agency, list(User.objects.filter(agency=agency, is_active=True).order_by("role", "username"))
