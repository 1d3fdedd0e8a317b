"""台账 of items and of assignments."""

from typing import Any
from urllib.parse import parse_qsl

from django.db.models import IntegerField, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agencies.models import Agency
from qa_plan.compile_once import Param, compile_once
from tasks.access import can_steer, get_plan
from tasks.http.dating import dated, require_assigned
from tasks.http.request import Request
from tasks.models import Assignment, Plan, Section
from tasks.pages.ledger.filters import REPORT_CHOICES, AssignmentFilter, ItemFilter
from tasks.pages.ledger.page import assignment_lines, item_lines, sorted_page
from tasks.rules.numerals import chinese_numeral
from tasks.rules.status import Light, Pace
from tasks.standing.filing import current_period

ASSIGNMENT_SORTS = {
    "number": ("item__number", "agency__ordinal", "agency_id"),
    "agency": ("agency__ordinal", "agency_id", "item__number"),
    "due": ("due_on", "item__number", "agency__ordinal"),
}
ITEM_SORTS = {"number": ("number",), "due": ("due_on", "number")}

# The views that people ask for most: title, page, and the filter that makes it.
TABS = (
    ("按任务", "tasks:item-list", ""),
    ("任务·亮灯优先", "tasks:item-list", "sort=light"),
    ("按责任分工", "tasks:assignment-list", ""),
    ("负责·亮灯优先", "tasks:assignment-list", "role=lead&sort=light"),
    ("红灯、黄灯", "tasks:assignment-list", "light=red&light=yellow&sort=light"),
    ("本期未报", "tasks:assignment-list", "report=unfiled"),
    ("待审", "tasks:assignment-list", "report=queue"),
)
ALL = ("", "全部")
SHAPING = ("section", "agency", "role", "report", "light", "pace", "due_after", "due_before", "q", "sort")


@require_safe
@dated
def assignment_list(request: Request, slug: str) -> HttpResponse:
    plan = get_plan(request.user, slug)
    as_of = request.as_of
    require_assigned(plan, as_of)
    period = current_period(plan, as_of.day)
    assignments = Assignment.objects.in_force(as_of.moment).filter(item__plan=plan)
    found = AssignmentFilter(request.GET, assignments, plan=plan, as_of=as_of, period=period)
    page = sorted_page(
        found,
        sort=request.GET.get("sort", ""),
        sorts=ASSIGNMENT_SORTS,
        number=request.GET.get("page"),
        size=request.GET.get("per_page"),
    )
    lines = assignment_lines(list(page), plan, as_of, period)
    context = {
        "filter": found,
        "page": page,
        "lines": lines,
        "period": period,
        "can_urge": can_steer(request.user) and as_of.is_today,
        **choices(request, plan),
    }
    return render(request, "tasks/assignment_list.html", context)


@require_safe
@dated
def item_list(request: Request, slug: str) -> HttpResponse:
    plan = get_plan(request.user, slug)
    as_of = request.as_of
    require_assigned(plan, as_of)
    found = ItemFilter(request.GET, plan.items.all(), plan=plan, as_of=as_of)
    page = sorted_page(
        found,
        sort=request.GET.get("sort", ""),
        sorts=ITEM_SORTS,
        number=request.GET.get("page"),
        size=request.GET.get("per_page"),
    )
    lines = item_lines(list(page), plan, as_of)
    context = {"filter": found, "page": page, "lines": lines, **choices(request, plan)}
    return render(request, "tasks/item_list.html", context)


def choices(request: Request, plan: Plan) -> dict[str, Any]:
    """What the tabs and the filter form offer."""
    agencies = _agencies(plan=plan.pk)
    sections = _sections(plan=plan.pk)
    return {
        "plan": plan,
        "tabs": tabs(request, plan),
        "section_choices": [ALL, *((number, f"{chinese_numeral(number)}、{title}") for number, title in sections)],
        "agency_choices": [("", f"全部{len(agencies)}个单位"), *agencies],
        "role_choices": [ALL, *Assignment.Role.choices],
        "report_choices": [ALL, *REPORT_CHOICES],
        "names": dict(agencies),
        "lights": list(Light),
        "paces": list(Pace),
    }


@compile_once(plan=IntegerField())
def _agencies(plan: Param) -> QuerySet[Agency, tuple[int, str]]:
    concerned = Assignment.objects.filter(item__plan=plan).values("agency")
    return Agency.objects.filter(pk__in=concerned).values_list("pk", "name")


@compile_once(plan=IntegerField())
def _sections(plan: Param) -> QuerySet[Section, tuple[int, str]]:
    return Section.objects.filter(plan=plan).values_list("number", "title")


def tabs(request: Request, plan: Plan) -> list[tuple[str, str, bool]]:
    """Each tab's title and address, and whether it is what the page shows."""
    asked = sorted(
        (name, value) for name, values in request.GET.lists() if name in SHAPING for value in values if value
    )
    shown = request.resolver_match.view_name if request.resolver_match else ""
    return [
        (
            title,
            f"{reverse(view, args=[plan.slug])}?{query}{request.as_of.amp}",
            view == shown and sorted(parse_qsl(query)) == asked,
        )
        for title, view, query in TABS
    ]
