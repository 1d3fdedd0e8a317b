"""What access asks on the way to nearly every page, put into SQL once."""

from datetime import datetime
from typing import Any

from django.db.models import CharField, DateTimeField, Exists, F, IntegerField, OuterRef, Q, QuerySet

from agencies.models import Agency
from qa_plan.compile_once import Param, compile_once
from tasks.models import ActionItem, Assignment, DutyAgency, Plan, ProgressReport
from tasks.models.querysets import ProgressReportQuerySet
from tasks.standing.correspondence import all_decisions


@compile_once(slug=CharField())
def plans_by_slug(slug: Param, *, with_version: bool) -> QuerySet[Plan]:
    """`is_listed` unless it is a duty's; a local one with its `parent_slug`."""
    plans = Plan.objects.defer("notice_text").filter(slug=slug).with_listing().order_by()
    plans = plans.annotate(parent_slug=F("parent__slug"))
    return plans.with_version() if with_version else plans


@compile_once(slug=CharField(), number=IntegerField(), moment=DateTimeField())
def items_by_number(slug: Param, number: Param, moment: Param) -> QuerySet[ActionItem]:
    """As of the moment, with the numbers of the items before and after it.

    It `is_listed` unless its plan is a duty's, and `is_carried_on` where there are local plans under its own. It has
    `all_decisions` on what of the parent's it carries out.
    """
    items = ActionItem.objects.filter(plan__slug=slug, number=number).select_related("plan", "section")
    below = Plan.objects.filter(parent=OuterRef("plan"), imported_at__lte=moment)
    told: dict[str, Any] = {"is_listed": Q(plan__duty_of=None), "is_carried_on": Exists(below)}
    items = items.annotate(**told | {"all_decisions": all_decisions(moment)})
    return items.defer("plan__notice_text").order_by().as_of(moment).as_read(moment).with_neighbours(moment)


@compile_once(pk=IntegerField(), plan=IntegerField())
def agencies_by_key(pk: Param, plan: Param) -> QuerySet[Agency]:
    """The agency, if it has, or had, a part in the plan, or is named by its notice."""
    has_part = Exists(Assignment.objects.filter(item__plan=plan, agency=OuterRef("pk")))
    is_named = Exists(DutyAgency.objects.filter(duty__item__plan=plan, agency=OuterRef("pk")))
    return Agency.objects.filter(Q(has_part) | Q(is_named), pk=pk).order_by()


@compile_once(pk=IntegerField(), moment=DateTimeField())
def assignments_by_key(pk: Param, moment: Param) -> QuerySet[Assignment]:
    """Where it is in force; asked for each of the assignments that an agency signs for at once."""
    assignments = Assignment.objects.in_force(moment).filter(pk=pk).select_related("item__plan", "agency")
    return assignments.defer("item__text", "item__plan__notice_text").order_by()


@compile_once(pk=IntegerField(), moment=DateTimeField())
def reports_by_key(pk: Param, moment: Param) -> QuerySet[ProgressReport]:
    """The whole report, with the version of the record of changes."""
    return whole(ProgressReport.objects.as_of(moment).filter(pk=pk), moment).with_version().order_by()


def whole(reports: ProgressReportQuerySet, moment: datetime | Param) -> ProgressReportQuerySet:
    """Each with who reviewed it, and with what a deed on it reads."""
    reports = reports.with_reviewer(moment)
    reports = reports.select_related("assignment__item__plan", "assignment__agency", "period__plan")
    return reports.defer("assignment__item__plan__notice_text", "period__plan__notice_text")
