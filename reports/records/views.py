"""安全日志: these pages show who came in and what left, and give the log away."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agencies.security import verify
from qa_plan.methods import takes_forms
from reports.chained.views import export
from reports.models import LargeFile
from reports.records.page import RecordsPage
from tasks.access import can_read_security_log, require
from tasks.http.request import Request

NAME = "安全日志.csv"


@require_safe
def record_list(request: Request) -> HttpResponse:
    """Shows the log; `?check=chain` reckons the whole chain anew, which no other look at the page does."""
    require(can_read_security_log(request.user))
    record = RecordsPage(request.GET)
    checks = request.GET.get("check") == "chain"
    context = {
        "record": record,
        "page": record.page(request.GET.get("page")),
        "people": record.people(),
        "verdict": verify() if checks else None,
    }
    return render(request, "reports/record_list.html", context, status=200 if record.is_valid else 422)


@takes_forms
def record_export(request: Request) -> HttpResponseBase:
    require(can_read_security_log(request.user))
    page = reverse("reports:record-list")
    return export(request, RecordsPage(request.GET), name=NAME, kind=LargeFile.Kind.SECURITY, page=page)
