"""台账 of items and of assignments."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tasks.access import get_versioned_plan, steers
from tasks.http.dating import dated, require_assigned
from tasks.http.request import Request
from tasks.models import Assignment
from tasks.pages.ledger.answers import choosing, settled
from tasks.pages.ledger.base_filter import LedgerFilter
from tasks.pages.ledger.columns import heads, shown
from tasks.pages.ledger.filters import REPORT_CHOICES, ItemFilter
from tasks.pages.ledger.page import assignment_lines, item_lines, order_words, sorted_page
from tasks.pages.ledger.questions import AGENCIES, SECTIONS, VIEWS, Offered, offered
from tasks.pages.ledger.tabs import LISTS, counted, described, kept_query, ledger_of, rows_of
from tasks.rules.due_dates import DueSource
from tasks.rules.numerals import chinese_numeral
from tasks.rules.status import Light, Pace
from tasks.standing.course import State
from tasks.standing.filing import opened_periods

# The views that people ask for most: title, ledger, and the filter that makes it.
TABS = (
    ("按任务", "item", ""),
    ("任务·亮灯优先", "item", "sort=light"),
    ("按责任分工", "assignment", ""),
    ("负责·亮灯优先", "assignment", "role=lead&sort=light"),
    ("红灯、黄灯", "assignment", "light=red&light=yellow&sort=light"),
    ("本期未报", "assignment", "report=unfiled"),
    ("待审", "assignment", "report=queue"),
)
ALL = ("", "全部")


class Tab(NamedTuple):
    title: str
    address: str
    is_current: bool
    size: int | None
    view: Offered | None  # the one that was kept, if it is one


@require_safe
@dated
def assignment_list(request: Request, slug: str) -> HttpResponse:
    """One row for each agency that has a part in an item."""
    plan, as_of = get_versioned_plan(request.user, slug), request.as_of
    require_assigned(plan, as_of)
    ledger = ledger_of("assignment", request.GET, plan, as_of, opened_periods(plan, as_of.day))
    can_choose = steers(request.user, plan) and as_of.is_today
    if can_choose and (elsewhere := settled(request, ledger)):
        return elsewhere
    context = ledger_context(request, ledger, can_choose=can_choose)
    context["lines"] = assignment_lines(list(context["page"]), plan, as_of, ledger.period)
    if can_choose:
        context |= choosing(request, ledger.what, context["page"])
    return render(request, "tasks/assignment_list.html", context)


@require_safe
@dated
def item_list(request: Request, slug: str) -> HttpResponse:
    """One row for each item."""
    plan, as_of = get_versioned_plan(request.user, slug), request.as_of
    require_assigned(plan, as_of)
    ledger = ledger_of("item", request.GET, plan, as_of, opened_periods(plan, as_of.day))
    can_choose = steers(request.user, plan) and as_of.is_today
    if can_choose and (elsewhere := settled(request, ledger)):
        return elsewhere
    context = ledger_context(request, ledger, can_choose=can_choose)
    context["lines"] = lines = item_lines(list(context["page"]), plan, as_of)
    if can_choose:
        context |= choosing(request, ledger.what, (line.item.number for line in lines))
    return render(request, "tasks/item_list.html", context)


def ledger_context(request: Request, ledger: LedgerFilter, *, can_choose: bool) -> dict[str, Any]:
    """What both ledgers show but for their rows: the page of keys, the heads, and what tabs and filters offer."""
    plan, asked = ledger.plan, request.GET
    offers = [Offered(*row) for row in offered(plan=plan.pk, user=request.user.pk, has_views=can_choose)]
    offers.sort(key=lambda one: (one.kind, one.place, one.key))
    views = [(one.words, *one.leads_to.split("?", 1), one) for one in offers if one.kind == VIEWS]
    all_tabs, count = tabs(request, ledger, [(*tab, None) for tab in TABS] + views)
    page = sorted_page(
        ledger, sort=asked.get("sort", ""), number=asked.get("page"), size=asked.get("per_page"), count=count
    )
    agencies = [(one.key, one.words) for one in offers if one.kind == AGENCIES]
    sections = [(one.key, f"{chinese_numeral(one.key)}、{one.words}") for one in offers if one.kind == SECTIONS]
    return {
        "plan": plan,
        "period": ledger.period,
        "filter": ledger,
        "page": page,
        "chosen": None,
        "columns": heads(shown(ledger.columns, ledger.hidden), ledger.period),
        "tabs": [tab for tab in all_tabs if tab.view is None],
        "views": [tab for tab in all_tabs if tab.view is not None],
        "kept_query": kept_query(ledger.what, asked),
        "section_choices": [ALL, *sections],
        "agency_choices": [("", f"全部{len(agencies)}个单位"), *agencies],
        "role_choices": [ALL, *Assignment.Role.choices],
        "report_choices": [ALL, *REPORT_CHOICES],
        "state_choices": [ALL, *State.choices],
        "source_choices": [ALL, *DueSource.choices],
        "course_choices": [ALL, *ledger.base_filters["course"].extra["choices"]],
        "names": dict(agencies),
        "printed_filter": described(ledger, {"agency": dict(agencies), "section": dict(sections)}),
        "printed_order": order_words(ledger, asked.get("sort", "")),
        "lights": [light for light in Light if light != Light.UNASSIGNED or isinstance(ledger, ItemFilter)],
        "paces": list(Pace),
    }


def tabs(request: Request, ledger: LedgerFilter, views: Sequence[Any]) -> tuple[list[Tab], int]:
    """The views as tabs, each with its address and how many rows it has; and how many the ledger has that is shown."""
    plan, as_of = ledger.plan, request.as_of
    counts, count = counted(
        plan, as_of, ledger.periods, [(what, rows_of(query)) for _, what, query, _ in views], ledger
    )
    asked = sorted(parse_qsl(kept_query(ledger.what, request.GET)))
    made = [
        Tab(
            title,
            f"{reverse(LISTS[what], args=[plan.slug])}?{query}{as_of.amp}",
            what == ledger.what and sorted(parse_qsl(query)) == asked,
            counts[what, rows_of(query)],
            view,
        )
        for title, what, query, view in views
    ]
    return made, count
