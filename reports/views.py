"""The pages that show how a plan stands: as a whole, by section and by agency."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from agencies.changes import verify
from agencies.models import AgencyGroup
from reports.agencypage import agency_part
from reports.changespage import HEAD, ChangesPage, export_rows
from reports.exports.csvlines import csv_lines
from reports.kept import overview_of
from reports.matrix import matrix
from reports.overview import item_page, page_of
from reports.periodpage import PeriodPage, RowsForm, rows_of
from tasks.access import (
    can_read_changes,
    get_agency,
    get_period,
    get_plan,
    get_section,
    get_versioned_plan,
    require,
    visible_plans,
    visible_reports,
    whose_comments,
)
from tasks.http import Request
from tasks.indicators import agency_indicator_rows
from tasks.status import Light
from tasks.views.dating import dated, require_assigned

AGENCIES_PER_PAGE = 50
ROWS_PER_PAGE = 50


@require_safe
def home(request: Request) -> HttpResponse:
    """The newest plan's dashboard."""
    plan = visible_plans(request.user).first()
    return redirect(plan) if plan else render(request, "reports/no_plan.html")


@require_safe
@dated
def dashboard(request: Request, slug: str) -> HttpResponse:
    plan = get_versioned_plan(request.user, slug)
    require_assigned(plan, request.as_of)
    overview = overview_of(plan, request.as_of)
    page = item_page(overview.items, request.GET.get("page"))
    context = {
        "plan": plan,
        "overview": overview,
        "page": page,
        "matrix": matrix(page.object_list, overview.agency_rows),
        "lights": list(Light),
    }
    return render(request, "reports/dashboard.html", context)


@require_safe
@dated
def section_detail(request: Request, slug: str, number: int) -> HttpResponse:
    section = get_section(request.user, slug, number)
    require_assigned(section.plan, request.as_of)
    overview = overview_of(section.plan, request.as_of, section)
    page = item_page(overview.items, request.GET.get("page"))
    context = {
        "plan": section.plan,
        "section": section,
        "overview": overview,
        "page": page,
        "matrix": matrix(page.object_list, overview.agency_rows),
        "lights": list(Light),
    }
    return render(request, "reports/section_detail.html", context)


@require_safe
@dated
def agency_list(request: Request, slug: str) -> HttpResponse:
    plan = get_versioned_plan(request.user, slug)
    require_assigned(plan, request.as_of)
    overview = overview_of(plan, request.as_of)
    by_lateness = request.GET.get("sort") == "late"
    rows = overview.agencies_by_lateness if by_lateness else overview.agency_rows
    context = {
        "plan": plan,
        "overview": overview,
        "by_lateness": by_lateness,
        "groups": AgencyGroup.objects.filter(items__plan=plan).distinct(),
        "page": page_of(rows, request.GET.get("page"), size=AGENCIES_PER_PAGE),
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
    filed = filed.with_first_filing(as_of.moment)
    context = {
        "plan": plan,
        "agency": agency,
        "part": agency_part(plan, agency, as_of),
        "indicators": agency_indicator_rows(plan, as_of, agency),
        "reports": page_of(filed.select_related("assignment__item", "period").with_evidence(), request.GET.get("page")),
        "shows_comments": agency.pk in whose_comments(request.user, {agency.pk: agency.ended_on}),
    }
    return render(request, "reports/agency_detail.html", context)


@require_safe
@dated
def period_detail(request: Request, slug: str, code: str) -> HttpResponse:
    """Who has filed in the period, agency by agency."""
    period = get_period(request.user, slug, code)
    require_assigned(period.plan, request.as_of)
    page = PeriodPage(period.plan, period, request.as_of)
    context = {
        "plan": period.plan,
        "period": period,
        "page": page,
        "periods": period.plan.periods.filter(opens_on__lte=request.as_of.day).order_by("starts_on"),
        "agencies": page_of(page.agencies, request.GET.get("page"), size=AGENCIES_PER_PAGE),
    }
    return render(request, "reports/period_detail.html", context)


@require_safe
@dated
def period_reports(request: Request, slug: str, code: str) -> HttpResponse:
    """The rows behind the numbers of a period."""
    period = get_period(request.user, slug, code)
    require_assigned(period.plan, request.as_of)
    page = PeriodPage(period.plan, period, request.as_of)
    form = RowsForm(request.GET, page)
    rows = rows_of(page, **form.cleaned_data) if form.is_valid() else []
    context = {
        "plan": period.plan,
        "period": period,
        "page": page,
        "form": form,
        "rows": page_of(rows, request.GET.get("page"), size=ROWS_PER_PAGE),
    }
    return render(request, "reports/period_reports.html", context)


@require_safe
def change_list(request: Request) -> HttpResponse:
    """变更记录. `?check=chain` reckons the whole chain anew, which no other look at the page does."""
    require(can_read_changes(request.user))
    record = ChangesPage(request.GET)
    page = record.page(request.GET.get("page"))
    context = {
        "record": record,
        "page": page,
        "rows": record.rows(page),
        "people": record.people(),
        "agencies": record.agencies(),
        "actions": record.actions(),
        "verdict": verify() if request.GET.get("check") == "chain" else None,
    }
    return render(request, "reports/change_list.html", context, status=200 if record.is_valid else 422)


@require_safe
def change_export(request: Request) -> HttpResponseBase:
    """Exactly what the filter shows; a filter that makes no sense leads back to where that is said."""
    require(can_read_changes(request.user))
    record = ChangesPage(request.GET)
    if not record.is_valid:
        return redirect(f"{reverse('reports:change-list')}?{request.GET.urlencode()}")
    response = StreamingHttpResponse(csv_lines(HEAD, export_rows(record.found)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename="变更记录.csv")
    return response
