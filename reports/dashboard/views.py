"""These pages show how a plan stands: as a whole, by section and by agency."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from qa_plan import clock
from reports.dashboard import overview_cache
from reports.dashboard.agency import agency_part, groups_of
from reports.dashboard.listings import HeadingStanding, unassigned
from reports.dashboard.matrix import matrix
from reports.dashboard.overview import Overview
from reports.dashboard.questions import evidence_of_reports
from tasks.access import (
    can_file_reports,
    can_steer,
    get_agency,
    get_plan,
    get_section,
    get_versioned_plan,
    newest_plan,
    sets_up,
    steers,
    visible_reports,
    whose_comments,
)
from tasks.http.dating import dated, require_assigned
from tasks.http.request import Request
from tasks.models import Evidence, Plan
from tasks.pages.setup.page import checklist
from tasks.standing.indicators import agency_indicator_rows
from tasks.standing.rollup import thresholds_on

AGENCIES_PER_PAGE = 50
REPORTS_PER_PAGE = 20
ITEMS_PER_PAGE = 20
WHOLE_PLAN = 60  # up to so many items, the dashboard shows all at one glance


@require_safe
def home(request: Request) -> HttpResponse:
    """Leads to each role's first page; as long as the installation is being set up, to what it still lacks.

    The office's is what waits for it, an agency's what it has to file, other people's the newest plan's dashboard.
    """
    guides = sets_up(request.user) and not settings.QA_PLAN_DEMO
    if guides and checklist(request.user, clock.now(), clock.today()).is_open:
        return redirect("tasks:setup")
    if can_steer(request.user):
        return redirect("tasks:desk")
    if can_file_reports(request.user) and request.user.agency_id:
        return redirect("tasks:my")
    plan = newest_plan(request.user)
    return redirect(plan) if plan else render(request, "reports/no_plan.html")


def plan_and_overview(request: Request, slug: str) -> tuple[Plan, Overview]:
    """The plan with how it stands on the day of the request."""
    plan = get_versioned_plan(request.user, slug)
    require_assigned(plan, request.as_of)
    return plan, overview_cache.get(plan, request.as_of)


def dashboard(request: Request, plan: Plan, overview: Overview, **more: object) -> HttpResponse:
    """How the plan stands; `more` is what stands on the page beside that."""
    page = _item_page(overview.items, request.GET.get("page"))
    context = {
        "plan": plan,
        "overview": overview,
        "shown_as": _shown_as(request, plan, *more),
        "page": page,
        "matrix": SimpleLazyObject(lambda: matrix(page.object_list, overview.agency_rows)),
        "unassigned": unassigned(overview.items) if steers(request.user, plan) and request.as_of.is_today else [],
    }
    return render(request, "reports/dashboard.html", context | more)


@require_safe
@dated
def section_detail(request: Request, slug: str, number: int) -> HttpResponse:
    section = get_section(request.user, slug, number)
    require_assigned(section.plan, request.as_of)
    overview = overview_cache.get(section.plan, request.as_of, section)
    page = _item_page(overview.items, request.GET.get("page"))
    context = {
        "plan": section.plan,
        "section": section,
        "overview": overview,
        "shown_as": _shown_as(request, section.plan),
        "page": page,
        "matrix": SimpleLazyObject(lambda: matrix(page.object_list, overview.agency_rows)),
    }
    return render(request, "reports/section_detail.html", context)


@require_safe
@dated
def agency_list(request: Request, slug: str) -> HttpResponse:
    plan = get_versioned_plan(request.user, slug)
    require_assigned(plan, request.as_of)
    overview = overview_cache.get(plan, request.as_of)
    by_lateness = request.GET.get("sort") == "late"
    rows = overview.agencies_by_lateness if by_lateness else overview.agency_rows
    context = {
        "plan": plan,
        "overview": overview,
        "shown_as": _shown_as(request, plan, "agencies"),
        "by_lateness": by_lateness,
        "groups": groups_of(plan),
        "page": Paginator(rows, AGENCIES_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "reports/agency_list.html", context)


@require_safe
@dated
def agency_detail(request: Request, slug: str, pk: int) -> HttpResponse:
    plan = get_plan(request.user, slug)
    agency = get_agency(request.user, plan, pk)
    as_of = request.as_of
    require_assigned(plan, as_of)
    filed = visible_reports(request.user, as_of.moment).filter(assignment__agency=agency, assignment__item__plan=plan)
    filed = filed.with_first_filing(as_of.moment).select_related("assignment__item", "period")
    page = Paginator(filed, REPORTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "plan": plan,
        "agency": agency,
        "part": agency_part(plan, agency, as_of),
        "indicators": agency_indicator_rows(plan, as_of, agency),
        "margin": thresholds_on(plan, as_of.day).behind_margin,
        "reports": page,
        "evidence": _by_report(evidence_of_reports(reports=[report.pk for report in page])),
        "shows_comments": agency.pk in whose_comments(request.user, {agency.pk: agency.ended_on}, plan),
    }
    return render(request, "reports/agency_detail.html", context)


def _by_report(evidence: Sequence[Any]) -> dict[int, list[Evidence]]:
    by_report: dict[int, list[Evidence]] = defaultdict(list)
    for each in evidence:
        by_report[each.report_key].append(each)
    return by_report


def _shown_as(request: Request, plan: Plan, *parts: str) -> Hashable:
    """What a part of a page that is kept depends on beside the overview: the rights that it shows, and the address."""
    return (*parts, steers(request.user, plan), request.GET.urlencode())


def _item_page(items: Sequence[HeadingStanding], number: str | None) -> Page:
    return Paginator(items, WHOLE_PLAN if len(items) <= WHOLE_PLAN else ITEMS_PER_PAGE).get_page(number)
