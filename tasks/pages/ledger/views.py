"""台账 of items and of assignments."""

from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tasks.access import can_steer, get_versioned_plan
from tasks.http.dating import dated, require_assigned
from tasks.http.request import Request
from tasks.models import Assignment, Plan, ReportingPeriod
from tasks.pages.ledger.columns import heads
from tasks.pages.ledger.filters import REPORT_CHOICES, AssignmentFilter, ItemFilter, LedgerFilter
from tasks.pages.ledger.page import assignment_lines, item_lines, sorted_page
from tasks.pages.ledger.questions import agencies_concerned, assignments_in_force, sections_of
from tasks.rules.due_dates import DueSource
from tasks.rules.numerals import chinese_numeral
from tasks.rules.status import Light, Pace
from tasks.standing.course import State
from tasks.standing.filing import current_period

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
SHAPING = {*AssignmentFilter.base_filters, "sort"}  # what of the address says which rows, and in which order


@require_safe
@dated
def assignment_list(request: Request, slug: str) -> HttpResponse:
    """One row for each agency that has a part in an item."""
    plan, as_of = get_versioned_plan(request.user, slug), request.as_of
    require_assigned(plan, as_of)
    period = current_period(plan, as_of.day)
    ledger = AssignmentFilter(request.GET, assignments_in_force(plan, as_of), plan=plan, as_of=as_of, period=period)
    context = ledger_context(request, ledger, period)
    context["lines"] = assignment_lines(list(context["page"]), plan, as_of, period)
    context["can_urge"] = can_steer(request.user) and as_of.is_today
    return render(request, "tasks/assignment_list.html", context)


@require_safe
@dated
def item_list(request: Request, slug: str) -> HttpResponse:
    """One row for each item."""
    plan, as_of = get_versioned_plan(request.user, slug), request.as_of
    require_assigned(plan, as_of)
    ledger = ItemFilter(request.GET, plan.items.existing(as_of.moment), plan=plan, as_of=as_of)
    context = ledger_context(request, ledger)
    context["lines"] = item_lines(list(context["page"]), plan, as_of)
    context["can_redate"] = can_steer(request.user) and as_of.is_today
    return render(request, "tasks/item_list.html", context)


def ledger_context(request: Request, ledger: LedgerFilter, period: ReportingPeriod | None = None) -> dict[str, Any]:
    """What both ledgers show but for their rows: the page of keys, the heads, and what tabs and filters offer."""
    plan, asked = ledger.plan, request.GET
    page = sorted_page(ledger, sort=asked.get("sort", ""), number=asked.get("page"), size=asked.get("per_page"))
    agencies = agencies_concerned(plan=plan.pk)
    sections = [(number, f"{chinese_numeral(number)}、{title}") for number, title in sections_of(plan=plan.pk)]
    return {
        "plan": plan,
        "period": period,
        "filter": ledger,
        "page": page,
        "columns": heads(ledger.columns, period),
        "tabs": tabs(request, plan),
        "section_choices": [ALL, *sections],
        "agency_choices": [("", f"全部{len(agencies)}个单位"), *agencies],
        "role_choices": [ALL, *Assignment.Role.choices],
        "report_choices": [ALL, *REPORT_CHOICES],
        "state_choices": [ALL, *State.choices],
        "source_choices": [ALL, *DueSource.choices],
        "course_choices": [ALL, *ledger.base_filters["course"].extra["choices"]],
        "names": dict(agencies),
        "lights": [light for light in Light if light != Light.UNASSIGNED or isinstance(ledger, ItemFilter)],
        "paces": list(Pace),
    }


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
