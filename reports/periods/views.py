"""These pages show a reporting period: who has filed, agency by agency and report by report."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reports.periods.page import PeriodPage, RowsForm, rows_of
from tasks.access import get_period
from tasks.http.dating import dated, require_assigned
from tasks.http.request import Request

AGENCIES_PER_PAGE = 50
ROWS_PER_PAGE = 50


@require_safe
@dated
def period_detail(request: Request, slug: str, code: str) -> HttpResponse:
    """Shows who has filed in the period, agency by agency."""
    period = get_period(request.user, slug, code)
    require_assigned(period.plan, request.as_of)
    page = PeriodPage(period.plan, period, request.as_of)
    context = {
        "plan": period.plan,
        "period": period,
        "page": page,
        "periods": period.plan.periods.filter(opens_on__lte=request.as_of.day).order_by("starts_on"),
        "agencies": Paginator(page.agencies, AGENCIES_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "reports/period_detail.html", context)


@require_safe
@dated
def period_reports(request: Request, slug: str, code: str) -> HttpResponse:
    """Shows the rows behind the numbers of a period."""
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
        "rows": Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "reports/period_reports.html", context)
