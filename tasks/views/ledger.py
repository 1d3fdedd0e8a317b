"""台账 of items and of assignments."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from agencies.models import Agency
from tasks.access import get_plan
from tasks.filing import current_period
from tasks.filters import AssignmentFilter, ItemFilter
from tasks.ledger import assignment_lines, item_lines, sorted_page
from tasks.models import Assignment
from tasks.status import Light, Pace
from tasks.views.dating import dated

ASSIGNMENT_SORTS = {
    "number": ("item__number", "agency__ordinal", "agency_id"),
    "agency": ("agency__ordinal", "agency_id", "item__number"),
    "due": ("due_on", "item__number", "agency__ordinal"),
}
ITEM_SORTS = {"number": ("number",), "due": ("due_on", "number")}


@dated
def assignment_list(request: HttpRequest, slug: str) -> HttpResponse:
    plan = get_plan(request.user, slug)
    as_of = request.as_of
    assignments = Assignment.objects.as_of(as_of.moment).filter(item__plan=plan)
    period = current_period(plan, as_of.day)
    found = AssignmentFilter(request.GET, assignments, plan=plan, as_of=as_of, period=period)
    page = sorted_page(
        found.qs,
        found.rows,
        sort=request.GET.get("sort", ""),
        sorts=ASSIGNMENT_SORTS,
        number=request.GET.get("page"),
        size=request.GET.get("per_page"),
    )
    lines = assignment_lines(page.object_list, plan, as_of, period)
    context = {"filter": found, "page": page, "lines": lines, "period": period, **choices(plan)}
    return render(request, "tasks/assignment_list.html", context)


@dated
def item_list(request: HttpRequest, slug: str) -> HttpResponse:
    plan = get_plan(request.user, slug)
    as_of = request.as_of
    found = ItemFilter(request.GET, plan.items.as_of(as_of.moment), plan=plan, as_of=as_of)
    page = sorted_page(
        found.qs,
        found.rows,
        sort=request.GET.get("sort", ""),
        sorts=ITEM_SORTS,
        number=request.GET.get("page"),
        size=request.GET.get("per_page"),
    )
    lines = item_lines(page.object_list, plan, as_of)
    context = {"filter": found, "page": page, "lines": lines, **choices(plan)}
    return render(request, "tasks/item_list.html", context)


def choices(plan):  # type: ignore[no-untyped-def]
    """What the filter form offers."""
    agencies = Agency.objects.filter(assignments__item__plan=plan).distinct()
    return {
        "plan": plan,
        "sections": plan.sections.all(),
        "agencies": agencies,
        "names": {agency.pk: agency.name for agency in agencies},
        "lights": list(Light),
        "paces": list(Pace),
    }
