"""Whose plan it is: one's own office's, one above or below it, or none of a person's business (docs/rules.md 15).

An office steers its own plans alone. What lies on one line with it, above or below, it reads as far as it is open:
plans, items, who answers for them, accepted reports. What lies beside isn't there for it. Where an installation has one
office, nothing here asks anything.
"""

from django.db.models import Q, QuerySet

from agencies.models import TOP, User
from tasks.access.roles import can_steer
from tasks.models import Plan

CODE_ENDS = "/"


def lines_up(user: User, path: str) -> bool:
    """Whether the office of that path is the person's own, or stands above or below it."""
    return path.startswith(user.scope) or user.scope.startswith(path)


def is_home(user: User, plan: Plan) -> bool:
    """Whether the person belongs to the plan's office, or to one of its agencies."""
    return user.scope == plan.home


def steers(user: User, plan: Plan) -> bool:
    """Whether the person coordinates that plan: its own office's coordinators do, those above and below read."""
    return can_steer(user) and is_home(user, plan)


def on_line(user: User, field: str = "office") -> Q:
    """The condition on rows whose office is the person's own or above or below; of the top office, none."""
    if user.scope == TOP:
        return Q()
    above = Q(**{f"{field}__in": paths_above(user.scope)}) | Q(**{f"{field}__isnull": True})
    return Q(**{f"{field}__path__startswith": user.scope}) | above


def at_home(user: User, field: str = "office") -> Q:
    """The condition on rows that are the person's own office's."""
    return Q(**{field: user.scope}) if user.scope != TOP else Q(**{f"{field}__isnull": True})


def home_plans(user: User) -> QuerySet[Plan]:
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


def paths_above(path: str) -> list[str]:
    """The offices above that one, but for the top one, which nothing refers to by its path."""
    codes = path.split(CODE_ENDS)[:-2]
    return [CODE_ENDS.join(codes[: depth + 1]) + CODE_ENDS for depth in range(len(codes))]
