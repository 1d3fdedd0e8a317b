"""变更记录: these pages show the record of changes and give it away."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from agencies.changes import verify
from qa_plan import clock
from reports.background.asking import AT_ONCE, ask
from reports.changes.page import EXPORTED, ChangesPage
from reports.exports.csvlines import csv_lines, newest_first
from reports.models import LargeFile
from tasks.access import can_read_changes, require
from tasks.http.request import Request

NAME = "变更记录.csv"


@require_safe
def change_list(request: Request) -> HttpResponse:
    """Shows the record; `?check=chain` reckons the whole chain anew, which no other look at the page does."""
    require(can_read_changes(request.user))
    record = ChangesPage(request.GET, request.user)
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


@require_http_methods(["GET", "HEAD", "POST"])
def change_export(request: Request) -> HttpResponseBase:
    """Gives exactly what the filter shows; a filter that makes no sense leads back to where that is said."""
    require(can_read_changes(request.user))
    record = ChangesPage(request.GET, request.user)
    if not record.is_valid:
        return redirect(f"{reverse('reports:change-list')}?{request.GET.urlencode()}")
    rows = record.found.count()
    if rows > AT_ONCE:
        return _by_the_worker(request, rows)
    lines = csv_lines(list(EXPORTED), newest_first(record.found, EXPORTED.values()))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=NAME)
    return response


def _by_the_worker(request: Request, rows: int) -> HttpResponseBase:
    """Once somebody says so by a press."""
    if request.method == "POST":
        asked = {"query": request.GET.urlencode()}
        kind = LargeFile.Kind.CHANGES
        return redirect(ask(kind=kind, name=NAME, asked=asked, total=rows, by=request.user, at=clock.now()))
    return render(request, "reports/large_file_ask.html", {"name": NAME, "rows": rows, "at_once": AT_ONCE})
