"""What a person may do with assignments, reports and periods, and whose account may be handed over."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Case, Q, QuerySet, When
from django.http import Http404
from django.shortcuts import get_object_or_404

from agencies.models import AGENCY_ROLES, TOP, Agency, Office, User
from tasks.access.offices import at_home, belongs_to, lines_up, moves_people_of, on_line, steers
from tasks.access.questions import assignments_by_key, reports_by_key, whole
from tasks.access.roles import can_file_reports, can_review, can_steer
from tasks.access.seeing import get_period, get_plan, own_agencies, sees_plans, visible_plans, visible_reports
from tasks.models import Assignment, ImportDraft, Lineage, Plan, ProgressReport, ReportingPeriod
from tasks.models.querysets import ProgressReportQuerySet
from tasks.standing.going_on import carried, filed_at


def require(allowed: bool) -> None:
    """Answers 403 unless allowed."""
    if not allowed:
        raise PermissionDenied


def get_own_agency(user: User) -> Agency:
    """The agency in whose name the person files reports; 403 for those who file none."""
    if user.agency is None or not can_file_reports(user):
        raise PermissionDenied
    return user.agency


def get_assignment_to_file(user: User, pk: int, moment: datetime) -> Assignment:
    """An assignment of the person's own agency; another agency's is visible, so 403."""
    assignments = assignments_by_key(pk=pk, moment=moment) if sees_plans(user) else []
    if not assignments or not lines_up(user, assignments[0].item.plan.home):
        raise Http404
    require(can_file_reports(user) and assignments[0].agency_id == user.agency_id)
    return assignments[0]


def part_that_goes_on(user: User, pk: int, moment: datetime) -> Assignment | None:
    """Where the own agency goes on with what an ended part of its, or of a predecessor's, was about."""
    if not can_file_reports(user):
        return None
    ended = Assignment.objects.filter(pk=pk, agency__in=own_agencies(user)).values("item")
    followers = Lineage.objects.filter(former__in=ended).values("successor")
    mine = Assignment.objects.in_force(moment).filter(Q(item__in=ended) | Q(item__in=followers), agency=user.agency_id)
    return mine.order_by("item__place").first()


def own_reports(user: User, moment: datetime) -> ProgressReportQuerySet:
    """Everything that the person's agency has filed by then, under its old names too; 403 for those who file none.

    Each with `taken_back_at`, with `filed_at`, and with `is_carried`: whether another one goes on with it.
    """
    get_own_agency(user)
    mine = ProgressReport.objects.ever(moment).filter(assignment__agency__in=own_agencies(user))
    mine = mine.annotate(filed_at=filed_at(), **carried(ProgressReport, moment))
    reports = mine.with_withdrawal(moment).select_related(
        "assignment__item__plan", "assignment__agency", "period", "recorded_by"
    )
    return reports.defer("assignment__item__text", "assignment__item__plan__notice_text")


def get_own_report(user: User, pk: int, moment: datetime) -> ProgressReport:
    """One of them, with what it was filed with; another agency's is 403 where its text may be read, else 404."""
    own = ProgressReport.objects.filter(pk=pk, assignment__agency__in=own_agencies(user))
    if not (can_file_reports(user) and own.exists()):
        of_line = ProgressReport.objects.filter(on_line(user, "assignment__item__plan__office"))
        get_object_or_404(visible_reports(user, moment) if can_file_reports(user) else of_line, pk=pk)
        raise PermissionDenied
    reports = own_reports(user, moment).with_evidence().prefetch_related("readings__indicator")
    return get_object_or_404(reports.select_related("prepared_by"), pk=pk)


def get_assignment_to_steer(user: User, pk: int, moment: datetime) -> Assignment:
    assignments = Assignment.objects.as_of(moment).with_course(moment).filter(item__plan__in=visible_plans(user))
    assignments = assignments.select_related("item__plan", "agency").defer("item__text", "item__plan__notice_text")
    assignment = get_object_or_404(assignments, pk=pk)
    require(steers(user, assignment.item.plan))
    return assignment


def get_plan_to_steer(user: User, slug: str) -> Plan:
    plan = get_plan(user, slug)
    require(steers(user, plan))
    return plan


def get_parent_to_carry_out(user: User, slug: str) -> tuple[Plan, Office, Plan | None]:
    """A plan of the office above, for a coordinator below it, with the own office and its plan where it has one.

    Nothing is drawn from the plan of a duty: 404.
    """
    parent = get_plan(user, slug)
    if not parent.is_listed:
        raise Http404
    office = user.office
    if office is None or not can_steer(user) or (office.parent_id or TOP) != parent.home:
        raise PermissionDenied
    return parent, office, Plan.objects.defer("notice_text").filter(office=office, parent=parent).first()


def import_drafts(user: User) -> QuerySet[ImportDraft]:
    """Every 核对稿 of the own office, for its coordinators, the open ones first; 403 for others."""
    require(can_steer(user))
    return _import_drafts().filter(at_home(user))


def _import_drafts() -> QuerySet[ImportDraft]:
    ended = Case(When(ended_at=None, then=0), default=1)
    drafts = ImportDraft.objects.select_related("started_by", "plan").order_by(ended, "-started_at", "-pk")
    return drafts.defer("source", "plan__notice_text")


def get_import_draft(user: User, pk: int) -> ImportDraft:
    """With what was read of it, as far as it is: without the text and the reading themselves."""
    drafts = _import_drafts().select_related("finding", "ended_by")
    drafts = drafts.defer("source", "plan__notice_text", "finding__text", "finding__found")
    draft = get_object_or_404(drafts.filter(at_home(user)), pk=pk)
    require(can_steer(user))
    return draft


def get_period_to_steer(user: User, slug: str, code: str) -> ReportingPeriod:
    period = get_period(user, slug, code)
    require(steers(user, period.plan))
    return period


def get_report_to_review(user: User, pk: int, moment: datetime) -> ProgressReport:
    """A filed report of a plan that the person steers; for others 403, and 404 where they may not even see it.

    With the `version` of the record of changes, for what is known of the queue in which it stands.
    """
    reports = reports_by_key(pk=pk, moment=moment) if can_review(user) else []
    if not reports or not steers(user, reports[0].assignment.item.plan):
        get_object_or_404(visible_reports(user, moment), pk=pk)
        raise PermissionDenied
    return reports[0]


def get_report_taken_back(user: User, pk: int, moment: datetime) -> ProgressReport:
    """A report that its agency had taken back by then, for whoever reviews; 404 for any other, and for others."""
    if not can_review(user):
        raise Http404
    reports = ProgressReport.objects.ever(moment).with_withdrawal(moment).filter(withdrawal__recorded_at__lte=moment)
    gone = reports.filter(at_home(user, "assignment__item__plan__office"))
    gone = gone.select_related("assignment__item__plan", "assignment__agency", "period")
    return get_object_or_404(gone.defer("assignment__item__text", "assignment__item__plan__notice_text"), pk=pk)


def reports_to_review(user: User, moment: datetime) -> QuerySet[ProgressReport]:
    """The reports of the own office's plans, that a coordinator may choose from; 403 for others."""
    require(can_review(user))
    own = ProgressReport.objects.as_of(moment).filter(at_home(user, "assignment__item__plan__office"))
    return whole(own, moment)


def get_person_to_replace(user: User, pk: int, *, is_repeated: bool = False) -> User:
    """Somebody who signs in for an agency, for those who may hand the account over.

    Who doesn't any more is found only where a form is sent again, so that it can be said.
    """
    people = User.objects.filter(on_line(user, "agency__office"), role__in=AGENCY_ROLES)
    person = get_object_or_404(people if is_repeated else people.filter(is_active=True), pk=pk)
    require(moves_people_of(user, person.agency))
    return person


def get_agency_with_people(user: User, pk: int) -> tuple[Agency, list[User]]:
    """Any agency and who signs in for it, for those who may hand an account over."""
    agency = get_object_or_404(Agency, on_line(user), pk=pk)
    require(moves_people_of(user, agency))
    return agency, list(User.objects.of_agency(agency).order_by("role", "username"))


def get_agency_to_call(user: User, pk: int) -> Agency:
    """An agency whose contacts the person keeps: the own one, and for coordinators any of their office."""
    agency = get_object_or_404(Agency, on_line(user), pk=pk, ended_on=None, is_collective=False)
    keeps = can_steer(user) and belongs_to(user, agency.office_id)
    require(keeps or (can_file_reports(user) and user.agency_id == agency.pk))
    return agency
