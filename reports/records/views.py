"""安全日志: these pages show who came in and what left, and give the log away."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from agencies.security import verify
from qa_plan import clock
from reports.background.asking import AT_ONCE, ask
from reports.exports.csvlines import csv_lines, newest_first
from reports.models import LargeFile
from reports.records.page import EXPORTED, RecordsPage
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


@require_http_methods(["GET", "HEAD", "POST"])
def record_export(request: Request) -> HttpResponseBase:
    """Gives exactly what the filter shows; many rows are the worker's, once somebody says so by a press."""
    require(can_read_security_log(request.user))
    record = RecordsPage(request.GET)
    query = request.GET.urlencode()
    if not record.is_valid:
        return redirect(f"{reverse('reports:record-list')}?{query}")
    rows = record.found.count()
    if rows > AT_ONCE and request.method == "POST":
        kind, asked = LargeFile.Kind.SECURITY, {"query": query}
        return redirect(ask(kind=kind, name=NAME, asked=asked, total=rows, by=request.user, at=clock.now()))
    if rows > AT_ONCE:
        return render(request, "reports/large_file_ask.html", {"name": NAME, "rows": rows, "at_once": AT_ONCE})
    lines = csv_lines(list(EXPORTED), newest_first(record.found, EXPORTED.values()))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=NAME)
    return response
