"""What 调整责任单位 asks: the items concerned, the parts that were named, and who can be given a task."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from agencies.models import Agency
from tasks.models import ActionItem, Assignment, Plan


def parts_named(
    plan: Plan, keys: Collection[int], agency: int | None = None, items: Collection[int] = ()
) -> QuerySet[Assignment]:
    """Those of the plan, ended ones included: a form that is sent twice names what has ended.

    And an agency's own, and the leads of the items of those numbers.
    """
    wanted = Q(pk__in=keys) | Q(item__number__in=items, role=Assignment.Role.LEAD, ended_at__isnull=True)
    if agency is not None:
        wanted |= Q(agency=agency, ended_at__isnull=True)
    named = Assignment.objects.filter(wanted, item__plan=plan).select_related("agency", "item")
    return named.defer("item__text").order_by("item__place", "agency__ordinal", "agency_id")


def items_without_lead(plan: Plan, numbers: Collection[int]) -> QuerySet[ActionItem]:
    led = Assignment.objects.filter(item=OuterRef("pk"), role=Assignment.Role.LEAD, ended_at__isnull=True)
    return plan.items.filter(~Exists(led), number__in=numbers).defer("text").order_by("number")


def items_with_due_dates(plan: Plan, keys: Iterable[int], moment: datetime) -> list[ActionItem]:
    return list(plan.items.filter(pk__in=list(keys)).as_of(moment).defer("text").order_by("place"))


def agency_choices(plan: Plan) -> list[tuple[str, str]]:
    """Every agency of the plan's office, to choose from; no name that stands for many (泛指): nobody could file."""
    agencies = Agency.objects.of_office(plan.office_id).filter(ended_on=None, is_collective=False)
    names = agencies.values_list("pk", "name")
    return [("", "请选择"), *((str(pk), name) for pk, name in names)]
