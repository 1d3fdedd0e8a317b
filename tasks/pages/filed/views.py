"""历次报送: an agency reads what it has filed, and takes back what nobody has reviewed yet."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import get_own_report, own_reports
from tasks.http.dating import dated
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.pages.filed.forms import WithdrawalForm
from tasks.pages.filed.page import FiledReport
from tasks.workflow import withdraw_report


@require_safe
@dated
def report_history(request: Request) -> HttpResponse:
    """Everything that was filed, the newest first."""
    page = Paginator(own_reports(request.user, request.as_of.moment), 20).get_page(request.GET.get("page"))
    rows = [FiledReport(report, request.as_of) for report in page]
    return render(request, "tasks/report_history.html", {"page": page, "rows": rows})


@takes_forms
@dated
def report_filed(request: Request, pk: int) -> HttpResponse:
    """One report as it was filed; POST takes it back, which leads to its form with what it said."""
    report = get_own_report(request.user, pk, request.as_of.moment)
    form = WithdrawalForm(posted(request))
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(form, withdraw_report, report=report, by=request.user, at=clock.now(), reason=reason):
            messages.success(request, f"已撤回{report.assignment.item.label}{report.period}报告，内容已转为草稿。")
            address = reverse("tasks:report-edit", args=[report.assignment_id])
            return redirect(f"{address}?period={report.period.code}")
    row, moment = FiledReport(report, request.as_of), request.as_of.moment
    going_on = (
        own_reports(request.user, moment).filter(origins__origin=report.pk).first() if report.is_carried else None
    )
    context = {"row": row, "plan": report.assignment.item.plan, "form": form, "going_on": going_on}
    return form_page(request, "tasks/report_filed.html", context)
