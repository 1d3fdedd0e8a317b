"""Whose plan it is: one's own office's, one above or below it, or none of a person's business (docs/rules.md 15).

An office steers its own plans alone. What lies on one line with it, above or below, it reads as far as it is open:
plans, items, who answers for them, accepted reports. What lies beside isn't there for it. Where an installation has one
office, nothing here asks anything.
"""

from datetime import datetime

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Length

from agencies.models import TOP, Agency, User
from tasks.access.roles import (
    can_administer,
    can_file_reports,
    can_instruct,
    can_move_people,
    can_steer,
    may_open_account,
)
from tasks.models import Assignment, Plan
from tasks.models.plan_querysets import PlanQuerySet

CODE_ENDS = "/"


def lines_up(user: User, path: str) -> bool:
    """Whether the office of that path is the person's own, or stands above or below it."""
    return path.startswith(user.scope) or user.scope.startswith(path)


def belongs_to(user: User, path: str | None) -> bool:
    """Whether the office of that path is the person's own, directly or by their agency."""
    return user.scope == (path or TOP)


def is_home(user: User, plan: Plan) -> bool:
    """Whether the person belongs to the plan's office, or to one of its agencies."""
    return user.scope == plan.home


def steers(user: User, plan: Plan) -> bool:
    """Whether the person coordinates that plan: its own office's coordinators do, those above and below read."""
    return can_steer(user) and is_home(user, plan)


def instructs(user: User, plan: Plan) -> bool:
    """Whether the person writes a leader's word on items of that plan, and takes note of the answers."""
    return can_instruct(user) and is_home(user, plan)


def oversees(user: User, path: str) -> bool:
    """Whether the person asks for packages of that office's plans and reads them before they are issued.

    Those of the office do, who coordinate or lead.
    """
    return can_instruct(user) and belongs_to(user, path)


def reads_inside(user: User, plan: Plan) -> bool:
    """Whether the person reads what stays with the plan's office: who belongs to that office and to no agency."""
    return is_home(user, plan) and not can_file_reports(user)


def on_line(user: User, field: str = "office") -> Q:
    """The condition on rows whose office is the person's own or above or below; of the top office, none."""
    if user.scope == TOP:
        return Q()
    above = Q(**{f"{field}__in": paths_above(user.scope)}) | Q(**{f"{field}__isnull": True})
    return Q(**{f"{field}__path__startswith": user.scope}) | above


def at_home(user: User, field: str = "office") -> Q:
    """The condition on rows that are the person's own office's."""
    return Q(**{field: user.scope}) if user.scope != TOP else Q(**{f"{field}__isnull": True})


def of_people(user: User, person: str = "") -> Q:
    """The condition on rows that the people of the own office and of its agencies have; `person` leads to them."""
    prefix = f"{person}__" if person else ""
    if user.scope == TOP:
        return Q(**{f"{prefix}office": None, f"{prefix}agency__office": None})
    return Q(**{f"{prefix}office": user.scope}) | Q(**{f"{prefix}agency__office": user.scope})


def home_plans(user: User) -> PlanQuerySet:
    """The plans of the person's own office, with the duties to make local ones, for whoever signed in."""
    plans = Plan.objects.defer("notice_text")
    return plans.filter(at_home(user)) if user.is_authenticated else plans.none()


def parents_to_carry_out(user: User) -> QuerySet[Plan]:
    """The plans of the office above the person's for which the own office has no plan yet, the newest first."""
    plans = Plan.objects.defer("notice_text")
    if user.office is None:
        return plans.none()
    carried = Plan.objects.filter(office=user.office, parent__isnull=False).values("parent")
    return plans.listed().filter(office=user.office.parent).exclude(pk__in=carried)


def plans_to_make(user: User) -> QuerySet[Plan]:
    """Those of them for which the office's government was asked to make one."""
    asked = Assignment.objects.filter(item__plan__duty_of__parent=OuterRef("pk"), ended_at=None)
    return parents_to_carry_out(user).filter(Exists(asked.filter(agency__local_office=user.office)))


def plans_to_complete(user: User, moment: datetime) -> QuerySet[Plan]:
    """The own office's local plans for which the duty to make them still runs: they don't cover yet what was asked."""
    if user.office is None:
        return Plan.objects.none()
    running = Assignment.objects.in_force(moment).running(moment).filter(agency__local_office=user.office)
    asked = running.filter(item__plan__duty_of__parent=OuterRef("parent"))
    return home_plans(user).filter(Exists(asked)).select_related("parent__local_duty")


def how_it_lies(user: User) -> Case:
    """As a column of plans: whether each is the own office's (0), one above it (1) or below it (2)."""
    above = Q(office__isnull=True) | Q(office__in=paths_above(user.scope))
    return Case(When(at_home(user), then=0), When(above, then=1), default=2, output_field=IntegerField())


def plans_with_parts(user: User) -> PlanQuerySet:
    """The plans in which the person's agency may have something to do: its office's, and others that name it."""
    plans = Plan.objects.defer("notice_text")
    parts = Assignment.objects.filter(agency=user.agency_id).order_by().values("item__plan")
    return plans.filter(at_home(user) | Q(pk__in=parts), on_line(user)).with_listing()


def newest_plan(user: User) -> Plan | None:
    """The newest plan of the person's own office; where it has none, of the office above it, and so on upward."""
    if user.scope == TOP:
        return home_plans(user).listed().first()
    above = Q(office=None) | Q(office__in=[user.scope, *paths_above(user.scope)])
    plans = Plan.objects.defer("notice_text").listed().filter(above)
    return plans.order_by(Length(Coalesce("office", Value(TOP))).desc(), "-issued_on", "-pk").first()


def moves_people_of(user: User, agency: Agency | None) -> bool:
    """Whether the person hands accounts of the agency over, and records what became of it: its office's coordinators.

    Who keeps accounts does so for every agency.
    """
    return can_administer(user) or (can_steer(user) and agency is not None and belongs_to(user, agency.office_id))


def sets_up(user: User) -> bool:
    """Whether the person sees what a new installation still lacks, and names the office that runs it."""
    return belongs_to(user, TOP) and can_move_people(user)


def agencies_kept(user: User) -> QuerySet[Agency]:
    """The agencies whose people the person keeps: a coordinator their own office's, an administrator all."""
    return Agency.objects.all() if can_administer(user) else Agency.objects.filter(at_home(user))


def may_open_account_at(user: User, role: str, agency: Agency | None) -> bool:
    """Whether the person makes accounts of that role for the agency, None for people of an office itself."""
    return may_open_account(user, role) and (agency is None or moves_people_of(user, agency))


def paths_above(path: str) -> list[str]:
    """The offices above that one, but for the top one, which nothing refers to by its path."""
    codes = path.split(CODE_ENDS)[:-2]
    return [CODE_ENDS.join(codes[: depth + 1]) + CODE_ENDS for depth in range(len(codes))]
