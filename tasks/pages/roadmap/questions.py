"""What the roadmap asks; what depends on keys alone is put into SQL once."""

from typing import Any

from django.db.models import DateTimeField, F, IntegerField, QuerySet, Value

from agencies.models import Agency
from qa_plan.compile_once import InKeys, KeyList, Param, compile_once
from tasks.models import ActionItem, Assignment, Plan, Section
from tasks.rules.asof import AsOf
from tasks.standing.rollup import COLUMNS


@compile_once(keys=KeyList(), moment=DateTimeField())
def items_by_key(keys: Param, moment: Param) -> QuerySet[ActionItem]:
    items = ActionItem.objects.filter(InKeys(F("pk"), keys)).as_of(moment).select_related("section")
    return items.defer("text").order_by("place")


@compile_once(items=KeyList(), moment=DateTimeField())
def standings_on(items: Param, moment: Param) -> QuerySet[Assignment, tuple[Any, ...]]:
    assignments = Assignment.objects.in_force(moment).filter(InKeys(F("item"), items))
    return assignments.with_standing(moment, Value("")).values_list(*COLUMNS)


@compile_once(plan=IntegerField())
def sections_of(plan: Param) -> QuerySet[Section, tuple[int, str]]:
    return Section.objects.filter(plan=plan).order_by("number").values_list("number", "title")


@compile_once(plan=IntegerField())
def agencies_concerned(plan: Param) -> QuerySet[Agency, tuple[int, str]]:
    """Key and name of every agency that has, or had, a part in the plan."""
    concerned = Assignment.objects.filter(item__plan=plan).values("agency")
    return Agency.objects.filter(pk__in=concerned).order_by("ordinal", "pk").values_list("pk", "name")


def item_keys(plan: Plan, as_of: AsOf, *, section: int | None, agency: int | None) -> list[int]:
    """The plan's items in the notice's order: of one section, or with a part of one agency on the day."""
    items = ActionItem.objects.existing(as_of.moment).filter(plan=plan)
    if section is not None:
        items = items.filter(section__number=section)
    if agency is not None:
        held = Assignment.objects.in_force(as_of.moment).filter(agency=agency, item__plan=plan)
        items = items.filter(pk__in=held.values("item"))
    return list(items.order_by("place").values_list("pk", flat=True))
